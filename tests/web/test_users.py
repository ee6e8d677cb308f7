"""The pages of user administration."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core import db
from core.domain import access, units, users
from core.errors import NotFound
from tests.web.visitors import Visitor
from tests.worlds import World, person

pytestmark = pytest.mark.databases("sqlite")

Visit = Callable[[str], Visitor]


def test_an_administrator_makes_a_user_who_then_signs_in(world: World, visit: Visit, visitor: Visitor) -> None:
    made = visit("admin").post(
        "/users/new", {"name": "Nguyễn Thị Lan", "login": "lan.nt", "role": "officer", "unit": world.commune.code}
    )
    password = re.search(r'class="secret">([^<]+)<', made.text)
    assert password
    assert "đặt mật khẩu của riêng bạn" in visitor.sign_in("lan.nt", password[1]).text


def test_a_taken_name_and_an_unknown_unit_stand_beside_their_fields(world: World, visit: Visit) -> None:
    visitor = visit("admin")
    taken = visitor.post("/users/new", {"name": "A", "login": "officer", "role": "officer", "unit": world.commune.code})
    assert taken.status_code == 422
    assert re.search(r'id="login-error"[^>]*><span>Tên đăng nhập này đã có người dùng', taken.text)
    assert 'value="officer"' in taken.text
    unknown = visitor.post("/users/new", {"name": "A", "login": "moi.a", "role": "officer", "unit": "Xã Không Có Thật"})
    assert re.search(r'id="unit-error"[^>]*><span>Không có đơn vị nào', unknown.text)


def test_a_unit_may_be_written_by_name_and_an_ambiguous_one_lists_its_codes(world: World, visit: Visit) -> None:
    visitor = visit("admin")
    some = visitor.post("/users/new", {"name": "A", "login": "moi.a", "role": "officer", "unit": "Tân"})
    assert "hãy ghi mã:" in some.text
    one = visitor.post("/users/new", {"name": "A", "login": "moi.a", "role": "officer", "unit": "Tỉnh Bắc Ninh"})
    assert one.status_code == 200
    with db.transaction(world.instance):
        assert access.actor_by_login("moi.a").grants[0].unit_id == world.commune.province_id


def test_a_role_with_dates_is_granted_and_revoked_by_the_page(world: World, visit: Visit) -> None:
    visitor, page = visit("admin"), f"/users/{world.officer.id}"
    wrong = visitor.post(page, {"role": "monitor", "unit": world.commune.code, "valid_to": "31/02/2027"})
    assert wrong.status_code == 422
    assert "«31/02/2027» không phải là ngày có thật" in wrong.text
    granted = visitor.post(page, {"role": "monitor", "unit": world.commune.code, "valid_to": "31/12/2026"})
    assert "Đã giao vai trò" in granted.text
    assert "31/12/2026" in granted.text
    with db.transaction(world.instance):
        grant = users.grants_of(world.officer.id)[0].id
    assert "Đã thu hồi vai trò" in visitor.post(f"{page}/grants/{grant}/revoke").text
    assert "Thu hồi vai trò Người giám sát tại" in visitor.get(page).text


def test_locking_asks_once_more_and_unlocking_lets_in_again(world: World, visit: Visit) -> None:
    admin, officer, page = visit("admin"), visit("officer"), f"/users/{world.officer.id}"
    assert "Khóa tài khoản của Officer?" in admin.get(f"{page}/lock").text
    assert officer.client.get("/account").status_code == 200
    assert "Đã khóa" in admin.post(f"{page}/lock").text
    assert officer.client.get("/account").status_code == 302
    assert "Đã mở khóa" in admin.post(f"{page}/unlock").text


def test_a_reset_shows_a_password_that_works_once_changed(world: World, visit: Visit, visitor: Visitor) -> None:
    shown = visit("admin").post(f"/users/{world.officer.id}/reset")
    password = re.search(r'class="secret">([^<]+)<', shown.text)
    assert password
    assert visitor.sign_in("officer", password[1]).request.path == "/account"


def test_an_administrator_finds_no_button_against_their_own_account(world: World, visit: Visit) -> None:
    text = visit("admin").get(f"/users/{world.admin.id}").text
    assert "hãy nhờ một quản trị viên khác" in text
    assert "/lock" not in text
    assert "Giao thêm vai trò" not in text
    assert visit("admin").post(f"/users/{world.admin.id}/lock").status_code == 403


def test_a_user_elsewhere_is_not_found_by_number_nor_by_name(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        person("xa", ("admin", world.commune.id))
    visitor = visit("xa")
    assert "Approver" not in visitor.get("/users").text
    assert visitor.get(f"/users/{world.approver.id}").status_code == 404
    assert visitor.post(f"/users/{world.approver.id}/reset").status_code == 404


def test_a_script_in_a_name_is_only_a_name(world: World, visit: Visit) -> None:
    visit("admin").post(
        "/users/new",
        {"name": "<script>alert(1)</script>", "login": "thu.x", "role": "officer", "unit": world.commune.code},
    )
    text = visit("admin").get("/users?q=alert").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text


def test_long_lists_are_turned_page_by_page(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        for number in range(60):
            person(f"nguoi{number:02}", ("officer", world.commune.id))
    visitor = visit("admin")
    first = visitor.get("/users")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert older
    assert 'rel="prev"' not in first.text
    second = visitor.get(older[1].replace("&amp;", "&"))
    newer = re.search(r'rel="prev" href="([^"]+)"', second.text)
    assert newer
    assert 'rel="next"' not in second.text
    names = [re.findall(r"<small>([a-z0-9]+)</small>", page.text) for page in (first, second)]
    assert len(names[0]) == 50
    assert not set(names[0]) & set(names[1])
    assert re.findall(r"<small>([a-z0-9]+)</small>", visitor.get(newer[1].replace("&amp;", "&")).text) == names[0]


def test_what_is_refused_half_way_leaves_nothing_behind(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        person("xa", ("admin", world.commune.id))
        elsewhere = units.children(world.commune.province_id or 0)[1]
    refused = visit("xa").post(
        "/users/new", {"name": "Người xã khác", "login": "xa.khac", "role": "officer", "unit": elsewhere.code}
    )
    assert refused.status_code == 403
    assert elsewhere.name in refused.text
    with db.transaction(world.instance), pytest.raises(NotFound):
        access.actor_by_login("xa.khac")
