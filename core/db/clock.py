"""The time and the keys that an instance gives out."""

from __future__ import annotations

import itertools
import secrets
import time
from datetime import UTC, date, datetime, timedelta, timezone

HANOI = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")  # no daylight saving since 1975


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
