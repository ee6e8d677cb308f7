"""The two official numberings of the 54 ethnic groups."""

from __future__ import annotations

from core.domain.people.ethnic import LIST, OLD_LIST, current_code, group_name, groups

CODES = [f"{number:02d}" for number in range(1, 55)]


def test_each_list_numbers_each_of_the_54_groups_once() -> None:
    assert sorted(groups()) == CODES
    assert sorted(str(current_code(code, OLD_LIST)) for code in CODES) == CODES


def test_one_code_names_different_groups_in_the_two_lists() -> None:
    assert [group_name(code, OLD_LIST) for code in ("04", "05", "06", "11")] == ["Hoa", "Khmer", "Mường", "Ngái"]
    assert [group_name(code, LIST) for code in ("04", "05", "06", "11")] == ["Mường", "Khmer", "Hoa", "Ê Đê"]


def test_a_code_of_neither_list_names_nobody() -> None:
    assert group_name("99", OLD_LIST) == group_name("99") == group_name(None) == ""
