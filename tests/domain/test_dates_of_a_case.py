"""What comes after what: checks, payments, photographs; and days no calendar has."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core import db, instance as instances
from core.domain import budget, cases, disbursement, monitoring, parameters, tasks
from core.errors import BadInput, Unmet
from core.toolkit import Row
from tests.stories import DECISION, PAID, SEEN, approved, codes, picture, proposed
from tests.test_plugins import Brings
from tests.worlds import WELL, World, start


def later(world: World, day: int) -> None:
    world.instance.clock = db.FixedClock(datetime(2026, 11, day, 3, tzinfo=UTC))


def set_to(world: World, name: str, value: Any) -> None:
    with db.transaction(world.instance):
        parameters.change(world.manager, name, Row(value, "Quyết định thử nghiệm", verified=True, place="24"))
        instances.build_registry(world.instance)


def test_money_is_not_paid_before_the_day_its_check_was_passed(world: World) -> None:
    number = approved(world)
    later(world, 27)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, number, "dug", SEEN | {"visited_on": "26/11/2026"})
    with pytest.raises(BadInput) as refused, db.transaction(world.instance):
        disbursement.pay(world.accountant, number, "first", PAID | {"paid_on": "25/11/2026"})
    assert codes(refused) == ["before_check"]
    with db.transaction(world.instance):
        disbursement.pay(world.accountant, number, "first", PAID | {"paid_on": "26/11/2026"})


def test_a_check_does_not_lie_before_the_one_it_follows(world: World) -> None:
    number = approved(world)
    later(world, 27)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, number, "dug", SEEN | {"visited_on": "26/11/2026"})
    with pytest.raises(BadInput) as refused, db.transaction(world.instance):
        monitoring.record_visit(world.monitor, number, "finished", SEEN | {"visited_on": "24/11/2026", "water": "yes"})
    assert codes(refused) == ["before_check"]


def test_each_attempt_at_a_check_needs_photographs_of_its_own(world: World) -> None:
    steps = (dataclasses.replace(WELL.steps[0], photos=1), *WELL.steps[1:])
    start(world.instance, (("well", Brings(dataclasses.replace(WELL, steps=steps))),))
    number = approved(world)
    taken = [("ảnh.png", picture())]
    with db.transaction(world.instance):
        assert not monitoring.record_visit(world.monitor, number, "dug", SEEN | {"passed": "no"}, taken).passed
    for photos in ([], taken, [("ảnh.pdf", b"%PDF-1.4 x %%EOF")]):
        with pytest.raises(Unmet) as refused, db.transaction(world.instance):
            monitoring.record_visit(world.monitor, number, "dug", SEEN, photos)
        assert codes(refused) == ["photos_missing"]
        assert ("trước không tính" in refused.value.reasons[0].sentence.vi) == (photos is taken)


@pytest.mark.parametrize("days", [10**9, -(10**9)])
def test_a_deadline_no_calendar_has_is_no_deadline(world: World, days: int) -> None:
    set_to(world, "deadline.decide", days)
    set_to(world, "well_days", days)
    set_to(world, "well_months", days)
    number = approved(world)
    with db.transaction(world.instance):
        row = cases.find(world.auditor, number)
        assert {each.due_on for each in tasks.of_case(row.id)} == {tasks.NEVER}


def test_a_value_may_hold_until_the_last_day_of_the_calendar(world: World) -> None:
    forever = Row(11, "Quyết định", verified=True, place="24", valid_from=date.min, valid_to=date.max)
    with db.transaction(world.instance):
        parameters.change(world.manager, "well_depth", dataclasses.replace(forever, valid_from=None, valid_to=None))
        parameters.change(world.manager, "well_depth", dataclasses.replace(forever, value=12))
        standing = [row for row in parameters.rows_of("well_depth") if row.superseded_at is None]
        assert sorted(row.value for row in standing) == ["10", "12"]


@pytest.mark.parametrize("year", ["²", "9" * 5000, "2026.0", "-1"])
def test_a_year_that_is_none_is_refused_beside_its_field(world: World, year: str) -> None:
    with pytest.raises(BadInput) as refused, db.transaction(world.instance):
        budget.create_fund(
            world.manager,
            {
                "code": "X",
                "name": "X",
                "source": "central",
                "capital": "recurrent",
                "year": year,
                "programme": "well",
                "unit": "24",
            },
        )
    assert [reason.field for reason in refused.value.reasons] == ["year"]


def test_at_half_past_eleven_at_night_in_greenwich_it_is_tomorrow_here(world: World) -> None:
    world.instance.clock = db.FixedClock(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    number = proposed(world)
    assert number.startswith("BN-27-")
    with db.transaction(world.instance):
        assert cases.find(world.officer, number).applied_on == date(2027, 1, 1)
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        cases.move(world.approver, number, "approve", DECISION | {"decision_date": "01/01/2027"})
    assert codes(refused) == ["budget_short", "budget_short"]  # the money of 2026 is not that of 2027
