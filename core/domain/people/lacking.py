"""What the register does not know yet: which households or persons lack which facts, so that somebody can fill them in.

A category, its scores and its deprivations are not among them: those are only what a decision recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select, tuple_

from core import db
from core.domain import access
from core.domain.people import codes, ethnic
from core.domain.people.households import household_number
from core.domain.people.records import Member, Record, records_by_id
from core.domain.people.tables import household, membership, person, residence, valid_on
from core.text import Text

Value = Callable[[Record, "Member | None"], Any]


@dataclass(frozen=True)
class Fact:
    """A fact that may be unknown. ``kind`` says how it is written: text, phone, day, birth, number or code.

    ``criteria`` is what criteria call it, where they read it; ``value`` gives what is known, "" or None when nothing.
    """

    name: str
    subject: str  # household or person
    kind: str
    title: Text
    unknown: Callable[[date], ColumnElement[bool]]
    value: Value
    criteria: str = ""
    choices: tuple[tuple[str, Text], ...] = ()


def _residence(record: Record, _: Any) -> Any:
    return record.residence and record.residence.kind


def _resident_since(record: Record, _: Any) -> Any:
    return record.residence and record.residence.valid_from


def _no_residence(on: date, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~exists().where(residence.c.household_id == household.c.id, valid_on(residence, on), *more)


def _titles(known: Mapping[str, codes.Code]) -> tuple[tuple[str, Text], ...]:
    return tuple((each.title.vi, each.title) for each in known.values())


def _of_member(name: str) -> Value:
    return lambda _, member: member.row._mapping[name] if member else None


LACKING: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("phone", "household", "phone", Text("Điện thoại", "Telephone"), lambda on: household.c.phone == "",
             lambda record, _: record.row.phone),
        Fact("village", "household", "text", Text("Thôn, tổ dân phố", "Village"), lambda on: household.c.village == "",
             lambda record, _: record.row.village),
        Fact("address", "household", "text", Text("Địa chỉ", "Address"), lambda on: household.c.address == "",
             lambda record, _: record.row.address),
        Fact("set_up_on", "household", "day", Text("Lập hộ từ ngày", "Set up on"),
             lambda on: household.c.set_up_on.is_(None), lambda record, _: record.row.set_up_on,
             "household.set_up_on"),
        Fact("residence", "household", "code", Text("Cư trú", "Residence"), _no_residence, _residence,
             "household.residence", _titles(codes.RESIDENCES)),
        Fact("resident_since", "household", "day", Text("Cư trú từ ngày", "Resident since"),
             lambda on: _no_residence(on, residence.c.valid_from.is_not(None)), _resident_since,
             "household.resident_since"),
        Fact("id_number", "person", "number", Text("Số định danh", "ID number"),
             lambda on: person.c.id_number.is_(None), _of_member("id_number")),
        Fact("birth", "person", "birth", Text("Ngày sinh", "Born"), lambda on: person.c.birth_year.is_(None),
             lambda _, member: member and (member.row.birth_date or member.row.birth_year), "members.birth"),
        Fact("sex", "person", "code", Text("Giới tính", "Sex"), lambda on: person.c.sex.is_(None), _of_member("sex"),
             "members.sex", _titles(codes.SEXES)),
        Fact("ethnic", "person", "code", Text("Dân tộc", "Ethnic group"), lambda on: person.c.ethnic_code.is_(None),
             _of_member("ethnic_code"), "members.ethnic",
             tuple((group.title.vi, group.title) for group in ethnic.groups().values())),
    )
}


def facts_of(subject: str) -> list[Fact]:
    """The facts that a household, or a person, may lack."""
    return [fact for fact in LACKING.values() if fact.subject == subject]


@dataclass(frozen=True)
class Line:
    """A household, or one of its members, that lacks something; ``key`` names it in a form."""

    key: str
    record: Record
    member: Member | None

    def known(self, fact: Fact) -> Any:
        """What is known of a fact; None when nothing is."""
        return fact.value(self.record, self.member) or None


def _where(actor: access.Actor, subject: str, unit: Any, village: str) -> list[ColumnElement[bool]]:
    terms = [access.within_reach(actor, household, "household.edit"), household.c.ended_on.is_(None)]
    if unit is not None and unit.level:
        column = {1: household.c.province_id, 2: household.c.district_id, 3: household.c.unit_id}[unit.level]
        terms.append(column == unit.id)
    if village:
        terms.append(household.c.village == village)
    if subject == "person":
        terms += [valid_on(membership, db.today()), person.c.died_on.is_(None)]
    return terms


def _joined(statement: Select[Any], subject: str) -> Select[Any]:
    if subject == "household":
        return statement.select_from(household)
    of_persons = household.join(membership, membership.c.household_id == household.c.id)
    return statement.select_from(of_persons.join(person, person.c.id == membership.c.person_id))


def lacking_counts(actor: access.Actor, subject: str, unit: Any = None, village: str = "") -> dict[str, int]:
    """How many households (or persons) within reach lack each fact; one statement."""
    columns = [
        func.coalesce(func.sum(case((fact.unknown(db.today()), 1), else_=0)), 0).label(fact.name)
        for fact in facts_of(subject)
    ]
    row = db.execute(_joined(select(*columns), subject).where(*_where(actor, subject, unit, village))).one()
    return {name: int(count) for name, count in row._mapping.items()}


def lacking(
    actor: access.Actor, subject: str, unit: Any = None, village: str = "", fact: str = "", after: int = 0,
    size: int = 50,
) -> tuple[list[Line], int]:
    """A page of who lacks a fact (default: any), by the head's name; and the key behind which the next page begins.

    That key (of a household, or of a membership) is 0 on the last page. Nine statements, whatever the size.
    """
    wanted = [LACKING[fact]] if fact in LACKING else facts_of(subject)
    order, this = _order(subject)
    statement = _joined(select(household.c.id.label("home"), this.label("this"), *_persons(subject)), subject)
    statement = statement.where(*_where(actor, subject, unit, village), or_(*(each.unknown(db.today())
                                                                             for each in wanted)))
    if after:
        edge = db.execute(_joined(select(*order), subject).where(this == after)).first()
        if edge is not None:
            place = tuple_(*(literal(value, column.type) for value, column in zip(edge, order, strict=True)))
            statement = statement.where(tuple_(*order) > place)
    rows = list(db.execute(statement.order_by(*order).limit(size + 1)))
    found = records_by_id(dict.fromkeys(row.home for row in rows[:size]), db.today())
    lines = [line for row in rows[:size] for line in [_line(found, row)] if line is not None]
    return lines, rows[size - 1].this if len(rows) > size else 0


def _order(subject: str) -> tuple[list[ColumnElement[Any]], ColumnElement[Any]]:
    of_household: list[ColumnElement[Any]] = [household.c.head_sort_key, household.c.id]
    if subject == "household":
        return of_household, household.c.id
    return [*of_household, membership.c.position, membership.c.id], membership.c.id


def _persons(subject: str) -> list[ColumnElement[Any]]:
    return [membership.c.person_id] if subject == "person" else []


def _line(found: Mapping[int, Record], row: Any) -> Line | None:
    record = found[row.home]
    if "person_id" not in row._mapping:
        return Line(line_key(record.row.id), record, None)
    member = next((each for each in record.members if each.row.id == row.person_id), None)
    return Line(line_key(record.row.id, row.person_id), record, member) if member else None


def line_key(household_key: int, person_id: int | None = None) -> str:
    """The name of a line in a form: the household's number, and the person's key behind it."""
    return household_number(household_key) + (f"-{person_id}" if person_id else "")


