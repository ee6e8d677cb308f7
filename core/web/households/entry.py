"""A household entered or corrected by hand."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from core import db
from core.domain import people, units
from core.errors import Reason, Refused, Stale
from core.web import forms
from core.web.admission import needs
from core.web.households import cards, telling
from core.web.households.blueprint import blueprint
from core.web.households.forms import (
    MOST_MEMBERS,
    HouseholdForm,
    NewHouseholdForm,
    differences,
    for_domain,
    form_with,
    from_record,
    offer_own,
    rows_in,
)
from core.web.present import t
from core.web.units import units_to_offer

_EMPTY_ROWS = 2


@blueprint.route("/new", methods=["GET", "POST"])
@needs("household.edit")
def create() -> ResponseReturnValue:
    """A new household of the commune of ``?unit=``."""
    communes = [unit for unit in units_to_offer(g.actor, "household.edit") if unit.level == 3]
    asked = request.args.get("unit", "")
    if asked and asked not in {unit.code for unit in communes}:
        communes = [units.unit_by_code(asked, db.today()), *communes]
    form = _posted(NewHouseholdForm) or form_with(NewHouseholdForm, _EMPTY_ROWS)(
        formdata=None,
        data={
            "members-0-relation": "head",
            "unit": next((str(unit.id) for unit in communes if unit.code == asked), ""),
        },
    )
    several = t("Chọn xã, phường", "Choose the commune") if len(communes) > 1 else None
    form["unit"].choices = forms.choices(((str(unit.id), unit.name) for unit in communes), several)
    if len(communes) == 1:
        form["unit"].data = str(communes[0].id)
    if form["unit"].data not in {each.value for each in form["unit"].choices}:
        form["unit"].data = ""
    offer_own(form)
    if saving() and (key := _save(form)):
        flash(t("Đã thêm hộ.", "The household is added."), "good")
        return redirect(url_for(".show", number=people.household_number(key)))
    return forms.shown(
        "households/entry.html",
        form,
        number="",
        record=None,
        rows=rows_in(form._fields),
        villages=people.villages(g.actor, communes[0].id) if len(communes) == 1 else [],
        people=people,
        differing=cards.differing(form),
        stale=None,
    )


@blueprint.route("/<number>/edit", methods=["GET", "POST"])
@needs("household.edit")
def edit(number: str) -> ResponseReturnValue:
    """The known household; who saves an older version is shown what differs, with all they typed kept."""
    record = people.household_of(g.actor, number, "household.edit")
    form = _posted(HouseholdForm)
    if form is None:
        told = from_record(record)
        form = form_with(HouseholdForm, len(record.members))(formdata=None, data=told)
    stale = None
    if saving():
        try:
            with db.work().connection.begin_nested():
                saved = _save(form, number, _version(form))
        except Stale as error:
            form, stale = _renewed(record), error
            form.status = error.http_status
            forms.put_reasons(form, error.reasons)
        else:
            if saved:
                flash(t("Đã lưu thông tin hộ.", "The household is saved."), "good")
                return redirect(url_for(".show", number=number))
    offer_own(form)
    return forms.shown(
        "households/entry.html",
        form,
        number=number,
        record=record,
        rows=rows_in(form._fields),
        villages=people.villages(g.actor, record.row.unit_id),
        people=people,
        differing=cards.differing(form),
        stale=_what_changed(form, record) if stale else None,
    )


def saving() -> bool:
    """Whether the form was sent to be saved, and not for one more row of members or to read a card.

    A scanner ends with Enter, which presses the first button there is: a card in its box is read before anything else.
    """
    asked = {"add", "take", "scan"} & set(request.form)
    return request.method == "POST" and not asked and not request.form.get("card", "").strip()


def _posted(base: type[HouseholdForm]) -> HouseholdForm | None:
    if request.method != "POST":
        return None
    rows = rows_in(request.form)
    if not saving() and "add" not in request.form:
        return cards.with_card(base, request.form)
    return form_with(base, min(rows + ("add" in request.form), MOST_MEMBERS))(formdata=request.form)


def _version(form: HouseholdForm) -> int:
    written = str(form.version.data)
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0


def _save(form: HouseholdForm, number: str | None = None, version: int | None = None) -> int | None:
    """The key of the household, or None with every reason beside its field."""
    data, kept = for_domain(form)
    try:
        with db.work().connection.begin_nested():
            return people.save_household(g.actor, data, number, version)[0]
    except Stale:
        raise
    except Refused as error:
        form.status = error.http_status
        forms.put_reasons(form, [_in_form(reason, kept) for reason in error.reasons])
    return None


def _in_form(reason: Reason, kept: list[int]) -> Reason:
    """A reason about the third member sent, beside the row of the form where that member stands."""
    of, _, rest = reason.field.partition("-")
    place, _, name = rest.partition("-")
    if of != "members" or not kept:
        return reason
    return Reason(
        reason.code,
        reason.sentence,
        reason.seen,
        reason.needed,
        reason.source,
        f"members-{kept[min(int(place), len(kept) - 1)]}-{name}",
    )


def _renewed(record: people.Record) -> HouseholdForm:
    """The form as it was sent, based on the household as it is now: who joined is in it, who left is ticked."""
    sent: MultiDict[str, str] = MultiDict(request.form)
    sent["version"] = str(record.row.version)
    now, rows = from_record(record), rows_in(sent)
    shown = {sent.get(f"members-{place}-person_id"): place for place in range(rows)}
    members = {str(member.row.id) for member in record.members}
    for place in (place for person, place in shown.items() if person and person not in members):
        sent[f"members-{place}-gone"] = "y"
    for place, member in enumerate(record.members):
        if str(member.row.id) not in shown:
            of_member = f"members-{place}-"
            for name, value in now.items():
                if name.startswith(of_member):
                    texts = value if isinstance(value, list) else [str(value)]
                    sent.setlist(f"members-{rows}-{name.removeprefix(of_member)}", texts)
            rows += 1
    return form_with(HouseholdForm, rows)(formdata=sent)


def _what_changed(form: HouseholdForm, record: people.Record) -> dict[str, Any]:
    """Who changed the household last, when, and where it differs from the form."""
    by = record.row.changed_by
    return {
        "who": telling.names_of({by}).get(by, "") if by else "",
        "at": record.row.changed_at,
        "differences": list(differences(form, from_record(record))),
    }
