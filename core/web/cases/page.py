"""The page of one case: what to do next, and everything that is known."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.criteria import Criterion, Verdict
from core.domain import (
    access,
    budget,
    cases,
    decisions,
    disbursement,
    monitoring,
    people,
    reads,
    tasks,
    units,
)
from core.domain.programmes import Form
from core.errors import NotAllowed, Reason
from core.fields import Field
from core.text import Text
from core.web import forms, states
from core.web.admission import needs
from core.web.cases.blueprint import blueprint
from core.web.cases.contents import answers_of, papers_by_kind, visits_seen
from core.web.cases.fixing import Fixes
from core.web.cases.telling import story
from core.web.present import tt
from core.web.revealing import RevealForm
from core.web.tasks import what_to_do


@blueprint.get("/<number>")
@needs("household.view")
def show(number: str) -> ResponseReturnValue:
    """A case within reach. The sections stand in the order in which this person needs them."""
    row = cases.find(g.actor, number)
    return _show(row, access.sight(g.actor, row))


@blueprint.post("/<number>/reveal")
@needs("private.reveal")
def reveal(number: str) -> ResponseReturnValue:
    """The same page, for once with values whole that are masked otherwise; why is logged."""
    row = cases.find(g.actor, number)
    sight = access.sight(g.actor, row)
    form = RevealForm.offering(_masked(row, sight))
    if form.validate():
        with forms.refusals_into(form):
            sight = reads.reveal(
                g.actor,
                row,
                form.classes.data,
                form.reason.data,
                form.note.data or "",
                case_id=row.id,
                household_id=row.household_id,
            )
    if forms.refused(form):
        return _show(row, sight, form), 422
    return _show(row, sight, None, form.classes.data)


def _masked(row: Any, sight: access.Sight) -> set[str]:
    """The privacy classes of which the page may have something that stands masked: those its form asks for, and
    the household's."""
    asked = {field.privacy for field in cases.form_of(row).fields}
    return (asked | {"contact", "health"}) & sight.hidden


def _show(row: Any, sight: access.Sight, failed: RevealForm | None = None, revealed: Sequence[str] = ()) -> str:
    form = cases.form_of(row)
    may_reveal = access.may(g.actor, "private.reveal", row) and not revealed
    in_force = db.registry().programmes.get(row.programme)
    editable = in_force is not None and may_edit(row)
    told = story(row, form, sight)
    duties = _duties(row, form) if in_force else []
    steps, judged = cases.possible(g.actor, row), verdicts(row, in_force, sight)
    blocked = [step for step in steps if step.mine and not step.allowed and not step.transition.automatic]
    answers = answers_of(form, json.loads(row.answers), sight)
    return render_template(
        "cases/show.html",
        row=row,
        form=form,
        in_force=in_force,
        state=states.state_of(row),
        stops=states.stops(row, told.came_from),
        place=units.path_names(row.unit_id),
        waits=[(task, what_to_do(task, row)) for task in tasks.of_case(row.id)],
        ready=[step for step in steps if step.allowed and not step.transition.automatic],
        blocked=blocked,
        papers_only={reason.code for step in blocked for reason in step.reasons} == {"paper_missing"},
        automatic=[step for step in steps if step.transition.automatic],
        duties=duties,
        editable=editable,
        fixes=Fixes(row, form, editable),
        sections=_order(editable, duties),
        verdicts=judged,
        judging=editable or any(verdict.outcome is not True for _, verdict in judged) or any(map(_judged_for, steps)),
        answers=answers,
        lacking=any(answer.missing for _, part in answers for answer in part),
        papers=(papers := papers_by_kind(row, form)),
        also_in=cases.also_in(g.actor, row, [file.sha256 for kind in papers for file in kind.files]),
        money=_money(row, in_force),
        visits=visits_seen(row, form, sight),
        decisions=decisions.of_case(row.id),
        household=people.records_by_id([row.household_id], db.today()).get(row.household_id),
        household_number=people.household_number(row.household_id),
        people=people,
        sight=sight,
        reveal=(failed or RevealForm.offering(_masked(row, sight))) if may_reveal else None,
        reveal_url=url_for("cases.reveal", number=row.number),
        revealed=revealed,
        story=told.items,
        arrival=told.arrival,
        following=_following(row) if not duties and not any(step.mine for step in steps) else None,
        today=db.today(),
        final=states.machine_of(row).workflow.state(row.state).final,
        ROLES=access.ROLES,
        NEVER=tasks.NEVER,
    )


def _judged_for(step: cases.Possible) -> bool:
    """Whether this person takes a step for which the criteria have to hold, and so has to read them."""
    return step.mine and "criteria_hold" in step.transition.requirements


def may_edit(row: Any) -> bool:
    """Whether this person may change the case's answers and papers now."""
    try:
        cases.may_edit(g.actor, row)
    except NotAllowed:
        return False
    return True


