"""The demo's office: who works there, by which clock, and how far each story has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from core import db
from core.demo.accounts import Commune
from core.demo.stories import LONGEST, Act, Story
from core.domain.access import Actor
from core.hookspecs import DemoCase

FIRST_DAY = date(2025, 7, 2)  # the provinces and communes of the demo are those since 01/07/2025


@dataclass
class Run:
    """A story being played: in which commune, for which programme, how far."""

    story: Story
    commune: Commune
    programme: str
    serial: int
    acts: list[Act]
    number: str = ""
    case: DemoCase = field(default_factory=lambda: DemoCase({}))
    repeats: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class Candidate:
    """A household that would ask for a programme: for whom, with which answers, and whether its case would hold."""

    household_id: int
    person_id: int | None
    case: DemoCase
    holds: bool


@dataclass
class Office:
    """Who works, until when, and what they have in hand."""

    clock: db.FixedClock
    on: date
    seed: int
    actors: Mapping[str, Actor]
    candidates: dict[tuple[str, str], list[Candidate]] = field(default_factory=dict)  # by programme and commune
    taken: set[tuple[str, int]] = field(default_factory=set)  # programme and household
    decisions: int = 0
    vouchers: int = 0


def days_before(on: date, ago: int) -> date:
    """The working day ``ago`` days before ``on``; all is drawn together where it would begin before ``FIRST_DAY``."""
    room = (on - FIRST_DAY).days
    day = on - timedelta(ago if room >= LONGEST else ago * room // LONGEST)
    return max(FIRST_DAY, day - timedelta(max(0, day.weekday() - 4)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of that day by the clocks of Hà Nội, in UTC as all moments are kept."""
    return datetime.combine(day, time(hour, minute), db.HANOI).astimezone(UTC)
