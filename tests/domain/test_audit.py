"""What somebody changes behind the program's back is found by what the history tells."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, delete, update

from core import db
from core.domain import audit, budget, cases, decisions, disbursement, history, monitoring, programmes
from tests.stories import DECISION, GOOD, PAID, SEEN, picture
from tests.worlds import World, household

CASE, FUND = cases.case, budget.fund


@pytest.fixture
def number(world: World) -> str:
    """A case that was edited, returned, approved, visited and paid in part, with an answer nobody else may see."""
    with db.transaction(world.instance):
        found = cases.open_case(world.officer, "well", world.household, GOOD | {"illness": "hen"}).number
        cases.attach_paper(world.officer, found, "request", "đơn.png", picture())
        cases.move(world.officer, found, "propose")
        cases.move(world.approver, found, "return", {"comment": "Sửa độ sâu"})
        cases.save_answers(world.officer, found, GOOD | {"depth": 14})
        cases.save_answers(world.officer, found, GOOD | {"depth": 14, "illness": "lao"})
        cases.move(world.officer, found, "propose")
        cases.move(world.approver, found, "approve", DECISION)
        monitoring.record_visit(world.monitor, found, "dug", SEEN | {"passed": "no"})
        monitoring.record_visit(world.monitor, found, "dug", SEEN)
        disbursement.pay(world.accountant, found, "first", PAID)
    return found


def verified(world: World) -> history.Broken | None:
    with db.transaction(world.instance, read_only=True):
        return audit.verify()


def test_what_went_the_right_way_holds(world: World, number: str) -> None:
    assert verified(world) is None
    with db.transaction(world.instance):
        cases.open_case(world.officer, "well", household(world, "H2", "Trần Thị Bé"))
    assert verified(world) is None


def test_money_given_back_holds(world: World) -> None:
    with db.transaction(world.instance):
        found = cases.open_case(world.officer, "well", world.household, GOOD).number
        cases.attach_paper(world.officer, found, "request", "đơn.png", picture())
        cases.move(world.officer, found, "propose")
        cases.move(world.approver, found, "approve", DECISION)
        cases.move(world.officer, found, "withdraw", {"reason": "Hộ đã chuyển đi"})
    assert verified(world) is None


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        (CASE, {"state": "closed"}, "state"),
        (CASE, {"answers": '{"depth":99}'}, "answers"),
        (budget.commitment, {"paid": 0}, "money"),
        (budget.commitment, {"released": 1}, "money"),
        (monitoring.visit, {"passed": 1}, "visits"),
        (decisions.decision, {"signer": "Người khác"}, "decision"),
        (FUND, {"allocated": 900_000_000}, "fund"),
        (programmes.definition, {"body": "{}"}, "definition"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_was_changed_in_a_table_is_named(
    world: World, number: str, table: Table, change: dict[str, Any], said: str
) -> None:
    with db.transaction(world.instance):
        db.execute(update(table).values(change))
    broken = verified(world)
    assert broken is not None
    assert said in broken.what.en
    assert (broken.case_id is None) == (said in ("fund", "definition"))


def test_answers_of_which_a_value_is_restricted_are_not_judged(world: World, number: str) -> None:
    with db.transaction(world.instance):
        db.execute(delete(history.history_value).where(history.history_value.c.name == "changed"))
    assert verified(world) is None
