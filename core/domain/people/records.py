"""One household as the register knows it on a day: itself, its members, and every dated fact that holds then.

A page, the criteria and the comparison of an import all read through ``records``, which takes the same seven queries
for one household and for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Date, Row, Select, Table, bindparam, or_, select

from core import db
from core.domain.people.tables import (
    Day,
    cause,
    demand,
    household,
    household_category,
    mark,
    membership,
    person,
    residence,
    valid_on,
)

_RECORDING = frozenset({"import_id", "recorded_at", "recorded_by", "superseded_at", "superseded_import_id",
                        "created_at", "created_by"})

AT_ONCE = 1000  # households named one by one in a query; well below what either database takes


@dataclass(slots=True)
class Member:
    """A person with the membership that makes them one of this household.

    ``row`` has the columns of ``person`` and of ``membership``, the latter's key as ``membership_id``.
    """

    row: Row[Any]
    marks: dict[str, Row[Any]] = field(default_factory=dict)
    residence: Row[Any] | None = None
    demands: list[Row[Any]] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """A household on a day. Rows of facts are those of their tables, less who recorded them and when."""

    row: Row[Any]
    members: list[Member] = field(default_factory=list)  # the head first, then as the household lists them
    categories: dict[str, Row[Any]] = field(default_factory=dict)  # by line
    ended: dict[str, Row[Any]] = field(default_factory=dict)  # by line: the last category that is over
    residence: Row[Any] | None = None
    marks: dict[str, Row[Any]] = field(default_factory=dict)  # of the household itself
    demands: list[Row[Any]] = field(default_factory=list)  # of the household itself
    causes: list[Row[Any]] = field(default_factory=list)

    @property
    def head(self) -> Member | None:
        """The member who is the head on this day."""
        return next((member for member in self.members if member.row.relation == "head"), None)

    def all_marks(self) -> list[str]:
        """The codes of the household's own marks and of those of its members."""
        return sorted({*self.marks, *(code for member in self.members for code in member.marks)})

    def all_demands(self) -> list[str]:
        """What the household or one of its members wants."""
        return sorted({row.wanted for row in self.demands} | {row.wanted for m in self.members for row in m.demands})


def records(which: ColumnElement[bool], on: date) -> dict[int, Record]:
    """The households of a condition on ``household``, by id, with all that holds on a day as far as we know now."""
    here = select(household.c.id).where(which)
    return _read(_Statements.of(lambda column: which if column is household.c.id else column.in_(here)), {"on": on})


def records_by_id(ids: Iterable[int], on: date) -> dict[int, Record]:
    """The households of these ids; seven queries a thousand of them."""
    asked: Sequence[int] = list(ids)
    found: dict[int, Record] = {}
    for start in range(0, len(asked), AT_ONCE):
        found.update(_read(_by_id(), {"ids": asked[start:start + AT_ONCE], "on": on}))
    return found


Scope = Callable[[Any], ColumnElement[bool]]  # the condition that a column with a household's key names one of those


class _Statements(NamedTuple):
    """The seven queries, each with a parameter ``on``."""

    household: Any
    members: Any
    categories: Any
    causes: Any
    demands: Any
    marks: Any
    residences: Any

    @classmethod
    def of(cls, scope: Scope) -> _Statements:
        """The queries of some households."""
        on = bindparam("on", type_=Date)
        return cls(select(household).where(scope(household.c.id)), _members(scope, on),
                   _categories(scope, on), *(_of_household(table, scope, on) for table in (cause, demand)),
                   *(_of_either(table, scope, on) for table in (mark, residence)))


@cache
def _by_id() -> _Statements:
    """The queries of the households whose keys are the parameter ``ids``, built once: every judgement runs them."""
    return _Statements.of(lambda column: column.in_(bindparam("ids", expanding=True)))


def _read(ask: _Statements, values: dict[str, Any]) -> dict[int, Record]:
    found = {row.id: Record(row) for row in db.execute(ask.household, values)}
    if not found:
        return found
    persons: dict[int, list[Member]] = {}
    for row in db.execute(ask.members, values):
        member = Member(row)
        members = found[row.household_id].members
        members.insert(0 if row.relation == "head" else len(members), member)
        persons.setdefault(row.id, []).append(member)
    for row in db.execute(ask.categories, values):
        record = found[row.household_id]
        over = row.valid_to is not None and row.valid_to < values["on"]
        (record.ended if over else record.categories)[row.line] = row
    for row in db.execute(ask.causes, values):
        found[row.household_id].causes.append(row)
    for row in db.execute(ask.demands, values):
        if row.person_id is None:
            found[row.household_id].demands.append(row)
        for member in persons.get(row.person_id, ()):
            member.demands.append(row)
    for row in db.execute(ask.marks, values):
        if row.household_id is not None:
            found[row.household_id].marks[row.code] = row
        for member in persons.get(row.person_id, ()):
            member.marks[row.code] = row
    for row in db.execute(ask.residences, values):
        if row.household_id is not None:
            found[row.household_id].residence = row
        for member in persons.get(row.person_id, ()):
            member.residence = row
    return found


def _known(table: Table) -> list[Column[Any]]:
    """The columns that say what is so, without those that say who recorded it and when."""
    return [column for column in table.c if column.name not in _RECORDING]


def _members(scope: Scope, on: Day) -> Select[Any]:
    return (
        select(*_known(person), membership.c.id.label("membership_id"), membership.c.household_id,
               membership.c.person_id, membership.c.relation, membership.c.position, membership.c.valid_from,
               membership.c.valid_to)
        .join_from(membership, person, person.c.id == membership.c.person_id)
        .where(scope(membership.c.household_id), valid_on(membership, on),
               or_(person.c.died_on.is_(None), person.c.died_on >= on))
        .order_by(membership.c.household_id, membership.c.position, membership.c.id)
    )


def _of_household(table: Table, scope: Scope, on: Day) -> Select[Any]:
    return select(*_known(table)).where(scope(table.c.household_id), valid_on(table, on)).order_by(table.c.id)


def _categories(scope: Scope, on: Day) -> Select[Any]:
    """The categories that hold, and those that are over in the order in which they ended."""
    began = or_(household_category.c.valid_from.is_(None), household_category.c.valid_from <= on)
    return (select(*_known(household_category))
            .where(scope(household_category.c.household_id), household_category.c.superseded_at.is_(None), began)
            .order_by(household_category.c.valid_to, household_category.c.id))


def _of_either(table: Table, scope: Scope, on: Day) -> Any:
    """The facts of the households and of their members."""
    of_members = select(membership.c.person_id).where(scope(membership.c.household_id), valid_on(membership, on))
    return _of_household(table, scope, on).order_by(None).union_all(
        select(*_known(table)).where(table.c.person_id.in_(of_members), valid_on(table, on)))
