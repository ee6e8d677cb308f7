"""How a field of a form is drawn: what ``ui.field`` and ``ui.answers`` ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask
from wtforms import Field

from core.fields import PARTED, asked, show
from core.text import MOST_MONEY, amount_in_words
from core.web.forms import OneOf, said
from core.web.present import language, t, tt


def _attributes(field: Field, described: str, needed: bool, more: dict[str, Any]) -> dict[str, Any]:
    """What ties an input to its help and its errors, for a person who hears the page."""
    found = dict(more)
    if described.strip():
        found["aria-describedby"] = described.strip()
    if field.errors:
        found["aria-invalid"] = "true"
    if needed:
        found["aria-required"] = "true"
    return found


_KINDS = {  # how a field is drawn, by WTForms' or a declaration's type
    "HiddenField": "hidden",
    "CSRFTokenField": "hidden",
    "RadioField": "radio",
    "SelectMultipleField": "checkboxes",
    "BooleanField": "tick",
    "SelectField": "select",
    "IntegerField": "number",
    "DateField": "date",
    "MoneyField": "money",
    "integer": "number",
    "money": "money",
    "date": "date",
    "yes_no": "radio",
    "code": "select",
}
_FEW = 4  # so many choices stand side by side; more make a list


def _kind(field: Field) -> str:
    declared = getattr(field, "declaration", None)
    if isinstance(field, OneOf):
        return "radio" if len(field.choices) <= _FEW and all(choice.value for choice in field.choices) else "select"
    if declared is None:
        return _KINDS.get(field.type, "line")
    if declared.type == "code" and len(declared.choices) <= _FEW:
        return "radio"
    return _KINDS.get(declared.type, "line")


def _suffix(field: Field) -> str:
    declared = getattr(field, "declaration", None)
    return "đ" if _kind(field) == "money" else declared.unit if declared is not None else ""


def _grouped(field: Field) -> int | None:
    """From which number on thousands are parted while it is typed; None where they are not."""
    if _kind(field) == "money":
        return 1000
    declared = getattr(field, "declaration", None)
    return PARTED if declared is not None and declared.type == "integer" else None


def _in_words(field: Field) -> str:
    """The amount that stands in a field, in words; nothing while there is none."""
    amount = field.data
    return tt(amount_in_words(amount)) if isinstance(amount, int) and 0 <= amount <= MOST_MONEY else ""


def _worded(field: Field, values: Iterable[Any]) -> str:
    """Answers to a declared question as a person reads them."""
    return t(" hoặc ", " or ").join(show(field.declaration, value, language()) for value in values)


def _asked(field: Field, form: Any) -> bool:
    """Whether a declared question is asked, given what else stands in its form."""
    answers: dict[str, Any] = {}
    for each in form:
        declared = getattr(each, "declaration", None)
        if declared is not None and each.data is not None and asked(declared, answers):
            answers[declared.name] = each.data
    return asked(field.declaration, answers)


def _needed(field: Field) -> bool:
    declared = getattr(field, "declaration", None)
    return declared.required if declared is not None else bool(field.flags.filled or field.flags.required)


def _choices(field: Field) -> Iterator[tuple[str, str, bool]]:
    """(value, label, chosen); without the empty choice where buttons are drawn."""
    for value, label, chosen, *_ in field.iter_choices():
        if value != "" or _kind(field) == "select":
            yield value, said(label), chosen


def _by_heading(form: Any) -> list[tuple[str, list[Field]]]:
    """The fields of a declared form under their headings, in the order declared."""
    found: list[tuple[str, list[Field]]] = []
    for field in form:
        heading = said(field.declaration.group) or ""
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(field)
    return found


def _entry(value: Any) -> str:
    """A yes or no as the form sends it."""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def register(app: Flask) -> None:
    """What ``ui.field`` and ``ui.answers`` ask of a field."""
    app.jinja_env.filters.update(
        kind=_kind,
        suffix=_suffix,
        needed=_needed,
        choices=_choices,
        said=said,
        by_heading=_by_heading,
        entry=_entry,
        grouped=_grouped,
        in_words=_in_words,
        asked=_asked,
        worded=_worded,
    )
    app.jinja_env.globals["_attributes"] = _attributes
