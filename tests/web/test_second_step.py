"""The second step at a browser: set up, asked for, led to, and reset."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pyotp
import pytest

from core import db
from core.app import Application
from core.domain import users
from core.errors import BadInput
from core.instance import open_instance
from tests.web.visitors import PASSWORD, Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]


def someone(world: World) -> None:
    with db.transaction(world.instance):
        users.create_user(
            world.admin, "lan.nt", "Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )


def set_up(world: World, visitor: Visitor) -> str:
    """By the pages; the secret."""
    begun = visitor.post("/account/second-step")
    assert "<svg" in begun.text
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', begun.text)
    assert found
    secret = found[1].replace(" ", "")
    given = visitor.post("/account/second-step/confirm", {"code": code(world, secret)})
    assert len(re.findall(r"<li><code>[a-z2-9-]{19}</code>", given.text)) == 10
    clock(world).moment += timedelta(seconds=30)
    return secret


def clock(world: World) -> db.FixedClock:
    return cast(db.FixedClock, world.instance.clock)


def code(world: World, secret: str) -> str:
    return pyotp.TOTP(secret).at(clock(world).moment)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found
    return found[1]


def test_set_up_on_the_account_page_it_is_asked_for_at_the_door(world: World, visitor: Visitor) -> None:
    someone(world)
    visitor.sign_in("lan.nt")
    secret = set_up(world, visitor)
    other = Visitor(visitor.app)
    asked = other.sign_in("lan.nt", next="/account")
    assert "one-time-code" in asked.text
    assert other.client.get("/account").status_code == 302
    half = {"halfway": hidden(asked.text, "halfway"), "next": hidden(asked.text, "next")}
    wrong = other.post("/login/code", {**half, "code": "12"})
    assert wrong.status_code == 422
    assert "Mã không đúng hoặc đã dùng" in wrong.text
    done = other.post("/login/code", {**half, "code": code(world, secret)})
    assert done.request.path == "/account"
    assert "còn 10 mã dự phòng" in done.text


@pytest.mark.databases("sqlite")
def test_halfway_that_was_touched_or_is_too_old_begins_again(world: World, visitor: Visitor) -> None:
    someone(world)
    visitor.sign_in("lan.nt")
    secret = set_up(world, visitor)
    other = Visitor(visitor.app)
    half = hidden(other.sign_in("lan.nt").text, "halfway")
    assert other.get("/login/code").request.path == "/login"
    assert other.post("/login/code", {"halfway": half + "x", "code": "1"}).request.path == "/login"
    clock(world).moment += timedelta(minutes=11)
    again = other.post("/login/code", {"halfway": half, "code": code(world, secret)})
    assert again.request.path == "/login"
    assert "Hãy đăng nhập lại từ đầu" in again.text


@pytest.mark.databases("sqlite")
def test_signing_in_over_a_page_says_where_the_code_can_be_given(world: World, visitor: Visitor) -> None:
    someone(world)
    visitor.sign_in("lan.nt")
    set_up(world, visitor)
    other = Visitor(visitor.app)
    other.get("/login")
    data = {"login": "lan.nt", "password": PASSWORD, "csrf_token": other.token}
    answer = other.client.post("/login", data=data, headers={"X-Background": "1"})
    assert answer.status_code == 401
    assert "Đăng nhập ở thẻ khác" in answer.text


@pytest.mark.databases("sqlite")
def test_a_role_that_needs_it_is_led_to_set_it_up_before_anything_else(app: Application, world: World) -> None:
    someone(world)
    visitor = Visitor(app)
    visitor.sign_in("lan.nt")
    assert visitor.client.get("/cases").status_code == 200
    world.instance.settings = replace(world.instance.settings, second_factor=frozenset({"officer"}))
    assert visitor.client.get("/cases").location == "/account/second-step"
    assert visitor.client.get("/account").location == "/account/second-step"
    page = visitor.get("/cases")
    assert "Vai trò của bạn phải xác thực hai bước" in page.text
    secret = set_up(world, visitor)
    assert visitor.client.get("/cases").status_code == 200
    refused = visitor.post("/account/second-step/off", {"code": code(world, secret)})
    assert refused.status_code == 403
    assert "không tắt được" in refused.text


@pytest.mark.databases("sqlite")
def test_a_temporary_password_is_changed_before_the_second_step_is_set_up(app: Application, world: World) -> None:
    world.instance.settings = replace(world.instance.settings, second_factor=frozenset({"officer"}))
    with db.transaction(world.instance):
        new = users.create_user(world.admin, "lan.nt", "Lan", "officer", world.commune.id)
    visitor = Visitor(app)
    assert visitor.sign_in("lan.nt", new.password).request.path == "/account"
    done = visitor.post("/account/password", {"old": new.password, "new": PASSWORD, "again": PASSWORD})
    assert done.request.path == "/account/second-step"


@pytest.mark.databases("sqlite")
def test_an_administrator_resets_it_with_a_reason_that_stands_in_the_history(
    world: World, visitor: Visitor, visit: Visit
) -> None:
    someone(world)
    visitor.sign_in("lan.nt")
    set_up(world, visitor)
    with db.transaction(world.instance):
        who = next(row.id for row in users.users_in_reach(None) if row.login == "lan.nt")
    admin = visit("admin")
    assert f"/users/{who}/reset-second-step" in admin.get(f"/users/{who}").text
    assert admin.post(f"/users/{who}/reset-second-step", {"reason": ""}).status_code == 422
    done = admin.post(f"/users/{who}/reset-second-step", {"reason": "mất điện thoại"})
    assert "Đặt lại xác thực hai bước: mất điện thoại" in done.text
    assert "/account" in Visitor(visitor.app).sign_in("lan.nt", next="/account").request.path


@pytest.mark.databases("sqlite")
def test_a_misspelt_role_stops_the_start(world: World) -> None:
    with pytest.raises(BadInput) as refused:
        open_instance(replace(world.instance.settings, second_factor=frozenset({"acountant"})))
    assert refused.value.reasons[0].field == "TIEPSUC_SECOND_FACTOR"
