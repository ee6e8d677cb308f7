"""What the program writes down about itself: lines for a person at a terminal, or JSON for a collector; never a value.

A line says what was done and by which key, not with what: routes instead of addresses, kinds of errors instead of their
words. What another library logs is written as its sentence without the values it would put into it.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from core.errors import without_values

OURS = ("tiepsuc", "core")
REQUESTS = "tiepsuc.requests"


class Json(logging.Formatter):
    """One JSON object a line: ``at``, ``level``, ``logger``, ``message`` and the ``fields`` a record carries."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": _said(record)}
        return json.dumps(told | getattr(record, "fields", {}), ensure_ascii=False)


class Lines(logging.Formatter):
    """A readable line."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {_said(record)}"


def _said(record: logging.LogRecord) -> str:
    ours = record.name.split(".")[0] in OURS
    said = record.getMessage() if ours else str(record.msg)
    return f"{said}\n{without_values(record.exc_info[1])}" if record.exc_info else said


def to_stderr(kind: str = "") -> None:
    """Write the log to standard error as ``text`` or ``json``; left empty, as text at a terminal and else as JSON."""
    readable = kind == "text" or (not kind and sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(Lines() if readable else Json())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger(REQUESTS).setLevel(logging.WARNING if readable else logging.INFO)
