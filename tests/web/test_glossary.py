"""Legal terms are explained where they stand, with the document they rest on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from core.domain import people
from core.web import glossary
from tests.web.visitors import Visitor
from tests.worlds import World

TEMPLATES = Path(glossary.__file__).parent / "templates"


def test_every_term_is_explained_somewhere_and_every_word_explained_is_a_term() -> None:
    whole = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    asked = {code for said in re.findall(r"ui\.terms?\(([^)]*)", whole) for code in re.findall(r"'(\w+)'", said)}
    assert asked | set(people.CATEGORIES) & set(glossary.TERMS) == set(glossary.TERMS)


def test_a_term_names_its_document_and_says_when_nobody_has_checked_it(visit: Callable[[str], Visitor]) -> None:
    page = visit("manager").get("/funds/new").text
    assert glossary.TERMS["counterpart"].meaning.vi in page
    assert glossary.TERMS["counterpart"].source in page
    assert page.count("chưa kiểm chứng") == sum(not glossary.TERMS[code].found for code in ("counterpart", "recurrent"))
    assert all(term.source for term in glossary.TERMS.values())


def test_a_term_unfolds_under_a_key_and_under_a_thumb_without_javascript(
    world: World, open_as: Callable[..., Page]
) -> None:
    page = open_as("officer", width=360, java_script_enabled=False)
    page.goto(f"/households/{world.household}")
    term = page.locator("details.term", has_text="Điểm A")
    meaning = term.get_by_text("không phải số tiền hộ tự khai")
    expect(meaning).not_to_be_visible()
    term.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    term.locator("summary").click()
    expect(meaning).not_to_be_visible()
