"""The migrations make the tables that the code declares, on both databases, and guard rows that must not change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import DatabaseError

from core import db, instance as instances
from core.domain import disbursement, history, monitoring, people, reads, users
from tests.stories import PAID, SEEN, approved
from tests.worlds import World


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(instance: db.Instance) -> None:
    with instance.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_lay_every_check_that_the_code_declares(instance: db.Instance) -> None:
    laid = inspect(instance.engine)
    for table in db.metadata.sorted_tables:
        declared = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        assert {each["name"] for each in laid.get_check_constraints(table.name)} == declared, table.name


def test_a_second_migration_does_nothing(instance: db.Instance) -> None:
    assert instances.is_migrated(instance)
    instances.migrate(instance)
    assert instances.is_migrated(instance)


APPEND_ONLY = [table.name for table in db.metadata.sorted_tables if table.info.get("append_only")]


def filled(world: World) -> World:
    """A world with a row in every table that is appended only."""
    case = approved(world)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
        disbursement.pay(world.accountant, case, "first", PAID)
        history.seal_new()
        users.lock_user(world.admin, world.monitor.id)
        head = people.household_of(world.officer, world.household).members[0].row
        member = {"person_id": str(head.id), "name": head.name, "relation": "head", "birth": "1961", "sex": "male"}
        people.save_household(world.officer, {"code": "H1", "members": [member]}, world.household)
    world.instance.settings = replace(world.instance.settings, seal_key="the key of another instance")
    with db.transaction(world.instance):
        assert history.take_over()
    world.instance.clock = db.Clock()  # of this log the database keeps what is young by its own clock
    with db.transaction(world.instance):
        reads.keep(reads.taken(world.officer, "page", "cases.show"))
    return world


def refused(world: World, statement: str) -> str:
    """What the database says to a statement; it is not done."""
    with pytest.raises(DatabaseError) as error, db.transaction(world.instance):
        db.execute(text(statement))
    return str(error.value)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_appended_only_is_neither_changed_nor_deleted(world: World, table: str) -> None:
    filled(world)
    assert "append-only" in refused(world, f"UPDATE {table} SET id = id")
    assert "append-only" in refused(world, f"DELETE FROM {table}")


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_appended_only_is_not_emptied(world: World, table: str) -> None:
    assert "append-only" in refused(world, f"TRUNCATE {table} CASCADE")
