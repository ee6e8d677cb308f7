"""Every page that shows somebody is a row in the log of reads, and the auditor finds it there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from core import db
from core.app import Application
from core.cli import main
from core.domain import cases, reads, users
from tests.stories import first_paid, proposed
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]
NAME = "Nguyễn Văn Á"


def log(world: World) -> list[tuple[str, str, str]]:
    """How, what and of which kinds, in order."""
    with db.transaction(world.instance, read_only=True):
        columns = reads.read_event.c
        return [(row.way, row.what, row.kinds) for row in db.execute(select(reads.read_event).order_by(columns.id))]


def test_a_page_with_somebody_on_it_is_logged_and_one_without_is_not(world: World, visit: Visit) -> None:
    number = proposed(world)
    officer = visit("officer")
    for address in (f"/cases/{number}", "/households", f"/households/{world.household}", "/cases?q=A"):
        assert officer.get(address).status_code == 200
    for address in ("/account", "/indicators", "/parameters", "/cases/BN-26-99999", "/imports/new"):
        officer.get(address)
    assert log(world) == [
        ("page", "cases.show", "case"),
        ("page", "people.index", "list"),
        ("page", "people.show", "household"),
        ("page", "cases.index", "list"),
    ]


def test_prints_files_the_api_and_the_terminal_are_told_apart(world: World, visit: Visit) -> None:
    number = first_paid(world)
    accountant = visit("accountant")
    accountant.get(f"/cases/{number}/payments/first/receipt")
    visit("officer").get("/households?print=1")
    with db.transaction(world.instance):
        bearer = {"Authorization": f"Bearer {users.create_token(world.officer, 'x', 3)}"}
    for address in (f"/api/v1/cases/{number}", "/api/v1/households", "/api/v1/me"):
        assert accountant.client.get(address, headers=bearer).status_code == 200
    run = CliRunner().invoke(main, ["case", "show", number, "--as", "officer"], obj=world.instance)
    assert run.exit_code == 0, run.output
    visit("auditor").get("/reads/reads.csv")
    assert [(way, what) for way, what, _ in log(world)] == [
        ("print", "disbursement.receipt"),
        ("print", "people.index"),
        ("api", "api.show_case"),
        ("api", "api.list_households"),
        ("terminal", "case show"),
        ("export", "reads.csv"),
    ]


def test_a_page_whose_reading_cannot_be_logged_is_not_shown(
    world: World, app: Application, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = visit("officer")

    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(reads, "write", full)
    app.testing = False
    answer = officer.client.get(f"/households/{world.household}")
    assert answer.status_code in (500, 503)
    assert NAME not in answer.text


def test_pages_that_are_not_logged_show_nobody(world: World, app: Application, visit: Visit) -> None:
    """Whatever says of itself that it shows nobody is opened by everybody who may, and holds no name of a household."""
    first_paid(world)
    addresses = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "impersonal", False)
        and not rule.arguments
        and not rule.rule.startswith("/api/")
    ]
    assert len(addresses) >= 5
    for login in ("officer", "manager", "auditor", "admin"):
        visitor = visit(login)
        for address in addresses:
            assert NAME.encode() not in visitor.get(address).data, (login, address)
    assert log(world) == []


def test_the_auditor_finds_who_looked_and_that_they_did_so_themselves(world: World, visit: Visit) -> None:
    number = proposed(world)
    visit("approver").get(f"/cases/{number}")
    visit("officer").get(f"/households/{world.household}")
    auditor = visit("auditor")
    page = auditor.get("/reads").text
    assert "Approver" in page
    assert number in page
    assert world.household in page
    assert NAME not in page
    assert re.findall(r'<small title="(\w+\.\w+)">', auditor.get(f"/reads?subject={number}").text) == ["cases.show"]
    assert "reads.index" in auditor.get("/reads?who=auditor").text
    assert "approver" not in auditor.get("/reads?kind=household").text
    assert "Không có hồ sơ hay hộ" in auditor.get("/reads?subject=BN-26-99999").text
    assert "Ghi ngày dạng" in auditor.get("/reads?first=hôm qua").text
    assert visit("officer").get("/reads").status_code == 403


def test_the_log_as_a_file_holds_what_the_page_shows(world: World, visit: Visit) -> None:
    number = proposed(world)
    visit("approver").get(f"/cases/{number}")
    lines = list(csv.DictReader(io.StringIO(visit("auditor").get("/reads/reads.csv").data.decode("utf-8-sig"))))
    assert [(line["Tên đăng nhập"], line["Hồ sơ"], line["Cách xem"]) for line in lines] == [
        ("auditor", "", "Tải tệp"),
        ("approver", number, "Xem trên trang"),
    ]


def test_a_long_log_is_paged(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        for _ in range(230):
            reads.keep(reads.taken(world.officer, "page", "cases.index"))
    auditor = visit("auditor")
    seen, address = 0, "/reads?who=officer"
    for _ in range(5):
        page = auditor.get(address).text
        seen += page.count('<small title="cases.index">')
        older = re.findall(r'href="(/reads[^"]*after=[^"]*)"', page)
        if not older:
            break
        address = older[0].replace("&amp;", "&")
    assert seen == 230


def test_the_terminal_shows_the_log_to_an_auditor_and_logs_that(world: World) -> None:
    number = proposed(world)
    show = ["case", "show", number, "--as", "officer"]
    CliRunner().invoke(main, show, obj=world.instance)
    run = CliRunner().invoke(main, ["reads", "--as", "auditor", "--case", number], obj=world.instance)
    assert run.exit_code == 0
    assert "officer" in run.output
    assert number in run.output
    assert CliRunner().invoke(main, ["reads", "--as", "officer"], obj=world.instance).exit_code == 3
    with db.transaction(world.instance):
        assert cases.find(world.officer, number)
    assert [what for _, what, _ in log(world)] == ["case show", "reads"]
