"""Questions that are asked only after another's answer."""

from __future__ import annotations

from typing import Any

import pytest

from core.fields import Field, entered, json_schema, read
from core.text import Text


def said(name: str) -> Text:
    return Text(name, name)


HOUSE = Field("house", "yes_no", said("house"), required=True)
ROOF = Field(
    "roof", "code", said("roof"), required=True, choices=(("tin", said("tin")), ("leaf", said("leaf"))),
    shown_when=("house", (True,)),
)  # fmt: skip
LEAKS = Field("leaks", "yes_no", said("leaks"), required=True, shown_when=("roof", ("leaf",)))
CHAIN = (HOUSE, ROOF, LEAKS)


@pytest.mark.parametrize(
    ("typed", "kept", "lacking"),
    [
        ({"house": "yes", "roof": "leaf", "leaks": "yes"}, {"house": True, "roof": "leaf", "leaks": True}, []),
        ({"house": "yes", "roof": "leaf"}, {"house": True, "roof": "leaf"}, ["leaks"]),
        ({"house": "yes", "roof": "tin", "leaks": "yes"}, {"house": True, "roof": "tin"}, []),
        ({"house": "no", "roof": "leaf", "leaks": "yes"}, {"house": False}, []),
        ({"roof": "leaf", "leaks": "yes"}, {}, ["house"]),
    ],
)
def test_what_is_no_longer_asked_is_dropped_and_opens_no_other_question(
    typed: dict[str, str], kept: dict[str, Any], lacking: list[str]
) -> None:
    answers, reasons = read(CHAIN, typed, complete=True)
    assert answers == kept
    assert [reason.field for reason in reasons] == lacking


def test_the_schema_says_which_answer_asks_for_which() -> None:
    schema = json_schema(CHAIN)
    assert schema["required"] == ["house"]
    assert schema["allOf"] == [
        {"if": {"properties": {"house": {"enum": [True]}}, "required": ["house"]}, "then": {"required": ["roof"]}},
        {"if": {"properties": {"roof": {"enum": ["leaf"]}}, "required": ["roof"]}, "then": {"required": ["leaks"]}},
    ]


@pytest.mark.parametrize(("kind", "value", "vi", "en"), [
    ("money", 1_500_000, "1.500.000", "1,500,000"),
    ("integer", 12_000, "12.000", "12,000"),
    ("integer", 2024, "2024", "2024"),
])  # fmt: skip
def test_a_number_stands_in_a_form_as_its_language_parts_it_and_is_read_again(
    kind: str, value: int, vi: str, en: str
) -> None:
    field = Field("number", kind, said("number"))
    assert (entered(field, value), entered(field, value, "en")) == (vi, en)
    assert read((field,), {"number": vi}) == read((field,), {"number": en}) == ({"number": value}, [])
