"""Putting cases under a decision when they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select, update

from core import db
from core.domain.decisions.tables import FIELDS, decision, decision_case
from core.errors import Reason, Unmet
from core.fields import parse_date
from core.text import Text, fold
from core.workflow import Batch, Effect, Requirement

_by_key = select(decision).where(decision.c.key == bindparam("key"))


def key_of(number: str, issuer: str, issued_on: str) -> str:
    """What names a decision: the same number stands on another one next year, or from another office."""
    return f"{fold(number).replace(' ', '')}|{fold(issuer)}|{issued_on}"


def cover(batch: Batch) -> None:
    """Record that the decision in the batch's data covers its cases; the decision itself is recorded at its first
    case.
    """
    data = batch.data
    key = key_of(data["decision_number"], data["decision_issuer"], data["decision_date"])
    found = db.execute(_by_key, {"key": key}).first() or _record(key, data, batch.actor.id)
    differs = _differs(found, data)
    if differs:  # somebody recorded it since the requirement was asked
        raise Unmet(differs)
    decision_id = found.id
    db.execute(
        decision_case.insert(),
        [{"decision_id": decision_id, "case_id": case.id, "transition": batch.transition.code} for case in batch.cases],
    )
    for case in batch.cases:
        batch.tell(
            case.id,
            decision={
                "id": str(decision_id),
                "number": data["decision_number"],
                "issued_on": data["decision_date"],
                "issuer": data["decision_issuer"],
                "signer": data["decision_signer"],
                "capacity": data["decision_capacity"],
            },
        )


def _record(key: str, data: Mapping[str, Any], actor_id: int) -> Any:
    db.insert_once(
        decision,
        {
            "id": db.new_id(),
            "key": key,
            "number": data["decision_number"],
            "issuer": data["decision_issuer"],
            "issued_on": parse_date(data["decision_date"]),
            "signer": data["decision_signer"],
            "capacity": data["decision_capacity"],
            "recorded_at": db.now(),
            "recorded_by": actor_id,
            "draft_id": None,
        },
    )
    return db.execute(_by_key, {"key": key}).one()


def _in_order(batch: Batch) -> dict[int, list[Reason]]:
    data = batch.data
    if any(field.name not in data for field in FIELDS):
        return {}  # the form has said what is missing
    reasons = []
    if data["decision_date"] > batch.on.isoformat():
        later = Text("Ngày ban hành quyết định không được sau hôm nay", "A decision cannot be issued after today")
        reasons.append(
            Reason("decision_in_future", later, data["decision_date"], batch.on.isoformat(), field="decision_date")
        )
    key = key_of(data["decision_number"], data["decision_issuer"], data["decision_date"])
    found = db.execute(_by_key, {"key": key}).first()
    reasons += [*_differs(found, data), *_complete(found)] if found else []
    return {case.id: reasons for case in batch.cases} if reasons else {}


def _complete(found: Any) -> list[Reason]:
    """That a decision was issued with its whole list: whatever it should say otherwise, another decision says."""
    if found.draft_id is None:
        return []
    named = f"{found.number}, {found.issued_on:%d/%m/%Y}"
    sentence = Text(
        f"Quyết định {named} đã ban hành kèm danh sách; muốn thay đổi phải có quyết định khác",
        f"Decision {named} was issued with its list; it takes another decision to change it",
    )
    return [Reason("decision_complete", sentence, found.number, field="decision_number")]


def complete(decision_id: int, draft_id: int, cases: int) -> None:
    """Say that a decision was issued from a draft with just its cases. Raises ``Unmet`` when it covered others before.
    """
    covered = select(func.count()).select_from(decision_case).where(decision_case.c.decision_id == decision_id)
    if db.execute(covered).scalar_one() != cases:
        found = db.execute(select(decision).where(decision.c.id == decision_id)).one()
        named = f"{found.number}, {found.issued_on:%d/%m/%Y}"
        raise Unmet(
            Reason(
                "decision_taken",
                Text(
                    f"Quyết định {named} đã được ghi cho hồ sơ khác; kiểm tra lại số và ngày",
                    f"Decision {named} is on record for other cases; check its number and date",
                ),
                found.number,
                field="decision_number",
            )
        )
    db.execute(update(decision).where(decision.c.id == decision_id).values(draft_id=draft_id))


def _differs(found: Any, data: Mapping[str, Any]) -> list[Reason]:
    """That a decision on record was signed by somebody else than the data say; empty when it was not."""
    if all(fold(data[f"decision_{name}"]) == fold(found._mapping[name]) for name in ("signer", "capacity")):
        return []
    named, signed = f"{found.number}, {found.issued_on:%d/%m/%Y}", f"{found.signer}, {found.capacity}"
    sentence = Text(
        f"Quyết định {named} đã ghi người ký là {signed}", f"Decision {named} is on record as signed by {signed}"
    )
    return [Reason("decision_differs", sentence, data["decision_signer"], found.signer, field="decision_signer")]


REQUIREMENTS = (
    Requirement(
        "decision_in_order",
        Text("Quyết định ghi đúng ngày và đúng người ký", "The decision's date and signer are in order"),
        _in_order,
    ),
)


EFFECTS = (
    Effect(
        "cover_by_decision",
        Text("Ghi hồ sơ vào quyết định", "Put the case under the decision"),
        cover,
        needs=("decision_in_order",),
        fields=tuple(field.name for field in FIELDS),
    ),
)
