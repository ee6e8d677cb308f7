"""An accepted list can be taken back as a whole: the register is then as it was, and nothing that was is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Table, func, select

from core import db, exchange
from core.domain import people
from core.domain.access import Actor, Held
from core.errors import NotAllowed, WrongState
from tests.databases import undone
from tests.stories import opened
from tests.test_exchange import (
    HEAD,
    KINH_BAC,
    OTHER,
    PEOPLE,
    WIFE,
    a_file,
    counts,
    imported,
    judged,
    officer,
    unit,
    work as work,
)
from tests.worlds import World

TABLES = (people.household, people.person, people.membership, people.household_category, people.residence, people.mark,
          people.demand, people.cause)
RECORDING = {"recorded_at", "recorded_by", "superseded_at", "superseded_import_id", "version", "changed_at",
             "changed_by"}


def register() -> dict[str, Counter[tuple[Any, ...]]]:
    """All that the register holds for true today, less who recorded it and when; facts without their keys."""
    return {table.name: Counter(
        tuple(sorted((name, value) for name, value in row._mapping.items()
                     if name not in RECORDING and (name != "id" or not is_fact(table)) and value is not None))
        for row in db.execute(select(table).where(table.c.superseded_at.is_(None)))) for table in TABLES}


def is_fact(table: Table) -> bool:
    return "recorded_at" in table.c


def sizes() -> list[int]:
    return [int(db.execute(select(func.count()).select_from(table)).scalar_one()) for table in TABLES]


def accepted(*rows: dict[str, Any]) -> int:
    key = exchange.keep(officer(), judged(*rows))
    assert exchange.accept_kept(officer(), key).accepted_at is not None
    return key


CHANGED = (HEAD | {"Thôn": "Khu 9", "Điểm A": 90, "Ngày công nhận": "20/12/2025", "Ưu tiên": "NKT"},
           WIFE | {"Họ và tên": "Trần Thị Đảo", "Quan hệ với chủ hộ": "Khác", "Nhu cầu": "Việc làm"},
           {"Mã hộ": "BN-001", "Họ và tên": "Nguyễn Văn Bé", "Quan hệ với chủ hộ": "Con", "Ngày sinh": "2020"}, OTHER)


def test_the_register_is_as_it_was_before_the_list(work: db.Work) -> None:
    imported(HEAD | {"Ưu tiên": "NCC"}, WIFE)
    before, rows = register(), sizes()
    key = accepted(*CHANGED)
    assert register() != before
    after = sizes()
    row = exchange.undo(officer(), key)
    assert register() == before
    assert all(now >= then for now, then in zip(sizes(), after, strict=True)), "nothing is deleted"
    assert sizes() != rows
    assert (row.undone_by, row.undone_at) == (7, db.now())
    assert exchange.undo(officer(), key) == row


def test_what_was_believed_in_between_stays_readable(work: db.Work) -> None:
    imported(HEAD, WIFE)
    key = accepted(*CHANGED)
    exchange.undo(officer(), key)
    believed = db.execute(select(people.household_category).where(people.household_category.c.import_id == key)).all()
    assert {(row.score_a, row.superseded_at is not None) for row in believed} >= {(90, True)}
    told = [row.changed for row in people.registry_changes(people.household_by_code(officer(), "BN-001"))]
    assert any('"village":["Khu 9","Khu 5"]' in text for text in told), "the way back is told too"


def test_the_list_can_be_sent_again_after_it_was_undone(work: db.Work) -> None:
    exchange.undo(officer(), accepted(HEAD, WIFE))
    assert not db.execute(people.find_households(officer(), "Nguyễn Văn Á")).all()
    assert counts(imported(HEAD, WIFE))["new"] == 1
    assert len(db.execute(people.find_households(officer(), "BN-001")).all()) == 1


def test_lists_are_undone_the_latest_first(work: db.Work) -> None:
    empty = register()
    first = accepted(HEAD, WIFE)
    before = register()
    second = accepted(*CHANGED)
    with pytest.raises(WrongState) as refused:
        exchange.undo(officer(), first)
    assert [reason.code for reason in refused.value.reasons] == ["import_overtaken"]
    assert refused.value.reasons[0].seen == ["BN-001"]
    exchange.undo(officer(), second)
    assert register() == before
    exchange.undo(officer(), first)
    assert register() == empty


def test_a_list_that_was_not_written_and_one_elsewhere_are_not_undone(work: db.Work) -> None:
    key = exchange.keep(officer(), judged(HEAD))
    with pytest.raises(WrongState):
        exchange.undo(officer(), key)
    exchange.accept_kept(officer(), key)
    with pytest.raises(NotAllowed):
        exchange.undo(_monitor(), key)


def _monitor() -> Actor:
    return Actor(8, "monitor", "Giám sát", (Held("monitor", unit(KINH_BAC).id, 3),))


def test_a_case_of_its_households_holds_the_list(world: World) -> None:
    with db.transaction(world.instance):
        found = exchange.judge_households(world.officer, a_file(HEAD, WIFE), world.commune.id)
        key = exchange.accept(world.officer, found)
        number = people.household_number(people.household_by_code(world.officer, "BN-001"))
    case = opened(world, household=number)
    with db.transaction(world.instance):
        with pytest.raises(WrongState) as refused:
            exchange.undo(world.officer, key)
        assert refused.value.reasons[0].seen == [case]
    with db.transaction(world.instance):
        assert exchange.import_of(world.officer, key).undone_at is None


@pytest.mark.databases("sqlite")
@given(st.lists(PEOPLE, min_size=1, max_size=6), st.lists(PEOPLE, min_size=1, max_size=6))
def test_undoing_any_list_gives_back_the_register_of_before(
    country: db.Instance, first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    with undone(country):
        imported(*first)
        before = register()
        key = accepted(*second)
        exchange.undo(officer(), key)
        assert register() == before
        exchange.undo(officer(), accepted(*second))
        assert register() == before
