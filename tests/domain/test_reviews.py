"""An approver's day: two piles, the way through one of them, saved phrases, and what changed since a return."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from core import db, instance as instances
from core.domain import cases, drafts, parameters, people, reviews, units
from core.errors import BadInput, NotAllowed, NotFound
from core.toolkit import Criterion, Row
from tests.stories import GOOD, picture, proposed
from tests.test_plugins import Brings
from tests.worlds import TODAY, WELL, World, both, household, person, start


def several(world: World, count: int, first: int = 2) -> list[str]:
    """So many proposed cases of households of their own."""
    with db.transaction(world.instance):
        homes = [household(world, f"H{n}", f"Trần Thị {n}") for n in range(first, first + count)]
    return [proposed(world, household=each) for each in homes]


def judged(world: World) -> dict[str, list[str]]:
    """The codes of what is to be looked at, by case, in the order of the queue."""
    with db.transaction(world.instance, read_only=True):
        found = reviews.judged(world.approver)
        return {each.row.number: [reason.code for reason in each.reasons] for each in found}


@contextmanager
def counted(instance: db.Instance) -> Iterator[list[str]]:
    asked: list[str] = []

    def keep(*about: object) -> None:
        asked.append(str(about[2]))

    event.listen(instance.engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(instance.engine, "before_cursor_execute", keep)


def test_what_needs_nothing_but_the_decision_is_clean_and_money_goes_round_in_the_order_of_the_queue(
    world: World,
) -> None:
    one, two, three = several(world, 3)
    assert judged(world) == {one: [], two: [], three: ["budget_short"]}


def test_a_case_in_a_draft_waits_in_no_pile_and_its_money_is_gone_for_the_others(world: World) -> None:
    one, two, three = several(world, 3)
    with db.transaction(world.instance):
        drafts.start(world.approver, [one])
    assert judged(world) == {two: [], three: ["budget_short"]}


def test_a_criterion_that_no_longer_holds_or_is_not_known_asks_for_a_closer_look(world: World) -> None:
    one, two = several(world, 2)
    with db.transaction(world.instance):
        parameters.change(world.manager, "well_depth", Row(13, "Quyết định thử nghiệm", verified=True, place="24"))
        instances.build_registry(world.instance)
    assert judged(world) == {one: ["deep_enough"], two: ["deep_enough"]}
    with db.transaction(world.instance):
        parameters.change(world.manager, "well_depth", Row(None, "Quyết định thử nghiệm", verified=True, place="24"))
        instances.build_registry(world.instance)
    assert all(codes for codes in judged(world).values())


def test_what_somebody_may_not_decide_waits_in_neither_pile(world: World) -> None:
    several(world, 1)
    with db.transaction(world.instance):
        elsewhere = person("elsewhere", ("approver", units.unit_by_code("01", TODAY).id))
        assert reviews.judged(elsewhere) == []
        assert reviews.judged(world.officer) == []


def test_somebody_who_stands_in_two_households_is_a_duplicate(world: World) -> None:
    with db.transaction(world.instance):
        home = household(world, "H2", "Trần Thị Hai")
        for number, code in ((world.household, "H1"), (home, "H2")):
            head = people.household_of(world.officer, number).members[0].row
            member = {"person_id": str(head.id), "name": head.name, "relation": "head", "birth": "1960",
                      "sex": "male", "id_number": "024060000123"}  # fmt: skip
            people.save_household(world.officer, {"code": code, "members": [member]}, number)
    one, two = proposed(world), proposed(world, household=home)
    assert judged(world) == {one: ["duplicate"], two: ["duplicate"]}
    with db.transaction(world.instance):
        cases.move(world.approver, two, "reject", {"reason": "Trùng với hồ sơ khác"})
    assert judged(world) == {one: []}


def test_a_case_of_a_programme_that_excludes_this_one_is_a_duplicate_on_either_side(world: World) -> None:
    bare: dict[str, Any] = {"criteria": (), "parameters": (), "steps": (), "instalments": ()}
    pump = dataclasses.replace(WELL, code="pump", excludes=("well",), **bare)
    start(world.instance, (("well", Brings(WELL)), ("pump", Brings(pump))))
    one = proposed(world)
    assert judged(world) == {one: []}
    with db.transaction(world.instance):
        other = cases.open_case(world.officer, "pump", world.household, GOOD).number
        cases.attach_paper(world.officer, other, "request", "đơn.png", picture())
        cases.move(world.officer, other, "propose")
    assert [codes[0] for codes in judged(world).values()] == ["duplicate", "duplicate"]


def test_judging_a_queue_asks_the_database_no_more_often_for_ten_than_for_two(world: World) -> None:
    several(world, 2)
    judged(world)
    with counted(world.instance) as few:
        judged(world)
    several(world, 8, first=10)
    with counted(world.instance) as more:
        found = judged(world)
    assert len(found) == 10
    assert len(more) == len(few) < 30


def test_a_pile_keeps_its_order_and_what_was_passed_over_comes_again_at_the_end(world: World) -> None:
    one, two, three = several(world, 3)
    with db.transaction(world.instance):
        reviews.set_out(world.approver, "clean", [one, two, three])
        first = reviews.place_of(world.approver, "clean", one)
        assert (first.at, first.of, first.next, first.back) == (1, 3, two, None)
        cases.move(world.approver, two, "return", {"comment": "Bổ sung giấy tờ"})
        last = reviews.place_of(world.approver, "clean", three)
        assert (last.at, last.of, last.left, last.next, last.back) == (3, 3, 2, one, one)
        cases.move(world.approver, one, "return", {"comment": "Bổ sung giấy tờ"})
        assert reviews.place_of(world.approver, "clean", three).next is None
        assert reviews.numbers_of(world.officer, "clean") == []
        with pytest.raises(NotFound):
            reviews.numbers_of(world.approver, "dirty")


def test_phrases_are_kept_for_the_office_and_the_programme_and_joined_with_words_of_ones_own(world: World) -> None:
    [one] = several(world, 1)
    with db.transaction(world.instance):
        row = cases.find(world.approver, one)
        paper = reviews.save_phrase(world.approver, row, "chụp lại cho rõ", "request")
        depth = reviews.save_phrase(world.approver, row, "ghi lại theo thực tế", "depth")
        assert reviews.save_phrase(world.approver, row, "ghi lại theo thực tế", "depth") == depth
        said = reviews.composed(world.approver, row, [paper, depth, 17], " Nộp trước thứ Sáu. ")
        assert said == "Đơn đề nghị: chụp lại cho rõ\nĐộ sâu: ghi lại theo thực tế\nNộp trước thứ Sáu."
        reviews.save_phrase(world.approver, row, "ghi lại", "depth", depth)
        reviews.remove_phrase(world.approver, row, paper)
        assert [(each.about, each.body) for each in reviews.phrases(world.approver, row)] == [("depth", "ghi lại")]
        with pytest.raises(BadInput) as refused:
            reviews.save_phrase(world.approver, row, " ", "shoe size")
        assert [reason.field for reason in refused.value.reasons] == ["body", "about"]
        with pytest.raises(NotAllowed):
            reviews.save_phrase(world.officer, row, "ghi lại")
        elsewhere = person("elsewhere", ("approver", units.unit_by_code("01", TODAY).id))
        assert reviews.phrases(elsewhere, row) == []


def test_a_case_that_comes_back_tells_only_what_changed_since_it_was_returned(world: World) -> None:
    [one] = several(world, 1)
    with db.transaction(world.instance):
        assert reviews.since_return(cases.find(world.approver, one)) is None
        cases.move(world.approver, one, "return", {"comment": "Giếng sâu bao nhiêu?"})
    world.instance.clock.moment += timedelta(hours=1)  # type: ignore[attr-defined]
    with db.transaction(world.instance):
        cases.save_answers(world.officer, one, GOOD | {"depth": 15, "central": 30_000_000, "illness": "hen"})
        cases.save_answers(world.officer, one, GOOD | {"depth": 18, "central": 30_000_000, "illness": "hen"})
        cases.attach_paper(world.officer, one, "other", "ảnh.png", picture("red"))
        gone = cases.attach_paper(world.officer, one, "other", "nhầm.png", picture("blue"))
        cases.remove_paper(world.officer, one, gone)
        row = cases.find(world.officer, one)
        home = people.household_number(row.household_id)
        people.record_category(world.officer, home, "near_poor", TODAY, "02/QĐ-UBND")
        cases.move(world.officer, one, "propose")
        back = reviews.since_return(cases.find(world.approver, one))
    assert back is not None
    assert back.said == "Giếng sâu bao nhiêu?"
    assert back.answers == [("depth", 12, 18), ("central", 40_000_000, 30_000_000), ("illness", None, "hen")]
    assert back.papers == [("other", "ảnh.png", True)]
    assert back.amount == (43_000_001, 33_000_001)
    assert [(what.vi, before, after) for what, before, after in back.household] == [
        ("Phân loại hộ", "Hộ nghèo (A 120, B 40)", "Hộ nghèo (A 120, B 40); Hộ cận nghèo")
    ]


def test_what_was_changed_to_and_fro_is_no_change(world: World) -> None:
    [one] = several(world, 1)
    with db.transaction(world.instance):
        cases.move(world.approver, one, "return", {"comment": "Giếng sâu bao nhiêu?"})
        cases.save_answers(world.officer, one, GOOD | {"depth": 15})
        cases.save_answers(world.officer, one, GOOD)
        cases.move(world.officer, one, "propose")
        back = reviews.since_return(cases.find(world.approver, one))
    assert back is not None
    assert back.nothing


def test_cases_of_very_many_days_are_judged_in_no_more_statements_and_by_the_facts_of_their_own_day(
    world: World,
) -> None:
    poor = Criterion("poor", both("poor"), "household.category == 'poor'")
    start(world.instance, (("well", Brings(dataclasses.replace(WELL, criteria=(poor,)))),))
    clock = world.instance.clock
    numbers, homes = [], []
    for n in range(2, 10):  # one application a day
        clock.moment += timedelta(days=1)  # type: ignore[attr-defined]
        with db.transaction(world.instance):
            homes.append(household(world, f"H{n}", f"Trần Thị {n}"))
        numbers.append(proposed(world, household=homes[-1]))
    with db.transaction(world.instance):  # two became near-poor on a day between: the first after it had applied
        for home in (homes[0], homes[6]):
            people.record_category(world.officer, home, "near_poor", TODAY + timedelta(days=4), "02/QĐ-UBND")
        rows = [cases.find(world.approver, number) for number in numbers]
        assert len({row.applied_on for row in rows}) == 8
        together = cases.verdicts(rows, db.today())
        assert [together[row.id].holds for row in rows] == [True] * 6 + [False, True]
    judged(world)
    with counted(world.instance) as asked:
        judged(world)
    assert len(asked) < 45
