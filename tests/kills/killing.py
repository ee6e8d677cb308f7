"""Killing: a child works, the parent kills it, another child looks whether all holds; the parent opens no database."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import MetaData, column, select, table as bare

from core import db, instance as instances, plugins
from core.backup.restoring import _hold_order, _let_order_wait
from core.config import Settings
from core.domain import access, audit, cases, units
from tests.databases import MORNING
from tests.kills.holding import check
from tests.kills.office import Journal, Office, tokens
from tests.worlds import TODAY, WellPlugin, World, again, build, money

FIRST = "0001"  # the schema of the first release, from which a database with data is brought to the present one


def open_instance(url: str, folder: Path) -> db.Instance:
    """The instance as a process of its own opens it."""
    folder.mkdir(exist_ok=True)
    settings = Settings(instance=folder, database_url=url, secret_key="s" * 32, seal_key="k" * 32)
    instance = db.Instance(settings, db.open_engine(settings), db.FixedClock(MORNING))
    instance.plugins = plugins.find((("well", WellPlugin()),))
    return instance


def in_a_child(work: Callable[[], None]) -> int:
    """Start a process that does ``work`` and ends; gives its id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stderr.flush()
    os._exit(status)


def whole(work: Callable[[], None]) -> None:
    """Have a child do ``work`` to its end."""
    _, status = os.waitpid(in_a_child(work), 0)
    assert os.waitstatus_to_exitcode(status) == 0, "see the traceback above"


def killed(work: Callable[[Callable[[], None]], None], after: float) -> bool:
    """Have a child do ``work`` and kill it so many seconds after it called what it is given; whether it was alive."""
    reading, writing = os.pipe()
    child = in_a_child(lambda: work(lambda: _told(writing)))
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), "it failed before it was killed"
    return code != 0


def _told(writing: int) -> None:
    os.write(writing, b".")


def _set_up(url: str, folder: Path) -> None:
    instance = open_instance(url, folder)
    instances.migrate(instance)
    world = build(instance)
    with db.transaction(instance):
        money(world.manager, "TW2", 900_000_000_000)
    tokens(world, folder)


def _office(url: str, folder: Path) -> Office:
    instance = open_instance(url, folder)
    with db.transaction(instance):
        instances.build_registry(instance)
    with db.transaction(instance, read_only=True):
        commune = units.children(units.unit_by_code("24", TODAY).id, TODAY)[0]
        actors = {role: access.actor_by_login(role) for role in access.ROLES}
    return Office(World(instance, commune, "", actors), folder)


def kill_the_office(url: str, folder: Path, kills: int, seed: int, longest: float = 0.25) -> Counter[str]:
    """Set an office up on an empty database, then kill it again and again; gives which acts were hit how often."""
    folder.mkdir(exist_ok=True)
    chance, journal = random.Random(seed), Journal(folder / "journal")
    whole(lambda: _set_up(url, folder))
    hit: Counter[str] = Counter()
    for serial in range(kills):
        own = random.Random(chance.getrandbits(64))

        def work(ready: Callable[[], None], own: random.Random = own) -> None:
            office = _office(url, folder)
            ready()
            office.work(own, journal)

        killed(work, chance.uniform(0, longest))
        unanswered = journal.read()[1]
        hit[unanswered.name if unanswered else "between"] += 1
        try:
            whole(lambda: check(_office(url, folder), journal))
        except AssertionError as error:
            raise AssertionError(f"kill {serial} of seed {seed}, in {unanswered}: {error}") from error
    return hit


def kill_the_migration(source: str, url: str, folder: Path, kills: int, seed: int, longest: float = 0.6) -> int:
    """Kill the way of a database with data from the first schema to the present one; gives how many kills hit it.

    ``source`` is a database with data; ``url`` an empty one, which gets its rows as the first schema had them.
    """
    folder.mkdir(exist_ok=True)
    chance = random.Random(seed)
    whole(lambda: _as_it_was(source, url, folder))
    hit = 0
    for _ in range(kills):

        def work(ready: Callable[[], None]) -> None:
            instance = open_instance(url, folder)
            ready()
            instances.prepare(instance)

        hit += killed(work, chance.uniform(0, longest))
    whole(lambda: _is_prepared(url, folder))
    return hit


def _as_it_was(source: str, url: str, folder: Path) -> None:
    old, new = open_instance(source, folder / "source"), open_instance(url, folder)
    with db.transaction(new) as work:
        instances.upgrade(work.connection, FIRST)
        there = MetaData()
        there.reflect(work.connection)
        _let_order_wait(work.connection)
        with old.engine.connect() as connection:
            for table in db.metadata.sorted_tables:
                if table.name in there.tables:
                    columns = [each for each in table.columns if each.name in there.tables[table.name].columns]
                    rows = [dict(row._mapping) for row in connection.execute(select(*columns))]
                    if rows:
                        work.connection.execute(
                            bare(table.name, *(column(c.name, c.type) for c in columns)).insert(), rows
                        )
        _hold_order(work.connection)


def _is_prepared(url: str, folder: Path) -> None:
    instance = open_instance(url, folder)
    instances.prepare(instance)
    assert instances.is_migrated(instance)
    world = again(instance)
    with db.transaction(instance, read_only=True):
        assert audit.verify() is None
        assert cases.heads()
    assert world.household


__all__ = ["in_a_child", "kill_the_migration", "kill_the_office", "open_instance", "whole"]
