"""What waits for exactly the person who looks, most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from core import db
from core.domain import access, cases, tasks, units
from core.text import Text, sought
from core.web import navigation, paging, states
from core.web.present import t, tt
from core.workflow import Transition

blueprint = Blueprint("tasks", __name__)
SIZES = (50, 300)
DUE = {"late": Text("Quá hạn", "Late"), "week": Text("Hạn trong 7 ngày", "Due within 7 days")}


@blueprint.get("/")
def worklist() -> ResponseReturnValue:
    """The first page after signing in; who has no part in cases lands on the first page open to them."""
    if not g.actor.roles & set(access.PERMISSIONS["household.view"]):
        return redirect(navigation.front_page())
    asked = {name: request.args.get(name, "").strip() for name in ("q", "programme", "state", "due")}
    everything = tasks.worklist(g.actor, cases.case)
    wanted = _filtered(everything, asked)
    size = SIZES[1] if request.args.get("size") == str(SIZES[1]) else SIZES[0]
    shown = paging.page(
        wanted.add_columns(
            cases.case.c.workflow, cases.case.c.workflow_version, cases.case.c.programme_version, cases.case.c.amount
        ),
        tasks.task.c.due_on,
        tasks.task.c.id,
        size,
    )
    late = wanted.where(tasks.task.c.due_on < db.today())
    return render_template(
        "tasks/worklist.html",
        page=shown,
        asked=asked,
        size=size,
        sizes=SIZES,
        count=paging.count(wanted, tasks.task.c.id),
        late=paging.count(late, tasks.task.c.id) if shown.rows else "0",
        rows=[_described(row) for row in shown.rows],
        steps=steps_for_many(shown.rows),
        places=units.names({row.unit_id for row in shown.rows}),
        programmes=programme_titles(),
        states=states.titles(),
        due=DUE,
        today=db.today(),
        NEVER=tasks.NEVER,
    )


def _filtered(statement: Select[Any], asked: dict[str, str]) -> Select[Any]:
    columns = tasks.task.c
    if asked["programme"]:
        statement = statement.where(columns.programme == asked["programme"])
    if asked["state"]:
        statement = statement.where(cases.case.c.state == asked["state"])
    if asked["due"] == "late":
        statement = statement.where(columns.due_on < db.today())
    elif asked["due"] == "week":
        statement = statement.where(columns.due_on <= db.today() + timedelta(days=7))
    for word in sought(asked["q"]).split():
        statement = statement.where(cases.case.c.search.contains(word, autoescape=True))
    return statement


def _described(row: Any) -> dict[str, Any]:
    """A row of the list with its words, and the page of its task where that is not the case's own."""
    url = ""
    if row.kind == "visit":
        url = url_for("monitoring.record", number=row.number, step=row.key)
    elif row.kind == "payment":
        url = url_for("disbursement.pay", number=row.number, code=row.key)
    return {"row": row, "what": what_to_do(row, row), "url": url, "state": states.state_of(row)}


def what_to_do(task: Any, case: Any) -> str:
    """What a task of a case asks of its reader."""
    form, named = cases.form_of(case), Text(task.key, task.key)
    if task.kind == "visit":
        return tt(next((each.title for each in form.steps if each.code == task.key), named))
    if task.kind == "payment":
        due = next((each.title for each in form.instalments if each.code == task.key), named)
        return t("Chi trả «{due}»", "Pay “{due}”", due=tt(due))
    waits = states.machine_of(case).workflow.state(task.key).waits
    return tt(next((wait.title for wait in waits if wait.role == task.role), named))


def steps_for_many(rows: Iterable[Any]) -> list[Transition]:
    """The steps that ticked cases of the list can be taken through at once by this person, in the workflow's order."""
    found: dict[str, tuple[int, Transition]] = {}
    for row in rows:
        machine = states.machine_of(row)
        for place, step in enumerate(machine.workflow.transitions) if row.kind == "state" else ():
            if row.state in step.sources and not step.automatic and row.role in machine.roles(step, row.state):
                found.setdefault(step.code, (place, step))
    return [step for _, step in sorted(found.values(), key=lambda each: each[0])]


def programme_titles() -> dict[str, str]:
    """Every programme that a case can be of, by code; one whose plugin is gone is named by its stored form."""
    known = {code: form.title for (code, _), form in db.registry().forms.items()}
    known |= {code: one.programme.title for code, one in db.registry().programmes.items()}
    return {code: tt(title) for code, title in known.items()}

