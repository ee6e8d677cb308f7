"""One paper for many cases: minutes, a decision, an ID card. The file is stored once; each case has it as its own
paper, with its own history, and loses it without the others losing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import case as when, func, select

from core import db
from core.domain import documents
from core.domain.access import Actor, visible_to
from core.domain.cases import reading, recording
from core.domain.cases.tables import case
from core.domain.programmes import applies
from core.errors import BadInput, NotAllowed, Reason, Refused
from core.text import Text

MOST = 200  # cases one paper is attached to at once

_TOO_MANY = Text("Một lần đính kèm cho nhiều nhất {n} hồ sơ", "At most {n} cases at once")
_NONE = Text("Hãy đánh dấu ít nhất một hồ sơ", "Tick at least one case")


def could_use(actor: Actor, row: Any, kind: str) -> list[Any]:
    """The other cases this person may add papers to that lack one of ``kind``; those of the same village first.

    Three statements; at most ``MOST`` cases.
    """
    forms = {code: each.programme for code, each in db.registry().programmes.items()}
    codes = [code for code, each in forms.items() if kind == "other" or kind in {paper.code for paper in each.papers}]
    near = when((case.c.village == row.village, 0), else_=1)
    order = (near, case.c.village, case.c.subject_sort_key, case.c.id)
    found = db.execute(reading.editable(actor, codes).where(case.c.id != row.id).order_by(*order).limit(2 * MOST)).all()
    attached = documents.kinds_attached([each.id for each in found])
    lacking = [each for each in found if kind == "other" or (kind not in attached[each.id] and _counts(each, kind))]
    return lacking[:MOST]


def _counts(row: Any, kind: str) -> bool:
    papers = recording.form_of(row).papers
    return any(paper.code == kind and applies(paper, json.loads(row.answers)) for paper in papers)


def attach_to_many(actor: Actor, numbers: Iterable[str], kind: str, name: str, content: bytes) -> list[int]:
    """Attach one file to many cases as a paper of ``kind``; gives the documents' ids in the order of the cases.

    All or none. Raises what ``attach_paper`` raises, with a reason for every case that stands in the way.
    """
    rows = _open(actor, numbers, kind)
    return _attach(actor, rows, kind, name, documents.store(content, name))


def share_paper(actor: Actor, document_id: int, numbers: Iterable[str]) -> list[int]:
    """Let further cases have a paper that one case has; the file is not sent or stored again. Raises as above."""
    found, _ = recording.paper_of(actor, document_id)
    documents.kept(found.sha256)
    rows = _open(actor, numbers, found.kind)
    return _attach(actor, rows, found.kind, found.name, documents.Stored(found.sha256, found.size, found.type))


def _open(actor: Actor, numbers: Iterable[str], kind: str) -> list[Any]:
    """The cases, locked, of which every one may get the paper."""
    wanted = list(dict.fromkeys(map(reading.clean, numbers)))
    if not wanted or len(wanted) > MOST:
        sentence = _TOO_MANY.format(n=MOST) if wanted else _NONE
        raise BadInput(Reason("cases_ticked", sentence, seen=len(wanted), needed=MOST, field="number"))
    rows = reading.find_many(actor, wanted, lock=True)
    against: list[Reason] = []
    refusal: type[Refused] = BadInput
    for row in rows:
        try:
            recording.may_attach(actor, row, kind)
        except Refused as refused:
            refusal = NotAllowed if isinstance(refused, NotAllowed) else refusal
            about = Text(row.number, row.number)
            against += [
                Reason(each.code, Text("{about}: {why}", "{about}: {why}").format(about=about, why=each.sentence))
                for each in refused.reasons
            ]
    if against:
        raise refusal(against)
    return rows


def _attach(actor: Actor, rows: Sequence[Any], kind: str, name: str, stored: documents.Stored) -> list[int]:
    before = _having([row.id for row in rows], kind, stored.sha256)
    ids = [documents.attach(row.id, actor.id, kind, name, stored) for row in rows]
    others = len(rows) - 1
    told = [
        (row, {"kind": kind, "sha256": stored.sha256} | ({"shared_with": others} if others else {}))
        for row in rows
        if row.id not in before
    ]
    recording.record_many(actor, told, "attach", {"name": name[:200]})
    return ids


def _having(case_ids: Sequence[int], kind: str, sha256: str) -> set[int]:
    """The cases that have this very file as this kind of paper."""
    paper = documents.document.c
    query = select(paper.case_id).where(
        paper.case_id.in_(case_ids), paper.kind == kind, paper.sha256 == sha256, paper.removed_at.is_(None)
    )
    return set(db.execute(query).scalars())


def also_in(actor: Actor, row: Any, hashes: Iterable[str]) -> dict[str, int]:
    """How many other cases within reach have each of these files; none is left out."""
    paper = documents.document
    query = (
        select(paper.c.sha256, func.count(paper.c.case_id.distinct()).label("n"))
        .join(case, case.c.id == paper.c.case_id)
        .where(paper.c.sha256.in_(set(hashes)), paper.c.case_id != row.id, paper.c.removed_at.is_(None),
               visible_to(actor, case))
        .group_by(paper.c.sha256)
    )  # fmt: skip
    return {each.sha256: each.n for each in db.execute(query)}
