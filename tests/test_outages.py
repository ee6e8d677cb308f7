"""Locked, slow, full, gone and back: real trouble, what people read then, and that it passes without a restart."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from core import db, outages
from core.app import create_app
from core.cli import main
from core.db import Instance
from core.domain import cases, users
from core.web import health
from tests.databases import Databases
from tests.stories import opened
from tests.web.test_cases import words
from tests.web.visitors import Visitor
from tests.worlds import World

POOR = ("Traceback", "sqlite", "psycopg", "SELECT", "INSERT", "UPDATE ", "instance/")  # nothing of it is for people


@pytest.fixture
def hurried(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world on an engine that waits a moment only."""
    settings = replace(world.instance.settings, lock_seconds=0.3, statement_seconds=0.8)
    made = replace(world.instance, settings=settings, engine=db.open_engine(settings))
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    yield replace(world, instance=made)
    made.engine.dispose()


@pytest.fixture
def officer(hurried: World) -> Visitor:
    app = create_app(hurried.instance)
    app.testing = True

    @app.get("/slow")
    def slow() -> str:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        db.execute(text("SELECT pg_sleep(20)" if db.is_postgres() else endless))
        return ""

    @app.post("/cut")
    def cut() -> str:
        driver: Any = db.work().connection.connection.driver_connection
        with pytest.raises(psycopg.OperationalError):
            driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        db.execute(text("SELECT 1"))
        return ""

    return Visitor(app).enter(hurried.officer)


@contextmanager
def held(instance: Instance) -> Iterator[None]:
    """Somebody holds the one lock that every writer needs."""
    if instance.settings.database_url.startswith("sqlite"):
        other = sqlite3.connect(make_url(instance.settings.database_url).database or "")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        return
    with psycopg.connect(instance.settings.database_url.replace("+psycopg", "")) as server:
        server.execute('LOCK TABLE household, user_account, registry_version, draft, "case" IN ACCESS EXCLUSIVE MODE')
        yield
        server.rollback()


TYPED = {"depth": "17", "illness": "chữ đã gõ < & > \" '"}


def test_a_lock_that_is_held_too_long_is_said_and_what_was_typed_is_sent_again_by_one_click(
    hurried: World, officer: Visitor
) -> None:
    number = opened(hurried)
    edit = f"/cases/{number}/edit"
    officer.get(edit)
    with held(hurried.instance):
        page = officer.post(edit, TYPED | {"version": "1"})
        assert page.status_code == 503
        assert page.headers["Retry-After"] == "5"
        assert "Cơ sở dữ liệu đang bận" in words(page)
        assert 'value="chữ đã gõ &lt; &amp; &gt; &#34; &#39;"' in page.text
        assert f'action="{edit}"' in page.text
        assert [word for word in POOR if word in page.text] == []
        not_ready = officer.client.get("/readyz")
        assert (not_ready.status_code, not_ready.get_json()["status"]) == (503, "locked")
    assert officer.client.get("/readyz").status_code == 200
    again = officer.client.post(edit, data=fields(page.text))
    assert again.status_code in {200, 302, 303}
    with db.transaction(hurried.instance, read_only=True):
        assert '"depth":17' in cases.find(hurried.officer, number).answers.replace(" ", "")


