"""Killed at any moment: a few times every day; ``make kills`` does it some hundreds of times."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core import db
from core.domain import documents
from tests.databases import Databases
from tests.stories import picture, proposed
from tests.worlds import World

ROOT = Path(__file__).resolve().parent.parent

SCRIPT = """
import json, sys
from pathlib import Path
from tests.kills.killing import kill_the_migration, kill_the_office
office, migrated, folder = sys.argv[1:]
hit = kill_the_office(office, Path(folder) / "office", 6, 1)
kill_the_migration(office, migrated, Path(folder) / "migrated", 3, 1)
print(json.dumps(hit))
"""


def nothing(instance: db.Instance) -> None:
    """An empty database."""
    instance.engine.connect().close()


def test_an_office_killed_at_any_moment_loses_nothing_and_does_nothing_twice(
    engine_kind: str, databases: Databases, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with (
        databases.fresh(engine_kind, folders[0], nothing) as one,
        databases.fresh(engine_kind, folders[1], nothing) as two,
    ):
        urls = [each.settings.database_url for each in (one, two)]
        for each in (one, two):
            each.engine.dispose()
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *urls, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=300
        )
    assert done.returncode == 0, done.stderr
    assert sum(json.loads(done.stdout).values()) == 6


@pytest.mark.databases("sqlite")
def test_a_file_that_no_row_names_is_swept_and_a_young_or_named_one_is_not(world: World) -> None:
    proposed(world)
    with db.transaction(world.instance):
        orphan = documents.path_of("ab" + "0" * 62)
        documents.write_file(orphan, picture("red"))
        assert documents.sweep() == 0
        assert documents.sweep(older_than=timedelta(seconds=-5)) == 1
        assert not orphan.exists()
        [named] = db.execute(documents.file.select()).all()
        assert documents.path_of(named.sha256).exists()
