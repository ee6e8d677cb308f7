"""What became of a household that a list no longer has: chosen by a person, dated, and undone with the list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import db, exchange
from core.domain import movements, people
from core.errors import BadInput, NotAllowed, Stale, WrongState
from tests.test_exchange import HEAD, OTHER, VO_CUONG, WIFE, imported, judged, officer, work as work
from tests.test_undoing_imports import register

THIRD = OTHER | {"Mã hộ": "BN-003", "Họ và tên": "Phạm Văn Cường", "Số định danh": "", "Giới tính": "Nam"}
DECIDED = {"decision_number": "77/QĐ-UBND", "decided_on": "20/11/2026"}


@pytest.fixture
def listed(work: db.Work) -> int:
    """An accepted list of one household, where the register has two more."""
    imported(HEAD, WIFE, OTHER)
    key = exchange.keep(officer(), judged(THIRD))
    exchange.accept_kept(officer(), key)
    return key


def key_of(code: str) -> int:
    return people.household_by_code(officer(), code)


def record_of(code: str) -> people.Record:
    return people.household_of(officer(), people.household_number(key_of(code)))


def said(code: str, kind: str, **data: Any) -> movements.Said:
    found, reasons = movements.read(key_of(code), {"kind": kind, "on": "10/11/2026", **data})
    assert found is not None, reasons
    return found


def facts(code: str, on: date | None = None) -> dict[str, Any]:
    return people.household_facts(key_of(code), on or db.today())


def test_nothing_happens_to_a_missing_household_until_somebody_chooses(listed: int) -> None:
    assert facts("BN-001")["household.category"] == "poor"
    assert [line["code"] for line in exchange.page(listed, "missing", 0, 50)] == ["BN-001", "BN-002"]
    exchange.settle_missing(officer(), listed, [said("BN-001", "stays")])
    assert facts("BN-001")["household.category"] == "poor"
    assert [row.kind for row in movements.of_households([key_of("BN-001")])] == ["stays"]


def test_an_escape_needs_its_decision_and_changes_the_category_from_then_on(listed: int) -> None:
    nothing, reasons = movements.read(key_of("BN-001"), {"kind": "escaped"})
    assert nothing is None
    assert [reason.field for reason in reasons] == ["decision_number"]
    exchange.settle_missing(officer(), listed, [said("BN-001", "escaped", **DECIDED)])
    assert facts("BN-001", date(2026, 11, 19))["household.category"] == "poor"
    assert facts("BN-001", date(2026, 11, 20))["household.category"] == "newly_escaped"
    assert people.category_history(key_of("BN-001"))[0].decision_number == "77/QĐ-UBND"


def test_who_moved_away_is_found_no_longer_and_is_still_the_same_household(listed: int) -> None:
    key = key_of("BN-002")
    exchange.settle_missing(officer(), listed, [said("BN-002", "moved", whereto="Hà Nội")])
    assert not db.execute(people.find_households(officer(), "Lê Thị Bình")).all()
    record = people.household_of(officer(), people.household_number(key))
    assert (record.row.ended_on, record.row.head_name, len(record.members)) == (date(2026, 11, 10), "Lê Thị Bình", 1)
    assert movements.of_households([key])[0].whereto == "Hà Nội"


def test_who_is_merged_lives_on_as_a_member_of_the_other_household(listed: int) -> None:
    persons = {member.row.id for member in record_of("BN-001").members}
    exchange.settle_missing(officer(), listed, [said("BN-001", "merged", into="BN-002")])
    joined = record_of("BN-002")
    assert persons < {member.row.id for member in joined.members}
    assert len(joined.members) == 3
    assert facts("BN-001")["household.category"] is None
    assert db.execute(people.find_households(officer(), "Trần Thị Đào")).one().code == "BN-002"
    with pytest.raises(BadInput):
        exchange.settle_missing(officer(), listed, [said("BN-002", "merged", into="BN-009")])


def test_two_households_are_not_merged_into_each_other(listed: int) -> None:
    with pytest.raises(BadInput) as refused:
        exchange.settle_missing(officer(), listed, [
            said("BN-001", "merged", into="BN-002"), said("BN-002", "merged", into="BN-001")])
    assert {reason.field for reason in refused.value.reasons} == {
        f"detail-{key_of('BN-001')}", f"detail-{key_of('BN-002')}"}


def test_who_died_out_and_who_never_was_have_no_members_today(listed: int) -> None:
    exchange.settle_missing(officer(), listed, [said("BN-001", "died"), said("BN-002", "error")])
    for code, then in (("BN-001", 2), ("BN-002", 0)):
        assert facts(code)["household.size"] == 0
        assert facts(code, date(2026, 11, 1))["household.size"] == then


def test_many_are_settled_at_once_and_a_second_click_changes_nothing(listed: int) -> None:
    both = [said("BN-001", "moved"), said("BN-002", "died")]
    assert len(exchange.settle_missing(officer(), listed, both)) == 2
    before = register()
    assert exchange.settle_missing(officer(), listed, both) == []
    assert register() == before
    with pytest.raises(Stale):
        exchange.settle_missing(officer(), listed, [said("BN-001", "died")])


def test_undoing_the_list_takes_its_movements_back(work: db.Work) -> None:
    imported(HEAD, WIFE, OTHER, THIRD | {"Mã hộ": "BN-004", "Họ và tên": "Ngô Thị Dung"})
    before = register()
    key = exchange.keep(officer(), judged(THIRD))
    exchange.accept_kept(officer(), key)
    exchange.settle_missing(officer(), key, [said("BN-001", "merged", into="BN-003"), said("BN-002", "died"),
                                             said("BN-004", "escaped", **DECIDED)])
    exchange.undo(officer(), key)
    assert register() == before
    assert movements.of_households([key_of("BN-001"), key_of("BN-002")]) == []


def test_only_missing_households_of_a_written_list_are_settled_by_who_edits_them(work: db.Work) -> None:
    imported(HEAD, WIFE, OTHER)
    key = exchange.keep(officer(), judged(OTHER | {"Thôn": "Khu 6"}))
    with pytest.raises(WrongState):
        exchange.settle_missing(officer(), key, [said("BN-001", "stays")])
    exchange.accept_kept(officer(), key)
    with pytest.raises(BadInput):
        exchange.settle_missing(officer(), key, [said("BN-002", "stays")])
    with pytest.raises(NotAllowed):
        movements.record_movements(officer(VO_CUONG), [said("BN-001", "stays")])
