"""What happens to a case without moving it: its history grows by a row and its version by one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from core import db
from core.domain import documents, history, reads
from core.domain.access import Actor, visible_to
from core.domain.cases import editing, reading
from core.domain.cases.tables import case
from core.domain.programmes import Form, Paper, applies
from core.errors import BadInput, NotFound, Reason
from core.text import Text

_record = (
    update(case)
    .where(case.c.id == bindparam("b_id"))
    .values(
        version=case.c.version + 1,
        changed_at=bindparam("b_at"),
        history_seq=bindparam("b_seq"),
        history_hash=bindparam("b_hash"),
    )
)


def record(
    actor: Actor, row: Any, action: str, facts: Mapping[str, Any], private: Mapping[str, Any] | None = None
) -> None:
    """Add an act to the history of a case that this work holds locked."""
    record_many(actor, [(row, facts)], action, private)


def record_many(
    actor: Actor,
    told: Sequence[tuple[Any, Mapping[str, Any]]],
    action: str,
    private: Mapping[str, Any] | None = None,
) -> None:
    """Add one act to the histories of cases that this work holds locked, each with facts of its own."""
    entries = [
        history.Entry(
            row.id,
            row.number,
            row.history_seq,
            row.history_hash,
            action,
            row.state,
            row.state,
            facts,
            private or {},
        )
        for row, facts in told
    ]
    heads = zip(entries, history.append(actor.id, entries), strict=True)
    changes = [
        {"b_id": entry.case_id, "b_at": db.now(), "b_seq": seq, "b_hash": hashed} for entry, (seq, hashed) in heads
    ]
    if changes:
        db.execute(_record, changes)


def form_of(row: Any) -> Form:
    """The form the case's answers were last saved with; it is there also when the programme's plugin is gone."""
    found: Form = db.registry().forms[row.programme, row.programme_version]
    return found


def papers_of(row: Any) -> list[Paper]:
    """The papers that count for the case with its present answers."""
    answers = json.loads(row.answers)
    return [paper for paper in form_of(row).papers if applies(paper, answers)]


def may_attach(actor: Actor, row: Any, kind: str) -> None:
    """Raise ``NotAllowed`` unless the actor may add papers now, ``BadInput`` unless the case has such a kind."""
    editing.may_edit(actor, row)
    known = {paper.code for paper in form_of(row).papers}
    if kind not in known | {"other"}:
        raise BadInput(
            Reason(
                "paper_unknown",
                Text(
                    "Không có loại giấy tờ «{kind}». Chọn một trong: {known}",
                    "No kind of paper “{kind}”. Choose one of: {known}",
                ).format(kind=kind[:40], known=", ".join(sorted(known | {"other"}))),
                seen=kind[:40],
                field="kind",
            )
        )


def attach_paper(actor: Actor, number: str, kind: str, name: str, content: bytes) -> int:
    """Attach a file to a case as a paper of ``kind``; gives the id of the document, the same for the same file.

    Raises ``NotFound``, ``NotAllowed`` when the case's state does not allow it, ``BadInput`` for a bad kind or file.
    """
    row = reading.find(actor, number, lock=True)
    may_attach(actor, row, kind)
    stored = documents.store(content, name)
    before = {document.id for document in documents.of_case(row.id)}
    document_id = documents.attach(row.id, actor.id, kind, name, stored)
    if document_id not in before:
        record(actor, row, "attach", {"kind": kind, **stored.digests}, {"name": name[:200]})
    return document_id


def paper_of(actor: Actor, document_id: int) -> tuple[Any, Any]:
    """A document (with size and type) and its case. Raises ``NotFound`` unless the case may be seen."""
    found = documents.document_row(document_id)
    row = found and db.execute(select(case).where(case.c.id == found.case_id, visible_to(actor, case))).first()
    if not row:
        raise NotFound(Reason("document_unknown", Text("Không có giấy tờ này", "There is no such paper")))
    reads.handed_out("paper", case_id=row.id, household_id=row.household_id, unit_id=row.unit_id)
    return found, row


def remove_paper(actor: Actor, number: str, document_id: int) -> None:
    """Take a paper off a case; the file and the record that it was there are kept."""
    row = reading.find(actor, number, lock=True)
    editing.may_edit(actor, row)
    found = documents.document_row(document_id)
    if found is None or found.case_id != row.id:
        raise NotFound(Reason("document_unknown", Text("Hồ sơ không có giấy tờ này", "The case has no such paper")))
    documents.remove(document_id)
    record(actor, row, "remove", {"kind": found.kind, "sha256": found.sha256})
