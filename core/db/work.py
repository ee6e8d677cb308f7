"""The unit of work, and what code inside it may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.exc import DataError

from core.config import Settings
from core.db.clock import Clock, fresh_key


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
