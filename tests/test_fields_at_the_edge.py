"""What nobody types and some program sends: every answer is read or refused with a sentence that can be printed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from core.fields import TYPES, Field, read
from core.text import Text, canonical

LABEL = Text("Mục", "Item")
FIELDS = tuple(
    Field(f"a_{kind}", kind, LABEL, required=True, choices=(("x", LABEL),) if kind == "code" else ()) for kind in TYPES
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(categories=["Cs", "L", "Cc", "N"])),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@example({"a_code": "\ud800", "a_date": ["\ud800\x00"], "\ud800": 1})
@given(st.dictionaries(st.sampled_from([field.name for field in FIELDS]) | st.text(max_size=3), JSON))
def test_whatever_json_is_sent_is_read_or_refused_with_sentences_that_can_be_printed(raw: dict[str, Any]) -> None:
    answers, reasons = read(FIELDS, raw, complete=True)
    canonical(answers).encode()
    for reason in reasons:
        for language in ("vi", "en"):
            json.dumps(reason.as_json(language), ensure_ascii=False).encode()


@pytest.mark.parametrize("blank", ["\x00", "\u200b", "\ufeff \x07", " \u00ad\n"])
@pytest.mark.parametrize("kind", ["text", "long_text"])
def test_what_no_screen_shows_is_no_answer(kind: str, blank: str) -> None:
    answers, [reason] = read((Field("name", kind, LABEL, required=True),), {"name": blank}, complete=True)
    assert (answers, reason.code) == ({}, "missing")


@pytest.mark.parametrize("kind", ["integer", "money"])
@pytest.mark.parametrize("written", ["1" + ".000" * 2000, "9" * 5000, 10**400, -(10**400)])
def test_an_endless_number_is_refused(kind: str, written: Any) -> None:
    answers, [reason] = read((Field("number", kind, LABEL),), {"number": written})
    assert (answers, reason.code) == ({}, "unreadable")


@pytest.mark.parametrize("raw", [[], "depth", 7])
def test_answers_that_are_no_object_are_refused(raw: Any) -> None:
    answers, [reason] = read(FIELDS, raw)
    assert (answers, reason.code) == ({}, "no_object")
