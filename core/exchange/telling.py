"""What accepting a list would change in a household that is known, told in the words of the list's own columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Table

from core.domain import people
from core.domain.people import Change, Member, PersonEntry
from core.domain.people.values import said
from core.exchange.columns import BY_NAME


class Told(NamedTuple):
    """One cell that changes: whose it is ("" for the household's own), its column, what stood there, what will."""

    who: str
    column: str
    before: str
    after: str


_OF_CATEGORY = ("category", "line", "score_a", "score_b", "decision_number", "decided_on", "decision_issuer")
_TITLES = {"category": people.CATEGORIES, "line": people.LINES, "sex": people.SEXES, "relation": people.RELATIONS,
           "residence": people.RESIDENCES}


def told(change: Change) -> list[Told]:
    """Every cell that a change of a known household touches, the household's own first; of a new household none."""
    if change.record is None:
        return []
    return [*_household(change), *_members(change)]


def _cell(who: str, name: str, before: Any, after: Any) -> Told:
    return Told(who, BY_NAME[name].title, _words(name, before), _words(name, after))


def _words(name: str, value: Any) -> str:
    known = _TITLES.get(name, {}).get(value)
    return known.title.vi if known else people.group_name(value) if name == "ethnic" else said(value)


def _household(change: Change) -> Iterator[Told]:
    assert change.record is not None
    entry, record = change.entry, change.record
    for name, value in change.household.items():
        if name != "members_known":
            yield _cell("", name, record.row._mapping[name], value)
    if _touched(change, people.household_category):
        yield from _category(change)
    if _touched(change, people.residence):
        known = record.residence
        if entry.residence and entry.residence != (known.kind if known else None):
            yield _cell("", "residence", known.kind if known else None, entry.residence)
        if entry.resident_since and entry.resident_since != (known.valid_from if known else None):
            yield _cell("", "resident_since", known.valid_from if known else None, entry.resident_since)
    rows = record.marks.values()
    yield from _set(change, people.mark, "marks", "", None, ((row.id, row.code) for row in rows))
    yield from _set(change, people.demand, "demands", "", None, ((row.id, row.wanted) for row in record.demands))
    yield from _set(change, people.cause, "causes", "", None, ((row.id, _cause(row)) for row in record.causes))


def _category(change: Change) -> Iterator[Told]:
    assert change.record is not None
    entry, known = change.entry, change.record.categories.get(change.entry.line)
    for name in _OF_CATEGORY:
        before, after = known._mapping[name] if known else None, getattr(entry, name)
        if after is not None and after != before and (known or name != "line" or after != "national"):
            yield _cell("", name, before, after)
    before, after = known.deprivations if known else None, entry.deprivations
    if after is not None and after != before:
        for number in range(1, len(people.INDICATORS) + 1):
            had, has = ((mask or 0) >> number - 1 & 1 for mask in (before, after))
            if had != has:
                yield _cell("", f"deprived_{number}", "x" if had else "", "x" if has else "")


def _members(change: Change) -> Iterator[Told]:
    assert change.record is not None
    known = {member.row.id: member for member in change.record.members}
    for person_id, values in change.persons:
        yield from _person(known[person_id], values)
    for table, values in change.facts:
        member = known.get(values.get("person_id", 0))
        if table is people.membership and member and values["relation"] != member.row.relation:
            yield _cell(member.row.name, "relation", member.row.relation, values["relation"])
    for member in known.values():
        row = member.row
        yield from _set(change, people.mark, "marks", row.name, row.id,
                        ((each.id, each.code) for each in member.marks.values()))
        yield from _set(change, people.demand, "demands", row.name, row.id,
                        ((each.id, each.wanted) for each in member.demands))
    for said_person in change.joining:
        yield from _joining(said_person)


def _person(member: Member, values: dict[str, Any]) -> Iterator[Told]:
    row = member.row
    for name in ("name", "sex", "id_number"):
        if name in values:
            yield _cell(row.name, name, row._mapping[name], values[name])
    if "birth_year" in values or "birth_date" in values:
        day, year = (values.get(name, row._mapping[name]) for name in ("birth_date", "birth_year"))
        yield _cell(row.name, "birth", row.birth_date or row.birth_year, day or year)
    if "ethnic_code" in values:
        before = people.group_name(row.ethnic_code, row.ethnic_list)
        yield Told(row.name, BY_NAME["ethnic"].title, before, people.group_name(values["ethnic_code"]))


def _joining(person: PersonEntry) -> Iterator[Told]:
    yield _cell(person.name, "name", None, person.name)
    yield _cell(person.name, "relation", None, person.relation)


def _touched(change: Change, table: Table) -> bool:
    return any(each is table for each, _ in change.facts)


def _set(change: Change, table: Table, column: str, who: str, person_id: int | None,
         known: Iterable[tuple[int, str]]) -> Iterator[Told]:
    """A set of codes (marks, demands, causes) before and after: rows closed leave it, open rows added join it."""
    rows = dict(known)
    closed = {key for each, key in change.closed if each is table}
    added = [_member_of_set(values) for each, values in change.facts
             if each is table and values.get("person_id") == person_id and values.get("valid_to") is None]
    if added or closed & rows.keys():
        stays = [code for key, code in rows.items() if key not in closed]
        yield Told(who, BY_NAME[column].title, "; ".join(sorted(rows.values())), "; ".join(sorted([*stays, *added])))


def _member_of_set(values: dict[str, Any]) -> str:
    if "said" in values:
        return values["said"] or people.CAUSES[values["code"]].title.vi
    found: str = values.get("wanted") or values["code"]
    return found


def _cause(row: Any) -> str:
    return row.said or (people.CAUSES[row.code].title.vi if row.code in people.CAUSES else row.code)
