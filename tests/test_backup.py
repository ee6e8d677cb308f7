"""Taken while people work, restored on an empty machine, equal."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect, select

from core import backup as backups, db, plugins
from core.cli import main
from core.domain import audit, cases, documents, history
from core.errors import BadInput, WrongState
from tests.databases import Databases
from tests.stories import codes, first_paid, opened, proposed
from tests.worlds import WellPlugin, World, household

Empty = Callable[..., Any]


def nothing(instance: db.Instance) -> None:
    """An empty database."""
    instance.engine.connect().close()


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Empty:
    """``empty("postgres")``: an instance on a machine where nothing is yet."""

    @contextmanager
    def machine(kind: str) -> Iterator[db.Instance]:
        folder = tmp_path / f"empty-{kind}"
        folder.mkdir()
        with databases.fresh(kind, folder, nothing) as made:
            made.plugins = plugins.find((("well", WellPlugin()),))
            yield made

    return machine


def run(instance: db.Instance, *words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, list(words), obj=instance)
    assert result.exit_code == status, result.output
    return result


def everything(instance: db.Instance) -> dict[str, list[Any]]:
    """Every row of every table, and the schema's version."""
    with db.transaction(instance, read_only=True):
        return {
            table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
            for table in db.metadata.sorted_tables
        }


def files(instance: db.Instance) -> dict[str, bytes]:
    store = instance.settings.instance / "files"
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


OTHER = {"sqlite": "postgres", "postgres": "sqlite"}


@pytest.mark.parametrize("onto", ["same", "other"])
def test_a_restored_instance_is_equal_on_either_database(
    world: World, engine_kind: str, empty: Empty, tmp_path: Path, onto: str
) -> None:
    first_paid(world)
    with db.transaction(world.instance):
        history.seal_new()
    kept, backup = tmp_path / "seals.json", tmp_path / "backup.zip"
    run(world.instance, "seal", "--export", str(kept))
    told = run(world.instance, "--lang", "en", "backup", str(backup))
    assert "1 cases" in told.stdout
    assert "TIEPSUC_SEAL_KEY" in told.stderr  # what to keep beside it
    assert backup.stat().st_mode & 0o077 == 0
    with empty(engine_kind if onto == "same" else OTHER[engine_kind]) as other:
        assert "whole" in run(other, "--lang", "en", "restore", str(backup)).stdout
        assert everything(other) == everything(world.instance)
        assert files(other) == files(world.instance) != {}
        run(other, "verify", "--papers")
        run(other, "verify", "--against", str(kept))
        there = replace(world, instance=other)
        with db.transaction(other):  # work goes on, also where the database counts by itself
            home = household(there, "H2")
        proposed(there, household=home)
        run(other, "verify")


def test_a_backup_taken_while_people_work_is_of_one_moment(
    world: World, engine_kind: str, empty: Empty, tmp_path: Path
) -> None:
    stop = threading.Event()
    errors: list[BaseException] = []

    def office() -> None:
        serial = 0
        try:
            while not stop.is_set():
                serial += 1
                with db.transaction(world.instance):
                    home = household(world, f"X{serial}", f"Hộ {serial}")
                proposed(world, {"depth": 12, "central": 1_000_000}, home)
                with db.transaction(world.instance):
                    history.seal_new()
        except BaseException as error:
            errors.append(error)

    first = opened(world)
    worker = threading.Thread(target=office)
    worker.start()
    try:
        taken = [tmp_path / f"{serial}.zip" for serial in range(3)]
        for path in taken:
            backups.backup(world.instance, path)
    finally:
        stop.set()
        worker.join()
    assert errors == []
    with empty(engine_kind) as other:
        backups.restore(other, taken[-1])
        with db.transaction(other, read_only=True):
            assert audit.verify(papers=True) is None
            assert first in [row.number for row in cases.heads().values()]
            there = set(cases.heads())
    with db.transaction(world.instance, read_only=True):
        assert there <= set(cases.heads())


@pytest.mark.databases("sqlite")
def test_a_backup_is_refused_when_it_is_damaged_cut_off_or_something_else(
    world: World, engine_kind: str, empty: Empty, tmp_path: Path
) -> None:
    first_paid(world)
    whole = tmp_path / "whole.zip"
    backups.backup(world.instance, whole)
    content = whole.read_bytes()
    turned = bytearray(content)
    turned[len(content) // 2] ^= 1
    foreign, forged = tmp_path / "foreign.zip", tmp_path / "forged.zip"
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("readme.txt", "x")
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"first", b"FIRST") if name.startswith("tables/instalment") else data)
    bad = {"cut": content[: len(content) - 100], "turned": bytes(turned), "empty": b"", "text": b"not a backup"}
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    with empty(engine_kind) as other:
        for path in (*(tmp_path / name for name in bad), foreign, forged, tmp_path / "not there"):
            with pytest.raises(BadInput) as refused:
                backups.restore(other, path)
            assert codes(refused)[0] in {"backup_damaged", "file_unreadable"}, path
            with other.engine.connect() as connection:
                assert inspect(connection).get_table_names() == []


