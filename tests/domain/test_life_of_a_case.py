"""A case from the first keystroke to the closed file, with a programme that is written in the tests."""

from __future__ import annotations

from datetime import date

import pytest

from core import db, instance as instances
from core.domain import budget, cases, disbursement, history, monitoring, parameters, people, tasks
from core.errors import BadInput, NotAllowed, NotFound, Stale, Unmet, WrongState
from core.toolkit import Row
from tests.stories import DECISION, GOOD, PAID, SEEN, approved, codes, opened, picture, proposed, state
from tests.worlds import World, household, person


def test_a_case_goes_from_the_commune_to_the_closed_file(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        assert [row.code for row in disbursement.of_case(cases.find(world.auditor, case).id)] == ["first", "last"]
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
        disbursement.pay(world.accountant, case, "first", PAID)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "finished", SEEN | {"water": "yes"})
        disbursement.pay(world.accountant, case, None, PAID)
    assert state(world, case) == "monitored"
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "later", SEEN)
        cases.move(world.officer, case, "close")
    assert state(world, case) == "closed"
    with db.transaction(world.instance):
        row = cases.find(world.auditor, case)
        acts = [entry.action for entry in reversed(history.of_case(row.id))]
        assert acts == [
            "open",
            "attach",
            "propose",
            "approve",
            "visit",
            "pay",
            "visit",
            "pay",
            "finish_payment",
            "finish_monitoring",
            "visit",
            "close",
        ]
        assert history.verify(cases.heads()) is None
        assert tasks.of_case(row.id) == []
        assert sum(each.paid for each in budget.of_case(row.id)) == 43_000_001


