"""One household: who lives in it, what is known of it, its cases, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import access, cases, movements, people, reads, units
from core.web import forms
from core.web.admission import needs
from core.web.households import telling
from core.web.households.blueprint import blueprint
from core.web.present import t, tt
from core.web.revealing import RevealForm
from core.web.states import state_of


@blueprint.get("/<number>")
@needs("household.view")
def show(number: str) -> ResponseReturnValue:
    """The household of a number, as it is today."""
    record = people.household_of(g.actor, number)
    return _show(record, access.sight(g.actor, record.row))


@blueprint.post("/<number>/reveal")
@needs("private.reveal")
def reveal(number: str) -> ResponseReturnValue:
    """The same page, for once with values whole that are masked otherwise; why is logged."""
    record = people.household_of(g.actor, number)
    sight = access.sight(g.actor, record.row)
    form = RevealForm.offering(_masked(record, sight))
    if form.validate():
        with forms.refusals_into(form):
            sight = reads.reveal(
                g.actor,
                record.row,
                form.classes.data,
                form.reason.data,
                form.note.data or "",
                household_id=record.row.id,
            )
    if forms.refused(form):
        return _show(record, sight, form), 422
    return _show(record, sight, None, form.classes.data)


def _masked(record: people.Record, sight: access.Sight) -> set[str]:
    """The privacy classes of which this household has something that stands masked."""
    codes = {*record.all_marks(), *(each.code for each in record.causes)}
    deprived = {n for fact in record.categories.values() for n in people.deprivation_list(fact.deprivations)}
    there = {people.PRIVATE["phone"]} if record.row.phone else set()
    there |= {people.PRIVATE["id_number"] for member in record.members if member.row.id_number}
    there |= {known[code].privacy for known in (people.MARKS, people.CAUSES) for code in codes if code in known}
    there |= {people.INDICATORS[number - 1].privacy for number in deprived}
    return there & sight.hidden


def _show(
    record: people.Record, sight: access.Sight, form: RevealForm | None = None, revealed: Sequence[str] = ()
) -> str:
    row = record.row
    may_reveal = access.may(g.actor, "private.reveal", row) and not revealed
    editor = access.may(g.actor, "household.edit", row)
    history = people.category_history(row.id)
    members = {member.row.id: member.row.name for member in record.members}
    changes = telling.changes(people.registry_changes(row.id)[:50], members, sight)
    moved = movements.of_households([row.id])
    return render_template(
        "households/show.html",
        record=record,
        row=row,
        number=people.household_number(row.id),
        editor=editor,
        place=units.path_names(row.unit_id),
        commune=units.unit_by_id(row.unit_id),
        facts=_facts(record, sight),
        sight=sight,
        reveal=(form or RevealForm.offering(_masked(record, sight))) if may_reveal else None,
        reveal_url=url_for(".reveal", number=people.household_number(row.id)),
        revealed=revealed,
        doubts=people.doubts(record) if editor else [],
        history=history,
        moved=moved,
        kinds=movements.KINDS,
        who=telling.names_of({each.recorded_by for each in (*history, *moved) if each.recorded_by}),
        changes=changes,
        cases=_cases(row.id),
        open_url=url_for("cases.create", household=people.household_number(row.id)) if editor else "",
        people=people,
        today=db.today(),
    )


def _facts(record: people.Record, sight: access.Sight) -> list[tuple[str, Any]]:
    row, residence = record.row, record.residence
    lived = ""
    if residence:
        since = f"{residence.valid_from:%d/%m/%Y}" if residence.valid_from else ""
        lived = tt(people.RESIDENCES[residence.kind].title) + (
            t(" từ {day}", " since {day}", day=since) if since else ""
        )
    said = {each.code: each.said for each in record.causes}
    seen = people.codes_seen(sight, said, people.CAUSES)
    causes = [said.get(code) or _title(people.CAUSES, code) for code in seen]
    marks = people.codes_seen(sight, record.all_marks(), people.MARKS)
    return [
        (t("Địa chỉ", "Address"), row.address),
        (t("Điện thoại", "Telephone"), people.column_seen(sight, "phone", row.phone)),
        (t("Cư trú", "Residence"), lived),
        (t("Lập hộ từ ngày", "Set up on"), f"{row.set_up_on:%d/%m/%Y}" if row.set_up_on else ""),
        (t("Diện ưu tiên", "Priority"), "; ".join(_title(people.MARKS, code) for code in marks)),
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
