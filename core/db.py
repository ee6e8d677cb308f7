"""The database and the unit of work: to return is to commit, to raise is to roll back.

Everything a function of the domain needs besides its arguments (connection, clock, settings, registry) is bound for
one unit of work by a context variable in ``transaction``; there are no module globals, so two instances live side by
side in one process.
"""

from __future__ import annotations

import itertools
import math
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, DateTime, Engine, Executable, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DataError, DisconnectionError
from sqlalchemy.types import TypeDecorator

from core.config import Settings

HANOI = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")  # no daylight saving since 1975

Processors = list[tuple[int, Any]]  # where a value has to be made ready for the driver, and the function that does

APPEND_ONLY = {"append_only": True}  # the ``info`` of a table whose rows the database refuses to change or delete

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A point in time: aware UTC in Python, ``timestamptz`` on PostgreSQL, naive UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and dialect.name == "sqlite":
            return value.astimezone(UTC).replace(tzinfo=None)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Clock:
    """The time of the machine; a test passes one that stands still."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        """The legal date: the day it is in Hà Nội."""
        return self.now().astimezone(HANOI).date()


class FixedClock(Clock):
    """A clock that shows one moment until it is set to another."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


_serial = itertools.count(secrets.randbits(20))


def fresh_key() -> int:
    """A key no other has: of this moment, with a serial number of this process."""
    return key_at(time.time(), next(_serial))


def key_at(seconds: float, serial: int) -> int:
    """Milliseconds since 2020 and a serial number as one key: it grows with time and fits 63 bits."""
    return (int(seconds * 1000) - 1_577_836_800_000) << 22 | (serial & 0x3FFFFF)


@dataclass
class Instance:
    """One running Tiếp Sức: its settings, its database, its clock, where its keys come from, and what is in force."""

    settings: Settings
    engine: Engine
    clock: Clock = field(default_factory=Clock)
    registry: Any = None  # core.registry.Registry; a layer above this one
    plugins: Any = None  # core.plugins.Plugins, likewise
    keys: Callable[[], int] = fresh_key
    trouble: Any = None  # the last (core.outages.Outage, when) that kept this process from writing; None since it wrote


@dataclass
class Work:
    """One unit of work, alive between the start of a transaction and its commit."""

    instance: Instance
    connection: Connection
    registry: Any  # as it was when the work began, whatever another thread puts in force meanwhile
    memo: dict[Any, Any] = field(default_factory=dict)  # what was looked up once in this unit of work


_work: ContextVar[Work] = ContextVar("tiepsuc_work")


def open_engine(settings: Settings) -> Engine:
    """An engine for the instance's database, durable at every commit; nothing is connected yet."""
    if settings.database_url.startswith("sqlite"):
        engine = create_engine(
            settings.database_url,
            hide_parameters=True,
            connect_args={"timeout": settings.lock_seconds, "check_same_thread": False},
            **_POOL,
        )
        file = _File(engine.url.database or "", settings)
        for name, does in (("do_connect", file.expect), ("begin", file.begin)):
            event.listen(engine, name, does)
        event.listen(engine, "connect", file.prepare)
        event.listen(engine, "checkout", file.compare)
        return engine
    limits = {
        "lock_timeout": settings.lock_seconds,
        "statement_timeout": settings.statement_seconds,
        "idle_in_transaction_session_timeout": 600,  # a process that hangs keeps no row locked for ever
    }
    options = " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items())
    alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}  # a server that is cut off
    return create_engine(
        settings.database_url,
        hide_parameters=True,
        pool_pre_ping=True,  # after the server was started anew
        connect_args={"connect_timeout": 5, "options": options, **alive},
        **_POOL,
    )


_POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 10, "pool_timeout": 10}


