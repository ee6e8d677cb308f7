"""The unit of work: what may be written in it, what it sees, and what the database cannot hold."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError

from core import db, instance as instances
from core.domain import access, documents, parameters
from tests.worlds import World


def test_a_work_that_only_reads_cannot_write(world: World) -> None:
    with pytest.raises(DBAPIError), db.transaction(world.instance, read_only=True):
        parameters.touch()
    with db.transaction(world.instance):  # the same connection, from the pool
        before = parameters.version()
        parameters.touch()
        assert parameters.version() == before + 1


def test_what_is_in_force_does_not_change_under_a_work_that_has_begun(world: World) -> None:
    def another() -> None:
        with db.transaction(world.instance, read_only=True):
            instances.build_registry(world.instance)

    with db.transaction(world.instance, read_only=True):
        begun = db.registry()
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
        assert db.registry() is begun
    assert world.instance.registry is not begun


def test_a_work_that_refreshes_what_is_in_force_sees_it(world: World) -> None:
    with db.transaction(world.instance):
        begun = db.registry()
        parameters.touch()
        instances.refresh(world.instance)
        assert db.registry() is not begun
        assert db.registry().version == begun.version + 1


@pytest.mark.parametrize("value", [2**63, "\ud800"])
def test_what_the_database_cannot_hold_is_bad_data_on_every_database(world: World, value: Any) -> None:
    by_number = select(documents.document).where(documents.document.c.id == value)
    by_text = select(access.user).where(access.user.c.login == value)
    with pytest.raises(DataError), db.transaction(world.instance):
        db.execute(by_number if isinstance(value, int) else by_text)
