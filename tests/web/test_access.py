"""One's own account: the first password, the language, the tokens, what the head of a page says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from core import db
from core.domain import access, users
from tests.web.visitors import PASSWORD, Visitor
from tests.worlds import World

pytestmark = pytest.mark.databases("sqlite")

Visit = Callable[[str], Visitor]


def test_a_temporary_password_opens_only_the_page_that_changes_it(world: World, visitor: Visitor) -> None:
    with db.transaction(world.instance):
        new = users.create_user(world.admin, "lan.nt", "Nguyễn Thị Lan", "officer", world.commune.id)
    first = visitor.sign_in("lan.nt", new.password)
    assert first.request.path == "/account"
    assert "mật khẩu tạm" in first.text
    assert visitor.client.get("/users").location == "/account"
    assert visitor.client.post("/account/tokens", data={"csrf_token": visitor.token}).location == "/account"
    done = visitor.post("/account/password", {"old": new.password, "new": PASSWORD, "again": PASSWORD})
    assert "Đã đổi mật khẩu" in done.text
    assert visitor.client.get("/account").status_code == 200
    assert Visitor(visitor.app).sign_in("lan.nt").request.path != "/login"


def test_who_is_signed_in_is_not_asked_again(visit: Visit) -> None:
    assert visit("officer").client.get("/login?next=/account").location == "/account"


def test_what_is_wrong_with_a_new_password_stands_beside_its_field(visit: Visit) -> None:
    response = visit("officer").post("/account/password", {"old": "x", "new": "ngắn", "again": "khác"})
    assert response.status_code == 422
    assert re.search(r'id="again-error"[^>]*><span>Hai lần ghi mật khẩu mới không giống nhau', response.text)
    assert 'href="#again"' in response.text
    assert 'aria-describedby="again-error"' in response.text


def test_a_wrong_present_password_changes_nothing(world: World, visitor: Visitor) -> None:
    with db.transaction(world.instance):
        users.create_user(
            world.admin, "lan.nt", "Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )
    visitor.sign_in("lan.nt")
    response = visitor.post(
        "/account/password", {"old": "không phải", "new": "bốn mùa xuân hạ", "again": "bốn mùa xuân hạ"}
    )
    assert response.status_code == 422
    assert "Mật khẩu hiện tại không đúng" in response.text
    assert Visitor(visitor.app).sign_in("lan.nt").request.path != "/login"


@pytest.mark.databases("sqlite", "postgres")
def test_wrong_present_passwords_are_counted_although_the_page_refuses_them(world: World, visitor: Visitor) -> None:
    with db.transaction(world.instance):
        users.create_user(
            world.admin, "lan.nt", "Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )
    visitor.sign_in("lan.nt")
    cast(db.FixedClock, world.instance.clock).moment += timedelta(seconds=1)
    new = {"new": "bốn mùa xuân hạ", "again": "bốn mùa xuân hạ"}
    for _ in range(5):
        assert visitor.post("/account/password", {"old": "không phải", **new}).status_code == 422
    response = visitor.post("/account/password", {"old": PASSWORD, **new})
    assert response.status_code == 429
    assert "Hãy thử lại sau 10:16" in response.text


def test_the_language_is_the_persons_and_before_signing_in_the_browsers(world: World, visit: Visit) -> None:
    visitor = visit("officer")
    assert '<html lang="vi"' in visitor.get("/account").text
    english = visitor.post("/language", {"language": "en", "next": "/account"})
    assert english.request.path == "/account"
    assert '<html lang="en"' in english.text
    assert "Sign out" in english.text
    with db.transaction(world.instance):
        assert access.actor_by_login("officer").language == "en"
    assert "Sign-in name" in visitor.post("/logout").text
    visitor.post("/language", {"language": "xx"})
    assert '<html lang="en"' in visitor.get("/login").text


def test_the_look_is_kept_in_the_browser(visit: Visit) -> None:
    visitor = visit("officer")
    assert 'data-bs-theme="dark"' in visitor.post("/theme", {"theme": "dark", "next": "/account"}).text
    assert "data-bs-theme" not in visitor.post("/theme", {"theme": "auto", "next": "/account"}).text


def test_a_token_is_shown_once_and_can_be_revoked(visit: Visit) -> None:
    visitor = visit("officer")
    made = visitor.post("/account/tokens", {"name": "Phần mềm xã", "days": "30"})
    token = re.search(r'class="secret">(ts_[^<]+)<', made.text)
    assert token
    again = visitor.get("/account")
    assert token[1] not in again.text
    assert "23/12/2026" in again.text
    headers = {"Authorization": f"Bearer {token[1]}"}
    assert visitor.client.get("/api/v1/me", headers=headers).status_code == 200
    address = re.search(r'action="(/account/tokens/\d+/revoke)"', again.text)
    assert address
    assert "Đã thu hồi" in visitor.post(address[1]).text
    assert visitor.client.get("/api/v1/me", headers=headers).status_code == 401


def test_a_token_for_too_long_is_refused_beside_its_field(visit: Visit) -> None:
    response = visit("officer").post("/account/tokens", {"name": "Máy", "days": "9999"})
    assert response.status_code == 422
    assert re.search(r'id="days-error"[^>]*><span>Thời hạn từ 1 đến 365 ngày', response.text)


def test_every_page_says_as_what_and_where_one_acts(world: World, visit: Visit) -> None:
    text = visit("officer").get("/account").text
    assert f"<b>Cán bộ giảm nghèo</b> {world.commune.name}" in text


def test_the_navigation_shows_what_the_role_may_open(visit: Visit) -> None:
    assert 'href="/users"' in visit("admin").get("/account").text
    assert 'href="/users"' not in visit("officer").get("/account").text
    assert visit("officer").get("/users").status_code == 403


def test_somebody_without_a_role_can_still_see_their_account(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        users.revoke_grant(world.admin, users.grants_of(world.officer.id)[0].id)
    response = visit("officer").get("/")
    assert response.request.path == "/account"
    assert "Chưa được giao vai trò" in response.text
