"""One case on one page: who, what is asked, criteria, papers, money, what changed since it was returned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import access, budget, cases, decisions, drafts, people, reviews, units
from core.domain.programmes import Form
from core.fields import form_class
from core.web import states
from core.web.admission import needs
from core.web.cases.contents import answers_of, papers_by_kind
from core.web.cases.fixing import Fixes
from core.web.cases.page import verdicts
from core.web.cases.telling import seen_value, story
from core.web.present import language, t, tt
from core.web.reviews.blueprint import blueprint
from core.web.security import CONTENT_POLICY
from core.workflow import Transition

_WITH_FRAMES = CONTENT_POLICY + "; frame-src 'self'"  # a PDF is looked at in its place


@blueprint.get("/<kind>/<number>")
@needs("case.decide")
def show(kind: str, number: str) -> ResponseReturnValue:
    """A case of a pile; one that came back shows what changed, the whole of it with ``?whole=1``."""
    reviews.check_kind(kind)
    row = cases.find(g.actor, number)
    if step_to(row, "approve") is None or row.draft_id is not None:
        return redirect(url_for("cases.show", number=row.number))
    return page(kind, row)


@blueprint.get("/<kind>/done")
@needs("case.decide")
def done(kind: str) -> ResponseReturnValue:
    """The pile is finished: what has come of it, and where to go on."""
    title = reviews.KINDS[reviews.check_kind(kind)]
    mine = db.execute(drafts.drafts(g.actor).where(drafts.decision_draft.c.created_by == g.actor.id).limit(5)).all()
    return render_template("reviews/done.html", title=title, drafts=mine)


def page(kind: str, row: Any, problem: Mapping[str, Any] | None = None, status: int = 200) -> Response:
    """The page of a case; ``problem`` is what a refused act brought: ``act``, ``reasons`` and what was typed."""
    form, in_force = cases.form_of(row), db.registry().programmes.get(row.programme)
    back = reviews.since_return(row)
    whole = "whole" in request.args or back is None or back.nothing
    sight = access.sight(g.actor, row)
    told = story(row, form, sight)
    judged = verdicts(row, in_force, sight)
    decide = step_to(row, "approve")
    fields = decide.fields if decide else ()
    typed = problem.get("typed", {}) if problem and problem["act"] == "decide" else decisions_today(fields)
    body = render_template(
        "reviews/page.html",
        kind=kind,
        pile=reviews.KINDS[kind],
        place=reviews.place_of(g.actor, kind, row.number),
        row=row,
        form=form,
        where=units.path_names(row.unit_id),
        state=states.state_of(row),
        reasons=reviews.reasons_of(g.actor, [row])[row.id],
        fixes=Fixes(row, form, False),
        verdicts=judged,
        judging=any(verdict.outcome is not True for _, verdict in judged),
        answers=answers_of(form, json.loads(row.answers), sight),
        sight=sight,
        papers=papers_by_kind(row, form),
        editable=False,
        money=_money(row, in_force),
        back=back,
        whole=whole,
        changed=_changed(back, form, sight) if back else [],
        household=people.records_by_id([row.household_id], db.today()).get(row.household_id),
        household_number=people.household_number(row.household_id),
        people=people,
        place_names=units.path_names(row.unit_id),
        story=told.items,
        arrival=told.arrival,
        steps={act: step_to(row, act) for act in ("approve", "return", "reject")},
        decision=form_class(fields, language())(data=typed),
        phrases=reviews.phrases(g.actor, row),
        about={code: tt(title) for code, title in _abouts(form)},
        draft=drafts.latest_of(g.actor, row.programme),
        problem=problem,
        sees_funds=access.may(g.actor, "fund.view", row),
        today=db.today(),
    )
    response = make_response(body, status)
    response.headers["Content-Security-Policy"] = _WITH_FRAMES
    return response


def step_to(row: Any, act: str) -> Transition | None:
    """The step of the case's workflow by which it is approved, sent back or turned down here, if any."""
    machine = states.machine_of(row)
    decide = drafts.approving(machine, row.state)
    if act == "approve" or decide is None:
        return decide
    others = [step for step in machine.leaving(row.state) if step.procedure == decide.procedure and step != decide]
    final = {state.code for state in machine.workflow.states if state.final}
    return next((step for step in others if (step.target in final) == (act == "reject")), None)


def decisions_today(fields: Any) -> dict[str, str]:
    """The decision this person recorded last today, as answers."""
    names = {field.name for field in fields}
    midnight = datetime.combine(db.today(), time(), db.HANOI)
    return {name: value for name, value in decisions.latest_by(g.actor.id, midnight).items() if name in names}


def _money(row: Any, in_force: Any) -> dict[str, Any]:
    return {
        "asked": budget.left_for(row, db.today()) if in_force else [],
        "sees_funds": access.may(g.actor, "fund.view", row),
        "promised": [],
        "instalments": [],
    }


def _changed(back: reviews.Returned, form: Form, sight: access.Sight) -> list[tuple[str, str, str]]:
    """What changed, in words: what it is, how it was, how it is."""
    kinds = {paper.code: tt(paper.title) for paper in form.papers} | {"other": t("Giấy tờ khác", "Other paper")}
    found = []
    for name, before, after in back.answers:
        field = form.field(name)
        words = [seen_value(sight, field, each) if field else str(each or "") for each in (before, after)]
        found.append((tt(field.label) if field else name, *words))
    for kind, name, came in back.papers:
        title = t("Giấy tờ: {kind}", "Paper: {kind}", kind=kinds.get(kind, kind))
        added, removed = t("thêm {name}", "{name} added", name=name), t("gỡ {name}", "{name} removed", name=name)
        found.append((title, "", added) if came else (title, removed, ""))
    found += [(tt(what), before, after) for what, before, after in back.household]
    return found  # type: ignore[return-value]


def _abouts(form: Form) -> list[tuple[str, Any]]:
    return [(paper.code, paper.title) for paper in form.papers] + [(each.name, each.label) for each in form.fields]
