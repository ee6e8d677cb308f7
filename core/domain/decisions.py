"""A decision (quyết định): its own record with number and symbol, issuer, date and signer, and the cases it covers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table, and_, bindparam, func, select

from core import db
from core.errors import Reason
from core.fields import Field, parse_date
from core.text import Text, fold
from core.workflow import Batch, Effect, Requirement

decision = Table(
    "decision",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(64), nullable=False),
    Column("issuer", String(200), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("key", String(300), nullable=False, unique=True),  # number, issuer and date, folded: they name it together
    Column("signer", String(200), nullable=False),
    Column("capacity", String(200), nullable=False),
    Column("sha256", String(64), ForeignKey("file.sha256")),
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
)

decision_case = Table(
    "decision_case",
    db.metadata,
    Column("decision_id", BigInteger, ForeignKey("decision.id"), primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("transition", String(64), primary_key=True),
    Index("ix_decision_case_case_id", "case_id"),
)

FIELDS = (
    Field(
        "decision_number",
        "text",
        Text("Số, ký hiệu quyết định", "Decision number and symbol"),
        required=True,
        maximum=60,
        help=Text("Ví dụ 123/QĐ-UBND", "For example 123/QĐ-UBND"),
    ),
    Field("decision_date", "date", Text("Ngày ban hành", "Issued on"), required=True),
    Field(
        "decision_issuer",
        "text",
        Text("Cơ quan ban hành", "Issued by"),
        required=True,
        maximum=200,
        help=Text("Ví dụ Ủy ban nhân dân tỉnh Bắc Ninh", "For example the People's Committee of Bắc Ninh"),
    ),
    Field("decision_signer", "text", Text("Người ký", "Signed by"), required=True, maximum=200),
    Field(
        "decision_capacity",
        "text",
        Text("Chức vụ người ký", "Signer's capacity"),
        required=True,
        maximum=200,
        help=Text("Ví dụ KT. CHỦ TỊCH, PHÓ CHỦ TỊCH", "For example Vice Chair, for the Chair"),
    ),
)

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
    found = batch.memo["decision"] if "decision" in batch.memo else db.execute(_by_key, {"key": key}).first()
    decision_id = found.id if found else _record(key, data, batch.actor.id)
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


def _record(key: str, data: Mapping[str, Any], actor_id: int) -> int:
    decision_id = db.new_id()
    db.execute(
        decision.insert(),
        {
            "id": decision_id,
            "key": key,
            "number": data["decision_number"],
            "issuer": data["decision_issuer"],
            "issued_on": parse_date(data["decision_date"]),
            "signer": data["decision_signer"],
            "capacity": data["decision_capacity"],
            "sha256": None,
            "recorded_at": db.now(),
            "recorded_by": actor_id,
        },
    )
    return decision_id


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
    found = batch.memo["decision"] = db.execute(_by_key, {"key": key}).first()
    if found and any(fold(data[f"decision_{name}"]) != fold(found._mapping[name]) for name in ("signer", "capacity")):
        named = f"{found.number}, {found.issued_on:%d/%m/%Y}"
        signed = f"{found.signer}, {found.capacity}"
        differs = Text(
            f"Quyết định {named} đã ghi người ký là {signed}", f"Decision {named} is on record as signed by {signed}"
        )
        reasons.append(
            Reason("decision_differs", differs, data["decision_signer"], found.signer, field="decision_signer")
        )
    return {case.id: reasons for case in batch.cases} if reasons else {}


REQUIREMENTS = (
    Requirement(
        "decision_in_order",
        Text("Quyết định ghi đúng ngày và đúng người ký", "The decision's date and signer are in order"),
        _in_order,
    ),
)
EFFECTS = (Effect("cover_by_decision", Text("Ghi hồ sơ vào quyết định", "Put the case under the decision"), cover),)

_of_case = (
    select(decision, decision_case.c.transition)
    .join(decision_case, decision_case.c.decision_id == decision.c.id)
    .where(decision_case.c.case_id == bindparam("case_id"))
    .order_by(decision.c.issued_on)
)


def of_case(case_id: int) -> list[Any]:
    """The decisions that cover a case, oldest first."""
    return list(db.execute(_of_case, {"case_id": case_id}))


def decisions(case_table: Any, visible: Any) -> Any:
    """A statement of the decisions that cover at least one case within reach, with how many of them, latest first."""
    return (
        select(
            decision.c.id,
            decision.c.number,
            decision.c.issuer,
            decision.c.issued_on,
            decision.c.signer,
            decision.c.capacity,
            func.count().label("cases"),
        )
        .join(decision_case, decision_case.c.decision_id == decision.c.id)
        .join(case_table, and_(case_table.c.id == decision_case.c.case_id, visible))
        .group_by(decision.c.id)
        .order_by(decision.c.issued_on.desc(), decision.c.id.desc())
    )
