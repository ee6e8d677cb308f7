"""A programme changes while its cases are under way: every refusal is a sentence, and no money appears or vanishes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import update

from core import db
from core.domain import budget, cases, disbursement, monitoring
from core.errors import Unmet
from core.toolkit import Field, Programme, Step, Text
from tests.stories import DECISION, GOOD, PAID, SEEN, approved, codes, opened, proposed
from tests.test_plugins import Brings
from tests.worlds import WELL, World, start


def changed(world: World, **changes: Any) -> Programme:
    programme = dataclasses.replace(WELL, **changes)
    start(world.instance, (("well", Brings(programme)),))
    return programme


def test_a_check_that_the_programme_gained_can_be_recorded(world: World) -> None:
    number = proposed(world)
    changed(world, steps=(*WELL.steps, Step("tasted", Text("Đã nếm", "Tasted"), due="well_days")))
    with db.transaction(world.instance):
        cases.move(world.approver, number, "approve", DECISION)
        assert monitoring.record_visit(world.monitor, number, "tasted", SEEN).passed


def test_a_check_that_the_programme_lost_can_still_be_recorded(world: World) -> None:
    number = approved(world)
    changed(world, steps=(), instalments=(dataclasses.replace(WELL.instalments[1], after=None),), criteria=())
    with db.transaction(world.instance):
        assert monitoring.record_visit(world.monitor, number, "dug", SEEN).passed
        assert disbursement.pay(world.accountant, number, "first", PAID).state == "approved"
        assert monitoring.record_visit(world.monitor, number, "finished", SEEN | {"water": "yes"}).passed


@pytest.mark.parametrize("kind", ["date", "text", "yes_no"])
def test_answers_of_another_type_than_the_programme_now_asks_are_refused_in_words(world: World, kind: str) -> None:
    number = proposed(world)
    changed(world, fields=(Field("depth", kind, Text("Độ sâu", "Depth")), *WELL.fields[1:]), criteria=())
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        cases.move(world.approver, number, "approve", DECISION)
    assert codes(refused) == ["form_changed"]


def test_money_of_a_source_that_the_programme_lost_is_neither_promised_nor_paid(world: World) -> None:
    number = proposed(world)
    changed(world, supports=WELL.supports[:1])
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        cases.move(world.approver, number, "approve", DECISION)
    assert codes(refused) == ["form_changed"]
    with db.transaction(world.instance):
        cases.move(world.approver, number, "return", {"comment": "Lưu lại theo biểu mẫu mới"})
        assert cases.save_answers(world.officer, number, GOOD).amount == 40_000_000
        cases.move(world.officer, number, "propose")
        cases.move(world.approver, number, "approve", DECISION)
        row = cases.find(world.auditor, number)
        assert sum(each.amount for each in disbursement.of_case(row.id)) == 40_000_000
        assert sum(each.amount for each in budget.of_case(row.id)) == 40_000_000


def test_answers_saved_anew_belong_to_the_form_they_were_asked_with(world: World) -> None:
    number = opened(world)
    more = Field("rings", "integer", Text("Số bi giếng", "Rings"))
    changed(world, fields=(*WELL.fields, more))
    with db.transaction(world.instance):
        cases.save_answers(world.officer, number, GOOD | {"rings": 7})
    start(world.instance, ())
    with db.transaction(world.instance):
        assert cases.form_of(cases.find(world.officer, number)).field("rings") == more


def test_an_instalment_is_never_marked_paid_with_less_than_it_takes_from_the_funds(world: World) -> None:
    number = approved(world)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, number, "dug", SEEN)
        row = cases.find(world.auditor, number)
        table = disbursement.instalment
        db.execute(update(table).where(table.c.case_id == row.id, table.c.code == "first").values(amount=99_000_000))
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        disbursement.pay(world.accountant, number, "first", PAID)
    assert codes(refused) == ["promised_short"]


def test_a_yes_or_no_that_lists_read_is_kept_on_every_database(world: World) -> None:
    asked = Field("shared", "yes_no", Text("Dùng chung", "Shared"), indexed=True)
    changed(world, fields=(*WELL.fields, asked))
    number = opened(world, GOOD | {"shared": "yes"})
    with db.transaction(world.instance):
        row = cases.find(world.officer, number)
        facts = cases.case_fact
        found = db.execute(facts.select().where(facts.c.case_id == row.id, facts.c.name == "shared")).one()
        assert found.number == 1
