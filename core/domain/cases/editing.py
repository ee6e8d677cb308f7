"""Keeping what is typed into a case: answers, the facts that lists read, and drafts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core import db
from core.domain import history, programmes
from core.domain.access import Actor
from core.domain.cases import guarding, reading
from core.domain.cases.tables import case, case_fact, draft
from core.errors import BadInput, NotAllowed, Reason
from core.fields import read
from core.text import Text, canonical


def amount_of(programme: programmes.Programme, answers: Mapping[str, Any]) -> int:
    """The đồng that the answers ask of public sources."""
    return sum(amount for _, amount in programme.asked(answers))


_delete_facts = delete(case_fact).where(case_fact.c.case_id == bindparam("case"))


def keep_facts(case_id: int, programme: programmes.Programme, answers: Mapping[str, Any]) -> None:
    """Copy the indexed answers, typed, to where lists and indicators read them."""
    db.execute(_delete_facts, {"case": case_id})
    typed = programmes.facts_of(answers, [field for field in programme.fields if field.indexed], "")
    rows = []
    for name, value in typed.items():
        if value is not None:
            kind = "number" if isinstance(value, int) else "code" if isinstance(value, str) else "day"
            empty = dict.fromkeys(("number", "code", "day"))
            rows.append(
                {"case_id": case_id, "name": name.lstrip("."), **empty, kind: int(value) if kind == "number" else value}
            )
    if rows:
        db.execute(insert(case_fact), rows)


_save = (
    update(case)
    .where(case.c.id == bindparam("b_id"), case.c.version == bindparam("b_version"))
    .values(
        programme_version=bindparam("b_form"),
        answers=bindparam("b_answers"),
        amount=bindparam("b_amount"),
        version=case.c.version + 1,
        changed_at=bindparam("b_at"),
        history_seq=bindparam("b_seq"),
        history_hash=bindparam("b_hash"),
    )
)


def save_answers(actor: Actor, number: str, raw: Mapping[str, Any], version: int | None = None) -> Any:
    """Replace the answers of a case by ``raw`` and give the case as it is then. Unfinished is fine, unreadable is not.

    They belong to the programme's form of today from then on.

    Raises ``NotFound``, ``NotAllowed``, ``Stale`` and ``BadInput``; nothing is kept then, but a draft stays.
    """
    row = reading.find(actor, number, lock=True)
    may_edit(actor, row)
    reading.check_version(row, version)
    in_force: programmes.InForce = db.registry().programme(row.programme)
    programme = in_force.programme
    typed, reasons = read(programme.fields, raw)
    if reasons:
        raise BadInput(reasons)
    drop_draft(actor, row.id)
    before = json.loads(row.answers)
    changed = {
        name: [before.get(name), typed.get(name)]
        for name in sorted({*before, *typed})
        if before.get(name) != typed.get(name)
    }
    renewed = {"form": in_force.version} if row.programme_version != in_force.version else {}
    if not changed and not renewed:
        return row
    programmes.keep_definitions(db.registry().machine(row.workflow, row.workflow_version), in_force)
    public = {field.name for field in programme.fields if field.privacy == "public"}
    [(seq, hashed)] = history.append(
        actor.id,
        [
            history.Entry(
                row.id,
                row.number,
                row.history_seq,
                row.history_hash,
                "edit",
                row.state,
                row.state,
                {"changed": {name: change for name, change in changed.items() if name in public}, **renewed},
                {"changed": {name: change for name, change in changed.items() if name not in public}}
                if set(changed) - public
                else {},
            )
        ],
    )
    db.execute(
        _save,
        {
            "b_id": row.id,
            "b_version": row.version,
            "b_form": in_force.version,
            "b_answers": canonical(typed),
            "b_at": db.now(),
            "b_amount": amount_of(programme, typed),
            "b_seq": seq,
            "b_hash": hashed,
        },
    )
    keep_facts(row.id, programme, typed)
    return reading.find(actor, number)


_NEVER = Text("Ở bước «{state}» hồ sơ không sửa được nữa", "In the state “{state}” the case can no longer be changed")


def may_edit(actor: Actor, row: Any) -> None:
    """Raise ``NotAllowed`` unless the actor may change the case's answers and papers in its present state."""
    refusal = guarding.forbidden(actor, row, "edit", _NEVER)
    if refusal:
        raise NotAllowed(refusal.reasons)


_draft = select(draft).where(draft.c.case_id == bindparam("case"), draft.c.user_id == bindparam("user"))
_drop = delete(draft).where(draft.c.case_id == bindparam("case"), draft.c.user_id == bindparam("user"))
LARGEST_DRAFT = 200_000  # characters
# One statement: on a slow line two drafts of one page may arrive at once.
_keep_on_postgres, _keep_on_sqlite = (
    statement.on_conflict_do_update(
        index_elements=["case_id", "user_id"],
        set_={name: statement.excluded[name] for name in ("form", "version", "saved_at")},
    )
    for statement in (postgresql.insert(draft), sqlite.insert(draft))
)


def keep_draft(actor: Actor, number: str, form: Mapping[str, Any], version: int) -> Any:
    """Keep what the person has typed so far, whatever it is; gives the moment. The case itself does not change."""
    row = reading.find(actor, number)
    may_edit(actor, row)
    written = canonical({str(name): str(value) for name, value in form.items()})
    if len(written) > LARGEST_DRAFT:
        raise BadInput(
            Reason("draft_too_long", Text("Nội dung quá dài, hãy rút gọn", "The text is too long; shorten it"))
        )
    now = db.now()
    db.execute(
        _keep_on_postgres if db.is_postgres() else _keep_on_sqlite,
        {"case_id": row.id, "user_id": actor.id, "form": written, "version": version, "saved_at": now},
    )
    return now


def draft_of(actor: Actor, case_id: int) -> Any | None:
    """What this person was typing into this case, or None: row with ``form`` (JSON), ``version``, ``saved_at``."""
    return db.execute(_draft, {"case": case_id, "user": actor.id}).first()


def drop_drafts_of_closed() -> int:
    """Forget what was being typed into cases that have ended since; gives how many drafts."""
    ended = select(case.c.id).where(case.c.open_key.is_(None))
    return db.execute(delete(draft).where(draft.c.case_id.in_(ended))).rowcount


def drop_draft(actor: Actor, case_id: int) -> None:
    """Forget what this person was typing."""
    db.execute(_drop, {"case": case_id, "user": actor.id})
