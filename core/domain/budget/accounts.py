"""Setting up funds and putting money into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, select, update

from core import db
from core.domain import access, units
from core.domain.access import Actor
from core.domain.budget.tables import CAPITALS, SOURCES, allocation, commitment, fund
from core.domain.cases import case
from core.errors import BadInput, NotFound, Reason
from core.fields import LARGEST
from core.text import Text, money, nfc


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
    """Create a fund: code, name, source, capital, year, programme, unit (its official code).

    Raises ``BadInput`` with all faults.
    """
    unit = units.unit_by_code(str(values.get("unit", "")), db.today())
    access.require(actor, "fund.manage", unit.place)
    wrong = []
    code, name = nfc(str(values.get("code", ""))).upper(), nfc(str(values.get("name", "")))
    written = str(values.get("year", ""))
    year = int(written) if re.fullmatch("[0-9]{4}", written) else 0
    if not code or len(code) > 40:
        wrong.append(
            _wrong("code", Text("Nhập mã nguồn vốn, nhiều nhất 40 ký tự", "Enter a code of at most 40 characters"))
        )
    elif db.execute(select(fund.c.id).where(fund.c.code == code)).first():
        wrong.append(_CODE_TAKEN)
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
    created = db.insert_once(
        fund,
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
            "reserved": 0,
        },
    )
    if not created:
        raise BadInput(_CODE_TAKEN)
    return fund_id


def _wrong(field: str, sentence: Text) -> Reason:
    return Reason("unreadable", sentence, field=field)


_CODE_TAKEN = _wrong("code", Text("Mã này đã có", "This code is taken"))


def allocate(actor: Actor, code: str, amount: int, document: str, on: date) -> None:
    """Add money to a fund (below zero: take it back) by a document.

    Raises ``BadInput`` when more is taken than is free.
    """
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
            .where(fund.c.id == row.id, fund.c.allocated + amount >= fund.c.committed + fund.c.reserved)
            .values(allocated=fund.c.allocated + amount)
        ).rowcount
        if not wrong
        else 1
    )
    if not changed:
        free = row.allocated - row.committed - row.reserved
        wrong.append(
            _wrong(
                "amount",
                Text(
                    f"Chỉ rút được nhiều nhất {money(free, 'vi')} đồng chưa giữ cho hồ sơ hay dự thảo nào",
                    f"At most {money(free, 'en')} đồng, kept for no case and no draft, can be taken back",
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


def commitments_of(actor: Actor, fund_id: int) -> Select[Any]:
    """A statement of a fund's promises to cases within reach, latest first; paged by (committed_at, id).

    Columns: those of ``commitment``, and of the case ``number``, ``subject_name``, ``state``, ``workflow``,
    ``workflow_version`` and ``unit_id``.
    """
    return (
        select(
            commitment,
            case.c.number,
            case.c.subject_name,
            case.c.state,
            case.c.workflow,
            case.c.workflow_version,
            case.c.unit_id,
        )
        .join(case, case.c.id == commitment.c.case_id)
        .where(commitment.c.fund_id == fund_id, access.visible_to(actor, case))
        .order_by(commitment.c.committed_at.desc(), commitment.c.id.desc())
    )
