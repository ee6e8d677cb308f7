"""A session that ends while somebody works, and one that is ended: nothing typed is lost, nothing stays behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from core import db
from core.app import Application
from core.domain import access, cases, users
from tests.stories import opened
from tests.web.visitors import PASSWORD, Visitor
from tests.worlds import World

pytestmark = pytest.mark.databases("sqlite")

OpenAs = Callable[..., Page]
Visit = Callable[[str], Visitor]


@pytest.fixture
def people(world: World) -> World:
    """The world with two officers who have passwords: lan.nt and hoa.tt."""
    with db.transaction(world.instance):
        for login, name in (("lan.nt", "Nguyễn Thị Lan"), ("hoa.tt", "Trần Thị Hoa")):
            users.create_user(
                world.admin, login, name, "officer", world.commune.id, password=PASSWORD, must_change=False
            )
    return world


def an_hour_later(world: World) -> None:
    cast(db.FixedClock, world.instance.clock).moment += timedelta(minutes=61)


def depth(world: World, case: str) -> str:
    with db.transaction(world.instance):
        found: str = cases.find(world.officer, case).answers
    return found


def token_of(page: str) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', page)
    assert found
    return found[1]


# ---- without scripts -------------------------------------------------------------------------------------------------

TYPED = {"depth": "77", "central": "41.000.000", "illness": "dòng một\nhai"}


def test_a_form_posted_too_late_is_carried_through_signing_in(people: World, visit: Visit) -> None:
    case = opened(people)
    visitor = visit("lan.nt")
    visitor.get(f"/cases/{case}/edit")
    an_hour_later(people)
    asked = visitor.post(f"/cases/{case}/edit", TYPED)
    assert asked.status_code == 401
    assert "Đăng nhập lại để gửi tiếp" in asked.text
    assert "41.000.000" not in asked.text
    wrong = visitor.sign_in("lan.nt", "sai mật khẩu", carried=token_of(asked.text))
    back = visitor.sign_in("lan.nt", carried=token_of(wrong.text))
    assert "Nội dung bạn vừa gửi vẫn còn" in back.text
    assert "dòng một" in back.text
    assert f'action="/cases/{case}/edit"' in back.text
    visitor.post(f"/cases/{case}/edit", TYPED | {"version": "1"})
    assert '"depth":77' in depth(people, case)


def test_nobody_else_gets_what_was_typed(people: World, visit: Visit, app: Application) -> None:
    case = opened(people)
    visitor = visit("lan.nt")
    visitor.get(f"/cases/{case}/edit")
    an_hour_later(people)
    kept = token_of(visitor.post(f"/cases/{case}/edit", TYPED).text)
    other = visitor.sign_in("hoa.tt", carried=kept)
    assert "của người khác nên đã bỏ" in other.text
    assert "dòng một" not in other.text
    for text in ("x", kept[:-3] + "AAA", ""):
        assert Visitor(app).sign_in("lan.nt", carried=text).request.path != "/login"


def test_who_signed_in_elsewhere_meanwhile_is_offered_to_send_it_again(people: World, visit: Visit) -> None:
    case = opened(people)
    visitor = visit("lan.nt")
    visitor.get(f"/cases/{case}/edit")
    old = visitor.token
    visitor.enter(access_of(people, "lan.nt"))
    asked = visitor.client.post(f"/cases/{case}/edit", data={"csrf_token": old, **TYPED})
    assert asked.status_code == 400
    assert "Nội dung bạn vừa gửi vẫn còn" in asked.text
    assert '"depth":12' in depth(people, case)
    stranger = visit("hoa.tt").client.post(f"/cases/{case}/edit", data={"csrf_token": old, **TYPED})
    assert "Trang đã cũ" in stranger.text
    assert "41.000.000" not in stranger.text


def access_of(world: World, login: str) -> access.Actor:
    with db.transaction(world.instance):
        return access.actor_by_login(login)


def test_passwords_are_never_carried(people: World, visit: Visit) -> None:
    visitor = visit("lan.nt")
    an_hour_later(people)
    asked = visitor.post("/account/password", {"old": PASSWORD, "new": "một hai ba bốn", "again": "một hai ba bốn"})
    assert asked.request.path == "/login"
    assert "carried" not in asked.text


def test_signing_out_empties_the_browser(people: World, visit: Visit) -> None:
    visitor = visit("lan.nt")
    response = visitor.post("/logout", follow=False)
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    an_hour_later(people)
    assert "Clear-Site-Data" in visit("hoa.tt").post("/logout", follow=False).headers


# ---- in a browser ----------------------------------------------------------------------------------------------------


def signed_in(page: Page, login: str, address: str) -> None:
    page.goto(address)
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**" + address)


def test_the_session_ends_while_a_form_is_filled_in_and_goes_on_in_place(people: World, open_as: OpenAs) -> None:
    case = opened(people)
    page = open_as("")
    page.clock.install()
    signed_in(page, "lan.nt", f"/cases/{case}/edit")
    an_hour_later(people)
    page.get_by_label("Độ sâu").fill("33")
    page.clock.run_for(2500)  # the draft is sent, and refused
    dialog = page.get_by_role("dialog", name="Phiên làm việc đã hết")
    expect(dialog.get_by_label("Tên đăng nhập")).to_have_value("lan.nt")
    dialog.get_by_label("Mật khẩu").fill("sai mật khẩu")
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog.get_by_text("không đúng")).to_be_visible()
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-autosave-status]")).to_contain_text("Đã lưu nháp lúc")
    an_hour_later(people)
    page.clock.fast_forward("10:00")  # the page lay silent, so the form asks before it is sent
    page.get_by_role("button", name="Lưu và xem lại").click()
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    assert '"depth":33' in depth(people, case)


def test_another_person_signing_in_over_a_page_finds_nothing_of_it(people: World, open_as: OpenAs) -> None:
    case = opened(people)
    page = open_as("")
    page.clock.install()
    signed_in(page, "lan.nt", f"/cases/{case}/edit")
    an_hour_later(people)
    page.get_by_label("Độ sâu").fill("33")
    page.clock.run_for(2500)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tên đăng nhập").fill("hoa.tt")
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda address: "/edit" not in address)
    expect(page.get_by_text("Trần Thị Hoa").first).to_be_visible()
    assert '"depth":12' in depth(people, case)


def test_signing_out_warns_of_what_is_not_saved_and_back_shows_nothing(people: World, open_as: OpenAs) -> None:
    case = opened(people)
    page = open_as("")
    signed_in(page, "lan.nt", f"/cases/{case}/edit")
    page.route("**/draft", lambda route: route.abort())
    page.get_by_label("Độ sâu").fill("33")
    sign_out = page.get_by_role("button", name="Đăng xuất").first
    sign_out.click()
    dialog = page.get_by_role("dialog", name="Còn phần chưa gửi")
    expect(dialog).to_contain_text("Bản nháp trên trang này chưa lưu")
    dialog.get_by_role("button", name="Ở lại").click()
    expect(page.get_by_label("Độ sâu")).to_have_value("33")
    sign_out.click()
    dialog.get_by_role("button", name="Xóa và đăng xuất").click()
    page.wait_for_url("**/login")
    left = page.evaluate("async () => [localStorage.length, (await indexedDB.databases()).length]")
    assert left == [0, 0]
    assert page.evaluate("Object.values(sessionStorage)") in ([], ["/login"])  # where htmx is
    page.go_back()
    expect(page.get_by_role("button", name="Đăng nhập")).to_be_visible()
    assert "Nguyễn Văn Á" not in page.content()


def test_a_page_in_another_tab_leaves_with_its_person(people: World, open_as: OpenAs) -> None:
    page = open_as("")
    signed_in(page, "lan.nt", "/account")
    other = page.context.new_page()
    other.goto("/cases")
    page.get_by_role("button", name="Đăng xuất").first.click()
    for each in (page, other):
        each.wait_for_url("**/login")
