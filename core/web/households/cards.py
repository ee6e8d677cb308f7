"""A card scanned into the form of a household: what it fills in, and where it says otherwise than what was typed."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from core.domain import people
from core.domain.people import values
from core.errors import BadInput
from core.text import fold, nfc
from core.web import forms
from core.web.households.forms import MOST_MEMBERS, HouseholdForm, form_with, rows_in
from core.web.households.telling import LABELS
from core.web.present import dmy, tt

_FIELDS = ("name", "birth", "sex", "id_number")


def with_card(base: type[HouseholdForm], posted: Any) -> HouseholdForm:
    """The form as it was sent, with the card in its box read into a member, or with a value taken from a card."""
    sent: MultiDict[str, str] = MultiDict(posted)
    wrong: BadInput | None = None
    text = sent.pop("card", "")
    rows = rows_in(sent)
    if text.strip():
        try:
            rows = _put(sent, rows, people.read_card(text), text)
        except BadInput as refused:
            wrong = refused
    place, _, field = sent.get("take", "").partition("-")
    if field in _FIELDS and (card := _card(sent.get(f"members-{place}-card", ""))):
        sent[f"members-{place}-{field}"] = _written(card)[field]
    form = form_with(base, min(rows, MOST_MEMBERS))(formdata=sent)
    if wrong is not None:
        form.status = wrong.http_status
        forms.put_reasons(form, wrong.reasons)
    return form


def _put(sent: MultiDict[str, str], rows: int, card: people.Card, text: str) -> int:
    """Fill what is empty of the member the card belongs to; gives how many rows there are then."""
    told = _written(card)
    place = _place(sent, rows, card)
    for field, value in told.items():
        name = f"members-{place}-{field}"
        if not nfc(sent.get(name, "")):
            sent[name] = value
    sent[f"members-{place}-card"] = text
    return max(rows, place + 1)


def _place(sent: MultiDict[str, str], rows: int, card: people.Card) -> int:
    """The row of whoever has the number, else the name; else the first without a name; else a new one."""

    def typed(place: int, field: str) -> str:
        return nfc(sent.get(f"members-{place}-{field}", ""))

    every = range(rows)
    by_number = (place for place in every if typed(place, "id_number") == card.number)
    by_name = (
        place for place in every if fold(typed(place, "name")) == fold(card.name) and not typed(place, "id_number")
    )
    empty = (place for place in every if not typed(place, "name"))
    return next(by_number, next(by_name, next(empty, rows)))


def _written(card: people.Card) -> dict[str, str]:
    """The card's facts as the form holds them."""
    birth = str(card.birth) if isinstance(card.birth, int) else dmy(card.birth)
    return {"name": card.name, "birth": birth, "sex": card.sex, "id_number": card.number}


def _card(text: str) -> people.Card | None:
    try:
        return people.read_card(text) if text else None
    except BadInput:
        return None


def differing(form: HouseholdForm) -> list[list[tuple[str, str, str, people.Difference]]]:
    """For each member of the form where its card says otherwise: label, as typed, as on the card."""
    return [_differing(form, place) for place in range(rows_in(form._fields))]


def _differing(form: HouseholdForm, place: int) -> list[tuple[str, str, str, people.Difference]]:
    card = _card(form[f"members-{place}-card"].data or "")
    if card is None:
        return []
    typed = {field: nfc(form[f"members-{place}-{field}"].data or "") for field in _FIELDS}
    try:
        birth = values.read_birth(typed["birth"])
    except values.Unreadable:
        birth = None
    number = "".join(typed["id_number"].split())
    found = people.differences(card, typed["name"], birth, typed["sex"] or None, number or None)
    return [(tt(LABELS[one.field]), _said(typed[one.field]), _said(_written(card)[one.field]), one) for one in found]


def _said(value: str) -> str:
    return tt(people.SEXES[value].title) if value in people.SEXES else value
