"""Funds, what is allocated to them, and what cases have been promised of them. No fund is ever overspent.

The balances stand on the fund and are kept by the same transaction that writes the rows; a check in the database is the
last guard. Two approvers at once queue on the lock of the fund.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    select,
    update,
)

from core import db
from core.domain import access, units
from core.domain.access import Actor
from core.domain.units import LEVEL_COLUMNS
from core.errors import BadInput, NotFound, Reason
from core.fields import LARGEST
from core.text import Text, money, nfc
from core.workflow import Batch, Effect, Requirement

SOURCES = {
    "central": Text("Ngân sách trung ương", "Central budget"),
    "local": Text("Ngân sách địa phương đối ứng", "Local counterpart budget"),
    "fatherland_front": Text("Quỹ Vì người nghèo", "Fund For the Poor"),
    "mobilised": Text("Nguồn vận động, tài trợ", "Mobilised and sponsored money"),
}
CAPITALS = {
    "recurrent": Text("Vốn sự nghiệp", "Recurrent capital"),
    "investment": Text("Vốn đầu tư", "Investment capital"),
}

fund = Table(
    "fund",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("source", String(32), nullable=False),
    Column("capital", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("programme", String(64), nullable=False),
    Column("owner_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("level", Integer, nullable=False),  # of the owner: the smallest place pays first
    Column("unit_id", Integer),
    Column("district_id", Integer),
    Column("province_id", Integer),
    Column("allocated", BigInteger, nullable=False, default=0),
    Column("committed", BigInteger, nullable=False, default=0),
    Column("paid", BigInteger, nullable=False, default=0),
    CheckConstraint("0 <= paid AND paid <= committed AND committed <= allocated", name="never_overspent"),
    Index("ix_fund_programme_year", "programme", "year"),
)

allocation = Table(
    "allocation",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),  # below zero: taken back
    Column("document", String(300), nullable=False),
    Column("allocated_on", Date, nullable=False),
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
)

commitment = Table(
    "commitment",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False, index=True),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False, default=0),
    Column("released", BigInteger, nullable=False, default=0),
    Column("committed_at", db.Moment, nullable=False),
    Column("committed_by", BigInteger, nullable=False),
    CheckConstraint("0 <= paid AND 0 <= released AND paid + released <= amount", name="within_amount"),
)


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
    """Take every đồng the cases ask for from the funds that cover them, on paper; refuse the cases for which it is not there."""
    if not batch.cases:
        return {}
    programme = db.registry().programme(batch.cases[0].programme).programme
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
    answers = json.loads(case.answers)
    return [(support, answers[support.field]) for support in programme.supports if answers.get(support.field)]


def _covers(row: Any, case: Any) -> bool:
    return row.level == 0 or row.owner_id == getattr(case, LEVEL_COLUMNS[row.level])


def _short(support: Any, amount: int, missing: int, year: int) -> Reason:
    source = SOURCES.get(support.source, Text(support.source, support.source))
    return Reason(
        "budget_short",
        Text(
            f"{source.vi} năm {year}: cần {money(amount, 'vi')} đồng, còn {money(amount - missing, 'vi')} đồng, thiếu {money(missing, 'vi')} đồng",
            f"{source.en} {year}: {money(amount, 'en')} đồng needed, {money(amount - missing, 'en')} left, {money(missing, 'en')} missing",
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
        "commit_budget", Text("Giữ tiền của nguồn vốn cho hồ sơ", "Commit the funds' money to the case"), _commit_shares
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
    programme = db.registry().programme(case.programme).programme
    rows = db.execute(_funds, {"programme": programme.code, "year": on.year}).all()
    return [
        Left(
            SOURCES.get(support.source, Text(support.source, support.source)),
            amount,
            sum(
                row.allocated - row.committed
                for row in rows
                if (row.source, row.capital) == (support.source, support.capital) and _covers(row, case)
            ),
        )
        for support, amount in asked(programme, case)
    ]


def funds(actor: Actor) -> Select[Any]:
    """A statement of the funds within reach, latest year first."""
    return (
        select(fund)
        .where(access.within_reach(actor, fund, "fund.view"))
        .order_by(fund.c.year.desc(), fund.c.programme, fund.c.code, fund.c.id)
    )


def find_fund(actor: Actor, code: str) -> Any:
    """The fund of that code. Raises ``NotFound`` when there is none within reach."""
    row = db.execute(funds(actor).where(fund.c.code == code.strip())).first()
    if row is None:
        raise NotFound(
            Reason(
                "fund_unknown",
                Text("Không có nguồn vốn {code}", "There is no fund {code}").format(code=code[:40]),
                seen=code[:40],
            )
        )
    return row


def create_fund(actor: Actor, values: Mapping[str, Any]) -> int:
    """Create a fund: code, name, source, capital, year, programme, unit (its official code). Raises ``BadInput`` with all faults."""
    unit = units.unit_by_code(str(values.get("unit", "")), db.today())
    access.require(actor, "fund.manage", unit.place)
    wrong = []
    code, name = nfc(str(values.get("code", ""))).upper(), nfc(str(values.get("name", "")))
    year = int(values["year"]) if str(values.get("year", "")).isdigit() else 0
    if not code or len(code) > 40:
        wrong.append(
            _wrong("code", Text("Nhập mã nguồn vốn, nhiều nhất 40 ký tự", "Enter a code of at most 40 characters"))
        )
    elif db.execute(select(fund.c.id).where(fund.c.code == code)).first():
        wrong.append(_wrong("code", Text("Mã này đã có", "This code is taken")))
    if not name or len(name) > 200:
        wrong.append(
            _wrong("name", Text("Nhập tên nguồn vốn, nhiều nhất 200 ký tự", "Enter a name of at most 200 characters"))
        )
    if values.get("source") not in SOURCES:
        wrong.append(_wrong("source", Text("Chọn nguồn", "Choose the source")))
    if values.get("capital") not in CAPITALS:
        wrong.append(_wrong("capital", Text("Chọn loại vốn", "Choose the kind of capital")))
    if not 2016 <= year <= db.today().year + 5:
        wrong.append(_wrong("year", Text("Nhập năm ngân sách, ví dụ 2026", "Enter the budget year, for example 2026")))
    if values.get("programme") not in db.registry().programmes:
        wrong.append(_wrong("programme", Text("Chọn chương trình đang áp dụng", "Choose a programme in force")))
    if wrong:
        raise BadInput(wrong)
    fund_id = db.new_id()
    db.execute(
        fund.insert(),
        {
            "id": fund_id,
            "code": code,
            "name": name,
            "source": values["source"],
            "capital": values["capital"],
            "year": year,
            "programme": values["programme"],
            "owner_id": unit.id,
            "level": unit.level,
            **unit.place._asdict(),
            "allocated": 0,
            "committed": 0,
            "paid": 0,
        },
    )
    return fund_id


def _wrong(field: str, sentence: Text) -> Reason:
    return Reason("unreadable", sentence, field=field)


def allocate(actor: Actor, code: str, amount: int, document: str, on: date) -> None:
    """Add money to a fund (below zero: take it back) by a document. Raises ``BadInput`` when more is taken than is free."""
    row = find_fund(actor, code)
    access.require(actor, "fund.manage", row)
    wrong = []
    if not amount or abs(amount) > LARGEST:
        wrong.append(_wrong("amount", Text("Nhập số tiền khác 0", "Enter an amount other than 0")))
    if not document.strip():
        wrong.append(
            _wrong(
                "document", Text("Ghi văn bản giao vốn (số, ký hiệu, ngày)", "Name the document (number, symbol, date)")
            )
        )
    changed = (
        db.execute(
            update(fund)
            .where(fund.c.id == row.id, fund.c.allocated + amount >= fund.c.committed)
            .values(allocated=fund.c.allocated + amount)
        ).rowcount
        if not wrong
        else 1
    )
    if not changed:
        free = row.allocated - row.committed
        wrong.append(
            _wrong(
                "amount",
                Text(
                    f"Chỉ rút được nhiều nhất {money(free, 'vi')} đồng chưa giữ cho hồ sơ nào",
                    f"At most {money(free, 'en')} đồng, not committed to any case, can be taken back",
                ),
            )
        )
    if wrong:
        raise BadInput(wrong)
    db.execute(
        allocation.insert(),
        {
            "id": db.new_id(),
            "fund_id": row.id,
            "amount": amount,
            "document": nfc(document)[:300],
            "allocated_on": on,
            "recorded_at": db.now(),
            "recorded_by": actor.id,
        },
    )


def allocations(fund_id: int) -> list[Any]:
    """The allocations of a fund, latest first."""
    return list(db.execute(select(allocation).where(allocation.c.fund_id == fund_id).order_by(allocation.c.id.desc())))
