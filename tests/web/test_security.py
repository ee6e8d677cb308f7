"""What keeps other people out: headers, tokens of forms, cookies, sessions that end, addresses that lead away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core import db
from core.app import Application, create_app
from core.config import Settings
from core.domain import access, users
from core.web import admission, errors
from tests.web.visitors import PASSWORD, Visitor
from tests.worlds import World

pytestmark = pytest.mark.databases("sqlite")  # nothing here depends on the database, save where a test says so

Visit = Callable[[str], Visitor]

# https://owasp.org/www-project-secure-headers, "configuration proposal", without what only other servers need
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def settled(world: World, login: str = "lan.nt") -> users.NewUser:
    with db.transaction(world.instance):
        return users.create_user(
            world.admin, login, "Nguyễn Thị Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )


def later(world: World, **passed: int) -> None:
    clock = cast(db.FixedClock, world.instance.clock)
    clock.moment += timedelta(**passed)


def inside(visitor: Visitor) -> bool:
    return visitor.client.get("/account").status_code == 200


# ---- headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/login", "/account", "/no-such-page", "/api/v1/me", "/healthz"])
def test_every_answer_carries_the_protecting_headers(visit: Visit, address: str) -> None:
    response = visit("officer").client.get(address)
    assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "camera=(self)" in response.headers["Permissions-Policy"]
    assert "Server" not in response.headers


def test_the_content_policy_allows_nothing_inline_and_nothing_from_elsewhere(visitor: Visitor) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in visitor.get("/login").headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not re.search(r"unsafe|\*|https?:", " ".join(policy.values()))


def test_no_template_holds_what_the_content_policy_refuses() -> None:
    folder = Path(errors.__file__).parent / "templates"
    templates = list(folder.rglob("*.html"))
    assert len(templates) > 5
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\ssrc=)|javascript:", text), (
            template.name
        )


def test_static_files_last_a_year_under_the_hash_of_their_content(visitor: Visitor) -> None:
    address = re.search(r'href="(/static/css/look\.css\?v=[0-9a-f]+)"', visitor.get("/login").text)
    assert address
    with visitor.client.get(address[1]) as lasting, visitor.client.get("/static/css/look.css") as asked_each_time:
        assert lasting.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert asked_each_time.headers["Cache-Control"] == "no-cache"


def test_pages_are_compressed_only_for_those_who_ask(visitor: Visitor) -> None:
    plain = visitor.client.get("/login")
    pressed = visitor.client.get("/login", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert pressed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in pressed.headers["Vary"]
    assert len(pressed.data) < len(plain.data) / 2


def test_over_https_cookies_and_browsers_stay_there(world: World) -> None:
    settings = Settings(**{**vars(world.instance.settings), "https_only": True})
    visitor = Visitor(
        create_app(db.Instance(settings, world.instance.engine, world.instance.clock, world.instance.registry))
    )
    response = visitor.client.get("/login", base_url="https://localhost")
    assert "Secure" in response.headers["Set-Cookie"]
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


# ---- forms ----------------------------------------------------------------------------------------------------------


def test_every_form_that_changes_something_is_refused_without_its_token(app: Application, visit: Visit) -> None:
    visitor = visit("admin")
    posted = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.methods and "POST" in rule.methods and not rule.rule.startswith("/api/")
    ]
    assert len(posted) >= 10
    for rule in posted:
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        response = visitor.client.post(address, data={"login": "x"})
        assert response.status_code == 400, rule.rule
        assert "Trang đã cũ, hãy tải lại" in response.text


def test_the_token_of_another_session_does_not_pass(app: Application, visit: Visit) -> None:
    other, visitor = visit("officer"), visit("admin")
    assert visitor.client.post("/logout", data={"csrf_token": other.token}).status_code == 400
    assert inside(visitor)


# ---- signing in and out ---------------------------------------------------------------------------------------------


def test_nobody_sees_a_page_without_signing_in(app: Application, visitor: Visitor) -> None:
    public = {
        "static",
        "scripts",
        "access.who",
        "look",
        "health.live",
        "health.ready",
        "metrics.show",  # closed by a token of its own: tests/web/test_metrics.py
        "access.sign_in",
        "access.choose_language",
    }
    for rule in app.url_map.iter_rules():
        if rule.endpoint in public or rule.methods is None or "GET" not in rule.methods:
            continue
        response = visitor.client.get(re.sub(r"<[^>]+>", "1", rule.rule))
        if rule.rule.startswith("/api/"):
            assert response.status_code in {200, 401}, rule.rule  # 200: the description of the API is no secret
        else:
            assert response.status_code == 302, rule.rule
            assert response.location.startswith("/login"), rule.rule


def test_a_fragment_asked_for_without_a_session_sends_the_whole_page_to_sign_in(visitor: Visitor) -> None:
    response = visitor.client.get("/account", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/login"


def test_signing_in_leads_to_the_page_that_was_asked_for(world: World, visitor: Visitor) -> None:
    settled(world)
    asked = visitor.client.get("/account?tab=roles")
    assert asked.location == "/login?next=/account?tab%3Droles"
    visitor.get(asked.location)
    response = visitor.post(
        "/login", {"login": "LAN.nt", "password": PASSWORD, "next": "/account?tab=roles"}, follow=False
    )
    assert response.location == "/account?tab=roles"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil",
        "/\t/evil.example",
        "\\\\evil.example",
        "/%0d%0aSet-Cookie:x\r\n",
        " //evil.example",
        "",
    ],
)
def test_signing_in_never_leads_away_from_here(world: World, visitor: Visitor, address: str) -> None:
    settled(world)
    response = visitor.post("/login", {"login": "lan.nt", "password": PASSWORD, "next": address}, follow=False)
    assert response.status_code == 302
    assert response.location == "/day"  # where an officer begins


@given(st.text(alphabet="/\\:@.?#%\t\r\n ahtps", max_size=12))
def test_an_address_that_is_followed_stays_on_this_site(address: str) -> None:

    kept = admission.safe_next(address)
    if kept is not None:
        assert urlsplit(urljoin("https://tiepsuc.example/login", kept)).netloc == "tiepsuc.example"


def test_signing_in_begins_a_new_cookie_and_keeps_nothing_of_the_old(world: World, visitor: Visitor) -> None:
    settled(world)
    visitor.get("/login")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    visitor.sign_in("lan.nt")
    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != before
    assert inside(visitor)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World, visitor: Visitor) -> None:
    settled(world)
    response = visitor.post("/login", {"login": "lan.nt", "password": PASSWORD}, follow=False)
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie  # it ends with the browser


@pytest.mark.databases("sqlite", "postgres")
def test_a_copied_cookie_is_worth_nothing_after_signing_out(visit: Visit, app: Application) -> None:
    visitor, thief = visit("officer"), Visitor(app)
    stolen = visitor.client.get_cookie("tiepsuc")
    assert stolen
    visitor.post("/logout")
    assert not inside(visitor)
    thief.client.set_cookie("tiepsuc", stolen.value)
    assert not inside(thief)


def test_a_session_left_alone_ends_and_one_in_use_goes_on(world: World, visit: Visit) -> None:
    busy, idle = visit("officer"), visit("approver")
    for _ in range(3):
        later(world, minutes=30)
        assert inside(busy)
    assert not inside(idle)


def test_who_comes_back_too_late_is_told_and_led_back_to_the_form(world: World, visit: Visit) -> None:
    visitor = visit("officer")
    later(world, minutes=61)
    response = visitor.post("/account/tokens", {"name": "x"}, headers={"Referer": "http://localhost/account"})
    assert response.request.path == "/login"
    assert "Phiên làm việc đã hết, hãy đăng nhập lại. Nội dung vừa gửi chưa được lưu." in response.text
    assert 'name="next" value="/account"' in response.text


def test_even_a_busy_session_ends_after_twelve_hours(world: World, visit: Visit) -> None:
    busy = visit("officer")
    for _ in range(23):
        later(world, minutes=31)
        assert inside(busy)
    later(world, minutes=31)
    assert not inside(busy)


@pytest.mark.databases("sqlite", "postgres")
def test_locking_a_user_ends_what_they_are_doing(world: World, visit: Visit) -> None:
    visitor = visit("officer")
    with db.transaction(world.instance):
        users.lock_user(world.admin, world.officer.id)
    assert not inside(visitor)


def test_a_forged_cookie_opens_nothing(visit: Visit) -> None:
    visitor = visit("officer")
    cookie = visitor.client.get_cookie("tiepsuc")
    assert cookie
    visitor.client.set_cookie("tiepsuc", cookie.value[:-4] + "AAAA")
    assert not inside(visitor)


@pytest.mark.databases("sqlite", "postgres")
def test_a_failed_attempt_is_counted_although_the_request_is_refused(world: World, visitor: Visitor) -> None:
    settled(world)
    for _ in range(5):
        response = visitor.sign_in("lan.nt", "sai mật khẩu rồi")
        assert response.status_code == 401
        assert "Tên đăng nhập hoặc mật khẩu không đúng" in response.text
    response = visitor.sign_in("lan.nt")
    assert response.status_code == 429
    assert "Hãy thử lại sau 10:16" in response.text


def test_the_name_typed_stays_in_the_form_and_the_password_does_not(visitor: Visitor) -> None:
    response = visitor.sign_in('"><script>alert(1)</script>', "mật khẩu rất dài")
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text
    assert "mật khẩu rất dài" not in response.text


def test_the_address_behind_a_proxy_is_believed_only_when_one_is_named(world: World) -> None:
    for proxies, expected in ((0, "127.0.0.1"), (1, "203.0.113.7")):
        settings = Settings(**{**vars(world.instance.settings), "trusted_proxies": proxies})
        app = create_app(db.Instance(settings, world.instance.engine, world.instance.clock, world.instance.registry))
        visitor = Visitor(app)
        visitor.get("/login")
        visitor.post(
            "/login", {"login": f"proxy{proxies}", "password": "x"}, headers={"X-Forwarded-For": "203.0.113.7"}
        )
        with db.transaction(world.instance):
            rows = db.execute(access.sign_in_attempt.select()).all()
        assert rows[-1].address == expected


# ---- faults ---------------------------------------------------------------------------------------------------------


def fault(app: Application, error: Exception) -> None:
    @app.get("/fault")
    @admission.public
    def fault() -> str:
        raise error


def test_a_fault_of_the_program_is_a_page_with_a_number_and_a_log_without_values(
    app: Application, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    fault(app, KeyError("Nguyễn Văn Á, 012345678901"))
    visitor = visit("officer")
    app.testing = False
    response = visitor.client.get("/fault?who=012345678901")
    assert response.status_code == 500
    number = re.search(r"<code>(\d{4})-(\d{4})</code>", response.text)
    assert number
    assert "Traceback" not in response.text
    assert "Nguyễn" not in response.text
    assert number[1] + number[2] in caplog.text
    assert "builtins.KeyError" in caplog.text
    assert "Nguyễn" not in caplog.text
    assert "012345678901" not in caplog.text


def test_a_lost_database_is_a_page_that_says_so(app: Application, visit: Visit) -> None:
    fault(app, OperationalError("SELECT 1", {}, Exception("gone")))
    response = visit("officer").client.get("/fault")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "cơ sở dữ liệu" in response.text


def test_without_a_database_every_page_says_so_and_the_process_lives(tmp_path: Path) -> None:
    nowhere = Settings(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:9/none", "s" * 32, "k" * 32)
    app = create_app(db.Instance(nowhere, db.open_engine(nowhere)))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    for address in ("/", "/account", "/api/v1/me"):
        response = client.get(address)
        assert response.status_code == 503, address
        assert response.headers["Retry-After"] == "60"
    assert response.mimetype == "application/problem+json"


def test_a_database_without_its_tables_is_not_ready(tmp_path: Path) -> None:
    empty = Settings(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}", "s" * 32, "k" * 32)
    instance = db.Instance(empty, db.open_engine(empty))
    assert create_app(instance).test_client().get("/readyz").status_code == 503
    instance.engine.dispose()


def test_what_fails_at_commit_is_answered_and_nothing_is_kept(app: Application, world: World, visit: Visit) -> None:
    @app.post("/late")
    def late() -> str:
        users.set_language(world.officer, "en")
        db.execute(text("PRAGMA defer_foreign_keys = ON"))
        db.execute(
            access.api_token.insert().values(
                id=1, user_id=-1, name="of nobody", token_hash="x", created_at=db.now(), expires_on=db.today()
            )
        )
        return "done"

    visitor = visit("officer")
    app.testing = False
    response = visitor.post("/late", follow=False)
    assert response.status_code == 500
    assert "chưa được lưu" in response.text
    assert 'lang="vi"' in visitor.get("/account").text


@pytest.mark.parametrize(
    ("address", "method", "status"),
    [("/khong-co", "get", 404), ("/healthz", "post", 405), ("/users/99999999999999999999999", "get", 404)],
)
def test_a_wrong_address_is_a_page_in_the_readers_language(
    visit: Visit, address: str, method: str, status: int
) -> None:
    visitor = visit("admin")
    send = visitor.post if method == "post" else visitor.get
    response = send(address)
    assert response.status_code == status
    assert "<h1>" in response.text
    assert 'aria-label="Các phần"' in response.text  # the way on is there


def test_too_large_an_upload_is_refused_with_the_limit(world: World) -> None:
    settings = Settings(**{**vars(world.instance.settings), "upload_limit": 2 * 1024 * 1024})
    visitor = Visitor(
        create_app(db.Instance(settings, world.instance.engine, world.instance.clock, world.instance.registry))
    )
    response = visitor.post("/login", {"login": "x" * 3_000_000, "password": "y"})
    assert response.status_code == 413
    assert "2 MB" in response.text


@pytest.mark.databases("postgres")
def test_a_character_that_cannot_be_stored_is_bad_input(visit: Visit) -> None:
    assert visit("admin").get("/users?q=%00").status_code == 400


def test_the_api_answers_in_problem_documents(visitor: Visitor) -> None:
    response = visitor.client.get("/api/v1/me", headers={"Accept-Language": "en"})
    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json
    assert response.json["status"] == 401
    assert response.json["reasons"][0]["code"] == "token_wrong"
    assert "token" in response.json["detail"]
    unknown = visitor.client.get("/api/v1/khong-co")
    assert (unknown.status_code, unknown.mimetype) == (404, "application/problem+json")


def test_the_api_takes_a_token_and_never_a_cookie(world: World, visit: Visit, app: Application) -> None:
    assert visit("officer").client.get("/api/v1/me").status_code == 401
    with db.transaction(world.instance):
        token = users.create_token(world.officer, "máy khác", 30)
    response = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert response.json
    assert response.json["login"] == "officer"
    assert "Set-Cookie" not in response.headers
