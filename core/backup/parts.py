"""What a backup is made of: the kinds of values and how each stands in JSON, and what its manifest says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, Boolean, Column, Date, LargeBinary, String
from sqlalchemy.types import TypeEngine

from core import db

FORMAT = "tiepsuc-backup-1"
MANIFEST, SEALS, FILES = "manifest.json", "seals.json", "files.tar"
KEYS = ("secret_key", "seal_key")  # of the settings, and the names of their files
AT_ONCE = 2000  # rows in memory together
PIECE = 1024 * 1024  # bytes of a file in memory together


@dataclass(frozen=True)
class Told:
    """What a backup holds, or what was restored: rows, files, cases, and whose seals they are."""

    rows: int
    files: int
    cases: int
    keys: bool  # the keys are in the file
    taken_over: int = 0  # seals made with a key that this instance does not have


@dataclass(frozen=True)
class Kind:
    """A kind of column: how a value is written in JSON, read back, and typed on its way into a database."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    type: TypeEngine[Any]


def _same(value: Any) -> Any:
    return value


KINDS = {
    "number": Kind(_same, _same, BigInteger()),
    "text": Kind(_same, _same, String()),
    "truth": Kind(bool, bool, Boolean()),
    "date": Kind(date.isoformat, date.fromisoformat, Date()),
    "moment": Kind(datetime.isoformat, datetime.fromisoformat, db.Moment()),
    "bytes": Kind(bytes.hex, bytes.fromhex, LargeBinary()),
}


def kind_of(column: Column[Any]) -> str:
    """The name of a column's kind. Raises ``TypeError`` for a type that no backup knows yet."""
    if isinstance(column.type, db.Moment):
        return "moment"
    named = {bool: "truth", int: "number", str: "text", date: "date", bytes: "bytes"}
    found = named.get(column.type.python_type)
    if found is None:
        raise TypeError(f"{column}: say in core.backup.parts how {column.type!r} is written")
    return found


class _Out(Protocol):
    def write(self, data: bytes, /) -> Any: ...


class Digested:
    """A stream that is written to while its SHA-256 is worked out."""

    def __init__(self, out: _Out) -> None:
        self._out, self._digest = out, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._out.write(data)
        return len(data)

    @property
    def sha256(self) -> str:
        """Of all that was written so far."""
        return self._digest.hexdigest()
