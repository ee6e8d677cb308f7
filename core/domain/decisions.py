"""A decision (quyết định): its own record with number and symbol, issuer, date and signer, and the cases it covers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    select,
)

from core import db
from core.domain import access, documents
from core.domain.access import Actor
from core.errors import BadInput, NotAllowed, NotFound, Reason, Unmet
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

decision_file = Table(  # the signed paper; one that was attached by mistake stays beside the one that replaced it
    "decision_file",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("decision_id", BigInteger, ForeignKey("decision.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), ForeignKey("file.sha256"), nullable=False),
    Column("attached_at", db.Moment, nullable=False),
    Column("attached_by", BigInteger, nullable=False),
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
    reasons += _differs(found, data) if found else []
    return {case.id: reasons for case in batch.cases} if reasons else {}


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

_of_case = (
    select(decision, decision_case.c.transition)
    .join(decision_case, decision_case.c.decision_id == decision.c.id)
    .where(decision_case.c.case_id == bindparam("case_id"))
    .order_by(decision.c.issued_on)
)


def of_case(case_id: int) -> list[Any]:
    """The decisions that cover a case, oldest first."""
    return list(db.execute(_of_case, {"case_id": case_id}))


_latest_by = (
    select(decision)
    .where(decision.c.recorded_by == bindparam("by"), decision.c.recorded_at >= bindparam("since"))
    .order_by(decision.c.recorded_at.desc(), decision.c.id.desc())
    .limit(1)
)


def latest_by(actor_id: int, since: datetime) -> dict[str, str]:
    """The decision this person recorded last since a moment, as answers to ``FIELDS``; empty when there is none."""
    found = db.execute(_latest_by, {"by": actor_id, "since": since}).first()
    if found is None:
        return {}
    return {
        "decision_number": found.number,
        "decision_date": found.issued_on.isoformat(),
        "decision_issuer": found.issuer,
        "decision_signer": found.signer,
        "decision_capacity": found.capacity,
    }


def decisions(actor: Actor, case_table: Any) -> Select[Any]:
    """A statement of the decisions that cover a case within reach, latest first.

    Columns: those of ``decision``; ``cases`` and ``amount`` (đồng) of those within reach. Page it by (issued_on, id).
    """
    covered = (
        select(decision_case.c.decision_id, decision_case.c.case_id, case_table.c.amount)
        .distinct()  # a case under two steps of one decision is one case
        .join(case_table, and_(case_table.c.id == decision_case.c.case_id, access.visible_to(actor, case_table)))
        .subquery()
    )
    return (
        select(decision, func.count().label("cases"), func.sum(covered.c.amount).label("amount"))
        .join(covered, covered.c.decision_id == decision.c.id)
        .group_by(decision.c.id)
        .order_by(decision.c.issued_on.desc(), decision.c.id.desc())
    )


def find(actor: Actor, decision_id: int, case_table: Any) -> Any:
    """A decision that covers a case within reach, with the columns of ``decisions``. Raises ``NotFound`` else."""
    row = db.execute(decisions(actor, case_table).where(decision.c.id == decision_id)).first()
    if row is None:
        raise NotFound(
            Reason(
                "decision_unknown",
                Text("Không có quyết định này trong phạm vi của bạn", "There is no such decision within your reach"),
            )
        )
    return row


def cases_of(actor: Actor, decision_id: int, case_table: Any) -> Select[Any]:
    """A statement of the cases within reach that a decision covers, with ``transition``, in the order of names."""
    return (
        select(case_table, decision_case.c.transition)
        .join(decision_case, decision_case.c.case_id == case_table.c.id)
        .where(decision_case.c.decision_id == decision_id, access.visible_to(actor, case_table))
        .order_by(case_table.c.subject_sort_key, case_table.c.id)
    )


_SIGNING = ("approver",)


def may_attach(actor: Actor, decision_id: int, case_table: Any) -> bool:
    """Whether this person may attach the signed paper: who approves at the place of a case that it covers."""
    return any(
        access.held_at(actor, _SIGNING, row) is not None
        for row in db.execute(cases_of(actor, decision_id, case_table))
    )


def attach_signed(actor: Actor, decision_id: int, case_table: Any, name: str, content: bytes) -> None:
    """Attach the signed paper, a PDF. It replaces the one before, which is kept; the same file twice is attached once.

    Raises ``NotFound``, ``NotAllowed`` or ``BadInput`` (field ``file``).
    """
    find(actor, decision_id, case_table)
    if not may_attach(actor, decision_id, case_table):
        raise NotAllowed(access.role_missing(_SIGNING))
    stored = documents.store(content, name)
    if stored.type != "application/pdf":
        raise BadInput(
            Reason(
                "not_a_pdf",
                Text(
                    "Tệp này không phải PDF. Hãy quét quyết định đã ký thành tệp PDF",
                    "This file is no PDF. Scan the signed decision as a PDF",
                ),
                seen=stored.type,
                needed="application/pdf",
                field="file",
            )
        )
    latest = files_of(decision_id)[:1]
    if latest and latest[0].sha256 == stored.sha256:
        return
    db.execute(
        decision_file.insert(),
        {
            "id": db.new_id(),
            "decision_id": decision_id,
            "name": documents.file_name(name, stored.type),
            "sha256": stored.sha256,
            "attached_at": db.now(),
            "attached_by": actor.id,
        },
    )


_files = (
    select(decision_file, documents.file.c.size, access.user.c.name.label("by"))
    .join(documents.file, documents.file.c.sha256 == decision_file.c.sha256)
    .join(access.user, access.user.c.id == decision_file.c.attached_by)
    .where(decision_file.c.decision_id == bindparam("decision_id"))
    .order_by(decision_file.c.id.desc())
)


def files_of(decision_id: int) -> list[Any]:
    """The signed papers attached to a decision, the one that counts first."""
    return list(db.execute(_files, {"decision_id": decision_id}))


_signed = (
    select(decision_file.c.decision_id)
    .distinct()
    .where(decision_file.c.decision_id.in_(bindparam("ids", expanding=True)))
)


def signed(decision_ids: Collection[int]) -> set[int]:
    """Those of the decisions that have their signed paper."""
    return {row.decision_id for row in db.execute(_signed, {"ids": list(decision_ids)})}
