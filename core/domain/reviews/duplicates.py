"""Who has support already: cases of the same people in the same programme, or in one that excludes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from core import db
from core.domain import people
from core.domain.budget import commitment
from core.domain.cases import case
from core.errors import Reason
from core.text import Text

_mine, _theirs = people.membership.alias(), people.membership.alias()
_one, _other = people.person.alias(), people.person.alias()


def duplicates(rows: Sequence[Any]) -> dict[int, list[Reason]]:
    """For each case that has any, the other cases of the same household or person, open or with money given, of the
    same programme or of one that excludes it. Three queries, however many cases.

    Two households are met when one person, or two with one ID number, is a member of both today. Cases out of the
    reader's reach count too; of them the number is told, which says nothing of the person.
    """
    if not rows:
        return {}
    households = {row.household_id for row in rows if row.household_id is not None}
    met = _met(households, db.today())
    wanted = {row.programme: _excluded(row.programme) for row in rows}
    around = households | {each for others in met.values() for each in others}
    beside: dict[int, list[Any]] = defaultdict(list)
    for other in db.execute(_standing(around, {code for codes in wanted.values() for code in codes})):
        beside[other.household_id].append(other)
    found: dict[int, list[Reason]] = {}
    for row in rows:
        where = {row.household_id, *met.get(row.household_id, ())}
        for other in (each for household in sorted(filter(None, where)) for each in beside[household]):
            if other.id != row.id and other.programme in wanted[row.programme] and _same_subject(row, other):
                found.setdefault(row.id, []).append(_reason(row, other))
    return found


def _same_subject(row: Any, other: Any) -> bool:
    """In one programme about persons two members of a household are no duplicate."""
    return row.programme != other.programme or row.person_id is None or row.person_id == other.person_id


def _excluded(code: str) -> frozenset[str]:
    """The programme itself and those it excludes or is excluded by."""
    known = db.registry().programmes
    own = known[code].programme.excludes if code in known else ()
    return frozenset({code, *own, *(each for each, one in known.items() if code in one.programme.excludes)})


def _met(households: Collection[int], on: date) -> dict[int, set[int]]:
    """The other households in which members of these stand too."""
    found: dict[int, set[int]] = defaultdict(set)
    here = and_(
        _mine.c.household_id.in_(bindparam("ids", expanding=True)),
        _theirs.c.household_id != _mine.c.household_id,
        people.valid_on(_mine, on),  # type: ignore[arg-type]
        people.valid_on(_theirs, on),  # type: ignore[arg-type]
    )
    pair = (_mine.c.household_id.label("asked"), _theirs.c.household_id.label("other"))
    moved = select(*pair).join_from(_mine, _theirs, _theirs.c.person_id == _mine.c.person_id).where(here)
    numbered = (
        select(*pair)
        .join_from(_mine, _one, _one.c.id == _mine.c.person_id)
        .join(_other, and_(_other.c.id_number == _one.c.id_number, _other.c.id != _one.c.id))
        .join(_theirs, _theirs.c.person_id == _other.c.id)
        .where(here)
    )
    for statement in (moved, numbered):
        for row in db.execute(statement, {"ids": sorted(households)}):
            found[row.asked].add(row.other)
    return found


def _standing(households: Collection[int], programmes: Collection[str]) -> Any:
    given = exists().where(commitment.c.case_id == case.c.id, commitment.c.amount > commitment.c.released)
    return (
        select(
            case.c.id, case.c.number, case.c.programme, case.c.household_id, case.c.person_id, case.c.state,
            case.c.workflow, case.c.workflow_version,
        )
        .where(
            case.c.household_id.in_(sorted(households)),
            case.c.programme.in_(sorted(programmes)),
            or_(case.c.open_key.is_not(None), given),
        )
        .order_by(case.c.id)
    )  # fmt: skip


def _reason(row: Any, other: Any) -> Reason:
    machine = db.registry().machine(other.workflow, other.workflow_version)
    sentence = (
        Text("Trùng với hồ sơ {number} ({state})", "The same as case {number} ({state})")
        if row.household_id == other.household_id
        else Text(
            "Có thành viên trùng với hộ của hồ sơ {number} ({state})",
            "A member stands in the household of case {number} ({state}) too",
        )
    )
    said = sentence.format(number=other.number, state=machine.workflow.state(other.state).title)
    return Reason("duplicate", said, seen=other.number)
