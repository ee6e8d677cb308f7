"""Paying: what this accountant can pay now, one instalment, and the receipt to sign."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import access, cases, decisions, disbursement, monitoring, people, tasks, units
from core.errors import NotFound, Reason
from core.fields import form_class
from core.text import Text, money_in_words
from core.web import forms, paging
from core.web.admission import needs
from core.web.present import language, t

blueprint = Blueprint("disbursement", __name__)
PAGE = 100


@blueprint.get("/payments")
@needs("payment.make")
def index() -> ResponseReturnValue:
    """The instalments that this person can pay now, the most urgent first, and what they take from each fund."""
    page = paging.page(disbursement.payable(g.actor), tasks.task.c.due_on, tasks.task.c.id, PAGE)
    funds = disbursement.needed_by_fund(g.actor)
    return render_template(
        "disbursement/index.html",
        page=page,
        titles={row.id: _title(row) for row in page.rows},
        units=units.names({row.unit_id for row in page.rows}),
        funds=funds,
        total=sum(fund.amount for fund in funds),
        today=db.today(),
        NEVER=tasks.NEVER,
    )


@blueprint.route("/cases/<number>/payments/<code>", methods=["GET", "POST"])
def pay(number: str, code: str) -> ResponseReturnValue:
    """One instalment: what stands before it, and the form that pays it."""
    row = cases.find(g.actor, number)
    due = _instalment(row, code)
    form_kind = form_class(disbursement.FIELDS, language())
    if request.method == "POST":
        form = form_kind(request.form)
        given = {field.name: request.form.get(field.name, "") for field in disbursement.FIELDS}
        with forms.refusals_into(form):
            disbursement.pay(g.actor, number, code, given)
        if not forms.refused(form):
            flash(t("Đã ghi chi trả đợt này.", "The payment is recorded."), "good")
            return redirect(url_for(".pay", number=row.number, code=code))
    else:
        form = form_kind(data={"paid_on": db.today().isoformat(), "payee": _head(row)})
    due = _instalment(row, code)  # a second click finds it paid
    return forms.shown(
        "disbursement/pay.html",
        form,
        case=row,
        due=due,
        title=_title_of(row, code),
        unit=units.path_names(row.unit_id),
        programme=cases.form_of(row).title,
        words=money_in_words(due.amount).capitalize(),
        parts=disbursement.paid_from(due.id) if due.paid_at else disbursement.parts_of(row, due),
        check=_check_before(row, due),
        obstacles=[] if due.paid_at else disbursement.why_not(g.actor, row, due),
        paid_by=access.names([due.paid_by]).get(due.paid_by, ""),
        plan=[(each, _title_of(row, each.code)) for each in disbursement.of_case(row.id)],
        following=db.execute(disbursement.payable(g.actor).limit(1)).first() if due.paid_at else None,
    )


@blueprint.get("/cases/<number>/payments/<code>/receipt")
def receipt(number: str, code: str) -> ResponseReturnValue:
    """What the receiver signs, on one sheet of A4."""
    row = cases.find(g.actor, number)
    due = _instalment(row, code)
    if due.paid_at is None:
        raise NotFound(
            Reason("not_paid", Text("Đợt này chưa chi nên chưa có giấy nhận tiền", "Not paid yet: there is no receipt"))
        )
    return render_template(
        "disbursement/receipt.html",
        case=row,
        due=due,
        title=_title_of(row, code),
        unit=units.path_names(row.unit_id),
        unit_name=units.names({row.unit_id}).get(row.unit_id, ""),
        programme=cases.form_of(row).title,
        words=money_in_words(due.amount).capitalize(),
        parts=disbursement.paid_from(due.id),
        decisions=decisions.of_case(row.id),
        paid_by=access.names([due.paid_by]).get(due.paid_by, ""),
    )


class Check(NamedTuple):
    """The check that stands before an instalment: its title, and the visit that passed it."""

    title: Text
    visit: Any | None
    step: str


def _check_before(row: Any, due: Any) -> Check | None:
    if not due.after:
        return None
    steps = cases.form_of(row).steps
    title = next((step.title for step in steps if step.code == due.after), Text(due.after, due.after))
    visits = [each for each in monitoring.of_case(row.id) if each.step == due.after]
    return Check(title, next((each for each in visits if each.passed), None), due.after)


def _instalment(row: Any, code: str) -> Any:
    found = next((each for each in disbursement.of_case(row.id) if each.code == code), None)
    if found is None:
        unknown = Text("Hồ sơ {number} không có đợt chi trả này", "Case {number} has no such instalment")
        raise NotFound(Reason("instalment_unknown", unknown.format(number=row.number), seen=code[:40]))
    return found


def _title(row: Any) -> Text:
    """The title of a payable instalment; it is there also when the programme is gone."""
    form = db.registry().forms[row.programme, row.programme_version]
    return next((each.title for each in form.instalments if each.code == row.code), Text(row.code, row.code))


def _title_of(row: Any, code: str) -> Text:
    return next((each.title for each in cases.form_of(row).instalments if each.code == code), Text(code, code))


def _head(row: Any) -> str:
    """Who usually receives the money: the household's head."""
    record = people.records_by_id([row.household_id], db.today()).get(row.household_id)
    return record.row.head_name if record is not None and record.row.head_name else row.subject_name
