"""One step of one case against its floor: the same statements, in the same order, through the bare driver.

The engine moves ``--n`` cases one by one, each in a transaction of its own, on one copy of a database; what it sends
to the driver is kept. The floor then sends exactly that, with the same values, through the bare driver on another
copy, makes and hashes the same history text, and commits as often.

Run: ``python -m benchmarks.transitions --db sqlite --n 300``.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from core import db
from core.domain import cases
from tests import worlds
from tests.databases import KINDS, Databases
from tests.stories import DECISION, GOOD, picture
from tests.worlds import World

Sent = list[tuple[str, Any, bool]]
Build = Callable[[db.Instance], None]


def fill(n: int) -> Build:
    """A world with ``n`` proposed cases and money for all."""

    def build(instance: db.Instance) -> None:
        world = worlds.build(instance)
        with db.transaction(instance):
            worlds.money(world.manager, "MORE", n * 50_000_000)
            worlds.money(world.manager, "MOREDP", n * 5_000_000, source="local")
            for index in range(n):
                household = worlds.household(world, f"B{index}", f"Nguyễn Văn {index}")
                number = cases.open_case(world.officer, "well", household, GOOD).number
                cases.attach_paper(world.officer, number, "request", "a.png", picture())
                cases.move(world.officer, number, "propose")

    return build


class Recorder:
    """Keeps what the engine sends to its driver."""

    def __init__(self, instance: db.Instance) -> None:
        self.sent: Sent = []
        event.listen(instance.engine, "before_cursor_execute", self._keep)

    def _keep(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        self.sent.append((statement, parameters, many))


def by_engine(world: World, number: str, step: str, data: dict[str, Any]) -> float:
    """Seconds of one step."""
    start = time.perf_counter()
    with db.transaction(world.instance):
        cases.move(world.approver, number, step, data)
    return time.perf_counter() - start


def by_driver(connection: Any, sent: Sent) -> float:
    """Seconds of the same step when the bare driver sends the same."""
    told = [json.loads(body) for body in bodies(sent)]  # what a program by hand would have at hand, not parse
    start = time.perf_counter()
    cursor = connection.cursor()
    for statement, parameters, many in sent:
        if many:
            cursor.executemany(statement, parameters)
            continue
        cursor.execute(statement, parameters)
        if cursor.description:
            cursor.fetchall()
        if statement.startswith("INSERT INTO history ("):
            text = json.dumps(told.pop(0), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            hashlib.sha256(text.encode()).hexdigest()
    connection.commit()
    return time.perf_counter() - start


def bodies(sent: Sent) -> list[str]:
    """The texts of history among what was sent."""
    written = [parameters for statement, parameters, _ in sent if statement.startswith("INSERT INTO history (")]
    return [next(v for v in values(each) if isinstance(v, str) and v.startswith("{")) for each in written]


def values(parameters: Any) -> list[Any]:
    """The values of a statement, whatever the driver's way of passing them."""
    return list(parameters.values()) if isinstance(parameters, dict) else list(parameters)


def measure(
    databases: Databases, kind: str, n: int, step: str, data: dict[str, Any], build: Callable[[db.Instance], None]
) -> None:
    """Print one line: the engine's median over the floor's, and how many statements a step takes."""
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        databases.fresh(kind, Path(one), build) as mine,
        databases.fresh(kind, Path(other), build) as bare,
    ):
        world = worlds.again(mine)
        with db.transaction(mine, read_only=True):
            numbers = [row.number for row in db.execute(cases.cases(world.approver, state="proposed"))]
        numbers.sort()
        recorder = Recorder(mine)
        connection = bare.engine.raw_connection()
        gc.collect()
        gc.disable()
        taken, floor = [], []
        for number in numbers:  # in turn, so that a machine that slows down slows both
            recorder.sent = []
            taken.append(by_engine(world, number, step, data))
            floor.append(by_driver(connection, recorder.sent))
        gc.enable()
        connection.close()
    warm = n // 10
    engine, bottom = statistics.median(taken[warm:]), statistics.median(floor[warm:])
    print(f"{kind:9} {step:8} {len(recorder.sent):3} statements   {engine / bottom:5.2f} x floor   (n={n})")


def make_durable(databases: Databases) -> None:
    """Have the test server wait for the disk at every commit, as a real one does; SQLite here always does."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        databases.postgres.execute(f"ALTER SYSTEM SET {setting} = on")
    databases.postgres.execute("SELECT pg_reload_conf()")


def main() -> None:
    """Measure a return and an approve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=KINDS, default="sqlite")
    parser.add_argument("--n", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as shared:
        databases = Databases(Path(folder), Path(shared))
        build = fill(options.n)
        if options.db == "postgres":
            make_durable(databases)
        try:
            measure(databases, options.db, options.n, "return", {"comment": "Bổ sung giấy tờ"}, build)
            measure(databases, options.db, options.n, "approve", DECISION, build)
        finally:
            databases.close()


if __name__ == "__main__":
    main()
