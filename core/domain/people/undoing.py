"""Taking an accepted import back as a whole: what it said is no longer believed, what it replaced is said again.

Nothing is deleted. Rows of the import are superseded, rows it superseded return as new ones (both time axes keep what
was believed when), and columns it overwrote are written back with a line in ``registry_change``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, String, Table, and_, bindparam, cast, exists, func, literal, or_, select, update

from core import db
from core.domain.people.tables import (
    household,
    import_batch,
    import_household,
    membership,
    person,
    registry_change,
)
from core.domain.people.writing import FACTS, PLAIN_OF_HOUSEHOLD, PLAIN_OF_PERSON
from core.text import canonical, fold, person_sort_key

_AT_ONCE = 5_000
_DATES = frozenset(("set_up_on", "ended_on", "birth_date", "died_on"))
_FREED = 44  # letters kept of the code of a household that never came, before "~" and its key

_write_person = update(person).where(person.c.id == bindparam("key")).values(
    {name: bindparam(name) for name in PLAIN_OF_PERSON})
_write_household = update(household).where(household.c.id == bindparam("key")).values(
    {name: bindparam(name) for name in PLAIN_OF_HOUSEHOLD})


def changed_since(import_id: int) -> Select[Any]:
    """The households of an import that were changed after it: id, code, head_name, in the order of their codes."""
    return (select(household.c.id, household.c.code, household.c.head_name)
            .join(import_household, import_household.c.household_id == household.c.id)
            .where(import_household.c.import_id == import_id,
                   household.c.version != import_household.c.version_after)
            .order_by(household.c.code, household.c.id))


def undo_import(import_id: int, by: int | None) -> None:
    """Take back all that was written with an import. Whether that may be done is asked before (``changed_since``)."""
    at = db.now()
    _say_again(import_id, at, by)
    _restore_persons(import_id, at, by)
    _restore_households(import_id, at, by)
    _take_away_new(import_id, at, by)
    _give_back_to_earlier(import_id)
    db.execute(update(import_batch).where(import_batch.c.id == import_id).values(undone_at=at, undone_by=by))


def _say_again(import_id: int, at: datetime, by: int | None) -> None:
    for table in FACTS:
        of_import = table.c.import_id == import_id
        replaced = select(table).where(table.c.superseded_import_id == import_id,
                                       or_(table.c.import_id.is_(None), table.c.import_id != import_id))
        db.execute(update(table).where(of_import, table.c.superseded_at.is_(None)).values(superseded_at=at))
        again = {"recorded_at": at, "recorded_by": by, "superseded_at": None, "superseded_import_id": None}
        for rows in _chunks(replaced, table):
            db.insert_many(table, (list({**row._mapping, **again, "id": db.new_id()}.values()) for row in rows))


def _chunks(query: Select[Any], table: Table) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query, some thousand at a time, by their keys; those added meanwhile do not come."""
    last, most = 0, db.execute(select(func.max(table.c.id))).scalar() or 0
    while rows := db.execute(
            query.where(table.c.id > last, table.c.id <= most).order_by(table.c.id).limit(_AT_ONCE)).all():
        yield rows
        last = rows[-1].id


def _restore_persons(import_id: int, at: datetime, by: int | None) -> None:
    """Write back what the import overwrote in persons; the latest first, so that the first value stays."""
    log = db.execute(
        select(registry_change)
        .where(registry_change.c.import_id == import_id, registry_change.c.person_id.is_not(None))
        .order_by(registry_change.c.id.desc())).all()
    for some in _slices(log):
        known = {row.id: dict(row._mapping) for row in db.execute(
            select(person).where(person.c.id.in_({each.person_id for each in some})))}
        told = []
        for each in some:
            before = {name: _read(name, value) for name, (value, _) in json.loads(each.changed).items()}
            told.append((each.household_id, each.person_id, known[each.person_id], before))
            known[each.person_id] = {**known[each.person_id], **before}
        _log(told, at, by, import_id)
        db.execute(_write_person, [
            {**{name: row[name] for name in PLAIN_OF_PERSON}, "key": key, "name_folded": fold(row["name"]),
             "sort_key": person_sort_key(row["name"])} for key, row in known.items()])


def _restore_households(import_id: int, at: datetime, by: int | None) -> None:
    changed = db.execute(select(import_household.c.household_id, import_household.c.before).where(
        import_household.c.import_id == import_id, import_household.c.did == "changed")).all()
    for some in _slices(changed):
        known = {row.id: row for row in db.execute(
            select(household).where(household.c.id.in_([each.household_id for each in some])))}
        rows, told = [], []
        for each in some:
            row = known[each.household_id]
            before = {name: _read(name, value) for name, value in json.loads(each.before).items()}
            told.append((row.id, None, row._mapping, {
                name: value for name, value in before.items()
                if value != row._mapping[name] and name not in ("head_person_id", "head_name", "search")}))
            head = before["head_name"]
            rows.append({**before, "head_sort_key": person_sort_key(head) if head else b"",
                         "version": row.version + 1, "changed_at": at,
                         "changed_by": by, "key": row.id})
        _log(told, at, by, import_id)
        db.execute(_write_household, rows)


def _log(told: Iterable[tuple[int, int | None, Any, dict[str, Any]]], at: datetime, by: int | None,
         import_id: int) -> None:
    rows = [{"id": db.new_id(), "household_id": household_id, "person_id": person_id,
             "changed": canonical({name: [_plain(known[name]), _plain(value)] for name, value in values.items()}),
             "import_id": import_id, "recorded_at": at, "recorded_by": by}
            for household_id, person_id, known, values in told if values]
    if rows:
        db.execute(registry_change.insert(), rows)


def _take_away_new(import_id: int, at: datetime, by: int | None) -> None:
    """The households and persons that came with the import go as they came; the codes are free for the next list."""
    came = select(import_household.c.household_id).where(
        import_household.c.import_id == import_id, import_household.c.did == "new")
    freed = func.substr(household.c.code, 1, _FREED).concat("~").concat(cast(household.c.id, String))
    db.execute(update(household).where(household.c.id.in_(came)).values(
        code=freed, superseded_at=at, ended_on=db.today(), version=household.c.version + 1, changed_at=at,
        changed_by=by))
    earlier = membership.alias()  # whoever was in the register before has a membership from then
    db.execute(update(person).where(
        person.c.superseded_at.is_(None),
        person.c.id.in_(select(membership.c.person_id).where(
            membership.c.import_id == import_id,
            ~exists().where(and_(earlier.c.person_id == membership.c.person_id, earlier.c.id < membership.c.id,
                                 or_(earlier.c.import_id.is_(None), earlier.c.import_id != import_id)))))
    ).values(superseded_at=at))


def _give_back_to_earlier(import_id: int) -> None:
    """What an earlier list left is as it left it: that list can be undone in its turn."""
    now = select(household.c.version).where(household.c.id == import_household.c.household_id).scalar_subquery()
    this = import_household.alias()
    db.execute(update(import_household).where(
        import_household.c.import_id != import_id,
        exists().where(and_(this.c.import_id == literal(import_id),
                            this.c.household_id == import_household.c.household_id,
                            this.c.version_before == import_household.c.version_after))).values(version_after=now))


def _slices(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start:start + _AT_ONCE]


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DATES and value else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
