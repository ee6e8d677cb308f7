"""Stored answers as a person reads or types them, and as JSON Schema tells them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from core.fields.declaration import Field
from core.fields.reading import _LIMITS
from core.text import Text, dong, money

PARTED = 10_000  # from here on the thousands of a number are parted; four figures are mostly a year


def show(field: Field, value: Any, language: str) -> str:
    """A stored value as a person reads it; "" when there is none."""
    if value is None or value == "":
        return ""
    if field.type == "money":
        return dong(value).to(language)
    if field.type == "integer":
        number = money(value, language) if abs(value) >= PARTED else str(value)
        return f"{number} {field.unit}".rstrip()
    if field.type == "date":
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    if field.type == "yes_no":
        return (Text("Có", "Yes") if value else Text("Không", "No")).to(language)
    if field.type == "code":
        return dict(field.choices).get(value, Text(str(value), str(value))).to(language)
    return str(value)


def entered(field: Field, value: Any, language: str = "vi") -> str:
    """A stored value as it is typed into a form: thousands parted by points, in English by commas."""
    if value is None:
        return ""
    if field.type == "yes_no":
        return "yes" if value else "no"
    if field.type == "money" or (field.type == "integer" and abs(value) >= PARTED):
        return money(value, language)
    return show(field, value, "vi") if field.type == "date" else str(value)


def json_schema(fields: Iterable[Field], language: str = "vi") -> dict[str, Any]:
    """JSON Schema (2020-12) of the answers: what a question asked under a condition needs stands in ``allOf``."""
    fields = tuple(fields)
    conditions = [_condition(field) for field in fields if field.required and field.shown_when]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _schema(field, language) for field in fields},
        "required": [field.name for field in fields if field.required and field.shown_when is None],
        **({"allOf": conditions} if conditions else {}),
    }


def _condition(field: Field) -> dict[str, Any]:
    assert field.shown_when is not None
    name, values = field.shown_when
    return {
        "if": {"properties": {name: {"enum": list(values)}}, "required": [name]},
        "then": {"required": [field.name]},
    }


def _schema(field: Field, language: str) -> dict[str, Any]:
    number = field.type in ("integer", "money")
    found: dict[str, Any] = {
        "title": field.label.to(language),
        "type": {"integer": "integer", "money": "integer", "yes_no": "boolean"}.get(field.type, "string"),
    }
    hints = [
        field.help.to(language) if field.help else "",
        f"đơn vị: {field.unit or 'đồng'}" if number and (field.unit or field.type == "money") else "",
        f"khi {field.shown_when[0]} = {' | '.join(map(str, field.shown_when[1]))}" if field.shown_when else "",
    ]
    if any(hints):
        found["description"] = "; ".join(filter(None, hints))
    if field.empty_means is not None:
        found["default"] = field.empty_means
    if field.type == "date":
        found["format"] = "date"
    if field.choices:
        found["enum"] = [code for code, _ in field.choices]
        found["x-labels"] = {code: label.to(language) for code, label in field.choices}
    low, high = ("minimum", "maximum") if number else ("minLength", "maxLength")
    if number:
        found[low] = 0 if field.minimum is None else field.minimum
    elif field.minimum is not None:
        found[low] = field.minimum
    limit = _LIMITS.get(field.type) if field.maximum is None else field.maximum
    if limit is not None:
        found[high] = limit
    return found
