"""A form as a person fills it in a browser: amounts, conditions, what is still lacking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from core import db, instance as instances
from core.domain import cases
from core.text import money_in_words
from core.toolkit import Field, Text, hookimpl
from tests.stories import opened
from tests.worlds import WELL, World, start

pytestmark = pytest.mark.databases("sqlite")

OpenAs = Callable[..., Page]
AMOUNTS = [0, 5, 15, 21, 24, 105, 1_005, 10_000, 1_005_000, 40_000_000, 1_000_000_024, 12_345_000_000, 999_999_999_999]


def test_an_amount_is_parted_and_said_in_words_while_it_is_typed(world: World, open_as: OpenAs) -> None:
    page = open_as("officer")
    page.goto(f"/cases/{opened(world)}/edit")
    amount, words = page.locator("#central"), page.locator("#central-words")
    expect(words).to_have_text("bốn mươi triệu đồng")
    for value in AMOUNTS:
        amount.fill(str(value))
        assert amount.input_value() == f"{value:,}".replace(",", ".")
        assert words.inner_text().lower() == money_in_words(value)
    amount.fill("1,5 triệu")
    expect(words).to_have_text("một triệu năm trăm nghìn đồng")
    amount.fill("1234567")
    for _ in range(3):
        amount.press("ArrowLeft")
    amount.press("ArrowLeft")  # over the point: behind the 4
    amount.press("Backspace")
    amount.type("9")
    assert amount.input_value() == "1.239.567"
    assert amount.evaluate("input => input.selectionStart") == 5


def test_in_english_commas_part_and_the_words_are_english(world: World, open_as: OpenAs) -> None:
    case = opened(world)
    page = open_as("officer")
    page.goto("/account")
    page.get_by_role("button", name="EN").first.click()
    page.goto(f"/cases/{case}/edit")
    amount = page.locator("#central")
    assert amount.input_value() == "40,000,000"
    amount.fill("1205000")
    assert amount.input_value() == "1,205,000"
    expect(page.locator("#central-words")).to_have_text("one million two hundred five thousand dong")


class Conditional:
    """The well, with questions asked only when the household has an old one."""

    @hookimpl
    def tiepsuc_programmes(self) -> list[object]:
        old = Field("old", "yes_no", Text("Có giếng cũ", "Has an old well"), required=True)
        state = Field(
            "old_depth", "integer", Text("Độ sâu giếng cũ", "Depth of the old well"), required=True,
            shown_when=("old", (True,)),
        )  # fmt: skip
        return [replace(WELL, fields=(*WELL.fields, old, state))]


@pytest.fixture
def conditional(world: World) -> World:
    start(world.instance, (("well", Conditional()),))
    with db.transaction(world.instance):
        instances.build_registry(world.instance)
    return world


def test_a_question_appears_only_when_it_matters_and_what_is_lacking_is_counted(
    conditional: World, open_as: OpenAs
) -> None:
    case = opened(conditional, {})
    page = open_as("officer", width=360)
    page.goto(f"/cases/{case}/edit")
    remaining, depth = page.locator("[data-remaining]"), page.get_by_label("Độ sâu giếng cũ")
    expect(remaining).to_have_text("Còn 3 mục phải nhập")
    expect(depth).to_be_hidden()
    page.get_by_label("Độ sâu", exact=True).fill("12")
    expect(remaining).to_have_text("Còn 2 mục phải nhập")
    page.get_by_role("radio", name="Có", exact=True).check()
    expect(depth).to_be_visible()
    expect(remaining).to_have_text("Còn 2 mục phải nhập")
    remaining.click()
    expect(page.locator("#central")).to_be_focused()
    page.keyboard.type("40000000")
    depth.fill("7")
    expect(remaining).to_have_text("Đã đủ các mục phải nhập")
    page.get_by_role("radio", name="Không", exact=True).check()
    expect(depth).to_be_hidden()
    page.get_by_role("button", name="Lưu và xem lại").click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    with db.transaction(conditional.instance):
        assert cases.find(conditional.officer, case).answers == '{"central":40000000,"depth":12,"old":false}'


def test_without_scripts_every_question_stands_there_and_says_when_it_is_asked(
    conditional: World, open_as: OpenAs
) -> None:
    page = open_as("officer", java_script_enabled=False)
    page.goto(f"/cases/{opened(conditional, {})}/edit")
    expect(page.get_by_label("Độ sâu giếng cũ")).to_be_visible()
    expect(page.get_by_text("Chỉ ghi khi «Có giếng cũ» là: Có")).to_be_visible()


def test_without_a_line_the_form_says_so_and_saves_when_it_is_back(world: World, open_as: OpenAs) -> None:
    case = opened(world)
    page = open_as("officer")
    page.goto(f"/cases/{case}/edit")
    page.context.set_offline(True)
    page.get_by_label("Độ sâu").fill("19")
    status = page.locator("[data-autosave-status]")
    expect(status).to_contain_text("Mất mạng")
    page.context.set_offline(False)
    expect(status).to_contain_text("Đã lưu nháp lúc 10:00")
    with db.transaction(world.instance):
        row = cases.find(world.officer, case)
        kept = cases.draft_of(world.officer, row.id)
    assert kept is not None
    assert '"depth":"19"' in kept.form
