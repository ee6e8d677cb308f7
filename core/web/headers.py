"""The page on which somebody says what the headers of a list mean."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from wtforms import SelectChoice, SelectField, StringField

from core import db, exchange
from core.domain import access, people, units
from core.errors import Refused
from core.text import Text
from core.web import forms
from core.web.present import language, tt

_ASK = Text("Chưa rõ: chọn cột", "Not known: choose")
_IGNORE = Text("Bỏ qua cột này", "Do not read this column")
_OF_ONE = ("head_name", "birth_male", "birth_female", "sex_male", "sex_female")
_PERSON = Text("Từng người", "Of a person")
_HOUSEHOLD = Text("Cả hộ", "Of the household")
_DEPRIVED = Text("Chỉ số thiếu hụt", "Deprivations")
OF_FILE = Text("theo cột trong tệp", "as a column of the file says")


class _Headers(forms.Form):
    """A field for each header, ``column-0`` and so on; with what else a list must tell, said once for all its rows."""

    titles: list[dict[str, Any]]


def asked(row: Any) -> _Headers:
    """The form for an import's headers, filled in with what is known of them."""
    report, unit = exchange.report_in(row.report), units.unit_by_id(row.for_unit_id, row.on_date)
    titles = exchange.askable(report)
    offered = _offered()
    fields: dict[str, Any] = {}
    for place, title in enumerate(titles):
        unsaid = [SelectChoice("", tt(_ASK))] if not title["column"] else []
        fields[f"column-{place}"] = SelectField(title["written"], choices=[*unsaid, *offered], default=title["column"])
    known = {title["column"] for title in titles}
    if not any(name.startswith("category") for name in known):
        fields["category"] = SelectField(
            Text("Phân loại của mọi hộ trong tệp", "Category of every household in the file"),
            choices=categories(),
            default="",
        )
    if unit.level != 3 and "commune" not in known:
        fields["commune"] = StringField(Text("Mã xã của mọi hộ trong tệp", "Commune code of every household"))
    form = type("Headers", (_Headers,), fields)(data=exchange.given_with(row))
    form.titles = titles
    return form


def categories() -> list[SelectChoice]:
    """The categories that may be given for a whole list, as a list writes them."""
    return forms.choices(((code.title.vi, code.title) for code in people.CATEGORIES.values()), OF_FILE)


def save(import_id: int, form: _Headers) -> bool:
    """Judge the list by what was chosen and keep its new preview; or put into the form what still stands in the way."""
    said = {
        title["key"]: form[f"column-{place}"].data
        for place, title in enumerate(form.titles)
        if form[f"column-{place}"].data != title["column"]
    }
    given = {name: form[name].data or "" for name in ("category", "commune") if name in form}
    try:
        judged = exchange.judge_kept(g.actor, import_id, said, given)
        with db.transaction(db.work().instance):
            exchange.show_kept(g.actor, import_id, judged)
    except Refused as refused:
        form.status = refused.http_status
        forms.put_reasons(form, refused.reasons)
        return False
    return True


def shown(row: Any, form: _Headers) -> tuple[str, int]:
    """The page."""
    report = exchange.report_in(row.report, language())
    rows = [(title, form[f"column-{place}"]) for place, title in enumerate(form.titles)]
    page = render_template(
        "imports/columns.html",
        row=row,
        form=form,
        unit=units.unit_by_id(row.for_unit_id, row.on_date),
        is_unread="unread" in report,
        unread=[why[language() == "en"] for why in report.get("unread", ())] if request.method == "GET" else [],
        unknown=[each for each in rows if each[0]["column"] in ("", exchange.IGNORE)],
        known=[each for each in rows if each[0]["column"] not in ("", exchange.IGNORE)],
    )
    return page, forms.status(form)


def mine(row: Any) -> bool:
    """Whether who asks may still say what the headers of this import mean."""
    return row.accepted_at is None and access.may(g.actor, "household.edit", row)


def _offered() -> list[SelectChoice]:
    """Every column by whose facts it is, the twelve indicators with their names; before them to read none of them."""
    found = [
        SelectChoice(column.name, _named(column), optgroup=tt(_group(column)))
        for column in exchange.ALL_COLUMNS
        if column.of != "nothing"
    ]
    order = [tt(title) for title in (_PERSON, _HOUSEHOLD, _DEPRIVED)]
    found.sort(key=lambda choice: order.index(choice.optgroup or ""))
    return [SelectChoice(exchange.IGNORE, tt(_IGNORE)), *found]


def _group(column: Any) -> Text:
    if column.name.startswith("deprived"):
        return _DEPRIVED
    return _PERSON if column.of == "person" or column.name in _OF_ONE else _HOUSEHOLD


def _named(column: Any) -> str:
    """A column as the template calls it, in Vietnamese; in English with the name that other systems use."""
    number = column.name.partition("_")[2]
    if column.name.startswith("deprived") and number:
        return f"{column.title}: {tt(people.INDICATORS[int(number) - 1].title)}"
    return f"{column.title} ({column.name.replace('_', ' ')})" if language() == "en" else str(column.title)
