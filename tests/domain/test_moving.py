"""Moving cases where two numbers are one case, papers are touched by whoever decides, or rules are missing."""

from __future__ import annotations

import dataclasses

import pytest

from core import db
from core.domain import budget, cases, disbursement, monitoring
from core.errors import NotAllowed
from core.registry import Registry
from tests.stories import DECISION, PAID, SEEN, approved, codes, picture, proposed, state
from tests.worlds import World, person


def test_a_case_named_twice_in_one_list_is_moved_once(world: World) -> None:
    number = proposed(world)
    with db.transaction(world.instance):
        outcomes = cases.move_many(world.approver, [number, f" {number.lower()}", number], "approve", DECISION)
        assert [(outcome.number, outcome.moved) for outcome in outcomes] == [(number, True)]
        assert {row.code: row.committed for row in db.execute(budget.funds(world.manager))} == {
            "TW": 40_000_000,
            "DP": 3_000_001,
        }


def test_nobody_approves_after_taking_a_paper_off(world: World) -> None:
    with db.transaction(world.instance):
        both = person("both", ("officer", world.commune.id), ("approver", world.commune.province_id or 0))
    number = proposed(world)
    with db.transaction(world.instance):
        cases.move(world.approver, number, "return", {"comment": "Bỏ giấy thừa"})
        extra = cases.attach_paper(world.officer, number, "other", "thừa.png", picture())
        cases.remove_paper(both, number, extra)
        cases.move(world.officer, number, "propose")
    with pytest.raises(NotAllowed) as refused, db.transaction(world.instance):
        cases.move(both, number, "approve", DECISION)
    assert codes(refused) == ["four_eyes"]


def test_a_step_the_program_takes_by_itself_waits_while_one_of_its_rules_is_missing(world: World) -> None:
    number = approved(world)
    whole: Registry = world.instance.registry
    without = {code: each for code, each in whole.requirements.items() if code != "all_paid"}
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, number, "dug", SEEN)
        monitoring.record_visit(world.monitor, number, "finished", SEEN | {"water": "yes"})
        disbursement.pay(world.accountant, number, "first", PAID)
    world.instance.registry = dataclasses.replace(whole, requirements=without)
    with db.transaction(world.instance):
        disbursement.pay(world.accountant, number, "last", PAID)
    assert state(world, number) == "approved"
    world.instance.registry = whole
    with db.transaction(world.instance):
        assert cases.move(world.accountant, number, "finish_payment").moved
