"""The pile a person works through: set out once, and in the same order to the end, whatever happens meanwhile."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from core import db
from core.domain.access import Actor
from core.domain.cases import case
from core.domain.reviews.queue import CLEAN, CLOSER, waiting
from core.domain.reviews.tables import pile
from core.errors import NotFound, Reason
from core.text import Text, canonical

KINDS = {CLEAN: Text("Hồ sơ sạch", "Clean"), CLOSER: Text("Cần xem kỹ", "Look closer")}


@dataclass(frozen=True)
class Place:
    """Where a case lies in a pile: its number from 1, of how many, and the cases before and after that still wait.

    ``next`` goes round: what was passed over comes again at the end. ``left`` counts those that still wait.
    """

    at: int
    of: int
    left: int
    next: str | None
    back: str | None


def check_kind(kind: str) -> str:
    """The kind of a pile. Raises ``NotFound`` for one there is not."""
    if kind not in KINDS:
        raise NotFound(Reason("pile_unknown", Text("Không có chồng hồ sơ này", "There is no such pile")))
    return kind


def set_out(actor: Actor, kind: str, numbers: Sequence[str]) -> None:
    """Set out a pile anew: these cases in this order."""
    check_kind(kind)
    db.execute(delete(pile).where(pile.c.user_id == actor.id, pile.c.kind == kind))
    db.execute(
        pile.insert(),
        {"user_id": actor.id, "kind": kind, "numbers": canonical(list(numbers)), "started_at": db.now()},
    )


def numbers_of(actor: Actor, kind: str) -> list[str]:
    """The cases of the pile this person set out, in their order; none when there is no pile."""
    found = db.execute(select(pile.c.numbers).where(pile.c.user_id == actor.id, pile.c.kind == check_kind(kind)))
    return list(json.loads(found.scalar() or "[]"))


def place_of(actor: Actor, kind: str, number: str) -> Place:
    """Where a case lies in the pile of this person, in two queries; one that is not in it stands before all."""
    numbers = numbers_of(actor, kind)
    still = _still_waiting(actor, numbers)
    here = numbers.index(number) if number in numbers else -1
    ahead = [*numbers[here + 1 :], *numbers[: max(here, 0)]]
    behind = numbers[: max(here, 0)][::-1]
    return Place(
        here + 1,
        len(numbers),
        len(still),
        next((each for each in ahead if each in still), None),
        next((each for each in behind if each in still), None),
    )


def _still_waiting(actor: Actor, numbers: Collection[str]) -> set[str]:
    if not numbers:
        return set()
    asked = waiting(actor).where(case.c.number.in_(list(numbers))).with_only_columns(case.c.number).order_by(None)
    return set(db.execute(asked).scalars())
