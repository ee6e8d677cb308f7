"""Paying a case in instalments, each after its monitoring step, out of what the funds have promised it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    select,
    update,
)

from core import db
from core.domain import access, cases, programmes, tasks
from core.domain.access import Actor
from core.domain.budget import commitment, fund
from core.domain.programmes import Instalment, applies
from core.errors import BadInput, NotAllowed, NotFound, Reason, Refused, Unmet, WrongState
from core.fields import Field, parse_date, read
from core.text import Text, money
from core.workflow import Batch, Effect, Requirement, Wait

instalment = Table(
    "instalment",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("after", String(64)),  # the monitoring step that must have been passed
    Column("paid_on", Date),
    Column("paid_at", db.Moment),
    Column("paid_by", BigInteger),
    Column("payee", String(200)),
    Column("voucher", String(100)),
    Column("cancelled_at", db.Moment),
    UniqueConstraint("case_id", "code"),
)

payment = Table(  # what an instalment took from each promise
    "payment",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("instalment_id", BigInteger, ForeignKey("instalment.id"), nullable=False, index=True),
    Column("commitment_id", BigInteger, ForeignKey("commitment.id"), nullable=False),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
)

passed_step = Table(  # written by monitoring, read here: which gates are open
    "passed_step",
    db.metadata,
    Column("case_id", BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("step", String(64), primary_key=True),
    Column("passed_on", Date, nullable=False),
)

FIELDS = (
    Field("paid_on", "date", Text("Ngày chi", "Paid on"), required=True),
    Field("payee", "text", Text("Người nhận tiền", "Received by"), required=True, maximum=200, privacy="personal"),
    Field("voucher", "text", Text("Số chứng từ", "Voucher number"), required=True, maximum=100),
)

WAIT = Wait("accountant", Text("Chi trả", "Pay"), deadline="deadline.payment")


def _shares(row: Any, on: date) -> tuple[list[tuple[Instalment, int]], list[Reason]]:
    """What each instalment of a case will be, in đồng, and why that cannot be said. The last takes what rounding leaves."""
    programme = db.registry().programme(row.programme).programme
    answers = json.loads(row.answers)
    wanted = [each for each in programme.instalments if applies(each, answers)]
    values = programmes.resolve(row, cases.law_date(row, programme, on))
    plan, reasons, left = [], [], row.amount
    for each in wanted:
        share = values(each.share) if each.share else None
        if each.share and (share is None or share.value is None):
            label = db.registry().parameters.declarations[each.share].label
            reasons.append(
                Reason(
                    "not_set",
                    Text("Chưa có mức áp dụng: {label}", "Not set: {label}").format(label=label),
                    needed=each.share,
                )
            )
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
    return plan, reasons


def _can_be_planned(batch: Batch) -> dict[int, list[Reason]]:
    return {row.id: reasons for row in batch.cases if (reasons := _shares(row, batch.on)[1])}


def _plan_instalments(batch: Batch) -> None:
    rows = []
    for row in batch.cases:
        for position, (each, amount) in enumerate(_shares(row, batch.on)[0], start=1):
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
        db.execute(instalment.insert(), [row | empty for row in rows])
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
                    "Đã có đợt được chi trả, không rút hồ sơ được nữa",
                    "An instalment has been paid; the case can no longer be withdrawn",
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
    Effect("plan_instalments", Text("Lập các đợt chi trả", "Plan the instalments"), _plan_instalments),
    Effect("cancel_instalments", Text("Bỏ các đợt chưa chi", "Cancel unpaid instalments"), _cancel),
)

_of_case = select(instalment).where(instalment.c.case_id == bindparam("case_id")).order_by(instalment.c.position)
_passed = select(passed_step.c.step).where(passed_step.c.case_id == bindparam("case_id"))


def of_case(case_id: int) -> list[Any]:
    """The instalments of a case, in order."""
    return list(db.execute(_of_case, {"case_id": case_id}))


def _unpaid(case_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in db.execute(
        select(instalment.c.case_id, instalment.c.amount).where(
            instalment.c.case_id.in_(case_ids), instalment.c.paid_at.is_(None), instalment.c.cancelled_at.is_(None)
        )
    ):
        found[row.case_id].append(row.amount)
    return found


def passed_steps(case_id: int) -> set[str]:
    """The monitoring steps a case has passed."""
    return {row.step for row in db.execute(_passed, {"case_id": case_id})}


def next_payment(case_id: int) -> Any | None:
    """The instalment that comes next, whether or not its step has been passed; None when all are paid."""
    return next((row for row in of_case(case_id) if row.paid_at is None and row.cancelled_at is None), None)


def why_not(actor: Actor, row: Any, due: Any) -> list[Reason]:
    """Everything that stands in the way of this person paying this instalment now."""
    return [reason for refusal in _refusals(actor, row, due) for reason in refusal.reasons]


def _refusals(actor: Actor, row: Any, due: Any) -> list[Refused]:
    workflow = db.registry().machine(row.workflow, row.workflow_version).workflow
    roles = workflow.state(row.state).roles("pay")
    found: list[Refused] = []
    if not roles:
        found.append(
            WrongState(
                Reason(
                    "wrong_state",
                    Text("Ở bước «{state}» không chi trả được", "Nothing can be paid in state “{state}”").format(
                        state=workflow.state(row.state).title
                    ),
                    seen=row.state,
                )
            )
        )
    elif access.held_at(actor, roles, row) is None:
        found.append(NotAllowed(access.role_missing(roles)))
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

    ``data`` answers ``FIELDS``. Raises ``NotFound``, ``Stale``, ``WrongState`` (paid already, or not the state for it),
    ``NotAllowed``, ``BadInput`` or ``Unmet`` with every reason.
    """
    row = cases.find(actor, number, lock=True)
    cases.check_version(row, version)
    due = _due(row, code)
    typed, reasons = read(FIELDS, data or {}, complete=True)
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
            "b_voucher": typed["voucher"],
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
            "voucher": typed["voucher"],
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
    """Take the instalment from the case's promises in proportion; what rounding leaves, and all of the last one, from what is left."""
    promised = db.execute(
        select(commitment, fund.c.code)
        .join(fund, fund.c.id == commitment.c.fund_id)
        .where(commitment.c.case_id == row.id)
        .order_by(commitment.c.id)
    ).all()
    left = {each.id: each.amount - each.paid - each.released for each in promised}
    parts = (
        {each.id: min(left[each.id], each.amount * due.amount // row.amount) for each in promised} if row.amount else {}
    )
    rest = due.amount - sum(parts.values())
    for each in promised:
        more = min(rest, left[each.id] - parts.get(each.id, 0))
        parts[each.id] = parts.get(each.id, 0) + more
        rest -= more
    taken = [each for each in promised if parts[each.id]]
    if taken:
        db.execute(
            payment.insert(),
            [
                {
                    "id": db.new_id(),
                    "instalment_id": due.id,
                    "commitment_id": each.id,
                    "fund_id": each.fund_id,
                    "amount": parts[each.id],
                }
                for each in taken
            ],
        )
        db.execute(_take, [{"b_id": each.id, "b_amount": parts[each.id]} for each in taken])
        db.execute(
            _take_fund,
            [{"b_id": each.fund_id, "b_amount": parts[each.id]} for each in sorted(taken, key=lambda one: one.fund_id)],
        )
    return [{"fund": each.code, "amount": parts[each.id]} for each in taken]


def ask_next(row: Any, on: date) -> None:
    """Have the case wait at the accountant's desk when its next instalment can be paid now."""
    due = next_payment(row.id)
    if due is None or (due.after and due.after not in passed_steps(row.id)):
        return
    tasks.done(row.id, "payment", due.code)
    tasks.add([tasks.row_for(row, "payment", due.code, WAIT, row.programme, on)])