class _File:
    """The file of a SQLite database: one and the same from the first connection on, or somebody took it away.

    A file moved away while it is open would go on being written, unseen; so each unit of work looks whether it is
    still the one at that place. A file put there instead is opened, a missing one is not made anew.
    """

    def __init__(self, path: str, settings: Settings) -> None:
        self._path, self._settings = path, settings
        self._seen = False

    def expect(self, _dialect: Dialect, _record: Any, _arguments: Any, _options: Any) -> None:
        if self._seen and self._identity() is None:
            raise sqlite3.OperationalError("the file of the database is away")

    def prepare(self, connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
        wait = f"busy_timeout={int(self._settings.lock_seconds * 1000)}"
        for pragma in (wait, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = self._identity()
        record.info["until"] = until = [math.inf]
        connection.set_progress_handler(lambda: int(time.monotonic() > until[0]), 100_000)
        self._seen = True

    def compare(self, _connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != self._identity():
            raise DisconnectionError("the file of the database is another one, or away")

    def begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        read_only, brief = options.get("tiepsuc_read_only"), options.get("tiepsuc_brief")
        if connection.info.get("tiepsuc_brief") != brief:  # said once, as long as it stays the same
            wait = 150 if brief else int(self._settings.lock_seconds * 1000)
            raw: Any = connection.connection.dbapi_connection
            for pragma in (f"busy_timeout={wait}", f"synchronous={'NORMAL' if brief else 'FULL'}"):
                raw.execute(f"PRAGMA {pragma}")
            connection.info["tiepsuc_brief"] = brief
        limited = read_only and not options.get("tiepsuc_patient")
        connection.info["until"][0] = time.monotonic() + self._settings.statement_seconds if limited else math.inf
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_dev, status.st_ino


@contextmanager
def transaction(
    instance: Instance, *, read_only: bool = False, patient: bool = False, brief: bool = False
) -> Iterator[Work]:
    """One unit of work. Commits when the block returns, rolls back when it raises.

    A ``patient`` one may run a statement for as long as it takes: a migration, a backup, a job; for all others the
    settings say how long. A ``brief`` one writes in passing: it waits neither for the disk (a power cut may take the
    last ones, each whole) nor more than a moment for SQLite's one writer.

    On SQLite a writing transaction takes the write lock at once, so that two writers queue instead of failing half-way.
    A read-only one sees the database as it was at its first statement, on both, and the database lets it write nothing.
    """
    with instance.engine.connect() as connection:
        connection = connection.execution_options(
            tiepsuc_read_only=read_only, tiepsuc_brief=brief, tiepsuc_patient=patient
        )
        if read_only and connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            if brief and connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            if patient and connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            work = Work(instance, connection, instance.registry)
            token = _work.set(work)
            try:
                yield work
            finally:
                _work.reset(token)


def work() -> Work:
    """The unit of work this code runs in. Raises ``LookupError`` outside of one."""
    return _work.get()


def execute(statement: Executable, parameters: Any = None) -> CursorResult[Any]:
    """Run a statement in the current unit of work.

    Raises ``DataError`` on every database for what it cannot hold: a number beyond 63 bits, half a character.
    """
    try:
        return _work.get().connection.execute(statement, parameters)
    except (OverflowError, UnicodeEncodeError) as error:
        raise DataError(None, None, error) from error


def insert_many(table: Table, rows: Iterable[list[Any]]) -> None:
    """Insert rows given as lists of values, one for every column in the table's order; the lists are used up.

    Straight through the driver: half the time of ``execute`` with a dictionary a row.
    """
    _insert(table, tuple(column.name for column in table.columns), list(rows))


def insert_rows(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as mappings, all with the keys of the first; as fast as ``insert_many``."""
    if rows:
        columns = tuple(rows[0])
        _insert(table, columns, [[row[column] for column in columns] for row in rows])


def _insert(table: Table, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
    connection = _work.get().connection
    names = _Names(connection.dialect, table, columns)
    _make_ready(names.processors, rows)
    if is_postgres() and len(rows) >= _MANY:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {names.table} ({names.listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    elif rows:
        statement = f"INSERT INTO {names.table} ({names.listed}) VALUES ({names.marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, [tuple(row) for row in rows])


def update_rows(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give the rows of those keys (``id``) other values: mappings, all with the keys of the first.

    Straight through the driver; many rows are one statement on PostgreSQL.
    """
    if not rows:
        return
    connection = _work.get().connection
    columns = (*(name for name in rows[0] if name != "id"), "id")
    names = _Names(connection.dialect, table, columns)
    values = [[row[column] for column in columns] for row in rows]
    _make_ready(names.processors, values)
    if is_postgres() and len(rows) >= _MANY:
        sets = ", ".join(f"{name} = given.{name}" for name in names.each[:-1])
        arrays = ", ".join(f"%s::{kind}[]" for kind in names.types)
        statement = (
            f"UPDATE {names.table} SET {sets} FROM unnest({arrays}) AS given ({names.listed})"  # noqa: S608 - our own names
            f" WHERE {names.table}.id = given.id"
        )
        connection.exec_driver_sql(statement, tuple(list(column) for column in zip(*values, strict=True)))
    else:
        mark = "%s" if is_postgres() else "?"
        sets = ", ".join(f"{name} = {mark}" for name in names.each[:-1])
        statement = f"UPDATE {names.table} SET {sets} WHERE id = {mark}"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, [tuple(row) for row in values])


_MANY = 100  # rows from which PostgreSQL is given them in one stream


class _Names:
    """A table and some of its columns as the driver is told of them."""

    def __init__(self, dialect: Dialect, table: Table, columns: tuple[str, ...]) -> None:
        self.table, self.each, self.types, self.processors = _quoted(dialect, table, columns)
        self.listed = ", ".join(self.each)
        self.marks = ", ".join(["%s" if dialect.name == "postgresql" else "?"] * len(columns))


@lru_cache(maxsize=256)
def _quoted(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> tuple[str, list[str], list[str], Processors]:
    quote, types = dialect.identifier_preparer, [table.c[column].type.dialect_impl(dialect) for column in columns]
    processors = [(place, process) for place, each in enumerate(types) if (process := each.bind_processor(dialect))]
    names = [quote.format_column(table.c[column]) for column in columns]
    return quote.format_table(table), names, [each.compile(dialect) for each in types], processors


def _make_ready(processors: Processors, rows: list[list[Any]]) -> None:
    """Have every value be what the driver takes; one that stands in many rows is worked out once."""
    for place, process in processors:
        processed = {value: process(value) for value in {row[place] for row in rows}}
        for row in rows:
            row[place] = processed[row[place]]


def insert_once(table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there already; gives whether it was inserted.

    A row that somebody else's work has just inserted is waited for.
    """
    insert = postgresql.insert(table) if is_postgres() else sqlite.insert(table)
    quiet = insert.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return execute(quiet, dict(row)).rowcount == 1


def now() -> datetime:
    """The current moment, UTC."""
    return _work.get().instance.clock.now()


def today() -> date:
    """The legal date of today in Việt Nam."""
    return _work.get().instance.clock.today()


def settings() -> Settings:
    """The settings of the instance this work belongs to."""
    return _work.get().instance.settings


def registry() -> Any:
    """What is in force: workflows, programmes, parameters (``core.registry.Registry``)."""
    return _work.get().registry


def is_postgres() -> bool:
    """Whether the current unit of work runs on PostgreSQL."""
    return _work.get().connection.dialect.name == "postgresql"


def new_id() -> int:
    """A key made here, not by the database; from where the instance has its keys."""
    return _work.get().instance.keys()


__all__ = [
    "HANOI",
    "Clock",
    "FixedClock",
    "Instance",
    "Moment",
    "Work",
    "execute",
    "fresh_key",
    "insert_many",
    "insert_once",
    "insert_rows",
    "is_postgres",
    "key_at",
    "metadata",
    "new_id",
    "now",
    "open_engine",
    "registry",
    "settings",
    "today",
    "transaction",
    "update_rows",
    "work",
]
