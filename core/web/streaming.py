"""Long answers, made while they are sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from flask import Response

from core import db


def streamed(parts: Callable[[], Iterator[bytes]], mimetype: str, filename: str) -> Response:
    """A download whose ``parts`` are made as they are sent, in a reading unit of work of their own.

    The request's own transaction has ended by then; ``parts`` must not use its rows. Memory stays flat.
    """
    instance = db.work().instance

    def send() -> Iterator[bytes]:
        with db.transaction(instance, read_only=True, patient=True):
            yield from parts()

    response = Response(send(), mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


BOM = "\ufeff".encode()  # without it Excel takes UTF-8 for something else
_COMMANDS = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is run as a formula by a spreadsheet


def csv_line(values: Iterable[str | int]) -> bytes:
    """One line of CSV in UTF-8; a text that a spreadsheet would run as a formula is kept text by an apostrophe."""
    line = io.StringIO()
    csv.writer(line).writerow(
        [f"'{value}" if isinstance(value, str) and value.startswith(_COMMANDS) else value for value in values]
    )
    return line.getvalue().encode()
