"""The tests' own ground: each test has a database of its own, on both kinds."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from core import db
from tests.databases import undone


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_never_sees_what_another_left(instance: db.Instance, turn: int) -> None:
    assert "leaving" not in inspect(instance.engine).get_table_names()
    with db.transaction(instance):
        db.execute(text("CREATE TABLE leaving (turn integer)"))


def test_a_test_finds_the_tables_of_the_domain(instance: db.Instance) -> None:
    found = set(inspect(instance.engine).get_table_names())
    assert db.metadata.tables.keys() <= found


def test_an_example_that_is_undone_leaves_no_trace(instance: db.Instance) -> None:
    with db.transaction(instance):
        db.execute(text("CREATE TABLE scratch (n integer)"))
    with undone(instance):
        db.execute(text("INSERT INTO scratch VALUES (1)"))
    with db.transaction(instance, read_only=True):
        assert db.execute(text("SELECT count(*) FROM scratch")).scalar() == 0


@pytest.mark.databases("postgres")
def test_a_test_may_ask_for_one_database_only(instance: db.Instance) -> None:
    assert instance.engine.dialect.name == "postgresql"


def test_the_clock_stands_on_a_working_morning(instance: db.Instance) -> None:
    assert instance.clock.today().isoformat() == "2026-11-23"
