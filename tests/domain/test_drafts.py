"""Draft decisions: cases gathered, money kept free, issued once for all of them, undone until then."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core import db
from core.domain import audit, budget, cases, decisions, drafts, history, units
from core.errors import BadInput, NotAllowed, NotFound, Reason, Stale, Unmet, WrongState
from tests.stories import DECISION, codes, proposed, state
from tests.worlds import TODAY, World, household, person

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def three(world: World) -> list[str]:
    """Three proposed cases; the central fund has money for two of them."""
    with db.transaction(world.instance):
        others = [household(world, f"H{n}", f"Trần Thị {n}") for n in (2, 3)]
    return [proposed(world), *(proposed(world, household=each) for each in others)]


def funds(world: World) -> dict[str, tuple[int, int]]:
    """What each fund has promised and what it keeps for drafts."""
    with db.transaction(world.instance, read_only=True):
        return {row.code: (row.committed, row.reserved) for row in db.execute(budget.funds(world.manager))}


def started(world: World, *numbers: str) -> int:
    with db.transaction(world.instance):
        draft_id, refused = drafts.start(world.approver, numbers)
        assert not any(refused.values())
    return draft_id


def stands(world: World, draft_id: int) -> list[str]:
    with db.transaction(world.instance, read_only=True):
        return sorted(row.number for row in db.execute(drafts.cases_of(world.approver, draft_id)))


def intact(world: World) -> bool:
    with db.transaction(world.instance, read_only=True):
        return audit.verify() is None


def test_a_draft_keeps_the_money_of_its_cases_free_and_moves_none_of_them(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    assert funds(world) == {"TW": (0, 80_000_000), "DP": (0, 6_000_002)}
    assert stands(world, draft_id) == [one, two]
    assert state(world, one) == "proposed"
    assert intact(world)


def test_who_comes_when_the_money_is_kept_for_others_is_refused_alone(world: World) -> None:
    one, two, three_ = three(world)
    with db.transaction(world.instance):
        draft_id, refused = drafts.start(world.approver, [one, two, three_])
    assert [[reason.code for reason in refused[number]] for number in (one, two, three_)] == [[], [], ["budget_short"]]
    with db.transaction(world.instance), pytest.raises(Unmet) as short:
        cases.move(world.approver, three_, "approve", DECISION)
    assert codes(short) == ["budget_short"]
    assert stands(world, draft_id) == [one, two]


def test_what_is_kept_for_a_draft_cannot_be_taken_back_from_the_fund(world: World) -> None:
    one, two, _ = three(world)
    started(world, one, two)
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        budget.allocate(world.manager, "TW", -20_000_001, "Quyết định điều chỉnh", db.today())
    assert "20.000.000" in refused.value.reasons[0].sentence.vi


def test_a_case_stands_in_one_draft_at_most(world: World) -> None:
    one, two, _ = three(world)
    started(world, one)
    with db.transaction(world.instance):
        _, refused = drafts.start(world.approver, [one, two])
    assert [reason.code for reason in refused[one]] == ["in_draft"]
    assert refused[two] == ()


def test_a_draft_of_which_nothing_can_be_approved_is_not_begun(world: World) -> None:
    one, *_ = three(world)
    started(world, one)
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        drafts.start(world.approver, [one])
    assert codes(refused) == ["in_draft"]


def test_issuing_takes_number_and_file_once_and_moves_all(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    with db.transaction(world.instance):
        decision_id = drafts.issue(world.approver, draft_id, DECISION, ("qd.pdf", PDF))
        assert decisions.find(world.auditor, decision_id, cases.case).cases == 2
        assert [file.name for file in decisions.files_of(decision_id)] == ["qd.pdf"]
    assert (state(world, one), state(world, two)) == ("approved", "approved")
    assert funds(world) == {"TW": (80_000_000, 0), "DP": (6_000_002, 0)}
    assert intact(world)
    with db.transaction(world.instance), pytest.raises(WrongState):
        drafts.undo(world.approver, draft_id)


def test_an_issued_decision_takes_no_further_case(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one)
    with db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION)
    with db.transaction(world.instance), pytest.raises(Unmet) as refused:
        cases.move(world.approver, two, "approve", DECISION)
    assert codes(refused) == ["decision_complete"]


def test_a_number_that_is_on_record_for_other_cases_issues_nothing(world: World) -> None:
    one, two, _ = three(world)
    with db.transaction(world.instance):
        cases.move(world.approver, one, "approve", DECISION)
    draft_id = started(world, two)
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION)
    assert codes(refused) == ["decision_taken"]
    assert state(world, two) == "proposed"


def test_all_are_moved_or_none_and_the_refusal_names_who_can_be_left_out(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    spoil(world, two)
    with pytest.raises(Unmet) as refused, db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION)
    [reason] = refused.value.reasons
    assert (reason.code, reason.field) == ("paper_missing_now", f"case.{two}")
    assert two in reason.sentence.vi
    assert state(world, one) == "proposed"
    with db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION, without=[two])
    assert (state(world, one), state(world, two)) == ("approved", "proposed")
    assert funds(world) == {"TW": (40_000_000, 0), "DP": (3_000_001, 0)}
    assert intact(world)


def spoil(world: World, number: str) -> None:
    """Have a rule say from now on that a case cannot be approved."""
    registry = world.instance.registry
    known = registry.requirements["papers_complete"]

    def check(batch: object) -> dict[int, list[Reason]]:
        rows = batch.cases  # type: ignore[attr-defined]
        return {row.id: [Reason("paper_missing_now", known.sentence)] for row in rows if row.number == number}

    registry.requirements["papers_complete"] = type(known)(known.code, known.sentence, check)


def test_what_was_typed_wrongly_is_said_once_and_not_for_every_case(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    with pytest.raises(BadInput) as refused, db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION | {"decision_date": "31/02/2026", "decision_signer": ""})
    assert [reason.field for reason in refused.value.reasons] == ["decision_date", "decision_signer"]


def test_a_draft_undone_gives_the_money_back_and_leaves_its_cases_waiting(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    with db.transaction(world.instance):
        drafts.undo(world.approver, draft_id)
    assert funds(world) == {"TW": (0, 0), "DP": (0, 0)}
    assert state(world, one) == "proposed"
    with db.transaction(world.instance):
        acts = [entry.action for entry in history.of_case(cases.find(world.auditor, one).id)][:2]
        assert acts == ["undraft", "draft"]
    assert started(world, one, two) != draft_id
    assert intact(world)


def test_cases_join_and_leave_until_it_is_issued(world: World) -> None:
    one, two, three_ = three(world)
    draft_id = started(world, one)
    with db.transaction(world.instance):
        assert drafts.add(world.approver, draft_id, [two]) == {two: ()}
        drafts.leave_out(world.approver, draft_id, [one])
    assert stands(world, draft_id) == [two]
    with db.transaction(world.instance):
        assert drafts.add(world.approver, draft_id, [three_]) == {three_: ()}
    assert funds(world)["TW"] == (0, 80_000_000)
    assert intact(world)


@pytest.mark.parametrize(("step", "by", "data"), [
    ("return", "approver", {"comment": "Bổ sung giấy tờ"}),
    ("reject", "approver", {"reason": "Không thuộc diện"}),
    ("withdraw", "officer", {"reason": "Hộ đã chuyển đi"}),
    ("approve", "approver", DECISION),
])  # fmt: skip
def test_a_case_that_moves_otherwise_leaves_its_draft(world: World, step: str, by: str, data: dict[str, str]) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    with db.transaction(world.instance):
        cases.move(world.actors[by], one, step, data)
    assert stands(world, draft_id) == [two]
    promised = 40_000_000 if step == "approve" else 0
    assert funds(world)["TW"] == (promised, 40_000_000)
    assert intact(world)


def test_a_list_that_somebody_changed_is_not_issued_unseen(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one)
    with db.transaction(world.instance):
        seen = drafts.find(world.approver, draft_id).version
        drafts.add(world.approver, draft_id, [two])
    with pytest.raises(Stale), db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION, version=seen)


def test_who_may_not_approve_may_not_draft_and_who_sees_nothing_of_it_does_not_find_it(world: World) -> None:
    one, *_ = three(world)
    with pytest.raises(NotAllowed) as refused, db.transaction(world.instance):
        drafts.start(world.officer, [one])
    assert codes(refused) == ["role_missing", "four_eyes"]
    draft_id = started(world, one)
    with db.transaction(world.instance), pytest.raises(NotAllowed):
        drafts.undo(world.officer, draft_id)
    with db.transaction(world.instance):
        stranger = person("stranger", ("approver", units.unit_by_code("01", TODAY).id))
        with pytest.raises(NotFound):
            drafts.find(stranger, draft_id)


def test_a_draft_says_who_signs_and_what_it_rests_on(world: World) -> None:
    one, *_ = three(world)
    draft_id = started(world, one)
    with db.transaction(world.instance):
        drafts.describe(world.approver, draft_id, {"signer": "Trần Văn Ký", "capacity": "CHỦ TỊCH"})
        row = drafts.find(world.approver, draft_id)
    assert (row.signer, row.capacity, row.issuer) == ("Trần Văn Ký", "CHỦ TỊCH", "Ủy ban nhân dân tỉnh Bắc Ninh")
    assert "Quyết định thử nghiệm" in row.basis
    with pytest.raises(BadInput), db.transaction(world.instance):
        drafts.describe(world.approver, draft_id, {"title": ""})


def test_another_decision_revokes_what_one_has_approved_before_any_payment(world: World) -> None:
    one, two, _ = three(world)
    draft_id = started(world, one, two)
    with db.transaction(world.instance):
        drafts.issue(world.approver, draft_id, DECISION)
        with pytest.raises(Unmet):
            cases.move(world.approver, two, "revoke", DECISION | {"reason": "Xét duyệt nhầm hộ"})
        another = DECISION | {"decision_number": "15/QĐ-UBND", "reason": "Xét duyệt nhầm hộ"}
        cases.move(world.approver, two, "revoke", another)
        row = cases.find(world.auditor, two)
        assert [each.transition for each in decisions.of_case(row.id)] == ["approve", "revoke"]
    assert state(world, two) == "revoked"
    assert funds(world) == {"TW": (40_000_000, 0), "DP": (3_000_001, 0)}
    assert intact(world)


def test_money_that_a_draft_keeps_and_no_case_stands_for_is_found_by_the_audit(world: World) -> None:
    one, *_ = three(world)
    started(world, one)
    with db.transaction(world.instance):
        db.execute(cases.case.update().where(cases.case.c.number == one).values(draft_id=None))
    assert not intact(world)


def test_every_reservation_is_of_a_case_in_a_draft(world: World) -> None:
    one, two, _ = three(world)
    started(world, one, two)
    with db.transaction(world.instance):
        cases.move(world.approver, one, "return", {"comment": "Bổ sung giấy tờ"})
        kept = db.execute(select(budget.reservation.c.case_id)).scalars().all()
        assert set(kept) == {cases.find(world.auditor, two).id}
