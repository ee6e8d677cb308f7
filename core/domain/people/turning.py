"""Which households are not the same all through a time: what is asked for many days need be read but once for the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Date, Table, and_, bindparam, or_, select, union_all

from core import db
from core.domain.people.tables import (
    cause,
    demand,
    household_category,
    mark,
    membership,
    person,
    residence,
)

_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_IDS: Any = bindparam("ids", expanding=True)


def _turns(begins: Any, ends: Any) -> Any:
    """That a row which holds from ``begins`` to ``ends`` holds on one of two days and not on the other."""
    return or_(and_(begins > _FIRST, begins <= _LAST), and_(ends >= _FIRST, ends < _LAST))


def _of_household(table: Table) -> Any:
    turning = _turns(table.c.valid_from, table.c.valid_to)
    return select(table.c.household_id).where(
        table.c.household_id.in_(_IDS), table.c.superseded_at.is_(None), turning
    )


def _of_member(table: Table) -> Any:
    turning = _turns(table.c.valid_from, table.c.valid_to)
    return (
        select(membership.c.household_id)
        .join(table, table.c.person_id == membership.c.person_id)
        .where(membership.c.household_id.in_(_IDS), table.c.superseded_at.is_(None), turning)
    )


_died = (
    select(membership.c.household_id)
    .join(person, person.c.id == membership.c.person_id)
    .where(membership.c.household_id.in_(_IDS), person.c.died_on >= _FIRST, person.c.died_on < _LAST)
)
_turned = union_all(
    *(_of_household(table) for table in (membership, household_category, residence, mark, demand, cause)),
    *(_of_member(table) for table in (residence, mark, demand)),
    _died,
)


def turned(ids: Collection[int], first: date, last: date) -> set[int]:
    """Those of the households of which something begins or ends between two days: all others are on every day of that
    time what they are on the last. One query a thousand households.
    """
    asked = sorted(ids)
    found: set[int] = set()
    for start in range(0, len(asked), 1000):
        values = {"ids": asked[start : start + 1000], "first": first, "last": last}
        found.update(row.household_id for row in db.execute(_turned, values))
    return found
