"""What the log of reads costs a page: each page with and without its row, in turn, in one process.

    python -m benchmarks.reads [--turns N]

Give the instance by ``TIEPSUC_INSTANCE`` and ``TIEPSUC_DATABASE_URL``; it has to hold the demo.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from core import db, instance as instances
from core.app import create_app
from core.domain import access, cases, reads
from tests.web.visitors import Visitor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=100)
    turns = parser.parse_args().turns
    instance = instances.open_instance()
    with db.transaction(instance, read_only=True):
        instances.refresh(instance)
        officer = access.actor_by_login("officer")
        number = db.execute(cases.cases(officer).limit(1)).one().number
    visitor, logged = Visitor(create_app(instance)).enter(officer), reads.write
    for address in ("/cases", f"/cases/{number}", "/households"):
        with_row: list[float] = []
        without: list[float] = []
        for _ in range(turns):
            for write, times in ((logged, with_row), (_nothing, without)):
                reads.write = write
                times.append(_seconds(lambda: visitor.client.get(address)))  # noqa: B023 - called at once
        ratio = statistics.median(with_row) / statistics.median(without)
        print(f"{address:<24} {statistics.median(without) * 1000:6.1f} ms without, with the log x {ratio:.3f}")


def _nothing(instance: db.Instance, row: reads.Read) -> None:
    """Leave the log out."""


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
