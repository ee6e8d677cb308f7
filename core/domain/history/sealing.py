"""Seals: every row so far, in the order of its key, goes into one digest that carries the seal before.

A restored instance may have another key than the one the seals were made with. It then takes them over: a digest over
all of them, signed with its own key, keeps them as they were on that day.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, text

from core import db
from core.domain.history.tables import history, seal, seal_takeover
from core.text import canonical


def seal_new() -> int:
    """Seal every row that is not sealed yet; gives how many. A row that is being written waits for the next seal."""
    if db.is_postgres():
        # One sealer at a time; and none while a transaction holds an unseen row with a smaller id, so that nothing
        # slips in below the seal. A long transaction is not waited for: whoever writes would queue behind this lock.
        db.execute(text("SET LOCAL lock_timeout = '2s'"))
        db.execute(text("LOCK TABLE seal IN EXCLUSIVE MODE"))
        db.execute(text("LOCK TABLE history IN SHARE MODE"))
    before = db.execute(select(seal).order_by(seal.c.id.desc()).limit(1)).first()
    last_id, rows, digested = digest_between(before.last_id if before else 0, None)
    if rows:
        mac = mac_of(before.mac if before else "", last_id, rows, digested)
        db.execute(
            seal.insert(),
            {
                "id": before.id + 1 if before else 1,
                "last_id": last_id,
                "rows": rows,
                "digest": digested,
                "at": db.now(),
                "mac": mac,
            },
        )
    return rows


def digest_between(first: int, last: int | None) -> tuple[int, int, str]:
    """The last key, the number and the SHA-256 of the rows with keys above ``first`` and up to ``last`` (None: all)."""
    statement = (
        select(history.c.id, history.c.case_id, history.c.seq, history.c.hash)
        .where(history.c.id > first)
        .order_by(history.c.id)
    )
    if last is not None:
        statement = statement.where(history.c.id <= last)
    running, rows, last_id = hashlib.sha256(), 0, first
    for row in db.execute(statement.execution_options(yield_per=5000)):
        running.update(f"{row.id}:{row.case_id}:{row.seq}:{row.hash}\n".encode())
        rows, last_id = rows + 1, row.id
    return last_id, rows, running.hexdigest()


def mac_of(before: str, last_id: int, rows: int, digested: str) -> str:
    """The HMAC-SHA256 of a seal with this instance's key, in hex; it carries the seal before."""
    key = db.settings().seal_key.encode()
    return hmac.new(key, f"{before}|{last_id}|{rows}|{digested}".encode(), hashlib.sha256).hexdigest()


def heads() -> Iterator[dict[str, Any]]:
    """The seals, as a third party keeps them to check later that nothing was rewritten."""
    for row in db.execute(select(seal).order_by(seal.c.id)):
        yield {"id": row.id, "last_id": row.last_id, "rows": row.rows, "digest": row.digest, "mac": row.mac}


def unsealed() -> int:
    """How many rows wait for a seal."""
    last = db.execute(select(func.max(seal.c.last_id))).scalar() or 0
    return db.execute(select(func.count()).select_from(history).where(history.c.id > last)).scalar_one()


def take_over() -> int:
    """Take over seals that this instance's key did not make; gives how many, 0 when the key fits or there are none."""
    last = db.execute(select(seal).order_by(seal.c.id.desc()).limit(1)).first()
    if last is None or taken_over() == last.id:
        return 0
    before = db.execute(select(seal.c.mac).where(seal.c.id == last.id - 1)).scalar() or ""
    if hmac.compare_digest(last.mac, mac_of(before, last.last_id, last.rows, last.digest)):
        return 0
    digested = _digest_of_seals(last.id)
    row = {"id": db.new_id(), "last_seal": last.id, "digest": digested, "at": db.now(), "mac": _sign(last.id, digested)}
    db.execute(seal_takeover.insert(), row)
    return int(last.id)


def taken_over() -> int:
    """Up to which seal all are as this instance took them over; 0 when it took over none, or they were changed."""
    for row in db.execute(select(seal_takeover).order_by(seal_takeover.c.last_seal.desc())).all():
        genuine = hmac.compare_digest(row.mac, _sign(row.last_seal, row.digest))
        if genuine and _digest_of_seals(row.last_seal) == row.digest:
            return int(row.last_seal)
    return 0


def _digest_of_seals(last: int) -> str:
    running = hashlib.sha256()
    columns = (seal.c.id, seal.c.last_id, seal.c.rows, seal.c.digest, seal.c.mac)
    for row in db.execute(select(*columns).where(seal.c.id <= last).order_by(seal.c.id)):
        running.update(canonical(list(row)).encode())
    return running.hexdigest()


def _sign(last: int, digested: str) -> str:
    key = db.settings().seal_key.encode()
    return hmac.new(key, f"taken over|{last}|{digested}".encode(), hashlib.sha256).hexdigest()
