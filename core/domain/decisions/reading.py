"""Finding decisions, within a person's reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from core import db
from core.domain import access, reads
from core.domain.access import Actor
from core.domain.decisions.tables import decision, decision_case
from core.errors import NotFound, Reason
from core.text import Text

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


def latest_of(actor_id: int) -> dict[str, str]:
    """The decision this person recorded last, whenever that was, as answers to ``FIELDS``; empty when there is none."""
    return latest_by(actor_id, datetime(1970, 1, 1, tzinfo=UTC))


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
    reads.handed_out("decision")
    return row


def cases_of(actor: Actor, decision_id: int, case_table: Any) -> Select[Any]:
    """A statement of the cases within reach that a decision covers, with ``transition``, in the order of names."""
    return (
        select(case_table, decision_case.c.transition)
        .join(decision_case, decision_case.c.case_id == case_table.c.id)
        .where(decision_case.c.decision_id == decision_id, access.visible_to(actor, case_table))
        .order_by(case_table.c.subject_sort_key, case_table.c.id)
    )