@pytest.mark.databases("sqlite")
def test_a_backup_never_overwrites(world: World, tmp_path: Path) -> None:
    backup = tmp_path / "backup.zip"
    backups.backup(world.instance, backup)
    with pytest.raises(WrongState) as refused:
        backups.restore(world.instance, backup)
    assert codes(refused) == ["not_empty"]
    with pytest.raises(BadInput) as exists:
        backups.backup(world.instance, backup)
    assert codes(exists) == ["file_exists"]
    run(world.instance, "restore", str(backup), status=3)


@pytest.mark.databases("sqlite")
def test_a_backup_of_a_newer_program_says_which(world: World, engine_kind: str, empty: Empty, tmp_path: Path) -> None:
    backup, newer = tmp_path / "backup.zip", tmp_path / "newer.zip"
    backups.backup(world.instance, backup)
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                data = json.dumps(json.loads(data) | {"revision": "9999", "program": "99.0"}).encode()
            new.writestr(name, data)
    with empty(engine_kind) as other, pytest.raises(BadInput) as refused:
        backups.restore(other, newer)
    assert codes(refused) == ["backup_newer"]
    assert "99.0" in refused.value.reasons[0].sentence.en


def test_seals_of_a_lost_key_are_taken_over_and_still_cannot_be_rewritten(
    world: World, engine_kind: str, empty: Empty, tmp_path: Path
) -> None:
    first_paid(world)
    with db.transaction(world.instance):
        history.seal_new()
    kept, backup = tmp_path / "seals.json", tmp_path / "backup.zip"
    run(world.instance, "seal", "--export", str(kept))
    backups.backup(world.instance, backup)
    with empty(engine_kind) as other:
        other.settings = replace(other.settings, seal_key="another key of 16 or more")
        assert "taken over" in run(other, "--lang", "en", "restore", str(backup)).stderr
        run(other, "verify", "--against", str(kept))
        there = replace(world, instance=other)
        with db.transaction(other):
            home = household(there, "H2")
        opened(there, household=home)
        with db.transaction(other):
            assert history.seal_new() > 0
        run(other, "verify", "--against", str(kept))
        with other.engine.begin() as connection:  # somebody with the database's password
            if engine_kind == "sqlite":
                connection.exec_driver_sql("DROP TRIGGER seal_no_update")
            else:
                connection.exec_driver_sql("ALTER TABLE seal DISABLE TRIGGER USER")
            connection.execute(history.seal.update().where(history.seal.c.id == 1).values(digest="0" * 64))
        assert "key" in run(other, "--lang", "en", "verify", status=3).stderr


@pytest.mark.databases("sqlite")
def test_keys_are_in_a_backup_only_when_asked_for(
    world: World, engine_kind: str, empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIEPSUC_SEAL_KEY", raising=False)
    monkeypatch.delenv("TIEPSUC_SECRET_KEY", raising=False)
    opened(world)
    with db.transaction(world.instance):
        history.seal_new()
    without, with_keys = tmp_path / "without.zip", tmp_path / "with.zip"
    run(world.instance, "backup", str(without))
    run(world.instance, "backup", str(with_keys), "--with-keys")
    key = world.instance.settings.seal_key
    assert key not in zipfile.ZipFile(without).read("manifest.json").decode()
    with empty(engine_kind) as other:
        other.settings = replace(other.settings, seal_key="made up on this machine")
        told = json.loads(run(other, "restore", str(with_keys), "--json").stdout)
        assert (told["holds"], told["taken_over"], told["keys"]) == (True, 0, True)
        assert (other.settings.instance / "seal_key").read_text() == key


@pytest.mark.databases("sqlite")
def test_a_paper_that_was_changed_or_taken_away_is_named(world: World) -> None:
    proposed(world)
    with db.transaction(world.instance, read_only=True):
        [row] = db.execute(documents.file.select()).all()
        path = documents.path_of(row.sha256)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    run(world.instance, "verify")
    assert row.sha256 in run(world.instance, "verify", "--papers", status=3).stderr
    path.unlink()
    assert row.sha256 in run(world.instance, "verify", "--papers", status=3).stderr
    path.write_bytes(content)
    run(world.instance, "verify", "--papers")
