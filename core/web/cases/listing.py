"""The list of cases within reach."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from core.domain import cases, units
from core.web import paging, states
from core.web.admission import needs
from core.web.cases.blueprint import blueprint
from core.web.tasks import programme_titles

PAGE = 50


@blueprint.get("")
@needs("household.view")
def index() -> ResponseReturnValue:
    """Latest change first, narrowed by a part of a number, name or village, by programme and by state."""
    asked = {name: request.args.get(name, "").strip() for name in ("q", "programme", "state")}
    wanted = cases.cases(g.actor, state=asked["state"], programme=asked["programme"], text=asked["q"])
    columns = cases.case.c
    shown = paging.page(wanted, columns.changed_at, columns.id, PAGE, descending=True)
    return render_template(
        "cases/index.html",
        page=shown,
        asked=asked,
        count=paging.count(wanted, columns.id),
        rows=[{"row": row, "state": states.state_of(row)} for row in shown.rows],
        places=units.names({row.unit_id for row in shown.rows}),
        programmes=programme_titles(),
        states=states.titles(),
    )
