"""Households through the API."""

from __future__ import annotations

from collections.abc import Callable

from core import db
from tests.api.conftest import Caller
from tests.api.test_cases import codes, told
from tests.stories import opened
from tests.worlds import World, household

Callers = Callable[[str], Caller]


def test_a_household_is_found_by_name_without_marks_and_told_whole(world: World, caller: Callers) -> None:
    number = opened(world)
    officer = caller("officer")
    [line] = told(officer.get("/households?text=nguyen van a"))["households"]
    assert line == {
        "number": world.household,
        "code": "H1",
        "head": "Nguyễn Văn Á",
        "village": "Thôn Đông",
        "category": "poor",
    }
    found = told(officer.get(f"/households/{line['number']}"))
    assert [member["relation"] for member in found["members"]] == ["head"]
    assert found["categories"]["national"]["score_a"] == 120
    assert found["unit"]["code"] == world.commune.code
    assert [case["number"] for case in found["cases"]] == [number]


def test_a_list_of_households_is_read_page_by_page(world: World, caller: Callers) -> None:
    with db.transaction(world.instance):
        numbers = {household(world, f"P{n}", f"Trần Thị {'ABCDE'[n]}") for n in range(5)} | {world.household}
    officer, seen, place = caller("officer"), [], ""
    while place is not None:
        page = told(officer.get(f"/households?limit=2&cursor={place}"))
        seen += [line["number"] for line in page["households"]]
        place = page["next"]
    assert len(seen) == 6
    assert set(seen) == numbers


def test_a_household_that_is_none_is_not_found(world: World, caller: Callers) -> None:
    officer = caller("officer")
    assert codes(told(officer.get("/households/H0"), 404)) == ["household_not_found"]
    assert codes(told(officer.get("/households?category=rich"), 422)) == ["category_unknown"]
