"""Changing a legal value: cut, never lost; of its type; by the manager of the place; by two people at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from core import db, instance as instances
from core.domain import parameters, programmes, units
from core.domain.parameters import Row
from core.errors import BadInput, NotAllowed, Refused
from tests.worlds import World

SOURCE = "Quyết định 9/QĐ-UBND"
NEXT_YEAR = date(2027, 1, 1)


def row(value: object, start: date | None = NEXT_YEAR, end: date | None = None, place: str = "24") -> Row:
    return Row(value, SOURCE, verified=True, valid_from=start, valid_to=end, place=place)


def at(world: World, on: date) -> object:
    instances.build_registry(world.instance)
    found = programmes.resolve(units.Place(unit_id=world.commune.id), on)("well_depth")
    return found.value if found else None


def test_a_span_in_the_middle_leaves_the_days_before_and_after_as_they_were(world: World) -> None:
    with db.transaction(world.instance):
        parameters.change(world.manager, "well_depth", row(15))
        parameters.change(world.manager, "well_depth", row(20, date(2027, 3, 1), date(2027, 3, 31)))
        days = [date(2026, 12, 31), NEXT_YEAR, date(2027, 2, 28), date(2027, 3, 1), date(2027, 3, 31), date(2027, 4, 1)]
        assert [at(world, day) for day in days] == [10, 15, 15, 20, 20, 15]
        assert len(parameters.rows_of("well_depth")) == 5  # the plugin's, the first, its two halves, the second


@pytest.mark.parametrize("value", ["mười", 1.5, True, ["a"]])
def test_a_value_of_another_type_is_refused_before_it_can_stop_the_program(world: World, value: object) -> None:
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        parameters.change(world.manager, "well_depth", row(value))
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [("parameter_type", "value")]


def test_every_mistake_is_named_at_once(world: World) -> None:
    wrong = Row("x", " ", verified=False, valid_from=NEXT_YEAR, valid_to=date(2026, 1, 1), place="24", area_kind="moon")
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        parameters.change(world.manager, "well_depth", wrong)
    assert {reason.field for reason in refused.value.reasons} == {"value", "source", "valid_to", "area_kind"}


def test_the_manager_of_one_province_changes_nothing_for_the_country_or_for_another(world: World) -> None:
    for place in ("VN", "01"):
        with db.transaction(world.instance), pytest.raises(NotAllowed):
            parameters.change(world.manager, "well_depth", row(15, place=place))


def test_two_people_who_change_the_same_days_at_once_leave_one_value_in_force(world: World) -> None:
    start, refusals = threading.Barrier(2), []

    def change(value: int) -> None:
        start.wait(30)
        try:
            with db.transaction(world.instance):
                parameters.change(world.manager, "well_depth", row(value))
        except Refused as refused:
            refusals.append(refused)

    threads = [threading.Thread(target=change, args=(value,)) for value in (15, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refusals == []
    with db.transaction(world.instance):
        assert at(world, NEXT_YEAR) in (15, 20)
        in_force = [each for each in parameters.rows_of("well_depth") if each.superseded_at is None]
        assert len(in_force) == 2  # the plugin's for the country, and one for the province
