"""One household: who lives in it, what is known of it, its cases, and what was changed."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import access, cases, people, units
from core.web.admission import needs
from core.web.households import telling
from core.web.households.blueprint import blueprint
from core.web.present import t, tt
from core.web.states import state_of


@blueprint.get("/<number>")
@needs("household.view")
def show(number: str) -> ResponseReturnValue:
    """The household of a number, as it is today."""
    record = people.household_of(g.actor, number)
    row = record.row
    editor = access.may(g.actor, "household.edit", row)
    history = people.category_history(row.id)
    members = {member.row.id: member.row.name for member in record.members}
    changes = telling.changes(people.registry_changes(row.id)[:50], members, editor)
    return render_template(
        "households/show.html",
        record=record,
        row=row,
        number=people.household_number(row.id),
        editor=editor,
        place=units.path_names(row.unit_id),
        commune=units.unit_by_id(row.unit_id),
        facts=_facts(record),
        doubts=people.doubts(record) if editor else [],
        history=history,
        who=telling.names_of({each.recorded_by for each in history if each.recorded_by}),
        changes=changes,
        cases=_cases(row.id),
        open_url=url_for("cases.create", household=people.household_number(row.id)) if editor else "",
        people=people,
        today=db.today(),
    )


def _facts(record: people.Record) -> list[tuple[str, Any]]:
    row, residence = record.row, record.residence
    lived = ""
    if residence:
        since = f"{residence.valid_from:%d/%m/%Y}" if residence.valid_from else ""
        lived = tt(people.RESIDENCES[residence.kind].title) + (
            t(" từ {day}", " since {day}", day=since) if since else ""
        )
    causes = [each.said or _title(people.CAUSES, each.code) for each in record.causes]
    return [
        (t("Địa chỉ", "Address"), row.address),
        (t("Điện thoại", "Telephone"), row.phone),
        (t("Cư trú", "Residence"), lived),
        (t("Lập hộ từ ngày", "Set up on"), f"{row.set_up_on:%d/%m/%Y}" if row.set_up_on else ""),
        (t("Diện ưu tiên", "Priority"), "; ".join(_title(people.MARKS, code) for code in record.all_marks())),
        (t("Nguyên nhân nghèo", "Causes of poverty"), "; ".join(causes)),
        (t("Nhu cầu", "Wants"), "; ".join(record.all_demands())),
    ]


def _title(known: Any, code: str) -> str:
    return tt(known[code].title) if code in known else code


def _cases(household_id: int) -> list[dict[str, Any]]:
    """The latest cases of the household within reach, with their state and programme as a person reads them."""
    found = []
    for row in db.execute(cases.cases(g.actor, household_id=household_id).limit(50)):
        programme = db.registry().programmes.get(row.programme)
        found.append(
            {
                "row": row,
                "state": state_of(row),
                "programme": tt(programme.programme.title) if programme else row.programme,
                "url": url_for("cases.show", number=row.number),
            }
        )
    return found
