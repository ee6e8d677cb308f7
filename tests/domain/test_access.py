"""One predicate of reach: what SQL finds is what Python says, in every world."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import BigInteger, Column, Integer, MetaData, Select, Table, delete, insert, select

from core import db
from core.domain import access
from core.domain.access import ROLES, Actor, Held
from core.errors import NotAllowed
from tests.databases import undone
from tests.worlds import World, person

# Rows as cases, households and tasks have them: a place and who may read.
placed = Table(
    "placed_row",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("unit_id", BigInteger),
    Column("district_id", BigInteger),
    Column("province_id", BigInteger),
    Column("readers", Integer),
)


class Commune(NamedTuple):
    """A commune and what it lies in; since July 2025 there is no district."""

    id: int
    district: int | None
    province: int


@st.composite
def countries(draw: st.DrawFn) -> list[Commune]:
    """Provinces with districts with communes, and communes without a district; keys never repeat."""
    keys = iter(range(2, 10_000))
    found = []
    for _ in range(draw(st.integers(1, 3))):
        province = next(keys)
        districts: list[int | None] = [next(keys) for _ in range(draw(st.integers(0, 2)))]
        for district in [*districts, None]:
            found += [Commune(next(keys), district, province) for _ in range(draw(st.integers(0, 2)))]
    return found or [Commune(3, None, 2)]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Actor, list[dict[str, Any]]]:
    """Somebody with roles at units of every level, and rows all over the country."""
    communes = draw(countries())
    where = [(0, 1)]
    for commune in communes:
        where += [(1, commune.province), (3, commune.id)]
        where += [(2, commune.district)] if commune.district else []
    grants = draw(st.lists(st.tuples(st.sampled_from(sorted(ROLES)), st.sampled_from(where)), max_size=5))
    actor = Actor(1, "ai", "Ai", tuple(Held(role, unit, level) for role, (level, unit) in grants))
    rows = draw(st.lists(st.tuples(st.sampled_from(communes), st.integers(0, 127)), max_size=12))
    return actor, [
        {"id": key, "unit_id": at.id, "district_id": at.district, "province_id": at.province, "readers": readers}
        for key, (at, readers) in enumerate(rows)
    ]


@pytest.fixture
def shelf(instance: db.Instance) -> db.Instance:
    """An instance with an empty table of placed rows."""
    placed.create(instance.engine)
    return instance


def found(statement: Select[Any]) -> set[int]:
    return set(db.execute(statement).scalars())


@given(worlds())
def test_a_list_holds_exactly_the_rows_that_the_single_page_shows(shelf: db.Instance, world: Any) -> None:
    actor, rows = world
    with undone(shelf):
        _put(rows)
        assert found(select(placed.c.id).where(access.visible_to(actor, placed))) == {
            row["id"] for row in rows if access.sees(actor, SimpleNamespace(**row))
        }


@given(worlds(), st.sampled_from(sorted(access.PERMISSIONS)))
def test_what_lies_within_reach_is_where_the_permission_is_held(
    shelf: db.Instance, world: Any, permission: str
) -> None:
    actor, rows = world
    with undone(shelf):
        _put(rows)
        assert found(select(placed.c.id).where(access.within_reach(actor, placed, permission))) == {
            row["id"] for row in rows if access.may(actor, permission, SimpleNamespace(**row))
        }


@given(worlds())
def test_a_role_more_never_shows_less(shelf: db.Instance, world: Any) -> None:
    actor, rows = world
    less = Actor(actor.id, actor.login, actor.name, actor.grants[:-1])
    with undone(shelf):
        _put(rows)
        statement = select(placed.c.id)
        assert found(statement.where(access.visible_to(less, placed))) <= found(
            statement.where(access.visible_to(actor, placed))
        )


def _put(rows: list[dict[str, Any]]) -> None:
    db.execute(delete(placed))
    if rows:
        db.execute(insert(placed), rows)


def test_every_role_has_a_bit_of_its_own() -> None:
    bits = [role.bit for role in ROLES.values()]
    assert access.readers(ROLES) == sum(bits)
    assert len({bit.bit_length() for bit in bits if bit.bit_count() == 1}) == len(ROLES)


def test_a_permission_is_held_at_the_unit_and_below_and_nowhere_else(world: World) -> None:
    here = SimpleNamespace(unit_id=world.commune.id, district_id=None, province_id=world.commune.province_id)
    elsewhere = SimpleNamespace(unit_id=-1, district_id=None, province_id=-2)
    assert access.may(world.officer, "household.edit", here)
    assert access.may(world.manager, "fund.manage", here)
    assert not access.may(world.manager, "fund.manage", elsewhere)
    assert not access.may(world.auditor, "household.edit", here)
    assert access.may(world.admin, "user.manage", elsewhere)


def test_a_role_held_above_is_no_role_of_the_level_that_decides(world: World) -> None:
    here = SimpleNamespace(unit_id=world.commune.id, district_id=None, province_id=world.commune.province_id)
    assert access.held_at(world.approver, ["approver"], here, level=1) is not None
    assert access.held_at(world.approver, ["approver"], here, level=3) is None


def test_a_refusal_names_the_role_that_the_step_asks_for(world: World) -> None:
    with pytest.raises(NotAllowed) as refused:
        access.require(world.officer, "payment.make")
    assert "Kế toán" in refused.value.reasons[0].sentence.vi
    assert refused.value.reasons[0].needed == ["accountant"]


def test_an_actor_of_an_ended_epoch_is_nobody(world: World) -> None:
    with db.transaction(world.instance):
        assert access.actor(world.officer.id, 1) == world.officer
        assert access.actor(world.officer.id, 2) is None
        assert access.actor(-1) is None


def test_roles_at_several_units_are_held_side_by_side(world: World) -> None:
    with db.transaction(world.instance):
        both = person("hai.noi", ("officer", world.commune.id), ("accountant", 1))
    assert both.roles == {"officer", "accountant"}
    assert {(held.role, held.level) for held in both.grants} == {("officer", 3), ("accountant", 0)}
