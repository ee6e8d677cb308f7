"""The whole of an officer's work by keyboard alone, in the order a screen reader tells it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core import db
from core.domain import cases, users
from tests.stories import opened, picture, proposed, state
from tests.web.looking import violations
from tests.web.visitors import PASSWORD
from tests.worlds import World

pytestmark = pytest.mark.databases("sqlite")

OpenAs = Callable[..., Page]
FOCUSED = """() => { const at = document.activeElement;
  return at.labels?.[0]?.innerText ?? at.ariaLabel ?? at.innerText ?? ""; }"""


def focused(page: Page) -> str:
    """What a screen reader says of the place the keyboard is at."""
    return " ".join(str(page.evaluate(FOCUSED)).split())


def tab_to(page: Page, name: str, most: int = 60) -> list[str]:
    """Press Tab until ``name`` has the focus; what was passed on the way."""
    passed: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = focused(page)
        if here.startswith(name):
            return passed
        passed.append(here)
    raise AssertionError(f"{name!r} is not reached by Tab: {passed}")


def enter(page: Page, name: str) -> None:
    """Tab to a link or button and press Enter, which leads to another page."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_case_is_edited_saved_and_proposed_without_a_mouse(world: World, open_as: OpenAs) -> None:
    number = opened(world)
    with db.transaction(world.instance):
        cases.attach_paper(world.officer, number, "request", "đơn.png", picture())
        key = users.create_user(
            world.admin, "lan.nt", "Nguyễn Thị Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )
    assert key
    page = open_as("")
    page.goto("/login")
    assert tab_to(page, "Tên đăng nhập") == ["Tới nội dung chính"]
    page.keyboard.type("lan.nt")
    page.keyboard.press("Tab")
    assert focused(page) == "Mật khẩu"
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/")
    tab_to(page, "Tới nội dung chính")
    page.keyboard.press("Enter")  # past the navigation
    passed = tab_to(page, "Nguyễn Văn Á")
    assert "Việc của tôi" not in passed
    with page.expect_navigation():
        page.keyboard.press("Enter")
    enter(page, "Sửa biểu mẫu")
    passed = tab_to(page, "Độ sâu")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("15")
    assert tab_to(page, "Ngân sách địa phương")[0].startswith("Ngân sách trung ương")  # as they stand on the page
    enter(page, "Lưu và xem lại")
    enter(page, "Đề xuất")
    enter(page, "Đề xuất")
    assert state(world, number) == "proposed"
    with db.transaction(world.instance, read_only=True):
        assert '"depth":15' in cases.find(world.officer, number).answers


def test_after_a_refused_form_the_keyboard_is_at_the_summary_and_one_key_from_the_fault(open_as: OpenAs) -> None:
    page = open_as("manager")
    page.goto("/funds/new")
    enter(page, "Lập nguồn vốn")
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    named = focused(page)
    page.keyboard.press("Enter")
    assert focused(page).startswith(named)
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    described = page.evaluate("document.activeElement.getAttribute('aria-describedby')").split()[-1]
    expect(page.locator(f"[id='{described}']")).to_be_visible()


def test_a_part_that_is_put_in_is_said_and_takes_the_focus(open_as: OpenAs) -> None:
    page = open_as("officer")
    page.goto("/households/new")
    rows = page.locator("#members fieldset.member").count()
    tab_to(page, "Thêm thành viên", 120)
    page.keyboard.press("Enter")
    expect(page.locator("#members fieldset.member")).to_have_count(rows + 1)
    expect(page.get_by_role("status").filter(has_text=f"Có {rows + 1} dòng thành viên")).to_be_attached()
    expect(page.locator(f"[name=members-{rows}-name]")).to_be_focused()


def test_a_found_list_is_said(world: World, open_as: OpenAs) -> None:
    page = open_as("officer")
    page.goto("/households")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("khong ai")
    expect(page.locator("#said")).to_have_text("Tìm thấy 0 hộ")
    assert page.evaluate("document.activeElement.type") == "search"


def test_a_panel_of_a_review_opens_and_gives_the_focus_back(world: World, open_as: OpenAs) -> None:
    number = proposed(world)
    page = open_as("approver")
    page.goto(f"/review/clean/{number}")
    tab_to(page, "Trả lại")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Nội dung cần bổ sung, sửa")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Nội dung cần bổ sung, sửa")).not_to_be_visible()
    assert focused(page).startswith("Trả lại")


def test_the_dialog_of_the_camera_keeps_the_keyboard_and_gives_it_back(open_as: OpenAs) -> None:
    page = open_as("officer")
    page.goto("/scan")
    page.evaluate("""() => {
      const film = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      film.getContext("2d").fillRect(0, 0, 64, 64);
      Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => film.captureStream() } });
    }""")
    page.locator("[data-camera]").evaluate("each => each.hidden = false")
    tab_to(page, "Máy ảnh")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Đưa mã QR của thẻ vào khung hình")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_attached()
    assert focused(page) == "Máy ảnh"
