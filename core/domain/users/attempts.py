"""Attempts to prove who one is, counted so that guessing is slow and no stranger can shut anybody out."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, select, update

from core import db
from core.domain.access import sign_in_attempt
from core.errors import Reason, TooMany
from core.text import Text


@dataclass(frozen=True)
class Limit:
    """So many failures in so much time; then one waits until the oldest of them is that old."""

    most: int
    within: timedelta


# A name is first counted with the address it comes from: who guesses elsewhere does not keep its owner out. The general
# limit of a name is for guesses spread over many addresses; it is slow, and nothing forgives it.
HERE = Limit(5, timedelta(minutes=15))
EVERYWHERE = Limit(50, timedelta(hours=1))
ADDRESS = Limit(30, timedelta(minutes=15))

FAILED, SIGNED_IN, RIGHT = 0, 1, 2  # RIGHT: what was given was right, and no session began by it (yet)


def begin(name: str, address: str, everywhere: Limit = EVERYWHERE) -> int:
    """Count an attempt as failed before it is tried, so that guesses made at the same time are all counted; its key.

    The caller commits this before the slow work of trying, and corrects it with ``settle``. ``everywhere`` is the limit
    of the name from all addresses. Raises ``TooMany`` with the time from which one may try again.
    """
    address, key = address[:64], db.new_id()
    _refuse_when_too_many(name, address, everywhere)
    db.execute(insert(sign_in_attempt).values(id=key, login=name, address=address, at=db.now(), succeeded=FAILED))
    return key


def settle(key: int, outcome: int) -> None:
    """The attempt did not fail: ``SIGNED_IN`` or ``RIGHT``."""
    db.execute(update(sign_in_attempt).where(sign_in_attempt.c.id == key).values(succeeded=outcome))


def nameless(login: str) -> str:
    """What stands for a login that does not exist: people type passwords into the wrong box, and those are not kept."""
    digest = hmac.digest(db.settings().secret_key.encode(), login.encode(), "sha256").hex()
    return f"?{digest[:40]}"


def _refuse_when_too_many(name: str, address: str, everywhere: Limit) -> None:
    table = sign_in_attempt.c
    named, from_here = table.login == name, table.address == address
    right = db.execute(select(func.max(table.at)).where(named, from_here, table.succeeded != FAILED)).scalar()
    waits = [
        until
        for until in (
            _full(HERE, named & from_here, right),
            _full(everywhere, named),
            _full(ADDRESS, from_here),
        )
        if until is not None
    ]
    if waits:
        again = max(waits)
        raise TooMany(
            Reason(
                "too_many_attempts",
                Text(
                    "Đã sai quá nhiều lần. Hãy thử lại sau {time}.",
                    "Too many failed attempts. Try again after {time}.",
                ).format(time=f"{again.astimezone(db.HANOI) + timedelta(minutes=1):%H:%M}"),
                needed=again.isoformat(),
            )
        )


def _full(limit: Limit, whose: ColumnElement[bool], forgiven: datetime | None = None) -> datetime | None:
    """Until when the limit is reached; None when it is not. Failures up to ``forgiven`` no longer count."""
    since = db.now() - limit.within
    failures = (
        db.execute(
            select(sign_in_attempt.c.at)
            .where(
                whose,
                sign_in_attempt.c.succeeded == FAILED,
                sign_in_attempt.c.at > (max(since, forgiven) if forgiven else since),
            )
            .order_by(sign_in_attempt.c.at.desc())
            .limit(limit.most)
        )
        .scalars()
        .all()
    )
    return failures[-1] + limit.within if len(failures) >= limit.most else None
