"""Opening a case for a household."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import access, cases, people, units
from core.errors import Refused
from core.web.admission import needs
from core.web.cases.blueprint import blueprint
from core.web.present import t


@blueprint.route("/new", methods=["GET", "POST"])
@needs("household.view")
def create() -> ResponseReturnValue:
    """Choose a programme for the household of ``?household=H…``; posting opens the case and leads to its form."""
    number = request.values.get("household", "").strip()
    if not number:
        return render_template("cases/find_household.html")
    record = people.household_of(g.actor, number)
    refused: Refused | None = None
    if request.method == "POST":
        programme, person = request.form.get("programme", ""), request.form.get("person", "")
        person_id = int(person) if person.isdecimal() and len(person) < 20 else None
        try:
            with db.work().connection.begin_nested():
                made = cases.open_case(g.actor, programme, number, person_id=person_id)
            return redirect(url_for(".edit", number=made.number))
        except Refused as error:
            again = next((reason.seen for reason in error.reasons if reason.code == "already_open"), None)
            if again:  # a second click, or somebody else was quicker
                flash(t("Hồ sơ này đã được mở.", "This case is open already."), "info")
                return redirect(url_for(".show", number=again))
            refused = error
    offers = [_offer(in_force.programme, record) for in_force in db.registry().programmes.values()]
    return render_template(
        "cases/new.html",
        record=record,
        number=people.household_number(record.row.id),
        place=units.path_names(record.row.unit_id),
        offers=offers,
        refused=refused,
        chosen=request.form.get("programme", ""),
    ), refused.http_status if refused else 200


def _offer(programme: Any, record: people.Record) -> dict[str, Any]:
    """A programme as it stands to this household: whether it may be opened here, and for whom it is open already."""
    opening = db.registry().machines[programme.workflow].workflow.opening
    subjects = [None] if programme.subject == "household" else [member.row.id for member in record.members]
    open_cases = {subject: cases.open_number(programme.code, record.row.id, subject) for subject in subjects}
    return {
        "programme": programme,
        "members": [] if programme.subject == "household" else record.members,
        "open": {subject: number for subject, number in open_cases.items() if number},
        "allowed": access.held_at(g.actor, opening.roles, record.row) is not None,
    }
