"""A page of a long list against the same template on the same rows read by hand; is it flat as cases grow?

The floor sends the page's own statements through the bare driver, reads all rows, and renders the page's own template
with the same values; what the page costs above it is signing in by its cookie, reach, the unit of work, SQLAlchemy and
describing the rows. A page is asked for in turn with its floor. "growth" is the page's median over that of the first
``--n``: 1.00 is flat.

Run: ``python -m benchmarks.lists --db sqlite --n 10000 100000 1000000``.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, request_started, template_rendered
from sqlalchemy import event

from benchmarks import country
from benchmarks.transitions import make_durable
from core import db
from core.app import create_app
from core.demo.accounts import PROVINCE
from core.domain import access, units, users
from tests import worlds
from tests.databases import KINDS, Databases

PASSWORD = "mật khẩu đo tốc độ 9"
PAGES = (  # who, at which unit, what
    ("officer", "commune", "/"),
    ("approver", "province", "/"),
    ("officer", "commune", "/cases"),
    ("manager", "province", "/cases"),
    ("auditor", "country", "/cases"),
    ("officer", "commune", "/households"),
    ("auditor", "country", "/households"),
)
ROUNDS = 40


class Watched:
    """What the last request sent to the driver and rendered."""

    def __init__(self, app: Flask, instance: db.Instance) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.rendered: list[tuple[Any, dict[str, Any]]] = []
        self._keep: list[Any] = [self._start, self._render]  # signals hold their listeners weakly
        request_started.connect(self._start, app)
        template_rendered.connect(self._render, app)
        event.listen(instance.engine, "before_cursor_execute", self._send)

    def _start(self, _app: Flask, **_more: Any) -> None:
        self.sent, self.rendered = [], []

    def _send(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.sent.append((statement, parameters))

    def _render(self, _app: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        self.rendered.append((template, context))


def by_hand(cursor: Any, watched: Watched) -> float:
    """Seconds of the same page when its statements and its template are all there is."""
    start = time.perf_counter()
    for statement, parameters in watched.sent:
        cursor.execute(statement, parameters)
        if cursor.description:
            cursor.fetchall()
    for template, context in watched.rendered:
        template.render(context)
    return time.perf_counter() - start


def measure(instance: db.Instance, n: int, first: dict[tuple[str, str, str], float]) -> None:
    """Print a line for every page of ``PAGES``; ``first`` keeps each page's median at the first ``n``."""
    worlds.start(instance, ())
    app = create_app(instance)
    app.config.update(TESTING=True)
    watched = Watched(app, instance)
    connection = instance.engine.raw_connection()
    for role, level, address in PAGES:
        client = app.test_client()
        _sign_in(instance, client, role, level)
        taken, floor = [], []
        shown = client.get(address)
        assert shown.status_code == 200, (shown.status_code, address)
        gc.collect()
        gc.disable()
        for _ in range(ROUNDS):
            start = time.perf_counter()
            shown = client.get(address)
            taken.append(time.perf_counter() - start)
            with app.test_request_context(address), db.transaction(instance, read_only=True):
                floor.append(by_hand(connection.cursor(), watched))
            connection.rollback()
        gc.enable()
        page, bottom = statistics.median(taken[5:]), statistics.median(floor[5:])
        grown = page / first.setdefault((role, level, address), page)
        print(
            f"{instance.engine.dialect.name:11} {n:9,} cases   {role + ', ' + level:19} {address:12}"
            f" {len(watched.sent):3} statements   {page / bottom:5.2f} x floor   growth {grown:5.2f}",
            flush=True,
        )
    connection.close()


def _sign_in(instance: db.Instance, client: Any, role: str, level: str) -> None:
    """Make the person, once, and give the client their session."""
    login = f"{role}-{level}"
    with db.transaction(instance):
        if db.execute(access.user.select().where(access.user.c.login == login)).first() is None:
            province = units.unit_by_code(PROVINCE, db.today()).id
            at = {"country": 1, "province": province, "commune": units.children(province, db.today())[0].id}
            users.create_user(None, login, login, role, at[level], password=PASSWORD, must_change=False)
    page = client.get("/login").text
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    answer = client.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code in (302, 303), answer.status_code


def filled(n: int) -> Callable[[db.Instance], None]:
    """The demo country with ``n`` cases, of which only what lists read."""

    def build(instance: db.Instance) -> None:
        worlds.start(instance, ())
        country.build(instance, n, country.LISTED)

    return build


def main() -> None:
    """Measure every page at every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=KINDS, default="sqlite")
    parser.add_argument("--n", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    first: dict[tuple[str, str, str], float] = {}
    for n in options.n:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as shared:
            databases = Databases(Path(folder), Path(shared))
            if options.db == "postgres":
                make_durable(databases)
            try:
                with (
                    tempfile.TemporaryDirectory() as files,
                    databases.fresh(options.db, Path(files), filled(n)) as made,
                ):
                    measure(made, n, first)
            finally:
                databases.close()


if __name__ == "__main__":
    main()