def test_closing_is_due_after_the_check_it_waits_for(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
        disbursement.pay(world.accountant, case, "first", PAID)
        monitoring.record_visit(world.monitor, case, "finished", SEEN | {"water": "yes"})
        row = disbursement.pay(world.accountant, case, None, PAID)
        waiting = {task.key: task.due_on for task in tasks.of_case(row.id)}
    assert waiting == {"later": date(2027, 11, 23), "monitored": date(2027, 12, 23)}


def test_the_remainder_of_rounding_falls_on_the_last_instalment(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        assert [row.amount for row in disbursement.of_case(cases.find(world.auditor, case).id)] == [
            25_800_000,
            17_200_001,
        ]


def test_a_refusal_to_propose_lists_every_reason(world: World) -> None:
    case = opened(world, {"depth": 9})
    with db.transaction(world.instance), pytest.raises(Unmet) as refused:
        cases.move(world.officer, case, "propose")
    assert codes(refused) == ["missing", "paper_missing", "deep_enough"]
    failed = refused.value.reasons[-1]
    assert (failed.seen, failed.needed) == (9, 10)


def test_nobody_approves_what_they_proposed(world: World) -> None:
    case = proposed(world)
    with db.transaction(world.instance):
        both = person("both", ("officer", world.commune.id), ("approver", world.commune.province_id or 0))
    with db.transaction(world.instance):
        cases.move(world.approver, case, "return", {"comment": "Bổ sung giấy tờ"})
        cases.save_answers(both, case, GOOD | {"depth": 15})
        cases.move(world.officer, case, "propose")
    with db.transaction(world.instance):
        assert case not in [row.number for row in db.execute(tasks.worklist(both, cases.case))]
        assert case in [row.number for row in db.execute(tasks.worklist(world.approver, cases.case))]
        with pytest.raises(NotAllowed) as refused:
            cases.move(both, case, "approve", DECISION)
    assert "four_eyes" in codes(refused)


def test_what_was_done_before_the_last_return_bars_nobody(world: World) -> None:
    with db.transaction(world.instance):
        both = person("both", ("officer", world.commune.id), ("approver", world.commune.province_id or 0))
        case = cases.open_case(both, "well", world.household, GOOD).number
        cases.attach_paper(both, case, "request", "đơn.png", picture())
        cases.move(both, case, "propose")
        cases.move(world.approver, case, "return", {"comment": "Bổ sung giấy tờ"})
        cases.move(world.officer, case, "propose")
        assert cases.move(both, case, "approve", DECISION).moved


def test_short_money_refuses_and_says_how_much_is_missing(world: World) -> None:
    case = proposed(world, GOOD | {"central": 120_000_000})
    with db.transaction(world.instance), pytest.raises(Unmet) as refused:
        cases.move(world.approver, case, "approve", DECISION)
    [reason] = refused.value.reasons
    assert (reason.code, reason.seen, reason.needed) == ("budget_short", 100_000_000, 120_000_000)
    assert "20.000.000" in reason.sentence.vi
    assert state(world, case) == "proposed"


def test_in_bulk_the_first_cases_take_the_money_and_the_rest_are_told_why(world: World) -> None:
    with db.transaction(world.instance):
        others = [household(world, f"H{n}", f"Trần Thị {n}") for n in (2, 3)]
    numbers = [proposed(world), *(proposed(world, household=one) for one in others)]
    with db.transaction(world.instance):
        outcomes = cases.move_many(world.approver, numbers, "approve", DECISION)
    assert [outcome.moved for outcome in outcomes] == [True, True, False]
    assert [reason.code for reason in outcomes[2].reasons] == ["budget_short"]
    with db.transaction(world.instance):
        assert {row.code: row.committed for row in db.execute(budget.funds(world.manager))} == {
            "TW": 80_000_000,
            "DP": 6_000_002,
        }


def test_the_second_of_two_people_sees_what_the_first_did(world: World) -> None:
    case = proposed(world)
    with db.transaction(world.instance):
        seen = cases.find(world.approver, case).version
        cases.move(world.approver, case, "approve", DECISION, seen)
    with db.transaction(world.instance), pytest.raises(Stale) as refused:
        cases.move(world.approver, case, "approve", DECISION, seen)
    assert codes(refused) == ["stale", "wrong_state"]
    assert "Phê duyệt" in refused.value.reasons[0].sentence.vi


def test_a_second_click_on_pay_pays_nothing(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
        disbursement.pay(world.accountant, case, "first", PAID)
    with db.transaction(world.instance), pytest.raises(WrongState):
        disbursement.pay(world.accountant, case, "first", PAID)


def test_an_instalment_waits_for_its_check(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance), pytest.raises(Unmet) as refused:
        disbursement.pay(world.accountant, case, "first", PAID)
    assert codes(refused) == ["step_not_passed"]


def test_a_check_that_fails_is_kept_and_planned_again(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
        outcome = monitoring.record_visit(world.monitor, case, "finished", SEEN | {"water": "no"})
        assert not outcome.passed
        assert [reason.code for reason in outcome.reasons] == ["water_reached"]
        planned = [row.attempt for row in monitoring.of_case(outcome.case.id) if row.step == "finished"]
        assert planned == [1, 2]


def test_a_case_of_another_commune_is_not_found(world: World) -> None:
    case = opened(world)
    with db.transaction(world.instance):
        other = next(unit for unit in units_of(world) if unit != world.commune.id)
        stranger = person("stranger", ("officer", other))
        with pytest.raises(NotFound):
            cases.find(stranger, case)
        with pytest.raises(NotFound):
            cases.move(stranger, case, "propose")


def units_of(world: World) -> list[int]:
    from core.domain import units

    return [unit.id for unit in units.children(world.commune.province_id or 0)]


def test_a_transition_that_does_not_exist_is_answered_with_those_that_do(world: World) -> None:
    case = opened(world)
    with db.transaction(world.instance), pytest.raises(NotFound) as refused:
        cases.move(world.officer, case, "fly")
    assert "propose" in refused.value.reasons[0].sentence.vi


def test_the_approver_must_hold_the_role_at_the_level_that_decides(world: World) -> None:
    case = proposed(world)
    with db.transaction(world.instance):
        local = person("local", ("approver", world.commune.id))
        with pytest.raises(NotAllowed) as refused:
            cases.move(local, case, "approve", DECISION)
    assert "Bắc Ninh" in refused.value.reasons[0].sentence.vi


def test_a_household_has_one_open_case_of_a_programme(world: World) -> None:
    case = opened(world)
    with db.transaction(world.instance), pytest.raises(Unmet) as refused:
        cases.open_case(world.officer, "well", world.household)
    assert refused.value.reasons[0].seen == case


def test_withdrawing_gives_the_money_back(world: World) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        cases.move(world.officer, case, "withdraw", {"reason": "Hộ đã chuyển đi"})
        assert [row.committed for row in db.execute(budget.funds(world.manager))] == [0, 0]
    assert state(world, case) == "withdrawn"


def test_bad_input_of_a_decision_names_each_field(world: World) -> None:
    case = proposed(world)
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        cases.move(world.approver, case, "approve", {"decision_number": "1/QĐ", "decision_date": "31/02/2026"})
    assert {reason.field for reason in refused.value.reasons} == {
        "decision_date",
        "decision_issuer",
        "decision_signer",
        "decision_capacity",
    }
    assert state(world, case) == "proposed"


@pytest.mark.parametrize("name", ["well_first_share", "well_days"])
def test_no_money_is_promised_where_a_share_or_the_date_of_its_check_is_not_set(world: World, name: str) -> None:
    case = proposed(world)
    with db.transaction(world.instance):
        parameters.change(world.manager, name, Row(None, "Quyết định thử nghiệm", verified=True, place="24"))
        instances.build_registry(world.instance)
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        cases.move(world.approver, case, "approve", DECISION)
    assert [(reason.code, reason.needed) for reason in refused.value.reasons] == [("not_set", name)]


def test_no_case_is_opened_for_a_household_that_has_ended_and_both_reasons_are_told(world: World) -> None:
    opened(world)
    with db.transaction(world.instance):
        home = people.household
        db.execute(home.update().where(home.c.code == "H1").values(ended_on=date(2026, 11, 1)))
    with pytest.raises(Unmet) as refused:
        opened(world)
    assert codes(refused) == ["household_ended", "already_open"]
