"""One step of many cases at once against set-based SQL that writes the same rows.

The floor is one transaction: for every table that the step touched one ``INSERT … SELECT``, ``DELETE`` or
``UPDATE … FROM`` with exactly the rows the engine left on a copy, the SHA-256 of every history text worked out on the
way. It judges nothing and makes nothing up: guard, four eyes, papers, criteria, money, keys and texts are what the
engine does beside it.

Run: ``python -m benchmarks.bulk --db sqlite|postgres --n 10000``.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from benchmarks import country
from benchmarks.transitions import fill, make_durable
from core import db
from core.domain import cases
from tests import worlds
from tests.databases import KINDS, Databases
from tests.stories import DECISION

ROUNDS = 3
STEPS: dict[str, dict[str, Any]] = {"return": {"comment": "Bổ sung giấy tờ"}, "approve": dict(DECISION)}
Rows = dict[tuple[Any, ...], tuple[Any, ...]]


def by_engine(instance: db.Instance, step: str) -> float:
    """Seconds to take every proposed case through a step, in one transaction."""
    world = worlds.again(instance)
    with db.transaction(instance, read_only=True):
        numbers = [row.number for row in db.execute(cases.cases(world.approver, state="proposed"))]
    gc.collect()
    start = time.perf_counter()
    with db.transaction(instance):
        outcomes = cases.move_many(world.approver, numbers, step, STEPS[step])
    taken = time.perf_counter() - start
    refused = [outcome for outcome in outcomes if not outcome.moved]
    assert not refused, refused[0]
    return taken


class BySet:
    """What a step wrote, table by table, ready to be written again by SQL alone."""

    def __init__(self, before: db.Instance, after: db.Instance) -> None:
        self.sqlite = before.engine.dialect.name == "sqlite"
        self.tables: list[tuple[Table, list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]] = []
        for table in db.metadata.sorted_tables:
            then, now = self._read(before, table), self._read(after, table)
            new = [row for key, row in now.items() if key not in then]
            changed = [row for key, row in now.items() if key in then and then[key] != row]
            gone = [key for key in then if key not in now]
            if new or changed or gone:
                self.tables.append((table, new, changed, gone))

    @staticmethod
    def _read(instance: db.Instance, table: Table) -> Rows:
        keys = [column.name for column in table.primary_key]
        names = [column.name for column in table.c]
        with instance.engine.connect() as connection:
            found = connection.exec_driver_sql(f'SELECT {_listed(names)} FROM "{table.name}"')
            places = [names.index(key) for key in keys]
            return {tuple(row[place] for place in places): tuple(row) for row in found}

    def run(self, instance: db.Instance) -> float:
        """Seconds to write it all into a database in which the step was not taken."""
        connection = instance.engine.raw_connection()
        cursor = connection.cursor()
        if self.sqlite:
            connection.driver_connection.create_function(  # type: ignore[union-attr]
                "hashed", 1, lambda text: hashlib.sha256(text.encode()).hexdigest(), deterministic=True
            )
        statements = list(itertools.chain.from_iterable(self._prepared(cursor, *each) for each in self.tables))
        connection.commit()
        start = time.perf_counter()
        if self.sqlite:
            cursor.execute("BEGIN")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("COMMIT") if self.sqlite else connection.commit()
        taken = time.perf_counter() - start
        connection.close()
        return taken

    def _prepared(self, cursor: Any, table: Table, new: list[Any], changed: list[Any], gone: list[Any]) -> list[str]:
        """The statements for one table, what they select from put where they find it."""
        names, keys = [column.name for column in table.c], [column.name for column in table.primary_key]
        same = " AND ".join(f'"{table.name}"."{key}" = given."{key}"' for key in keys)
        made = []
        if gone:
            self._put(cursor, f"gone_{table.name}", keys, table, gone)
            made.append(f'DELETE FROM "{table.name}" WHERE EXISTS (SELECT 1 FROM gone_{table.name} given WHERE {same})')
        if new:
            self._put(cursor, f"new_{table.name}", names, table, new)
            hashed = "hashed(body)" if self.sqlite else "encode(sha256(convert_to(body, 'UTF8')), 'hex')"
            given = [hashed if (table.name, name) == ("history", "hash") else f'"{name}"' for name in names]
            made.append(
                f'INSERT INTO "{table.name}" ({_listed(names)}) SELECT {", ".join(given)} FROM new_{table.name}'
            )
        if changed:
            self._put(cursor, f"changed_{table.name}", names, table, changed)

            sets = ", ".join(
                f'"{names[place]}" = given."{names[place]}"' for place in range(len(names)) if names[place] not in keys
            )
            made.append(f'UPDATE "{table.name}" SET {sets} FROM changed_{table.name} given WHERE {same}')
        return made

    def _put(self, cursor: Any, name: str, columns: Sequence[str], table: Table, rows: list[Any]) -> None:
        cursor.execute(f'CREATE TEMPORARY TABLE {name} AS SELECT {_listed(columns)} FROM "{table.name}" WHERE 1 = 0')
        if self.sqlite:
            cursor.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(columns))})", rows)
            return
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {name}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def filled(n: int) -> Callable[[db.Instance], None]:
    """A world with ``n`` proposed cases and money for all."""

    def build(instance: db.Instance) -> None:
        fill(1)(instance)
        world = worlds.again(instance)
        with db.transaction(instance):
            [number] = [row.number for row in db.execute(cases.cases(world.officer, state="proposed"))]
            worlds.money(world.manager, "ENOUGH", n * 50_000_000)
            worlds.money(world.manager, "ENOUGHDP", n * 5_000_000, source="local")
        country.multiply(instance, [number], n - 1)

    return build


def measure(databases: Databases, kind: str, n: int, step: str, build: Callable[[db.Instance], None]) -> None:
    """Print one line: the engine's median over the floor's."""

    def fresh(folder: str) -> Any:
        return databases.fresh(kind, Path(folder), build)

    taken, floor = [], []
    for _ in range(ROUNDS):
        with (
            tempfile.TemporaryDirectory() as one,
            tempfile.TemporaryDirectory() as other,
            fresh(one) as mine,
            fresh(other) as bare,
        ):
            taken.append(by_engine(mine, step))
            floor.append(BySet(bare, mine).run(bare))
    ratio = statistics.median(taken) / statistics.median(floor)
    print(f"{kind:9} {step:8} {n:8,} cases   {ratio:6.2f} x floor", flush=True)


def main() -> None:
    """Measure a return and an approve of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=KINDS, default="sqlite")
    parser.add_argument("--n", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as shared:
        databases = Databases(Path(folder), Path(shared))
        if options.db == "postgres":
            make_durable(databases)
        build = filled(options.n)
        try:
            for step in STEPS:
                measure(databases, options.db, options.n, step, build)
        finally:
            databases.close()


if __name__ == "__main__":
    main()
