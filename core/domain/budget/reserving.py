"""Keeping money free for the cases of a draft decision, until the decision is issued or the case leaves the draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from core import db
from core.domain.budget.tables import fund, reservation
from core.text import Text
from core.workflow import Batch, Effect

Kept = dict[int, dict[int, int]]  # case -> fund -> đồng

_of_cases = (
    select(reservation.c.case_id, reservation.c.fund_id, reservation.c.amount)
    .where(reservation.c.case_id.in_(bindparam("ids", expanding=True)))
    .order_by(reservation.c.fund_id)
)
_drop = delete(reservation).where(reservation.c.case_id.in_(bindparam("ids", expanding=True)))
_reserve = update(fund).where(fund.c.id == bindparam("b_fund")).values(reserved=fund.c.reserved + bindparam("b_amount"))
_lock = select(fund.c.id).where(fund.c.programme.in_(bindparam("codes", expanding=True))).order_by(fund.c.id)
_lock_all = _lock.with_for_update()


def lock_funds(programmes: Sequence[str]) -> None:
    """Hold every fund of some programmes until the end of the work, locked in the order of the key."""
    db.execute(_lock_all, {"codes": list(programmes)}).all()


def reserved_for(case_ids: Collection[int]) -> Kept:
    """What is reserved for cases, by case and fund; a case with nothing is left out."""
    found: Kept = defaultdict(dict)
    for row in db.execute(_of_cases, {"ids": list(case_ids)}):
        found[row.case_id][row.fund_id] = row.amount
    return dict(found)


def reserve(actor_id: int, shares: Mapping[int, Sequence[Any]]) -> dict[int, list[dict[str, Any]]]:
    """Keep free for each case the shares that ``budget_available`` found for it, whose funds this work holds locked.

    Gives, by case, what the history is to tell.
    """
    totals: dict[int, int] = defaultdict(int)
    wanted: dict[tuple[int, int], int] = defaultdict(int)
    for case_id, parts in shares.items():
        for part in parts:
            totals[part.fund_id] += part.amount
            wanted[case_id, part.fund_id] += part.amount
    now = db.now()
    rows = [
        {"case_id": case_id, "fund_id": fund_id, "amount": amount, "reserved_at": now, "reserved_by": actor_id}
        for (case_id, fund_id), amount in wanted.items()
    ]
    if rows:
        db.execute(_reserve, [{"b_fund": fund_id, "b_amount": amount} for fund_id, amount in sorted(totals.items())])
        db.execute(reservation.insert(), rows)
    return {
        case_id: [{"fund": part.code, "amount": part.amount} for part in parts] for case_id, parts in shares.items()
    }


def release(case_ids: Collection[int]) -> dict[int, int]:
    """Give back what is reserved for cases; gives how much that was, in đồng, by case."""
    kept = reserved_for(case_ids)
    if kept:
        drop(kept)
        totals = sum_by_fund(kept)
        db.execute(_reserve, [{"b_fund": fund_id, "b_amount": -amount} for fund_id, amount in sorted(totals.items())])
    return {case_id: sum(parts.values()) for case_id, parts in kept.items()}


def drop(kept: Kept) -> None:
    """Forget reservations whose money the caller takes off the funds itself."""
    db.execute(_drop, {"ids": sorted(kept)})


def sum_by_fund(kept: Kept) -> dict[int, int]:
    """How much of each fund reservations take."""
    totals: dict[int, int] = defaultdict(int)
    for parts in kept.values():
        for fund_id, amount in parts.items():
            totals[fund_id] += amount
    return dict(totals)


def _leave_draft(batch: Batch) -> None:
    """Whatever step a case takes, it stands in no draft afterwards and nothing is kept free for it."""
    drafted = [case.id for case in batch.cases if case.draft_id is not None]
    if not drafted or batch.memo.get("promised"):  # promising has taken what was reserved
        return
    for case_id, amount in release(drafted).items():
        batch.tell(case_id, unreserved=amount)


EFFECTS = (
    Effect(
        "leave_draft",
        Text("Trả tiền dự thảo quyết định đang giữ", "Give back what a draft decision keeps"),
        _leave_draft,
        always=True,
        lock=lock_funds,
    ),
)
