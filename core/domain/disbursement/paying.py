"""Paying an instalment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, update

from core import db
from core.domain import cases, tasks
from core.domain.access import Actor
from core.domain.budget import commitment, fund
from core.domain.disbursement.parts import parts_of
from core.domain.disbursement.planning import ask_next, next_payment, of_case, passed_steps
from core.domain.disbursement.tables import instalment, payment
from core.errors import BadInput, NotFound, Reason, Refused, Unmet, WrongState
from core.fields import Field, parse_date, read
from core.text import Text, money

FIELDS = (
    Field("paid_on", "date", Text("Ngày chi", "Paid on"), required=True),
    Field("payee", "text", Text("Người nhận tiền", "Received by"), required=True, maximum=200, privacy="personal"),
    Field("voucher", "text", Text("Số chứng từ", "Voucher number"), maximum=100),
)


def why_not(actor: Actor, row: Any, due: Any) -> list[Reason]:
    """Everything that stands in the way of this person paying this instalment now."""
    return [reason for refusal in _refusals(actor, row, due) for reason in refusal.reasons]


_NEVER = Text("Ở bước «{state}» không chi trả được", "Nothing can be paid in state “{state}”")


def _refusals(actor: Actor, row: Any, due: Any) -> list[Refused]:
    refusal = cases.forbidden(actor, row, "pay", _NEVER)
    found = [refusal] if refusal else []
    first = next_payment(row.id)
    if due.paid_at is not None:
        found.append(
            WrongState(
                Reason(
                    "already_paid",
                    Text(
                        f"Đợt này đã chi ngày {due.paid_on:%d/%m/%Y}",
                        f"This instalment was paid on {due.paid_on:%d/%m/%Y}",
                    ),
                    seen=due.paid_on.isoformat(),
                )
            )
        )
    elif first is not None and first.id != due.id:
        found.append(
            Unmet(
                Reason(
                    "earlier_unpaid",
                    Text("Phải chi đợt trước đã", "The instalment before it comes first"),
                    needed=first.code,
                )
            )
        )
    if due.after and due.after not in passed_steps(row.id):
        step = next(
            (each.title for each in cases.form_of(row).steps if each.code == due.after), Text(due.after, due.after)
        )
        found.append(
            Unmet(
                Reason(
                    "step_not_passed",
                    Text("Chưa đạt bước kiểm tra: {step}", "Check not passed yet: {step}").format(step=step),
                    needed=due.after,
                )
            )
        )
    return found


_mark_paid = (
    update(instalment)
    .where(instalment.c.id == bindparam("b_id"), instalment.c.paid_at.is_(None))
    .values(
        paid_on=bindparam("b_on"),
        paid_at=bindparam("b_at"),
        paid_by=bindparam("b_by"),
        payee=bindparam("b_payee"),
        voucher=bindparam("b_voucher"),
    )
)


_take = (
    update(commitment)
    .where(commitment.c.id == bindparam("b_id"))
    .values(paid=commitment.c.paid + bindparam("b_amount"))
)


_take_fund = update(fund).where(fund.c.id == bindparam("b_id")).values(paid=fund.c.paid + bindparam("b_amount"))


def pay(
    actor: Actor,
    number: str,
    code: str | None = None,
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Any:
    """Pay an instalment (None: the one that comes next) and give the case as it is then.

    ``data`` answers ``FIELDS``; what it leaves out is today and the subject of the case. Raises ``NotFound``,
    ``Stale``, ``WrongState`` (paid already, or not the state for it), ``NotAllowed``, ``BadInput`` or ``Unmet`` with
    every reason.
    """
    row = cases.find(actor, number, lock=True)
    cases.check_version(row, version)
    due = _due(row, code)
    given = {"paid_on": db.today().isoformat(), "payee": row.subject_name, **(data or {})}
    typed, reasons = read(FIELDS, given, complete=True)
    paid_on = parse_date(typed.get("paid_on", ""))
    if paid_on and paid_on > db.today():
        reasons.append(
            Reason(
                "in_future",
                Text("Ngày chi không được sau hôm nay", "The payment cannot lie in the future"),
                field="paid_on",
            )
        )
    elif paid_on and row.decided_on and paid_on < row.decided_on:
        reasons.append(
            Reason(
                "before_decision",
                Text("Ngày chi không được trước ngày phê duyệt", "The payment cannot come before the approval"),
                seen=paid_on.isoformat(),
                needed=row.decided_on.isoformat(),
                field="paid_on",
            )
        )
    checked_on = passed_steps(row.id).get(due.after)
    if paid_on and checked_on and paid_on < checked_on:
        reasons.append(
            Reason(
                "before_check",
                Text(
                    f"Ngày chi không được trước ngày kiểm tra đạt ({checked_on:%d/%m/%Y})",
                    f"The payment cannot come before the check was passed ({checked_on:%d/%m/%Y})",
                ),
                seen=paid_on.isoformat(),
                needed=checked_on.isoformat(),
                field="paid_on",
            )
        )
    refusals = _refusals(actor, row, due)
    if refusals or reasons:
        every = [reason for refusal in refusals for reason in refusal.reasons] + reasons
        raise (type(refusals[0]) if refusals else BadInput)(every)
    db.execute(
        _mark_paid,
        {
            "b_id": due.id,
            "b_on": paid_on,
            "b_at": db.now(),
            "b_by": actor.id,
            "b_payee": typed["payee"],
            "b_voucher": typed.get("voucher", ""),
        },
    )
    parts = _take_from_promises(row, due)
    cases.record(
        actor,
        row,
        "pay",
        {
            "instalment": due.code,
            "amount": due.amount,
            "paid_on": typed["paid_on"],
            "voucher": typed.get("voucher", ""),
            "from": parts,
        },
        {"payee": typed["payee"]},
    )
    tasks.done(row.id, "payment", due.code)
    ask_next(row, db.today())
    moved = cases.settle(actor, [row.id])
    return moved[-1] if moved else cases.find(actor, number)


def _due(row: Any, code: str | None) -> Any:
    planned = of_case(row.id)
    due = (
        next((each for each in planned if each.code == code), None)
        if code
        else next_payment(row.id) or (planned[-1] if planned else None)
    )
    if due is None:
        known = ", ".join(each.code for each in planned) or "–"
        raise NotFound(
            Reason(
                "instalment_unknown",
                Text(
                    f"Hồ sơ không có đợt chi trả này. Các đợt: {known}",
                    f"The case has no such instalment. There are: {known}",
                ),
                seen=code,
            )
        )
    return due


def _take_from_promises(row: Any, due: Any) -> list[dict[str, Any]]:
    taken = parts_of(row, due)
    covered = sum(each.amount for each in taken)
    if covered != due.amount:
        raise Unmet(
            Reason(
                "promised_short",
                Text(
                    f"Các nguồn vốn chỉ giữ cho đợt này {money(covered)} đồng, cần {money(due.amount)} đồng",
                    f"The funds hold only {money(covered, 'en')} đồng for this instalment of {money(due.amount, 'en')}",
                ),
                seen=covered,
                needed=due.amount,
            )
        )
    if taken:
        db.execute(
            payment.insert(),
            [
                {
                    "id": db.new_id(),
                    "instalment_id": due.id,
                    "commitment_id": each.commitment_id,
                    "fund_id": each.fund_id,
                    "amount": each.amount,
                }
                for each in taken
            ],
        )
        db.execute(_take, [{"b_id": each.commitment_id, "b_amount": each.amount} for each in taken])
        db.execute(
            _take_fund,
            [{"b_id": each.fund_id, "b_amount": each.amount} for each in sorted(taken, key=lambda one: one.fund_id)],
        )
    return [{"fund": each.code, "amount": each.amount} for each in taken]
