"""What an instalment takes from each fund that promised money to its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from core import db
from core.domain.budget import commitment, fund
from core.domain.disbursement.tables import payment


@dataclass(frozen=True)
class Part:
    """Đồng that an instalment takes from one promise of a fund."""

    commitment_id: int
    fund_id: int
    code: str
    name: str
    amount: int


promises = (
    select(commitment, fund.c.code, fund.c.name)
    .join(fund, fund.c.id == commitment.c.fund_id)
    .where(commitment.c.case_id.in_(bindparam("ids", expanding=True)))
    .order_by(commitment.c.id)
)


def parts_of(row: Any, due: Any) -> list[Part]:
    """What paying an instalment of a case now takes from each fund."""
    return part(row.amount, due.amount, db.execute(promises, {"ids": [row.id]}).all())


def part(whole: int, amount: int, promised: Sequence[Any]) -> list[Part]:
    """Part an instalment of ``amount`` over the promises to a case that asked for ``whole``, in proportion.

    What rounding leaves, and all of the last instalment, comes from what is left of them, the oldest first.
    """
    left = {each.id: each.amount - each.paid - each.released for each in promised}
    parts = {each.id: min(left[each.id], each.amount * amount // whole) for each in promised} if whole else {}
    rest = amount - sum(parts.values())
    for each in promised:
        more = min(rest, left[each.id] - parts.get(each.id, 0))
        parts[each.id] = parts.get(each.id, 0) + more
        rest -= more
    return [Part(each.id, each.fund_id, each.code, each.name, parts[each.id]) for each in promised if parts[each.id]]


_paid_from = (
    select(payment.c.amount, fund.c.code, fund.c.name, fund.c.source)
    .join(fund, fund.c.id == payment.c.fund_id)
    .where(payment.c.instalment_id == bindparam("instalment_id"))
    .order_by(payment.c.id)
)


def paid_from(instalment_id: int) -> list[Any]:
    """The funds a paid instalment was taken from, with the đồng of each."""
    return list(db.execute(_paid_from, {"instalment_id": instalment_id}))
