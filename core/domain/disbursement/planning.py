"""The instalments of a case: planned when it is approved, read by everybody, required by later steps."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update

from core import db
from core.domain import cases, programmes, tasks
from core.domain.disbursement.tables import instalment, passed_step
from core.domain.programmes import Instalment, Programme, Step, applies
from core.errors import Reason
from core.parameters import ParameterRow
from core.text import Text, money
from core.workflow import Batch, Effect, Requirement, Wait

WAIT = Wait("accountant", Text("Chi trả", "Pay"), deadline="deadline.payment")


def _shares(row: Any, on: date) -> tuple[list[tuple[Instalment, int]], list[Reason]]:
    """What each instalment of a case will be, in đồng, and why that cannot be said.

    The last takes what rounding leaves.
    """
    programme = db.registry().programme(row.programme).programme
    answers = json.loads(row.answers)
    wanted = [each for each in programme.instalments if applies(each, answers)]
    values = programmes.resolve(row, cases.law_date(row, programme, on))
    checks = programmes.resolve(row, on)
    plan, reasons, left = [], [], row.amount
    for each in wanted:
        share = values(each.share) if each.share else None
        # a check without a date is not planned, so what waits for it could never be paid
        dates = {step.due: checks(step.due) for step in _checks_before(programme, each)}
        unset = [name for name, value in ({each.share: share} | dates).items() if name and not _is_set(value)]
        if unset:
            reasons += [_not_set(name) for name in unset]
            continue
        amount = row.amount * int(share.value) // 100 if share else left  # type: ignore[arg-type]
        plan.append((each, amount))
        left -= amount
    if not reasons and row.amount and (left != 0 or any(amount < 0 for _, amount in plan)):
        reasons.append(
            Reason(
                "shares_wrong",
                Text(
                    "Tỷ lệ các đợt chi trả không cộng thành toàn bộ số tiền",
                    "The instalments do not add up to the whole amount",
                ),
                seen=row.amount - left,
                needed=row.amount,
            )
        )
    return plan, list({reason.needed: reason for reason in reasons}.values())


def _checks_before(programme: Programme, each: Instalment) -> Iterator[Step]:
    """The checks that must have been passed before an instalment is paid, the last one first."""
    code = each.after
    while code and code != "approve":
        step = programme.step(code)
        yield step
        code = step.after


def _is_set(row: ParameterRow | None) -> bool:
    return row is not None and row.value is not None


def _not_set(name: str) -> Reason:
    label = db.registry().parameters.declarations[name].label
    return Reason("not_set", Text("Chưa có mức áp dụng: {label}", "Not set: {label}").format(label=label), needed=name)


def _can_be_planned(batch: Batch) -> dict[int, list[Reason]]:
    planned = batch.memo["planned"] = {row.id: _shares(row, batch.on) for row in batch.cases}
    return {case_id: reasons for case_id, (_, reasons) in planned.items() if reasons}


def _plan_instalments(batch: Batch) -> None:
    rows = []
    for row in batch.cases:
        for position, (each, amount) in enumerate(batch.memo["planned"][row.id][0], start=1):
            rows.append(
                {
                    "id": db.new_id(),
                    "case_id": row.id,
                    "code": each.code,
                    "position": position,
                    "amount": amount,
                    "after": each.after,
                }
            )
    if rows:
        empty = dict.fromkeys(("paid_on", "paid_at", "paid_by", "payee", "voucher", "cancelled_at"))
        db.insert_rows(instalment, [row | empty for row in rows])
    by_case: dict[int, list[Any]] = defaultdict(list)
    for planned in rows:
        by_case[planned["case_id"]].append(planned)
    tasks.add(
        [
            tasks.row_for(row, "payment", by_case[row.id][0]["code"], WAIT, row.programme, batch.on)
            for row in batch.cases
            if by_case[row.id] and not by_case[row.id][0]["after"]
        ]
    )


def _all_paid(batch: Batch) -> dict[int, list[Reason]]:
    unpaid = _unpaid([row.id for row in batch.cases])
    return {
        row.id: [
            Reason(
                "unpaid",
                Text("Còn {n} đợt chưa chi trả, {amount} đồng", "{n} instalments are unpaid, {amount} đồng").format(
                    n=len(unpaid[row.id]),
                    amount=Text(money(sum(unpaid[row.id]), "vi"), money(sum(unpaid[row.id]), "en")),
                ),
                seen=sum(unpaid[row.id]),
                needed=0,
            )
        ]
        for row in batch.cases
        if unpaid.get(row.id)
    }


def _nothing_paid(batch: Batch) -> dict[int, list[Reason]]:
    statement = (
        select(instalment.c.case_id)
        .where(instalment.c.case_id.in_([row.id for row in batch.cases]), instalment.c.paid_at.is_not(None))
        .distinct()
    )
    return {
        case_id: [
            Reason(
                "already_paid",
                Text(
                    "Đã có đợt được chi trả, không rút hay thu hồi được nữa",
                    "An instalment has been paid; the case can no longer be withdrawn or revoked",
                ),
            )
        ]
        for (case_id,) in db.execute(statement)
    }


def _cancel(batch: Batch) -> None:
    db.execute(
        update(instalment)
        .where(instalment.c.case_id.in_([row.id for row in batch.cases]), instalment.c.paid_at.is_(None))
        .values(cancelled_at=db.now())
    )


REQUIREMENTS = (
    Requirement("instalments_set", Text("Các đợt chi trả đã có mức", "The instalments are set"), _can_be_planned),
    Requirement("all_paid", Text("Mọi đợt đã được chi trả", "Every instalment is paid"), _all_paid),
    Requirement("nothing_paid", Text("Chưa có đợt nào được chi trả", "Nothing has been paid"), _nothing_paid),
)


EFFECTS = (
    Effect(
        "plan_instalments",
        Text("Lập các đợt chi trả", "Plan the instalments"),
        _plan_instalments,
        needs=("instalments_set",),
    ),
    Effect("cancel_instalments", Text("Bỏ các đợt chưa chi", "Cancel unpaid instalments"), _cancel),
)


_of_case = select(instalment).where(instalment.c.case_id == bindparam("case_id")).order_by(instalment.c.position)


_passed = select(passed_step).where(passed_step.c.case_id == bindparam("case_id"))


def of_case(case_id: int) -> list[Any]:
    """The instalments of a case, in order."""
    return list(db.execute(_of_case, {"case_id": case_id}))


_open = select(instalment.c.case_id, instalment.c.amount).where(
    instalment.c.case_id.in_(bindparam("ids", expanding=True)),
    instalment.c.paid_at.is_(None),
    instalment.c.cancelled_at.is_(None),
)


def _unpaid(case_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in db.execute(_open, {"ids": case_ids}):
        found[row.case_id].append(row.amount)
    return found


def passed_steps(case_id: int) -> dict[str, date]:
    """The monitoring steps a case has passed, each with the day of the visit."""
    return {row.step: row.passed_on for row in db.execute(_passed, {"case_id": case_id})}


def next_payment(case_id: int) -> Any | None:
    """The instalment that comes next, whether or not its step has been passed; None when all are paid."""
    return next((row for row in of_case(case_id) if row.paid_at is None and row.cancelled_at is None), None)


def ask_next(row: Any, on: date) -> None:
    """Have the case wait at the accountant's desk when its next instalment can be paid now."""
    due = next_payment(row.id)
    if due is None or (due.after and due.after not in passed_steps(row.id)):
        return
    tasks.done(row.id, "payment", due.code)
    tasks.add([tasks.row_for(row, "payment", due.code, WAIT, row.programme, on)])
