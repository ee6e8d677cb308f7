"""Many cases quickly: whole cases of a small world copied, each with its household, papers, money, history and tasks.

What is copied was made by the program itself; a copy gets keys and a number of its own, another place if asked, and a
history whose hashes are its own, so that lists, steps and ``tiepsuc verify`` find what they would find had people
opened it. Rows go in through the driver (``executemany``, or ``COPY`` on PostgreSQL).

Run: ``python -m benchmarks.country --n 10000`` makes the demo country with that many cases under
``$TIEPSUC_INSTANCE`` (or the database of ``$TIEPSUC_DATABASE_URL``), which must be empty.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from core import db, demo, instance as instances
from core.domain import budget, cases, people, units
from core.domain.history import history

AT_ONCE = 2_000  # cases written in one transaction
DEMO_HOUSEHOLDS = 300
LISTED = ("household", "person", "case", "task", "history")  # what lists of cases read
Row = dict[str, Any]


def build(instance: db.Instance, n: int, tables: Collection[str] = ()) -> None:
    """The demo country with ``n`` cases: the demo's own, copied over the communes of Bắc Ninh and of the country.

    A quarter lies in Bắc Ninh (24), where its programme is in force, evenly among its communes.
    """
    instances.prepare(instance)
    demo.build(instance, DEMO_HOUSEHOLDS, 1, None, "demo-demo-demo")
    with db.transaction(instance):
        numbers = list(db.execute(select(cases.case.c.number).order_by(cases.case.c.id)).scalars())
        everywhere = [each for province in units.children(1, db.today()) for each in _communes(province.id)]
        here = _communes(units.unit_by_code("24", db.today()).id)
    turns = zip(itertools.cycle(here), *[itertools.cycle(everywhere)] * 3, strict=False)
    multiply(instance, numbers, n - len(numbers), itertools.chain.from_iterable(turns), tables)


def _communes(province_id: int) -> list[Row]:
    return [
        {"unit_id": each.id, "district_id": None, "province_id": province_id}
        for each in units.children(province_id, db.today())
    ]


def multiply(
    instance: db.Instance,
    numbers: Sequence[str],
    n: int,
    places: Iterable[Row] | None = None,
    tables: Collection[str] = (),
) -> None:
    """Copy the cases ``n`` times in turn, to the ``places`` in turn (where they lie when none are given).

    With ``tables`` only rows of these are copied, among them those of ``LISTED``.
    """
    with instance.engine.connect() as connection:
        if connection.dialect.name == "sqlite":  # what is lost when this dies is made again
            for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-500000"):
                connection.connection.execute(f"PRAGMA {pragma}")
        originals = itertools.cycle([Original(_everything_of(connection, number), tables) for number in numbers])
        connection.rollback()
        spots = itertools.repeat(None) if places is None else iter(places)
        made = zip(range(1, n + 1), originals, spots, strict=False)
        while chunk := list(itertools.islice(made, AT_ONCE)):
            rows: dict[tuple[str, tuple[str, ...]], list[list[Any]]] = {}
            for serial, original, spot in chunk:
                for part, copied in original.copy(serial, spot):
                    rows.setdefault((part.table, part.columns), []).extend(copied)
            for table in db.metadata.sorted_tables:
                for (name, columns), values in rows.items():
                    if name == table.name:
                        _write(connection, name, columns, values)
            connection.commit()
        _money_for_all(connection)
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        connection.invalidate()


def _everything_of(connection: Any, number: str) -> dict[str, list[Row]]:
    """Every row that belongs to a case or to its household, table by table, as the driver gives it."""
    [case] = _rows(connection, "case", "number", [number])
    household = _rows(connection, "household", "id", [case["household_id"]])
    members = _rows(connection, "membership", "household_id", [case["household_id"]])
    keys = {
        "case_id": [case["id"]],
        "household_id": [case["household_id"]],
        "person_id": sorted({row["person_id"] for row in members}),
    }
    found = {"case": [case], "household": household, "person": _rows(connection, "person", "id", keys["person_id"])}
    for table in db.metadata.sorted_tables:
        if table.name not in found and table.name not in ("draft", "registry_change"):
            rows: dict[tuple[Any, ...], Row] = {}
            for column, values in keys.items():
                if column in table.c:
                    rows |= {tuple(row.values()): row for row in _rows(connection, table.name, column, values)}
            if rows:
                found[table.name] = list(rows.values())
    if "instalment" in found:
        paid = _rows(connection, "payment", "instalment_id", [row["id"] for row in found["instalment"]])
        if paid:
            found["payment"] = paid
    if "history" in found:
        found["history"].sort(key=lambda row: row["seq"])
    return found


def _rows(connection: Any, table: str, column: str, values: Sequence[Any]) -> list[Row]:
    if not values:
        return []
    marks = ",".join(["?" if connection.dialect.name == "sqlite" else "%s"] * len(values))
    found = connection.exec_driver_sql(f'SELECT * FROM "{table}" WHERE "{column}" IN ({marks})', tuple(values))
    return [dict(row) for row in found.mappings()]


@dataclass(frozen=True)
class Part:
    """The rows of one table that belong to a case, and which of their values are keys to be made anew."""

    table: str
    columns: tuple[str, ...]
    rows: list[list[Any]]
    keys: list[list[tuple[int, int]]]  # of each row: where a key stands, and the how-manieth of the case's keys it is

    def at(self, column: str) -> int:
        """Where a column stands."""
        return self.columns.index(column)


class Original:
    """A case with all that belongs to it, ready to be copied."""

    def __init__(self, found: dict[str, list[Row]], tables: Collection[str] = ()) -> None:
        self.number: str = found["case"][0]["number"]
        fresh = {row["id"]: count for count, row in enumerate(_keyed(found))}
        self.parts = [_part(name, rows, fresh) for name, rows in found.items() if not tables or name in tables]

    def copy(self, serial: int, place: Row | None) -> list[tuple[Part, list[list[Any]]]]:
        """The same rows under other keys, numbers and hashes."""
        base = serial << 20  # keys made by the program are moments, far above
        copied = {}
        for part in self.parts:
            rows = [row.copy() for row in part.rows]
            for row, keys in zip(rows, part.keys, strict=True):
                for column, count in keys:
                    row[column] = base + count
            if place and "district_id" in part.columns:
                for row, name in itertools.product(rows, place):
                    row[part.at(name)] = place[name]
            copied[part.table] = (part, rows)
        number = f"{self.number[:5]}-{1_000_000 + serial:07}"
        last = _rechained(*copied["history"], self.number, number)
        _put(*copied["case"], "number", lambda _: number)
        _put(*copied["case"], "search", lambda old: old.replace(self.number.lower(), number.lower()))
        _put(*copied["case"], "open_key", lambda old: old and f"{old}:{serial}")
        _put(*copied["case"], "history_hash", lambda _: last)
        _put(*copied["household"], "code", lambda old: f"{old}-{serial}")
        _put(*copied["person"], "id_number", lambda old: old and f"{(int(old) + serial * 7919) % 10**12:012}")
        return list(copied.values())


def _part(name: str, rows: list[Row], fresh: dict[int, int]) -> Part:
    table = db.metadata.tables[name]
    columns = tuple(column for column in rows[0] if not (name == "history" and column == "id"))
    references = {column.name for column in table.c if column.name == "id" or column.foreign_keys} | {"case_id"}
    values = [[row[column] for column in columns] for row in rows]
    keys = [
        [
            (place, fresh[row[column]])
            for place, column in enumerate(columns)
            if column in references and row[column] in fresh
        ]
        for row in rows
    ]
    return Part(name, columns, values, keys)


def _keyed(found: dict[str, list[Row]]) -> Iterator[Row]:
    for name, rows in found.items():
        if name != "history":  # counted up by the database
            yield from (row for row in rows if "id" in row)


def _put(part: Part, rows: list[list[Any]], column: str, change: Callable[[Any], Any]) -> None:
    place = part.at(column)
    for row in rows:
        row[place] = change(row[place])


def _rechained(part: Part, rows: list[list[Any]], old_number: str, number: str) -> str:
    """Give copied history rows the new number and hashes of their own; gives the last hash."""
    body, hashed = part.at("body"), part.at("hash")
    before_then = before_now = ""
    for row in rows:
        text = row[body].replace(old_number, number)
        row[body] = text.replace(before_then, before_now) if before_then else text
        before_then, before_now = row[hashed], hashlib.sha256(row[body].encode()).hexdigest()
        row[hashed] = before_now
    return before_now


def _write(connection: Any, table: str, columns: Sequence[str], rows: list[list[Any]]) -> None:
    names = ",".join(f'"{column}"' for column in columns)
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({",".join("?" * len(columns))})', rows)
        return
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for each in rows:
            copy.write_row(each)


def _money_for_all(connection: Any) -> None:
    """Have every fund hold what the copies promised and were paid, and as much again."""
    held = budget.commitment.c
    own = held.fund_id == budget.fund.c.id
    promised = select(func.coalesce(func.sum(held.amount - held.released), 0)).where(own).scalar_subquery()
    paid = select(func.coalesce(func.sum(held.paid), 0)).where(own).scalar_subquery()
    connection.execute(
        update(budget.fund).values(committed=promised, paid=paid, allocated=budget.fund.c.allocated + promised)
    )
    known = budget.allocation
    given = select(known).order_by(known.c.id).limit(1)
    [first] = connection.execute(given).mappings()
    lacking = (
        budget.fund.c.allocated
        - select(func.coalesce(func.sum(known.c.amount), 0))
        .where(known.c.fund_id == budget.fund.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(select(budget.fund.c.id, lacking.label("amount"))).all()
    connection.execute(
        known.insert(),
        [{**first, "id": -count, "fund_id": row.id, "amount": row.amount} for count, row in enumerate(rows, 1)],
    )


def main() -> None:
    """Make the country where the settings say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    options = parser.parse_args()
    instance = instances.open_instance()
    build(instance, options.n)
    with db.transaction(instance, read_only=True):
        for table in (cases.case, people.household, history):
            print(table.name, db.execute(select(func.count()).select_from(table)).scalar_one())


if __name__ == "__main__":
    main()
