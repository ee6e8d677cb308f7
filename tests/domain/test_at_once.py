"""Two people do the same thing at the same moment: nobody meets an error of the database."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from core import db, instance as instances
from core.domain import budget, cases, decisions, documents, drafts
from core.domain.cases import moving, reading
from core.errors import BadInput, Unmet
from tests.databases import undone
from tests.stories import DECISION, GOOD, codes, opened, picture, proposed
from tests.test_plugins import Brings
from tests.worlds import TODAY, WELL, World, household, money, start


def during(world: World, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What ``second`` gives or raises when it begins after ``first`` has been done but before that is committed."""
    came: list[Any] = []

    def other() -> None:
        try:
            with db.transaction(world.instance):
                came.append(second())
        except Exception as error:
            came.append(error)

    thread = threading.Thread(target=other)
    with db.transaction(world.instance):
        first()
        thread.start()
        time.sleep(0.4)
    thread.join()
    if isinstance(came[0], Exception):
        raise came[0]
    return came[0]


def two_cases(world: World) -> tuple[str, str]:
    one = proposed(world)
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bé")
    return one, proposed(world, household=other)


def test_two_approvers_record_one_decision_at_once(world: World) -> None:
    one, other = two_cases(world)
    outcome = during(
        world,
        lambda: cases.move(world.approver, one, "approve", DECISION),
        lambda: cases.move(world.approver, other, "approve", DECISION),
    )
    assert outcome.moved
    with db.transaction(world.instance):
        [found] = db.execute(decisions.decisions(world.auditor, cases.case)).all()
    assert (found.number, found.cases) == ("12/QĐ-UBND", 2)


def test_of_two_approvers_who_name_another_signer_the_second_is_told(world: World) -> None:
    one, other = two_cases(world)
    with pytest.raises(Unmet) as refused:
        during(
            world,
            lambda: cases.move(world.approver, one, "approve", DECISION),
            lambda: cases.move(world.approver, other, "approve", DECISION | {"decision_signer": "Người khác"}),
        )
    assert codes(refused) == ["decision_differs"]


def test_two_people_attach_the_same_file_to_two_cases_at_once(world: World) -> None:
    one = opened(world)
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bé")
    two = opened(world, household=other)
    during(
        world,
        lambda: cases.attach_paper(world.officer, one, "request", "đơn.png", picture()),
        lambda: cases.attach_paper(world.officer, two, "request", "đơn.png", picture()),
    )
    with db.transaction(world.instance):
        for number in (one, two):
            assert len(documents.of_case(cases.find(world.officer, number).id)) == 1


def test_the_first_two_cases_of_a_programme_are_opened_at_once(world: World) -> None:
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bé")
    first = during(
        world,
        lambda: cases.open_case(world.officer, "well", world.household, GOOD),
        lambda: cases.open_case(world.officer, "well", other, GOOD),
    )
    assert first.state == "draft"


def test_of_two_funds_of_one_code_the_second_is_refused(world: World) -> None:
    asked = {
        "code": "TW2",
        "name": "Vốn",
        "source": "central",
        "capital": "recurrent",
        "year": str(TODAY.year),
        "programme": "well",
        "unit": "24",
    }
    with pytest.raises(BadInput) as refused:
        during(
            world,
            lambda: budget.create_fund(world.manager, asked),
            lambda: budget.create_fund(world.manager, asked),
        )
    assert [reason.field for reason in refused.value.reasons] == ["code"]


def test_another_process_reads_a_case_of_a_programme_that_came_while_it_ran(world: World) -> None:
    older = db.Instance(world.instance.settings, world.instance.engine, world.instance.clock)
    start(older)
    start(world.instance, (("well", Brings(dataclasses.replace(WELL, title=WELL.summary))),))
    number = opened(world)
    with db.transaction(older):
        instances.refresh(older)
        row = cases.find(world.officer, number)
        assert cases.form_of(row).title == WELL.summary


