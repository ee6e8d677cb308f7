"""Promising cases money when they are approved, and taking back what was not paid."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update

from core import db
from core.domain.budget.tables import SOURCES, commitment, fund
from core.domain.units import LEVEL_COLUMNS
from core.errors import Reason
from core.text import Text, money
from core.workflow import Batch, Effect, Requirement


@dataclass(frozen=True)
class Share:
    """Đồng that a case takes from a fund."""

    fund_id: int
    code: str
    source: str
    amount: int


_funds = (
    select(fund).where(fund.c.programme == bindparam("programme"), fund.c.year == bindparam("year")).order_by(fund.c.id)
)


_funds_locked = _funds.with_for_update()  # always in the order of the key, as payments lock them: no deadlock


def _plan(batch: Batch) -> dict[int, list[Reason]]:
    """Take every đồng the cases ask for from the funds that cover them, on paper; refuse the cases for which it
    is not there.
    """
    programme = batch.programme
    rows = db.execute(
        _funds if batch.asking else _funds_locked, {"programme": programme.code, "year": batch.on.year}
    ).all()
    rows = sorted(rows, key=lambda row: -row.level)  # the fund of the smallest place pays first
    left = {row.id: row.allocated - row.committed for row in rows}
    plan: dict[int, list[Share]] = {}
    refused: dict[int, list[Reason]] = {}
    for case in batch.cases:
        taken: dict[int, int] = defaultdict(int)
        shares, reasons = [], []
        for support, amount in asked(programme, case):
            fitting = [
                row
                for row in rows
                if (row.source, row.capital) == (support.source, support.capital) and _covers(row, case)
            ]
            missing = amount
            for row in fitting:
                part = min(missing, left[row.id] - taken[row.id])
                if part > 0:
                    taken[row.id] += part
                    missing -= part
                    shares.append(Share(row.id, row.code, row.source, part))
            if missing:
                reasons.append(_short(support, amount, missing, batch.on.year))
        if reasons:
            refused[case.id] = reasons
        elif case.id not in batch.refused:  # a case that something else stops takes nothing from the next one
            plan[case.id] = shares
            for fund_id, part in taken.items():
                left[fund_id] -= part
    batch.memo["shares"] = plan
    return refused


def asked(programme: Any, case: Any) -> list[tuple[Any, int]]:
    """What a case asks of each source, in đồng; sources it asks nothing of are left out."""
    found: list[tuple[Any, int]] = programme.asked(json.loads(case.answers))
    return found


def _covers(row: Any, case: Any) -> bool:
    return row.level == 0 or row.owner_id == getattr(case, LEVEL_COLUMNS[row.level])


def _short(support: Any, amount: int, missing: int, year: int) -> Reason:
    source = SOURCES.get(support.source, Text(support.source, support.source))
    return Reason(
        "budget_short",
        Text(
            f"{source.vi} năm {year}: cần {money(amount, 'vi')} đồng, còn {money(amount - missing, 'vi')} đồng, "
            f"thiếu {money(missing, 'vi')} đồng",
            f"{source.en} {year}: {money(amount, 'en')} đồng needed, {money(amount - missing, 'en')} left, "
            f"{money(missing, 'en')} missing",
        ),
        seen=amount - missing,
        needed=amount,
        field=support.field,
    )


_commit = (
    update(fund).where(fund.c.id == bindparam("b_fund")).values(committed=fund.c.committed + bindparam("b_amount"))
)


def _commit_shares(batch: Batch) -> None:
    totals: dict[int, int] = defaultdict(int)
    rows = []
    now = db.now()
    for case in batch.cases:
        shares: Sequence[Share] = batch.memo["shares"][case.id]
        for share in shares:
            totals[share.fund_id] += share.amount
            rows.append(
                {
                    "id": db.new_id(),
                    "case_id": case.id,
                    "fund_id": share.fund_id,
                    "amount": share.amount,
                    "paid": 0,
                    "released": 0,
                    "committed_at": now,
                    "committed_by": batch.actor.id,
                }
            )
        batch.tell(case.id, committed=[{"fund": share.code, "amount": share.amount} for share in shares])
    if rows:
        db.execute(_commit, [{"b_fund": fund_id, "b_amount": amount} for fund_id, amount in sorted(totals.items())])
        db.execute(commitment.insert(), rows)


_open_commitments = select(commitment).where(
    commitment.c.case_id.in_(bindparam("ids", expanding=True)),
    commitment.c.amount > commitment.c.paid + commitment.c.released,
)


_release = (
    update(commitment)
    .where(commitment.c.id == bindparam("b_id"))
    .values(released=commitment.c.amount - commitment.c.paid)
)


def _release_rest(batch: Batch) -> None:
    rows = db.execute(_open_commitments, {"ids": [case.id for case in batch.cases]}).all()
    if not rows:
        return
    totals: dict[int, int] = defaultdict(int)
    for row in rows:
        totals[row.fund_id] += row.amount - row.paid - row.released
        batch.tell(
            row.case_id,
            released=batch.details.get(row.case_id, {}).get("released", 0) + row.amount - row.paid - row.released,
        )
    db.execute(_release, [{"b_id": row.id} for row in rows])
    db.execute(_commit, [{"b_fund": fund_id, "b_amount": -amount} for fund_id, amount in sorted(totals.items())])


REQUIREMENTS = (Requirement("budget_available", Text("Nguồn vốn còn đủ", "There is money enough"), _plan),)


EFFECTS = (
    Effect(
        "commit_budget",
        Text("Giữ tiền của nguồn vốn cho hồ sơ", "Commit the funds' money to the case"),
        _commit_shares,
        needs=("budget_available",),
    ),
    Effect(
        "release_budget",
        Text("Trả phần tiền chưa chi về nguồn vốn", "Give unpaid money back to the funds"),
        _release_rest,
    ),
)


_of_case = (
    select(commitment, fund.c.code, fund.c.name, fund.c.source)
    .join(fund, fund.c.id == commitment.c.fund_id)
    .where(commitment.c.case_id == bindparam("case_id"))
    .order_by(commitment.c.id)
)


def of_case(case_id: int) -> list[Any]:
    """What a case has been promised, by fund."""
    return list(db.execute(_of_case, {"case_id": case_id}))


@dataclass(frozen=True)
class Left:
    """What the funds that cover a case still hold of one source, and what the case asks of it, in đồng."""

    source: Text
    asked: int
    left: int


def left_for(case: Any, on: date) -> list[Left]:
    """For every source the case asks money of: what is asked and what is left in the funds that cover it."""
    return left_for_all([case], on)


def left_for_all(cases: Sequence[Any], on: date) -> list[Left]:
    """For every source that cases of one programme ask money of: what all ask, and what their funds have left."""
    programme = db.registry().programme(cases[0].programme).programme
    rows = db.execute(_funds, {"programme": programme.code, "year": on.year}).all()
    wanted: dict[Any, list[tuple[Any, int]]] = {}
    for case in cases:
        for support, amount in asked(programme, case):
            wanted.setdefault(support, []).append((case, amount))
    return [
        Left(
            SOURCES.get(support.source, Text(support.source, support.source)),
            sum(amount for _, amount in wanted[support]),
            sum(
                row.allocated - row.committed
                for row in rows
                if (row.source, row.capital) == (support.source, support.capital)
                and any(_covers(row, case) for case, _ in wanted[support])
            ),
        )
        for support in programme.supports
        if support in wanted
    ]