class Duty(NamedTuple):
    """A payment (of ``amount`` đồng) or a visit that is this person's to do: its page, and what stands in the way."""

    kind: str
    title: str
    url: str
    amount: int
    reasons: Sequence[Reason]


def _duties(row: Any, form: Form) -> list[Duty]:
    """The next payment and the planned visits, for whoever holds the role in this state."""
    permissions = states.machine_of(row).workflow.state(row.state)
    found = []
    if access.held_at(g.actor, permissions.roles("visit"), row):
        titles = {step.code: step.title for step in form.steps}
        for planned in monitoring.of_case(row.id):
            if planned.recorded_at is None and planned.due_on is not None:
                title = tt(titles.get(planned.step, Text(planned.step, planned.step)))
                url = url_for("monitoring.record", number=row.number, step=planned.step)
                found.append(Duty("visit", title, url, 0, monitoring.why_not(g.actor, row, planned)))
    due = disbursement.next_payment(row.id) if access.held_at(g.actor, permissions.roles("pay"), row) else None
    if due is not None:
        named = {each.code: each.title for each in form.instalments}
        title = tt(named.get(due.code, Text(due.code, due.code)))
        url = url_for("disbursement.pay", number=row.number, code=due.code)
        found.append(Duty("payment", title, url, due.amount, disbursement.why_not(g.actor, row, due)))
    return found


def _order(editable: bool, duties: Sequence[Duty]) -> list[str]:
    """The sections of the page: first what this person came for."""
    order = ["criteria", "answers", "papers", "money", "visits", "decisions"]
    first = ["criteria", "papers"] if editable else []
    kinds = {duty.kind for duty in duties}
    if "payment" in kinds:
        first = ["money", "visits"]
    elif "visit" in kinds:
        first = ["visits"]
    return [*first, *(name for name in order if name not in first)]


def verdicts(row: Any, in_force: Any, sight: access.Sight) -> list[tuple[Criterion, Verdict]]:
    """The criteria of the programme, each with what comes of it now: failing, unknown, holding.

    None when the plugin of the programme is gone.
    """
    if in_force is None:
        return []
    judged = {each.code: each for each in cases.verdicts([row], db.today())[row.id].verdicts}
    for compiled in in_force.criteria:
        if compiled.criterion.code in judged and _tells(compiled.reads, in_force.programme.fields, sight):
            judged[compiled.criterion.code] = replace(judged[compiled.criterion.code], reasons=())
    found = [(each, judged[each.code]) for each in in_force.programme.criteria if each.code in judged]
    return sorted(found, key=lambda each: (False, None, True).index(each[1].outcome))


_OF_HEALTH = {"marks", "causes", "deprived_nutrition"}  # facts of the register whose values may tell of health


def _tells(names: Collection[str], fields: Sequence[Field], sight: access.Sight) -> bool:
    """Whether the reasons of a criterion that reads these names would tell what this person sees masked."""
    classes = {f"answers.{field.name}": field.privacy for field in fields}
    return any(
        not sight.sees("health" if name.rpartition(".")[2] in _OF_HEALTH else classes.get(name, "public"))
        for name in names
    )


@blueprint.app_template_filter("sources")
def sources(verdict: Verdict) -> list[str]:
    """The clauses that a verdict rests on, each once; one that stands in another is not told apart."""
    every = dict.fromkeys(reason.source for reason in verdict.reasons if reason.source)
    return [each for each in every if not any(each != other and each in other for other in every)]


@blueprint.app_template_filter("value_held")
def value_held(verdict: Verdict) -> str:
    """What a criterion that holds was decided on, in one line: of its last comparison the words behind the name."""
    compared = [reason for reason in verdict.reasons if reason.needed is not None]
    if not compared:
        return ""
    return tt(compared[-1].plain or compared[-1].sentence).partition(": ")[2]


def _money(row: Any, in_force: Any) -> dict[str, Any]:
    """What the case asks of each source and what is left there, what it was promised, and its instalments."""
    promised = budget.of_case(row.id)
    titles = {each.code: tt(each.title) for each in cases.form_of(row).instalments}
    steps = {each.code: tt(each.title) for each in cases.form_of(row).steps}
    undecided = in_force is not None and not promised
    return {
        "asked": budget.left_for(row, db.today()) if undecided else [],
        "sees_funds": access.may(g.actor, "fund.view", row),
        "promised": promised,
        "instalments": disbursement.of_case(row.id),
        "titles": titles,
        "steps": steps,
        "passed": disbursement.passed_steps(row.id),
        "sources": budget.SOURCES,
    }


def _following(row: Any) -> Any:
    """The next case that waits for this person, for whoever has nothing to do here."""
    columns = tasks.task.c
    return db.execute(tasks.worklist(g.actor, cases.case).where(columns.case_id != row.id).limit(1)).first()


def case_url(number: str, anchor: str = "") -> str:
    """The address of a case, or of a part of its page."""
    return url_for("cases.show", number=number, _anchor=anchor or None)
