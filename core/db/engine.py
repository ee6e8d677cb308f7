"""An engine for the database the settings name: durable, limited in time, and watchful of its file."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError

from core.config import Settings


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
