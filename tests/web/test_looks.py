"""What a real browser makes of the pages: for everybody, on a telephone, on a weak line, without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core import db
from core.domain import users
from tests.web.visitors import PASSWORD
from tests.worlds import World

pytestmark = pytest.mark.databases("sqlite")

OpenAs = Callable[..., Page]
FIRST, LATER = 150_000, 40_000  # bytes over the line


def addresses(world: World) -> list[str]:
    """Pages of this part, as an administrator sees them."""
    return [
        "/users",
        "/users/new",
        f"/users/{world.officer.id}",
        f"/users/{world.officer.id}/lock",
        "/account",
        "/khong-co",
    ]


def test_nothing_is_cut_off_on_a_telephone(world: World, open_as: OpenAs) -> None:
    page = open_as("admin", width=360)
    for address in addresses(world)[:-1]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
    page.goto("/users")
    label = page.locator("tbody td").nth(1).evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Vai trò"'  # each row is a card that says what its lines are
    page.locator(".menu summary").click()
    expect(page.get_by_role("link", name="Người dùng", exact=True)).to_be_visible()


def test_the_role_and_the_unit_are_on_every_screen(world: World, open_as: OpenAs) -> None:
    for width in (360, 1440):
        page = open_as("officer", width=width)
        page.goto("/account")
        expect(page.locator("header:visible").get_by_text(world.commune.name).first).to_be_visible()


def test_pages_are_light_enough_for_a_weak_line(open_as: OpenAs) -> None:
    page = open_as("admin")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/users", wait_until="networkidle")
    first = sum(sizes)
    sizes.clear()
    page.goto("/account", wait_until="networkidle")
    assert 20_000 < first <= FIRST
    assert 1_000 < sum(sizes) <= LATER


def test_everything_works_without_javascript(world: World, open_as: OpenAs) -> None:
    with db.transaction(world.instance):
        users.create_user(
            world.admin, "lan.nt", "Nguyễn Thị Lan", "admin", world.commune.id, password=PASSWORD, must_change=False
        )
    page = open_as("", java_script_enabled=False)
    page.goto("/users")
    page.get_by_label("Tên đăng nhập").fill("lan.nt")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("link", name="Thêm người dùng").click()
    page.get_by_role("button", name="Lập tài khoản").click()
    expect(page.get_by_role("alert")).to_contain_text("Họ và tên: Ô này phải ghi.")
    page.get_by_label("Họ và tên").fill("Trần Văn Bình")
    page.get_by_label("Tên đăng nhập").fill("binh.tv")
    page.get_by_label("Vai trò").select_option("monitor")
    page.get_by_label("Tại đơn vị").fill(world.commune.code)
    page.get_by_role("button", name="Lập tài khoản").click()
    expect(page.get_by_role("heading", name="Đã lập tài khoản cho Trần Văn Bình")).to_be_visible()


def test_a_double_click_sends_a_form_once(world: World, open_as: OpenAs) -> None:
    page = open_as("officer")
    page.goto("/account")
    page.get_by_label("Dùng cho hệ thống nào").fill("Máy")
    page.get_by_role("button", name="Tạo mã").dblclick()
    expect(page.locator(".secret")).to_be_visible()
    with db.transaction(world.instance):
        assert len(users.tokens_of(world.officer)) == 1


def test_after_a_refused_form_the_summary_leads_to_the_field(open_as: OpenAs) -> None:
    page = open_as("admin")
    page.goto("/users/new")
    page.get_by_role("button", name="Lập tài khoản").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Vai trò").click()
    assert page.url.endswith("#role")


def test_on_paper_there_is_black_on_white_and_nothing_that_is_clicked(open_as: OpenAs) -> None:
    page = open_as("officer", color_scheme="dark")
    page.goto("/households")
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".side", ".filters", ".btn", ".skip"):
        assert page.locator(f"{gone} >> visible=true").count() == 0, gone
    look = page.locator("tbody td a").first.evaluate(
        "each => [getComputedStyle(each).color, getComputedStyle(each).textDecorationLine]"
    )
    assert look == ["rgb(0, 0, 0)", "none"]
    assert page.evaluate("getComputedStyle(document.querySelector('main')).color") == "rgb(0, 0, 0)"
    assert page.locator("thead").first.evaluate("each => getComputedStyle(each).display") == "table-header-group"
