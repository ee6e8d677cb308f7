"""The grid of unknown values: as a plain form, and with a column pasted from Excel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import db
from core.domain import people
from tests.stories import opened
from tests.web.test_cases import statements, words
from tests.web.visitors import Visitor
from tests.worlds import World, household

Visit = Callable[[str], Visitor]
OpenAs = Callable[..., Page]
PASTE = """([name, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const input = document.getElementsByName(name)[0];
  input.focus();
  input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def homes(world: World, count: int) -> list[str]:
    """Households in the order of their heads' names, the world's own first."""
    with db.transaction(world.instance):
        return [world.household, *(household(world, f"H{each}", f"Trần Thị D{each}") for each in range(2, count + 1))]


def record(world: World, number: str) -> people.Record:
    with db.transaction(world.instance, read_only=True):
        return people.household_of(world.officer, number)


def test_without_javascript_wrong_cells_are_shown_again_and_the_others_are_saved(world: World, visit: Visit) -> None:
    first, second = homes(world, 2)
    officer = visit("officer")
    page = officer.get("/households/missing")
    assert "Điện thoại thiếu 2" in words(page)
    page = officer.post(
        "/households/missing",
        {f"phone.{first}": "0912 345 678", f"phone.{second}": "gọi sau", f"residence.{second}": "ở nhờ"},
    )
    assert page.status_code == 422
    assert "2 ô chưa ghi được; các ô khác đã ghi" in words(page)
    assert 'value="gọi sau"' in page.text
    assert '<option value="ở nhờ" selected>' in page.text
    assert record(world, first).row.phone == "0912 345 678"
    page = officer.post("/households/missing", {f"phone.{second}": "0912 000 000"})
    assert page.status_code == 200
    assert "Đã ghi 1 ô của 1 hộ" in words(page)


def test_persons_and_cases_have_grids_of_their_own(world: World, visit: Visit) -> None:
    case = opened(world, {"central": 1_000_000})
    officer = visit("officer")
    assert "Số định danh thiếu 1" in words(officer.get("/households/missing?of=person"))
    assert f'name="depth.{case}"' in officer.get("/cases/missing/well").text
    page = officer.post("/cases/missing/well", {f"depth.{case}": "sâu"})
    assert page.status_code == 422
    assert 'value="sâu"' in page.text
    page = officer.post("/cases/missing/well", {f"depth.{case}": "12"})
    assert "Đã ghi 1 ô của 1 hồ sơ. " in words(page)
    assert "Không còn thiếu thông tin nào" in words(page)
    assert visit("approver").get("/households/missing").status_code == 403


def test_a_page_of_many_asks_no_more_than_one_of_few(world: World, visit: Visit) -> None:
    officer = visit("officer")
    officer.get("/households/missing")
    with statements(world.instance) as few:
        officer.get("/households/missing")
    homes(world, 30)
    with statements(world.instance) as many:
        officer.get("/households/missing")
    few, many = ([each for each in some if not each.startswith("PRAGMA")] for some in (few, many))
    assert len(many) == len(few) <= 25


@pytest.mark.databases("sqlite")
def test_a_column_of_excel_is_pasted_downwards_and_nothing_is_skipped_silently(world: World, open_as: OpenAs) -> None:
    every = homes(world, 4)
    with db.transaction(world.instance):
        people.fill(world.officer, {every[2]: {"phone": "0900 000 003"}})
    page = open_as("officer")
    page.goto("/households/missing")
    assert not Axe().run(page).response["violations"]
    column = "0900 000 001\r\nkhông có\r\n0900 000 099\r\n0900 000 004\r\n0900 000 005\r\n"
    page.evaluate(PASTE, [f"phone.{every[0]}", column])
    said = page.get_by_role("status").filter(has_text="Đã dán")
    expect(said).to_contain_text("Đã dán 2 ô. 1 dòng dán không còn chỗ trên trang này.")
    expect(said).to_contain_text("Chưa đọc được (1):dòng 2 (Trần Thị D2): «không có»")
    expect(said).to_contain_text("không ghi đè (1):dòng 3 (Trần Thị D3): «0900 000 003» ← «0900 000 099»")
    wrong = page.locator(f'[name="phone.{every[1]}"]')
    expect(wrong).to_have_value("không có")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    page.evaluate(PASTE, [f"residence.{every[0]}", "thường trú\t5/8/2012\nTẠM TRÚ\t\nKT9\t1/1/2020"])
    expect(page.locator(f'[name="residence.{every[0]}"]')).to_have_value("Thường trú")
    expect(page.locator(f'[name="residence.{every[1]}"]')).to_have_value("Tạm trú")
    expect(page.locator(f'[name="residence.{every[2]}"]')).to_have_value("KT9")
    page.get_by_role("button", name="Lưu các ô đã ghi").click()
    expect(page.get_by_role("alert")).to_contain_text("chưa ghi được; các ô khác đã ghi")
    expect(page.locator(f'[name="phone.{every[1]}"]')).to_have_value("không có")
    assert record(world, every[3]).row.phone == "0900 000 004"
    kept = record(world, every[0])
    assert kept.residence
    assert (kept.row.phone, kept.residence.kind, f"{kept.residence.valid_from}") == (
        "0900 000 001",
        "permanent",
        "2012-08-05",
    )


@pytest.mark.databases("sqlite")
def test_arrows_and_enter_move_and_enter_does_not_send(world: World, open_as: OpenAs) -> None:
    first, second, third = homes(world, 3)
    with db.transaction(world.instance):
        people.fill(world.officer, {second: {"phone": "0900 000 003"}})
    page = open_as("officer", width=360)
    page.goto("/households/missing")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(f'[name="phone.{first}"]').fill("0900")
    page.keyboard.press("Enter")  # over the known one of the second
    expect(page.locator(f'[name="phone.{third}"]')).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f'[name="address.{third}"]')).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(f'[name="address.{second}"]')).to_be_focused()
    assert record(world, first).row.phone == ""
