"""Changes brought into the register: many at once, a table at a time, in the current unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from core import db
from core.domain.people import ethnic
from core.domain.people.changes import Change, Membership, Values, category_values
from core.domain.people.entries import HouseholdEntry, PersonEntry, born
from core.domain.people.tables import (
    cause,
    demand,
    household,
    household_category,
    import_household,
    mark,
    membership,
    person,
    registry_change,
    residence,
)
from core.errors import Reason, Stale
from core.text import Text, canonical, fold, person_sort_key

AT_ONCE = 5000  # households whose rows stand in memory at a time

FACTS = (membership, household_category, residence, mark, demand, cause)
_BLANK = {table: dict.fromkeys(table.c.keys())
          for table in (*FACTS, person, household, registry_change, import_household)}

_OVERTAKEN = Reason("household_changed", Text(
    "Hộ này vừa được người khác sửa hoặc thêm: tải lại trang, xem thay đổi rồi làm lại",
    "Somebody has just changed or added this household: load the page again, look, and repeat"))

PLAIN_OF_PERSON = ("name", "name_folded", "sort_key", "birth_date", "birth_year", "sex", "ethnic_code", "ethnic_list",
                   "id_number", "died_on")
_TOLD = ("code", "village", "address", "phone", "set_up_on", "members_known", "size_said", "ended_on",
                 "head_person_id", "head_name", "search")
PLAIN_OF_HOUSEHOLD = (*_TOLD, "head_sort_key", "version", "changed_at", "changed_by")
_update_person = update(person).where(person.c.id == bindparam("key")).values(
    {name: bindparam(name) for name in PLAIN_OF_PERSON})
_update_household = update(household).where(
    household.c.id == bindparam("key"), household.c.version == bindparam("seen")).values(
    {name: bindparam(name) for name in PLAIN_OF_HOUSEHOLD})
_supersede = {table: update(table).where(table.c.id == bindparam("key"), table.c.superseded_at.is_(None))
              .values(superseded_at=bindparam("at"), superseded_import_id=bindparam("imported")) for table in FACTS}


_sort_key = lru_cache(maxsize=1 << 14)(person_sort_key)  # a head's is asked for twice, and names repeat


def search_text(code: str, names: Iterable[str]) -> str:
    """What ``find_households`` looks through: the code and every member's name, folded, each word after a blank."""
    return " " + " | ".join((fold(code), *map(fold, names))) + " "


def write(changes: Iterable[Change], by: int | None, on: date, import_id: int | None = None) -> list[int]:
    """Write changes and return the ids of their households, in order.

    Raises ``Stale`` when a household was changed, or one of its code added, after the change was compared.
    """
    ids: list[int] = []
    batch = _Batch(db.now(), by, on, import_id)
    try:
        for change in changes:
            ids.append(batch.add(change))
            if len(ids) % AT_ONCE == 0:
                batch.send()
        batch.send()
        if len(ids) >= AT_ONCE and db.is_postgres():  # else it plans for empty tables until its own rounds come by
            db.execute(text("ANALYZE " + ", ".join(table.name for table in (household, person, *FACTS))))
    except IntegrityError as error:
        raise Stale(_OVERTAKEN) from error
    return ids


