"""A long household list against the least that could bring it in, and the memory it takes.

The floor reads the workbook with the same reader, trims every cell, puts all rows into a staging table and then
exactly the rows that the engine wrote into theirs, through the driver (``executemany``, or ``COPY`` on PostgreSQL), in
one durable transaction. It understands nothing: headers, dates, codes, matching, judging, texts to search and to order
by, and the preview are what the engine does beside it. "again" is the same list once more, when it changes nothing; its
floor reads and stages.

Each run of the engine is a process of its own, so that its largest memory can be told.

Run: ``python -m benchmarks.imports --db sqlite|postgres --n 100000``.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from benchmarks.bulk import BySet
from benchmarks.transitions import make_durable
from core import db, exchange
from core.config import Settings
from core.demo import households, lists
from core.demo.accounts import WARD
from core.domain import access, units
from tests import worlds
from tests.databases import KINDS, MORNING, Databases

ROUNDS = 3


def listed(n: int) -> bytes:
    """A workbook of ``n`` persons in one commune."""
    invented = households.invent(1, n, 2025, 2025, [])  # four persons a household, some in other communes
    here = (each for each in invented if each.commune is WARD)
    decision = (worlds.TODAY, "31/QĐ-UBND", "Chủ tịch UBND phường")
    return lists.workbook(
        "DANH SÁCH", islice((row for each in here for row in lists.rows(each, *decision)), n), worlds.TODAY
    )


def filled(instance: db.Instance) -> None:
    """An empty register, and an officer of the ward."""
    worlds.start(instance, ())
    with db.transaction(instance):
        ward = units.unit_by_code(WARD.code, db.today())
        worlds.person("officer", ("officer", ward.id))


def by_engine(url: str, folder: str, file: str, answer: Any) -> None:
    """Judge and accept the list; tells seconds and the largest memory of this process, in MB."""
    settings = Settings(instance=Path(folder), database_url=url, secret_key="s" * 32, seal_key="k" * 32)
    instance = db.Instance(settings, db.open_engine(settings), db.FixedClock(MORNING))
    worlds.start(instance, ())
    start = time.perf_counter()
    with db.transaction(instance, read_only=True):
        officer = access.actor_by_login("officer")
        judged = exchange.judge_households(officer, file, units.unit_by_code(WARD.code, db.today()).id)
    with db.transaction(instance):
        exchange.accept(officer, judged)
    taken = time.perf_counter() - start
    assert not judged.judgement.refused, judged.judgement.refused[:3]
    answer.put((taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def in_a_process(instance: db.Instance, file: Path) -> tuple[float, float]:
    """``by_engine`` in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    answer = spawn.SimpleQueue()
    url = instance.engine.url.render_as_string(hide_password=False)
    child = spawn.Process(target=by_engine, args=(url, str(instance.settings.instance), str(file), answer))
    child.start()
    child.join()
    assert child.exitcode == 0
    found: tuple[float, float] = answer.get()
    return found


def by_driver(instance: db.Instance, content: bytes, written: list[Any]) -> float:
    """Seconds to read the list, stage it and insert ``written``, as (table, rows)."""
    sqlite = instance.engine.dialect.name == "sqlite"
    connection = instance.engine.raw_connection()
    cursor: Any = connection.cursor()
    start = time.perf_counter()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    trimmed = [[str(cell).strip() for cell in row] for row in rows]
    width = len(trimmed[0])
    if sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    cursor.execute(f"CREATE TABLE staged ({', '.join(f'c{place} TEXT' for place in range(width))})")
    for table, names, values in [("staged", [f"c{place}" for place in range(width)], trimmed), *written]:
        quoted = ", ".join(f'"{name}"' for name in names)
        if sqlite:
            cursor.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({",".join("?" * len(names))})', values)
        else:
            with cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
    cursor.execute("DROP TABLE staged")
    if sqlite:
        cursor.execute("COMMIT")
    else:
        connection.commit()
    taken = time.perf_counter() - start
    connection.close()
    return taken


def measure(databases: Databases, kind: str, n: int, content: bytes, file: Path) -> None:
    """Print a line for the first time and one for the same list again."""
    found: dict[str, list[tuple[float, float, float]]] = {"new": [], "again": []}
    for _ in range(ROUNDS):
        with (
            tempfile.TemporaryDirectory() as one,
            tempfile.TemporaryDirectory() as other,
            databases.fresh(kind, Path(one), filled) as mine,
            databases.fresh(kind, Path(other), filled) as bare,
        ):
            first = in_a_process(mine, file)
            written = [(table.name, [c.name for c in table.c], new) for table, new, _, _ in BySet(bare, mine).tables]
            found["new"].append((*first, by_driver(bare, content, written)))
            found["again"].append((*in_a_process(mine, file), by_driver(bare, content, [])))
    for what, runs in found.items():
        ratio = sorted(taken / floor for taken, _, floor in runs)[ROUNDS // 2]
        most = max(memory for _, memory, _ in runs)
        print(f"{kind:9} {what:6} {n:8,} persons   {ratio:6.2f} x floor   {most:5.0f} MB", flush=True)


def main() -> None:
    """Measure a list that is new, and the same once more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=KINDS, default="sqlite")
    parser.add_argument("--n", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as shared:
        content, file = listed(options.n), Path(folder) / "list.xlsx"
        file.write_bytes(content)
        databases = Databases(Path(folder), Path(shared))
        if options.db == "postgres":
            make_durable(databases)
        try:
            measure(databases, options.db, options.n, content, file)
        finally:
            databases.close()


if __name__ == "__main__":
    main()
