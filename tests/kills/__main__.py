"""``python -m tests.kills [--kills N] [--seed N] [--sqlite] [--postgres]``: see the package."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.databases import Postgres
from tests.kills.killing import kill_the_migration, kill_the_office

A_LIFE = 50  # kills of one office; then another begins, so that verifying stays quick


def main() -> None:
    """Kill offices and migrations on both databases and print what was hit."""
    words = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    words.add_argument("--kills", type=int, default=300, help="kills of an office on each database")
    words.add_argument("--migrations", type=int, default=30, help="kills of a migration on each database")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", choices=["sqlite", "postgres"])
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="tiepsuc-kills-") as name:
        folder = Path(name)
        server = Postgres(folder) if asked.only != "sqlite" else None
        try:
            for kind in [asked.only] if asked.only else ["sqlite", "postgres"]:
                _on(kind, folder, server, asked)
        finally:
            if server is not None:
                server.close()


def _on(kind: str, folder: Path, server: Postgres | None, asked: argparse.Namespace) -> None:
    def database(name: str) -> str:
        if server is None or kind == "sqlite":
            return f"sqlite:///{folder / name}.db"
        server.execute("CREATE DATABASE {}", name)
        return server.url(name)

    start, hit, left, seed, last = time.monotonic(), Counter[str](), asked.kills, asked.seed, ""
    while left > 0:
        some = min(left, A_LIFE)
        last = database(f"{kind}_{seed}")
        hit += kill_the_office(last, folder / f"{kind}-{seed}", some, seed)
        left, seed = left - some, seed + 1
        done = asked.kills - left
        print(f"{kind}: {done} kills, all held; in {dict(hit.most_common())}", flush=True)
    if asked.migrations and last:
        url = database(f"{kind}_migrated")
        hits = kill_the_migration(last, url, folder / f"{kind}-migrated", asked.migrations, asked.seed)
        print(f"{kind}: {asked.migrations} kills of a migration, {hits} of them before it was done; all held")
    print(f"{kind}: {time.monotonic() - start:.0f} s", flush=True)


main()