class _Batch:
    """The rows of some changes, until they are sent."""

    def __init__(self, at: datetime, by: int | None, on: date, import_id: int | None) -> None:
        self.at, self.by, self.on, self.import_id = at, by, on, import_id
        self.axes = {"valid_to": None, "import_id": import_id, "recorded_at": at, "recorded_by": by,
                     "superseded_at": None, "superseded_import_id": None}
        self.created = {"created_at": at, "created_by": by}
        self.rows: dict[Table, list[list[Any]]] = {table: [] for table in (
            person, household, *FACTS, registry_change, import_household)}
        self.touched: list[Values] = []  # the households that an import changes, beside those it brings
        self.persons: list[Values] = []
        self.households: list[Values] = []
        self.closed: dict[Table, list[Values]] = {table: [] for table in FACTS}

    def add(self, change: Change) -> int:
        """Take up one change; returns the household's id."""
        if change.record is None:
            return self._add_household(change.entry)
        if change.state == "changed":
            self._change_household(change)
        key: int = change.record.row.id
        return key

    def send(self) -> None:
        """Write what was taken up, persons before the households they head."""
        for table, closed in self.closed.items():
            if closed:
                db.execute(_supersede[table], closed)
                closed.clear()
        if self.persons:
            db.execute(_update_person, self.persons)
            self.persons.clear()
        db.insert_many(person, self.rows[person])
        self.rows[person].clear()
        if self.households:
            if db.execute(_update_household, self.households).rowcount != len(self.households):
                raise Stale(_OVERTAKEN)
            self.households.clear()
        for table, rows in self.rows.items():
            db.insert_many(table, rows)
            rows.clear()
        if self.touched:
            db.execute(_touch(), self.touched)
            self.touched.clear()

    def row(self, table: Table, values: Values) -> None:
        """Take up one row; a column without a value is null."""
        self.rows[table].append(list({**_BLANK[table], **values}.values()))

    def fact(self, table: Table, values: Values) -> None:
        """Take up one dated fact."""
        self.row(table, {**self.axes, **values, "id": db.new_id()})

    def _add_household(self, entry: HouseholdEntry) -> int:
        key = db.new_id()
        after = []
        for position, said in enumerate(entry.members):
            person_id = self._add_person(said)
            after.append(Membership(person_id, said.name, said.relation))
            self._join(key, person_id, said, position, None)
        self.row(household, {
            "id": key, "code": entry.code, **entry.place._asdict(), "village": entry.village or "",
            "address": entry.address or "", "phone": entry.phone or "", "set_up_on": entry.set_up_on,
            "members_known": int(entry.members_known), "size_said": entry.size_said,
            **_head(entry.code, after), "version": 1, **self.created, "changed_at": self.at, "changed_by": self.by})
        if self.import_id is not None:
            self.row(import_household, {"import_id": self.import_id, "household_id": key, "did": "new",
                                        "version_before": 0, "version_after": 1})
        if entry.category:
            self.fact(household_category, {**category_values(entry, key), "valid_from": entry.decided_on})
        if entry.residence:
            self.fact(residence, {"household_id": key, "kind": entry.residence, "address": "",
                                  "valid_from": entry.resident_since})
        for code in entry.marks:
            self.fact(mark, {"household_id": key, "code": code})
        for wanted in entry.demands:
            self.fact(demand, {"household_id": key, "wanted": wanted, "valid_from": self.on})
        for code, words in entry.causes:
            self.fact(cause, {"household_id": key, "code": code, "said": words})
        return key

    def _add_person(self, said: PersonEntry) -> int:
        key = db.new_id()
        self.row(person, {
            "id": key, "name": said.name, "name_folded": fold(said.name),
            "sort_key": _sort_key(said.name),
            **born(said.birth), "sex": said.sex, "ethnic_code": said.ethnic,
            "ethnic_list": ethnic.LIST if said.ethnic else None,
            "id_number": said.id_number, **self.created})
        return key

    def _join(self, household_id: int, person_id: int, said: PersonEntry, position: int, since: date | None) -> None:
        self.fact(membership, {"household_id": household_id, "person_id": person_id, "relation": said.relation,
                               "position": position, "valid_from": since})
        for code in said.marks:
            self.fact(mark, {"person_id": person_id, "code": code, "valid_from": since})
        for wanted in said.demands:
            self.fact(demand, {"household_id": household_id, "person_id": person_id, "wanted": wanted,
                               "valid_from": self.on})

    def _change_household(self, change: Change) -> None:
        assert change.record is not None
        known = change.record.row
        for table, key in change.closed:
            self.closed[table].append({"key": key, "at": self.at, "imported": self.import_id})
        for table, values in change.facts:
            self.fact(table, values)
        persons = {member.row.id: member.row for member in change.record.members}
        for person_id, values in change.persons:
            self._log(known.id, person_id, persons[person_id]._mapping, values)
            self.persons.append(self._changed_person(persons[person_id]._mapping, values))
        after = list(change.after)
        for place, one in enumerate(after):
            if isinstance(one.person, PersonEntry):
                person_id = self._add_person(one.person)
                self._join(known.id, person_id, one.person, place, self.on)
                after[place] = one._replace(person=person_id)
        if change.household:
            self._log(known.id, None, known._mapping, change.household)
        now = {**{name: known._mapping[name] for name in PLAIN_OF_HOUSEHOLD}, **change.household}
        self.households.append({
            **now, **_head(now["code"], after), "key": known.id, "seen": known.version, "version": known.version + 1,
            "changed_at": self.at, "changed_by": self.by})
        if self.import_id is not None:
            self.touched.append({"import_id": self.import_id, "household_id": known.id, "did": "changed",
                                 "version_before": known.version, "version_after": known.version + 1,
                                 "before": canonical({name: _plain(known._mapping[name]) for name in _TOLD})})

    @staticmethod
    def _changed_person(known: Any, values: Values) -> Values:
        now = {**{name: known[name] for name in PLAIN_OF_PERSON}, **values, "key": known["id"]}
        if "name" in values:
            now |= {"name_folded": fold(values["name"]), "sort_key": _sort_key(values["name"])}
        return now

    def _log(self, household_id: int, person_id: int | None, known: Any, values: Values) -> None:
        changed = {name: [_plain(known[name]), _plain(value)] for name, value in values.items()}
        self.row(registry_change, {
            "id": db.new_id(), "household_id": household_id, "person_id": person_id, "changed": canonical(changed),
            "import_id": self.import_id, "recorded_at": self.at, "recorded_by": self.by})


def _touch() -> Any:
    """What an import did to a household; the second thing it does leaves what there was before the first."""
    insert = (postgresql if db.is_postgres() else sqlite).insert(import_household)
    return insert.on_conflict_do_update(index_elements=["import_id", "household_id"],
                                        set_={"version_after": insert.excluded.version_after})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _head(code: str, members: list[Membership]) -> Values:
    """The columns of a household that follow from who is in it."""
    found = next((one for one in members if one.relation == "head"), None)
    return {"head_person_id": found.person if found else None, "head_name": found.name if found else "",
            "head_sort_key": _sort_key(found.name) if found else b"",
            "search": search_text(code, (one.name for one in members))}