def fields(page: str) -> dict[str, str]:
    form = page.split('class="again"')[1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def test_the_api_says_the_same_as_a_problem(hurried: World) -> None:
    number = opened(hurried)
    app = create_app(hurried.instance)
    with db.transaction(hurried.instance):
        token = users.create_token(hurried.officer, "test", 30)
    with held(hurried.instance):
        answer = app.test_client().post(
            f"/api/v1/cases/{number}/transitions/withdraw",
            json={"note": "x"},
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
        )
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    problem = answer.get_json(force=True)
    assert "busy" in problem["title"].lower()
    assert "again" in problem["detail"]
    assert [word for word in POOR if word in answer.text] == []


def test_a_statement_that_takes_too_long_is_ended_and_said(hurried: World, officer: Visitor) -> None:
    page = officer.client.get("/slow")
    assert page.status_code == 503
    assert "mất quá lâu" in words(page)
    assert officer.get("/cases").status_code == 200  # the connection is as good as before


def test_all_connections_taken_is_said(hurried: World, officer: Visitor) -> None:
    pool = hurried.instance.engine.pool
    pool._timeout = 0.2  # type: ignore[attr-defined]
    taken = [hurried.instance.engine.connect() for _ in range(20)]
    page = officer.client.get("/cases")
    for each in taken:
        each.close()
    assert page.status_code == 503
    assert "quá tải" in words(page)
    assert officer.client.get("/cases").status_code == 200


@pytest.mark.databases("sqlite")
def test_a_full_disk_is_said_not_ready_and_passes_when_there_is_space(hurried: World, officer: Visitor) -> None:
    number = opened(hurried)
    edit = f"/cases/{number}/edit"
    officer.get(edit)
    with hurried.instance.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    hurried.instance.engine.dispose()
    limited = [f"PRAGMA max_page_count={pages}"]

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(limited[0])

    event.listen(hurried.instance.engine, "connect", limit)
    for serial in range(200):
        page = officer.post(edit, {"depth": "17", "illness": f"{serial} " + "x" * 280, "version": str(serial + 1)})
        if page.status_code == 503:
            break
    assert "Hết chỗ lưu" in words(page)
    assert "x" * 280 in page.text
    not_ready = officer.client.get("/readyz")
    assert (not_ready.status_code, not_ready.get_json()["status"]) == (503, "full")
    limited[0] = "PRAGMA max_page_count=1000000"
    hurried.instance.engine.dispose()
    assert officer.client.post(edit, data=fields(page.text)).status_code in {200, 302, 303, 422}
    assert officer.client.get("/readyz").status_code == 200


@pytest.mark.databases("sqlite")
def test_a_database_file_that_is_moved_away_is_noticed_and_taken_up_when_it_is_back(
    hurried: World, officer: Visitor
) -> None:
    file = Path(make_url(hurried.instance.settings.database_url).database or "")
    assert officer.client.get("/cases").status_code == 200
    elsewhere = file.with_name("elsewhere.db")
    file.rename(elsewhere)
    assert officer.client.get("/cases").status_code == 503
    assert officer.client.get("/readyz").get_json()["status"] == "unreachable"
    assert not file.exists()  # no empty one is made in its place
    elsewhere.rename(file)
    assert officer.client.get("/cases").status_code == 200
    assert officer.client.get("/readyz").status_code == 200
    shutil.copyfile(file, elsewhere)
    elsewhere.replace(file)  # a copy that was restored over it
    assert officer.client.get("/cases").status_code == 200


@pytest.mark.databases("sqlite")
def test_a_damaged_database_is_said(hurried: World, officer: Visitor) -> None:
    file = Path(make_url(hurried.instance.settings.database_url).database or "")
    hurried.instance.engine.dispose()
    whole = file.read_bytes()
    file.write_bytes(b"no database at all" + whole[18:])
    page = officer.client.get("/cases")
    assert page.status_code == 503
    assert "bị hỏng" in words(page)
    assert officer.client.get("/readyz").get_json()["status"] == "damaged"
    file.write_bytes(whole)
    assert officer.client.get("/cases").status_code == 200


@pytest.mark.databases("postgres")
def test_a_server_that_is_started_anew_is_used_again_without_a_restart(
    hurried: World, officer: Visitor, databases: Databases
) -> None:
    assert officer.client.get("/cases").status_code == 200
    name = make_url(hurried.instance.settings.database_url).database or ""
    for _ in range(3):  # what a restart does to a client: every connection is cut
        databases.postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert officer.client.get("/cases").status_code == 200


@pytest.mark.databases("postgres")
def test_a_connection_cut_in_the_middle_of_work_writes_nothing_and_is_said(hurried: World, officer: Visitor) -> None:
    page = officer.post("/cut", {"typed": "vẫn còn"})
    assert page.status_code == 503
    assert "vẫn còn" in page.text
    assert officer.client.get("/cases").status_code == 200


@pytest.mark.databases("postgres")
def test_a_replica_that_only_reads_is_said(hurried: World, officer: Visitor, databases: Databases) -> None:
    number = opened(hurried)
    name = make_url(hurried.instance.settings.database_url).database or ""
    officer.get(f"/cases/{number}/edit")
    databases.postgres.execute("ALTER DATABASE {} SET default_transaction_read_only = on", name)
    hurried.instance.engine.dispose()
    page = officer.post(f"/cases/{number}/edit", TYPED | {"version": "1"})
    assert page.status_code == 503
    assert "chỉ cho xem" in words(page)
    assert officer.client.get("/readyz").get_json()["status"] == "readonly"
    databases.postgres.execute("ALTER DATABASE {} RESET default_transaction_read_only", name)
    hurried.instance.engine.dispose()
    assert officer.client.post(f"/cases/{number}/edit", data=fields(page.text)).status_code in {200, 302, 303}
    assert officer.client.get("/readyz").status_code == 200


def test_a_command_says_in_one_sentence_what_is_wrong(hurried: World) -> None:
    with held(hurried.instance):
        result = CliRunner().invoke(main, ["user", "lock", "monitor", "--lang", "en"], obj=hurried.instance)
    assert (result.exit_code, result.stderr) == (1, "The database is busy. Nothing was written.\n")


def test_every_outage_says_what_to_do_in_both_languages() -> None:
    for name in outages.__all__:
        found = getattr(outages, name)
        if isinstance(found, outages.Outage):
            assert len(found.sentence.vi) > 40
            assert len(found.sentence.en) > 40
            assert "{" not in found.sentence.vi + found.sentence.en


def test_patient_work_is_not_ended(hurried: World) -> None:
    with db.transaction(hurried.instance, patient=True, read_only=True):
        slow = "SELECT pg_sleep(0.5)" if db.is_postgres() else (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT count(*) FROM n"
        )  # fmt: skip
        db.execute(text(slow))
