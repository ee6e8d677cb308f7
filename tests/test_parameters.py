from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from core.errors import BadInput
from core.parameters import ParameterDeclaration, ParameterRow, Parameters
from core.text import Text

AREA = ParameterDeclaration("house_area", Text("Diện tích tối thiểu", "Least area"), "integer", Text("m²", "m²"))
EITHER = {"and": Text("và", "and"), "or": Text("hoặc", "or")}
RULE = ParameterDeclaration("need_rule", Text("Cách xét", "Rule"), "code", choices=EITHER)
GROUPS = ParameterDeclaration("groups", Text("Nhóm", "Groups"), "codes")
SINCE = ParameterDeclaration("since", Text("Từ ngày", "Since"), "date")
DECLARED = [AREA, RULE, GROUPS, SINCE]

COUNTRY, NEW_BAC_NINH, OLD_BAC_NINH, OLD_BAC_GIANG = 1, 240, 27, 24
OF_OLD_BAC_NINH = [9001, NEW_BAC_NINH, OLD_BAC_NINH, COUNTRY]
OF_OLD_BAC_GIANG = [9002, NEW_BAC_NINH, OLD_BAC_GIANG, COUNTRY]
TODAY = date(2025, 9, 1)


def row(value, place=COUNTRY, kind=None, first=None, last=None, name="house_area", verified=True):
    return ParameterRow(name, value, first, last, place, kind, "01/2022/TT-BXD", verified)


def value_of(rows, places, on=TODAY, kinds=()):
    found = Parameters(rows, DECLARED).lookup("house_area", on, places, kinds)
    return found and found.value


def test_a_row_of_a_province_that_was_merged_away_still_holds_in_its_old_territory_and_nowhere_else():
    rows = [row(30), row(24, OLD_BAC_NINH)]
    assert value_of(rows, OF_OLD_BAC_NINH) == 24
    assert value_of(rows, OF_OLD_BAC_GIANG) == 30


def test_a_row_of_the_new_province_replaces_that_of_the_old_one():
    assert value_of([row(30), row(24, OLD_BAC_NINH), row(26, NEW_BAC_NINH)], OF_OLD_BAC_NINH) == 26


def test_both_ends_of_a_period_belong_to_it():
    rows = [row(24, OLD_BAC_NINH, first=date(2023, 11, 15), last=date(2025, 12, 31))]
    days = [date(2023, 11, 14), date(2023, 11, 15), date(2025, 12, 31), date(2026, 1, 1)]
    assert [value_of(rows, OF_OLD_BAC_NINH, on) for on in days] == [None, 24, 24, None]


def test_a_value_that_no_source_gives_is_not_set_and_the_nearest_is_never_taken():
    assert value_of([row(24, OLD_BAC_NINH)], OF_OLD_BAC_GIANG) is None
    assert value_of([row(24, last=date(2020, 12, 31)), row(30, first=date(2030, 1, 1))], OF_OLD_BAC_GIANG) is None


def test_a_place_can_say_expressly_that_a_value_is_not_set():
    found = Parameters([row(30), row(None, NEW_BAC_NINH)], DECLARED).lookup("house_area", TODAY, OF_OLD_BAC_NINH)
    assert found is not None
    assert found.value is None


def test_the_smallest_place_goes_before_the_area_kind_and_a_stated_kind_before_none():
    rows = [row(30), row(28, kind="island"), row(24, NEW_BAC_NINH)]
    assert value_of(rows, OF_OLD_BAC_NINH, kinds=["island"]) == 24
    assert value_of(rows, [COUNTRY], kinds=["island"]) == 28
    assert value_of(rows, [COUNTRY], kinds=["difficult"]) == 30


def test_of_two_area_kinds_the_one_named_first_counts():
    rows = [row(28, kind="island"), row(20, kind="specially_difficult")]
    assert value_of(rows, [COUNTRY], kinds=["specially_difficult", "island"]) == 20
    assert value_of(rows, [COUNTRY], kinds=["island", "specially_difficult"]) == 28


def test_every_overlap_is_named_at_once():
    rows = [row(30, first=date(2022, 1, 1)), row(24, first=date(2025, 1, 1)), row(20, last=date(2022, 1, 1)),
            row(18, OLD_BAC_NINH), row(19, OLD_BAC_NINH), row(10, kind="island")]
    with pytest.raises(BadInput) as refusal:
        Parameters(rows, DECLARED)
    assert [reason.code for reason in refusal.value.reasons] == ["parameter_overlap"] * 3
    assert "01/01/2022" in refusal.value.reasons[0].sentence.vi