def test_a_definition_that_was_not_committed_is_stored_with_the_next_case(world: World) -> None:
    opened(world)
    start(world.instance, (("well", Brings(dataclasses.replace(WELL, title=WELL.summary))),))
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bé")
    with undone(world.instance):
        cases.open_case(world.officer, "well", other, GOOD)
    number = opened(world, household=other)
    start(world.instance, ())
    with db.transaction(world.instance):
        assert cases.form_of(cases.find(world.officer, number)).title == WELL.summary


def test_two_people_draft_the_last_money_at_once_and_it_is_reserved_once(world: World) -> None:
    one, two = (proposed(world, GOOD | {"central": 60_000_000}, household=each) for each in two_homes(world))
    with pytest.raises(Unmet) as refused:
        during(world, lambda: drafts.start(world.approver, [one]), lambda: drafts.start(world.approver, [two]))
    assert codes(refused) == ["budget_short"]
    with db.transaction(world.instance):
        assert [row.reserved for row in db.execute(budget.funds(world.manager)) if row.code == "TW"] == [60_000_000]


def two_homes(world: World) -> tuple[str, str]:
    with db.transaction(world.instance):
        return world.household, household(world, "H2", "Trần Thị Bé")


def test_two_people_draft_one_case_at_once_and_it_stands_in_one_draft(world: World) -> None:
    one = proposed(world)
    with pytest.raises(Unmet) as refused:
        during(world, lambda: drafts.start(world.approver, [one]), lambda: drafts.start(world.approver, [one]))
    assert codes(refused) == ["in_draft"]


def test_a_case_withdrawn_while_its_draft_is_issued_is_approved_first_or_not_at_all(world: World) -> None:
    one, two = two_cases(world)
    with db.transaction(world.instance):
        draft_id, _ = drafts.start(world.approver, [one, two])
    during(
        world,
        lambda: cases.move(world.officer, one, "withdraw", {"reason": "Hộ đã chuyển đi"}),
        lambda: drafts.issue(world.approver, draft_id, DECISION),
    )
    with db.transaction(world.instance):
        assert [cases.find(world.auditor, each).state for each in (one, two)] == ["withdrawn", "approved"]
        assert {row.code: (row.committed, row.reserved) for row in db.execute(budget.funds(world.manager))} == {
            "TW": (40_000_000, 0),
            "DP": (3_000_001, 0),
        }


@pytest.mark.databases("postgres")
def test_two_long_lists_in_opposite_order_never_wait_for_each_other_in_a_circle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "CHUNK", 1)
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    start(world.instance, (("well", Brings(WELL)), ("pump", Brings(pump()))))
    with db.transaction(world.instance):
        money(world.manager, "BW", 50_000_000, programme="pump")
        homes = [household(world, f"H{n}", f"Trần Thị {n}") for n in range(2, 6)]
    numbers = [proposed(world, household=each, programme=code) for each in homes[:2] for code in ("well", "pump")]
    others = [proposed(world, household=each, programme=code) for each in homes[2:] for code in ("pump", "well")]
    came = together(
        world,
        lambda: cases.move_many(world.approver, [*numbers, *others], "return", {"comment": "Bổ sung giấy tờ"}),
        lambda: cases.move_many(world.approver, [*others[::-1], *numbers[::-1]], "approve", DECISION),
    )
    assert [type(each) for each in came] == [list, list]


def pump() -> Any:
    """A second programme beside the wells."""
    bare: dict[str, Any] = {"criteria": (), "parameters": (), "steps": (), "instalments": ()}
    return dataclasses.replace(WELL, code="pump", **bare)


def together(world: World, *acts: Callable[[], Any]) -> list[Any]:
    """What each act gives or raises when all begin at one moment, each in a unit of work of its own."""
    came: list[Any] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            with db.transaction(world.instance):
                ready.wait()
                came[place] = acts[place]()
        except Exception as error:
            came[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came
