"""A workbook of before 2007 (.xls). It is read in a process apart, with little memory and time.

In a zip what a file will take can be told beforehand; in this format it cannot: one text may be meant by millions of
cells, and two cells far from each other make a table of all between them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

from core.exchange import apart
from core.exchange.sheets import BOMB, LOCKED, MOST_COLUMNS, NO_WORKBOOK, TOO_WIDE, Cells, Sheet, refuse

_SIGNATURE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SECONDS = 60


def is_old(content: bytes) -> bool:
    """Whether a file is an .xls, or an .xlsx under a password: both lie in the same container."""
    return content.startswith(_SIGNATURE)


def _script() -> list[str]:
    return [str(Path(apart.__file__))]


def open_old(content: bytes) -> Iterator[Sheet]:
    """The visible sheets of an .xls. Raises ``BadInput``."""
    if _ENCRYPTED in content:
        raise refuse("locked", LOCKED)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as read:
        given.write(content)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - our own script
                [sys.executable, "-I", *_script()], stdin=given, stdout=read,
                stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False).returncode
        except subprocess.TimeoutExpired as error:
            raise refuse("unpacks_too_large", BOMB) from error
        if done == apart.PASSWORD:
            raise refuse("locked", LOCKED)
        if done:
            raise refuse(*("no_workbook", NO_WORKBOOK) if done == apart.NO_WORKBOOK else ("unpacks_too_large", BOMB))
        read.seek(0)
        yield from _sheets(read)


def _sheets(read: IO[bytes]) -> Iterator[Sheet]:
    while line := read.readline():
        rows = _rows(read)
        yield Sheet(rows, tuple((tuple(first), tuple(last)) for first, last in json.loads(line)))
        for _ in rows:  # to the beginning of the next one
            pass


def _rows(read: IO[bytes]) -> Iterator[tuple[int, Cells]]:
    number = 0
    while (row := json.loads(read.readline() or b"null")) is not None:
        number += 1
        cells = [_cell(cell) for cell in row]
        if len(cells) > MOST_COLUMNS and any(cell != "" for cell in cells[MOST_COLUMNS:]):
            raise refuse("too_wide", TOO_WIDE)
        yield number, cells[:MOST_COLUMNS]


def _cell(value: Any) -> Any:
    return date.fromisoformat(value["d"]) if isinstance(value, dict) else value
