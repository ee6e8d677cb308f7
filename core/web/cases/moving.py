"""Taking cases through a step of their workflow: one, or a ticked list under one decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import wtforms
from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import access, budget, cases, decisions, history
from core.errors import BadInput, Reason, WrongState
from core.fields import form_class
from core.text import Text
from core.web import forms, states
from core.web.admission import needs
from core.web.cases.blueprint import blueprint
from core.web.cases.editing import typed_into, typed_version
from core.web.cases.fixing import Fixes
from core.web.cases.page import may_edit, verdicts
from core.web.present import language, t, tt
from core.workflow import Transition

MOST = 1000


@blueprint.route("/<number>/transitions/<name>", methods=["GET", "POST"])
@needs("household.view")
def transition(number: str, name: str) -> ResponseReturnValue:
    """The form of a step, and the step itself. Refused, it keeps what was typed and says every reason."""
    row = cases.find(g.actor, number)
    step = cases.transition_of(states.machine_of(row), name)
    if request.method == "GET":
        if row.state not in step.sources:
            return _done_already(row, step) or _elsewhere(row, step)
        return _page(row, step, form_class(step.fields, language())(data=_prefilled(step)))
    form = form_class(step.fields, language())(request.form)
    form.validate()
    with forms.refusals_into(form):
        outcome = cases.move(g.actor, row.number, name, typed_into(step.fields), typed_version())
    if not forms.refused(form):
        state = states.machine_of(row).workflow.state(outcome.state).title
        said = Text("{number}: đã «{step}», nay ở bước «{state}».", "{number}: “{step}” done, now in state “{state}”.")
        flash(tt(said, number=row.number, step=step.title, state=state), "good")
        return redirect(url_for(".show", number=row.number))
    row = cases.find(g.actor, number)
    return _done_already(row, step) or (_page(row, step, form), forms.status(form))


def _done_already(row: Any, step: Transition) -> ResponseReturnValue | None:
    """The answer to a second click: this person has just taken this very step."""
    happened = [each for each in history.of_case(row.id) if not each.facts.get("automatic")]
    if row.state in step.sources or happened[0].action != step.code or happened[0].actor_id != g.actor.id:
        return None
    clock = f"{happened[0].at.astimezone(db.HANOI):%H:%M}"
    said = Text("Bạn đã «{step}» hồ sơ này lúc {clock}.", "You did “{step}” on this case at {clock}.")
    flash(tt(said, step=step.title, clock=clock), "info")
    return redirect(url_for(".show", number=row.number))


def _elsewhere(row: Any, step: Transition) -> ResponseReturnValue:
    raise WrongState(cases.elsewhere(row, step, states.machine_of(row)))


def _prefilled(step: Transition) -> dict[str, str]:
    """The decision this person recorded last today: the next case is mostly of the same one."""
    names = {field.name for field in step.fields}
    if "decision_number" not in names:
        return {}
    midnight = datetime.combine(db.today(), time(), db.HANOI)
    return {name: value for name, value in decisions.latest_by(g.actor.id, midnight).items() if name in names}


def _page(row: Any, step: Transition, form: wtforms.Form) -> str:
    in_force = db.registry().programmes.get(row.programme)
    now = next((each for each in cases.possible(g.actor, row) if each.transition.code == step.code), None)
    reasons = list(getattr(form, "reasons", ())) or list(now.reasons if now and not request.form else ())
    judging = "criteria_hold" in (step.requirements or ())
    judged = verdicts(row, in_force, access.sight(g.actor, row)) if judging else []
    return render_template(
        "cases/transition.html",
        row=row,
        step=step,
        form=form,
        reasons=reasons,
        stale=any(reason.code == "stale" for reason in reasons),
        possible=row.state in step.sources and (now is None or now.mine),
        fixes=Fixes(row, cases.form_of(row), may_edit(row)),
        verdicts=judged,
        money=budget.left_for(row, db.today()) if in_force and "budget_available" in step.requirements else [],
        sees_funds=access.may(g.actor, "fund.view", row),
        prefilled=not request.form and bool(_prefilled(step)),
        programme=tt(cases.form_of(row).title),
        state=states.state_of(row),
        target=tt(states.machine_of(row).workflow.state(step.target).title),
        ends=states.machine_of(row).workflow.state(step.target).final,
    )


@blueprint.route("/transitions/<name>", methods=["GET", "POST"])
@needs("household.view")
def transition_many(name: str) -> ResponseReturnValue:
    """A ticked list (``number``, repeated) through one step, its questions answered once; then what became of each."""
    numbers = list(dict.fromkeys(cases_number.strip().upper() for cases_number in request.values.getlist("number")))
    if not numbers:
        flash(t("Hãy đánh dấu ít nhất một hồ sơ.", "Tick at least one case."), "warn")
        return redirect(url_for("tasks.worklist"))
    if len(numbers) > MOST:
        raise BadInput(
            Reason("too_many", Text("Mỗi lần nhiều nhất {n} hồ sơ", "At most {n} cases at a time").format(n=MOST))
        )
    rows = cases.find_many(g.actor, numbers)
    step = cases.transition_of(states.machine_of(rows[0]), name)
    if request.method == "GET":
        return _list(rows, step, form_class(step.fields, language())(data=_prefilled(step)))
    form = form_class(step.fields, language())(request.form)
    if not form.validate():
        return _list(rows, step, form), 422
    versions = {
        number: int(given)
        for number in numbers
        if (given := request.form.get(f"version_{number}", "")).isdecimal() and len(given) < 10
    }
    with forms.refusals_into(form):
        outcomes = cases.move_many(g.actor, numbers, name, typed_into(step.fields), versions)
        common = _of_the_form(outcomes, form)
        if common:
            raise BadInput(common)
    if forms.refused(form):
        return _list(rows, step, form), forms.status(form)
    before = {row.number: row for row in rows}
    return render_template(
        "cases/moved_many.html",
        step=step,
        moved=[(before[each.number], each) for each in outcomes if each.moved],
        refused=[(before[each.number], each) for each in outcomes if not each.moved],
        fixes={row.number: Fixes(row, cases.form_of(row), False) for row in rows},
        amount=sum(before[each.number].amount for each in outcomes if each.moved),
    )


def _of_the_form(outcomes: Sequence[cases.Outcome], form: wtforms.Form) -> list[Reason]:
    """The reasons that lie in what was typed: the same for every case, to be put right once."""
    if any(each.moved for each in outcomes):
        return []
    first, *others = outcomes
    typed = [reason for reason in first.reasons if reason.field in form]
    return [reason for reason in typed if all(reason in each.reasons for each in others)]


def _list(rows: Sequence[Any], step: Transition, form: wtforms.Form) -> str:
    against = cases.preview(g.actor, [row.number for row in rows], step.code)
    by_programme: dict[str, list[Any]] = {}
    for row in rows:
        if row.programme in db.registry().programmes and not against[row.number]:
            by_programme.setdefault(row.programme, []).append(row)
    with_money = "budget_available" in step.requirements
    return render_template(
        "cases/move_many.html",
        rows=rows,
        step=step,
        form=form,
        against=against,
        able=sum(1 for reasons in against.values() if not reasons),
        amount=sum(row.amount for row in rows if not against[row.number]),
        money=[left for group in by_programme.values() for left in budget.left_for_all(group, db.today())]
        if with_money
        else [],
        fixes={row.number: Fixes(row, cases.form_of(row), may_edit(row)) for row in rows},
        titles={row.programme: tt(cases.form_of(row).title) for row in rows},
        prefilled=not request.form and bool(_prefilled(step)),
        target=tt(states.machine_of(rows[0]).workflow.state(step.target).title),
        sees_funds=bool(g.actor.roles & set(access.PERMISSIONS["fund.view"])),
    )
