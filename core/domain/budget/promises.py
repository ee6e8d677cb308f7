"""Promising cases money when they are approved, and taking back what was not paid."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from core import db
from core.domain.budget.reserving import EFFECTS as RESERVING, Kept, drop, lock_funds, reserved_for, sum_by_fund
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
_funds_of_drafted = (  # a draft of last year may keep money of last year's funds
    select(fund)
    .where(
        or_(
            and_(fund.c.programme == bindparam("programme"), fund.c.year == bindparam("year")),
            fund.c.id.in_(bindparam("ids", expanding=True)),
        )
    )
    .order_by(fund.c.id)
    .with_for_update()
)


def _plan(batch: Batch) -> dict[int, list[Reason]]:
    """Take every đồng the cases ask for from the funds that cover them, on paper; refuse the cases for which it
    is not there.
    """
    programme = batch.programme
    drafted = [case.id for case in batch.cases if case.draft_id is not None]
    kept = batch.memo["reserved"] = reserved_for(drafted) if drafted else {}
    rows = _funds_for(batch, kept)
    left = {row.id: row.allocated - row.committed - row.reserved for row in rows}
    plan: dict[int, list[Share]] = {}
    refused: dict[int, list[Reason]] = {}
    for case in batch.cases:
        taken: dict[int, int] = defaultdict(int)
        own = kept.get(case.id, {})
        shares, reasons = [], []
        for support, amount in asked(programme, case):
            fitting = [
                row
                for row in rows
                if (row.source, row.capital) == (support.source, support.capital) and _covers(row, case)
            ]
            missing = amount
            for row in sorted(fitting, key=lambda row: row.id not in own):
                part = min(missing, left[row.id] + own.get(row.id, 0) - taken[row.id])
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
            for fund_id in {*taken, *own} & left.keys():
                left[fund_id] -= taken[fund_id] - own.get(fund_id, 0)
    batch.memo["shares"] = plan
    return refused


def _funds_for(batch: Batch, kept: Kept) -> list[Any]:
    """The funds of the programme's year, the one of the smallest place first; locked when something is to be moved."""
    values: dict[str, Any] = {"programme": batch.programme.code, "year": batch.on.year}
    if batch.asking:
        rows = db.execute(_funds, values).all()
    elif kept:
        held = db.execute(_funds_of_drafted, values | {"ids": sorted(sum_by_fund(kept))}).all()
        rows = [row for row in held if row.year == batch.on.year]
    else:
        rows = db.execute(_funds_locked, values).all()
    return sorted(rows, key=lambda row: -row.level)


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
_commit_reserved = (
    update(fund)
    .where(fund.c.id == bindparam("b_fund"))
    .values(committed=fund.c.committed + bindparam("b_amount"), reserved=fund.c.reserved - bindparam("b_reserved"))
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
    _take_from_funds(totals, _kept_for(batch))
    if rows:
        db.insert_rows(commitment, rows)
    batch.memo["promised"] = True


def _kept_for(batch: Batch) -> Kept:
    """What is reserved for the cases that move; the requirement has read it for all."""
    moving = {case.id for case in batch.cases}
    return {case_id: parts for case_id, parts in batch.memo["reserved"].items() if case_id in moving}


def _take_from_funds(totals: Mapping[int, int], kept: Kept) -> None:
    """Raise what the funds have promised and lower what they keep for drafts, both in one statement: at no moment do
    the two together pass what is allocated.
    """
    if not kept:
        if totals:
            db.execute(_commit, [{"b_fund": each, "b_amount": amount} for each, amount in sorted(totals.items())])
        return
    drop(kept)
    freed = sum_by_fund(kept)
    db.execute(
        _commit_reserved,
        [
            {"b_fund": each, "b_amount": totals.get(each, 0), "b_reserved": freed.get(each, 0)}
            for each in sorted({*totals, *freed})
        ],
    )


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


REQUIREMENTS = (
    Requirement("budget_available", Text("Nguồn vốn còn đủ", "There is money enough"), _plan, lock=lock_funds),
)


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
        lock=lock_funds,
    ),
    *RESERVING,
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
                row.allocated - row.committed - row.reserved
                for row in rows
                if (row.source, row.capital) == (support.source, support.capital)
                and any(_covers(row, case) for case, _ in wanted[support])
            ),
        )
        for support in programme.supports
        if support in wanted
    ]