@pytest.mark.parametrize("wrong", [
    row("24"), row(True), row(["N"]), row(24.0), row("either", name="need_rule"), row(["N", 1], name="groups"),
    row("N", name="groups"), row("31/12/2025", name="since"), row("20251231", name="since"), row(1, name="undeclared"),
    row(24, first=date(2025, 1, 2), last=date(2025, 1, 1)),
])
def test_a_row_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput) as refusal:
        Parameters([wrong], DECLARED)
    assert len(refusal.value.reasons) == 1


def test_right_values_of_every_type_are_taken():
    rows = [row(24), row("and", name="need_rule"), row(["N", "C"], name="groups"), row("2022-01-01", name="since")]
    assert len(Parameters(rows, DECLARED).rows) == 4


def test_two_declarations_of_one_name_are_refused():
    with pytest.raises(BadInput, match="declared twice"):
        Parameters([], [AREA, AREA])


def test_asking_for_a_name_nobody_declared_is_a_mistake_of_the_program():
    with pytest.raises(KeyError, match="hose_area"):
        Parameters([], DECLARED).lookup("hose_area", TODAY, [COUNTRY])


def test_what_was_looked_up_is_remembered_for_the_decision():
    area, rule = row(30), row("and", name="need_rule", verified=False)
    asked = Parameters([area, rule, row(None, name="groups")], DECLARED).resolve(TODAY, [COUNTRY])
    assert asked("need_rule") is asked("need_rule") is rule
    assert asked("since") is None
    assert asked("groups") is not None
    assert [each.name for each in asked.used] == ["groups", "need_rule"]
    assert asked.not_set == ("groups", "since")
    assert asked.used[1].as_json()["verified"] is False


def test_a_list_read_from_json_is_frozen_and_written_back_as_a_list():
    groups = row(["N", "C"], name="groups")
    assert groups.value == ("N", "C")
    assert groups.as_json()["value"] == ["N", "C"]


DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(8)]
PLACES, KINDS = [1, 2, 3], ["island", "poor"]
edges = st.none() | st.sampled_from(DAYS)
values = st.integers(0, 9) | st.none()
some_row = st.builds(row, values, st.sampled_from(PLACES), st.sampled_from([*KINDS, None]), edges, edges)
some_rows = st.lists(some_row, max_size=8)


def days_of(each):
    return {day for day in DAYS if (each.valid_from or date.min) <= day <= (each.valid_to or date.max)}


def written_badly(rows):
    """Whether the rows must be refused, said day by day. Periods outside the eight days are not generated."""
    backwards = any(r.valid_from and r.valid_to and r.valid_to < r.valid_from for r in rows)
    pairs = [(a, b) for n, a in enumerate(rows) for b in rows[n + 1:]]
    alike = [(a, b) for a, b in pairs if (a.place_id, a.area_kind) == (b.place_id, b.area_kind)]
    return backwards or any(days_of(a) & days_of(b) for a, b in alike)


def said_in_words(rows, on, places, kinds):
    """The law of lookup without an index: among the rows in force, the smallest place, then a stated area kind."""
    ranks = [*kinds, None]
    held = [r for r in rows if on in days_of(r) and r.place_id in places and r.area_kind in ranks]
    return min(held, key=lambda r: (places.index(r.place_id), ranks.index(r.area_kind)), default=None)


@given(some_rows, st.sampled_from(DAYS), st.permutations(PLACES), st.permutations(KINDS), st.data())
def test_lookup_is_the_law_said_in_words_whatever_the_order_of_the_rows(rows, on, places, kinds, data):
    shuffled = data.draw(st.permutations(rows))
    if written_badly(rows):
        with pytest.raises(BadInput):
            Parameters(shuffled, DECLARED)
        return
    places = places[:data.draw(st.integers(0, 3))]
    kinds = kinds[:data.draw(st.integers(0, 2))]
    expected = said_in_words(rows, on, places, kinds)
    assert Parameters(rows, DECLARED).lookup("house_area", on, places, kinds) == expected
    assert Parameters(shuffled, DECLARED).lookup("house_area", on, places, kinds) == expected
