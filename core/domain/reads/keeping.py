"""How long the log is kept, and taking in rows that had to wait."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import delete

from core import db
from core.domain.reads.noting import folder
from core.domain.reads.tables import read_event

LEAST_MONTHS: int = read_event.info["kept_months"]  # what the database insists on, and a setting may not fall below


def forget_old() -> int:
    """Delete rows older than the months of the settings; gives how many."""
    months = db.settings().read_log_months
    today = db.now()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    first = today.replace(year=year, month=month + 1, day=1) - timedelta(days=1)  # whole months, so never a day early
    return db.execute(delete(read_event).where(read_event.c.at < first)).rowcount


def take_in() -> int:
    """Write the rows that wait as files; gives how many were new.

    A file is removed by the next call, which finds its row committed: no moment at which neither has it.
    """
    new = 0
    for path in sorted(folder(db.settings().instance).glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        if db.insert_once(read_event, row | {"at": datetime.fromisoformat(row["at"])}):
            new += 1
        else:
            path.unlink()
    return new
