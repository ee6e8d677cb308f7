"""Households and persons: what is written, what is known on a day, who finds whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import func, select

from core import db
from core.criteria import DateRange
from core.domain import people, units
from core.domain.access import Actor, Held
from core.domain.people import ethnic, id_numbers, values
from core.errors import BadInput, NotAllowed, NotFound, Stale

TODAY = date(2026, 11, 23)
KINH_BAC, VO_CUONG = "09187", "09190"  # two communes of Bắc Ninh


def unit(code: str) -> units.Unit:
    return units.unit_by_code(code, TODAY)


def officer(*codes: str) -> Actor:
    return Actor(7, "officer", "Cán bộ", tuple(Held("officer", unit(code).id, unit(code).level) for code in codes))


@pytest.fixture
def work(country: db.Instance) -> Iterator[db.Work]:
    with db.transaction(country) as work:
        yield work


def a_household(**said: Any) -> dict[str, Any]:
    return {"unit": unit(KINH_BAC).id, "code": "BN-001", "village": "Khu 5", "category": "Hộ nghèo",
            "decided_on": "15/12/2025",
            "decision_number": "31/QĐ-UBND", "score_a": "120", "score_b": "40", "deprivations": [1, 7, 8, 10],
            "residence": "Thường trú", "resident_since": "01/02/2010", "set_up_on": "2012-05-06", "marks": "",
            "members": [
                {"name": "Nguyễn Văn Á", "relation": "Chủ hộ", "birth": "1950", "sex": "Nam", "ethnic": "Kinh",
                 "id_number": "027050001234", "marks": "NCC"},
                {"name": "Trần Thị Đào", "relation": "Vợ", "birth": "05/08/1955", "sex": "Nữ", "ethnic": "Tày",
                 "id_number": "027155004321"},
            ], **said}


def saved(actor: Actor, **said: Any) -> int:
    return people.save_household(actor, a_household(**said))[0]


def facts(key: int, on: date = TODAY) -> dict[str, Any]:
    return people.household_facts(key, on)


def found(actor: Actor, text: str) -> list[str]:
    return [row.code for row in db.execute(people.find_households(actor, text))]


def test_a_household_is_known_as_it_was_entered(work: db.Work) -> None:
    known = facts(saved(officer(KINH_BAC)))
    assert known["household.category"] == "poor"
    assert known["household.category_since"] == date(2025, 12, 15)
    assert (known["household.score_a"], known["household.score_b"], known["household.deprivations"]) == (120, 40, 4)
    assert known["household.deprived_housing"] is True
    assert known["household.deprived_water"] is False
    assert known["household.residence"] == "permanent"
    assert known["household.set_up_on"] == date(2012, 5, 6)
    assert known["household.size"] == 2
    assert known["household.marks"] == ["NCC"]
    assert known["unit.settlement"] in {"urban", "rural", None}
    head, wife = known["members"]
    assert head["birth"] == DateRange.of_year(1950)
    assert wife["birth"] == date(1955, 8, 5)
    assert (head["relation"], wife["sex"], wife["ethnic"], head["marks"]) == ("head", "female", "02", ["NCC"])


def test_the_vocabulary_names_exactly_the_facts_there_are(work: db.Work) -> None:
    known = facts(saved(officer(KINH_BAC)))
    assert set(known) == set(people.FACTS)
    assert set(known["members"][0]) == {column.name for column in people.FACTS["members"].columns}


def test_facts_for_many_households_take_as_many_queries_as_for_one(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    keys = [saved(actor, code=f"BN-{number}") for number in range(12)]
    asked: list[str] = []
    from sqlalchemy import event
    event.listen(work.connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
    people.facts_for_many(keys[:1], TODAY)
    one = len(asked)
    assert len(people.facts_for_many(keys, TODAY)) == 12
    assert len(asked) == 2 * one


@pytest.mark.parametrize("text", ["nguyen van a", "Nguyễn Văn Á", "van a", "BN-001", "bn-0", "027050001234",
                                  "027 050 001 234",
                                  "Trần Thị Đào", "dao"])
def test_a_household_is_found_by_name_without_marks_by_code_and_by_id_number(work: db.Work, text: str) -> None:
    actor = officer(KINH_BAC)
    saved(actor)
    assert found(actor, text) == ["BN-001"]


@pytest.mark.parametrize("text", ["guyen", "a tran", "%", "_", "nguyen van b", "027050001235", "🙂"])
def test_a_household_is_not_found_by_what_it_is_not(work: db.Work, text: str) -> None:
    actor = officer(KINH_BAC)
    saved(actor)
    assert found(actor, text) == []


def test_households_are_listed_by_given_name_page_by_page(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    for number, name in enumerate(["Nguyễn Văn Đông", "Lê Thị Dung", "Phạm Văn Ân", "Đỗ Văn An"]):
        saved(actor, code=str(number), members=[{"name": name, "relation": "Chủ hộ"}])
    query = people.find_households(actor)
    first = db.execute(query.limit(3)).all()
    rest = db.execute(query.where(people.after(first[-1].head_sort_key, first[-1].id))).all()
    assert [row.head_name for row in (*first, *rest)] == ["Đỗ Văn An", "Phạm Văn Ân", "Lê Thị Dung", "Nguyễn Văn Đông"]


def test_a_household_out_of_reach_is_not_found_by_any_way(work: db.Work) -> None:
    key = saved(officer(KINH_BAC))
    stranger = officer(VO_CUONG)
    assert found(stranger, "BN-001") == []
    assert found(stranger, people.household_number(key)) == []
    with pytest.raises(NotFound):
        people.household_of(stranger, people.household_number(key))
    with pytest.raises(NotFound):
        people.household_by_code(stranger, "BN-001")
    with pytest.raises(NotAllowed):
        saved(stranger, code="BN-002")


def test_a_code_is_unique_in_its_commune_only(work: db.Work) -> None:
    both = officer(KINH_BAC, VO_CUONG)
    here = saved(both)
    there = saved(both, unit=unit(VO_CUONG).id)
    assert people.household_by_code(both, "BN-001", unit(KINH_BAC).id) == here != there
    with pytest.raises(NotFound, match="Several communes"):
        people.household_by_code(both, "BN-001")
    with pytest.raises(BadInput, match="has that code"):
        saved(both)
    with pytest.raises(BadInput, match="has that code"):
        saved(both, code=" BN-001 ")


@given(st.integers(0, (1 << 63) - 1))
def test_a_households_number_names_it_and_no_other(key: int) -> None:
    number = people.household_number(key)
    assert people.household_id(number.lower()) == (key or None)


@given(st.text(max_size=20))
def test_what_is_no_household_number_is_said_to_be_none(text: str) -> None:
    key = people.household_id(text)
    assert key is None or people.household_number(key) == text.strip().upper()


def test_a_category_holds_from_its_decision_and_the_one_before_until_then(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    people.record_category(actor, people.household_number(key), "newly_escaped", date(2026, 10, 1), "88/QĐ-UBND")
    assert facts(key, date(2026, 9, 30))["household.category"] == "poor"
    assert facts(key, date(2026, 10, 1))["household.category"] == "newly_escaped"
    assert facts(key, date(2025, 12, 14))["household.category"] is None
    assert [row.category for row in people.category_history(key)] == ["newly_escaped", "poor"]


def test_a_newly_escaped_household_is_so_to_its_last_day_and_an_old_list_does_not_prolong_it(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor, category="Hộ mới thoát nghèo", decided_on="10/11/2023", category_until="09/11/2026")
    assert facts(key, date(2026, 11, 9))["household.category"] == "newly_escaped"
    assert facts(key, date(2026, 11, 10))["household.category"] is None
    form = a_household(category="Hộ mới thoát nghèo", decided_on="10/11/2023")
    people.save_household(actor, form, people.household_number(key))
    assert facts(key)["household.category"] is None
    with pytest.raises(BadInput, match="later decision"):
        people.save_household(actor, form | {"category": "Hộ nghèo"}, people.household_number(key))
    people.save_household(actor, form | {"category": "Hộ nghèo", "decided_on": "20/11/2026"},
                          people.household_number(key))
    assert facts(key)["household.category"] == "poor"
    with pytest.raises(BadInput, match="end before"):
        saved(actor, code="BN-2", category_until="01/01/2020")


def test_a_household_may_be_poor_by_the_province_and_not_by_the_nation(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor, category="Không thuộc diện")
    people.record_category(actor, people.household_number(key), "poor", date(2026, 1, 1), "5/QĐ-UBND",
                           line="provincial")
    known = facts(key)
    assert (known["household.category"], known["household.provincial_category"]) == ("none", "poor")


def test_a_category_does_not_change_without_a_decision(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    with pytest.raises(BadInput) as refused:
        people.save_household(actor, a_household(category="Hộ cận nghèo", decision_number=""),
                              people.household_number(key))
    assert [reason.field for reason in refused.value.reasons] == ["decision_number"]
    with pytest.raises(BadInput, match="before 15/12/2025"):
        people.record_category(actor, people.household_number(key), "near_poor", date(2024, 12, 15), "9/QĐ-UBND")
    with pytest.raises(BadInput, match="write Hộ nghèo"):
        people.record_category(actor, people.household_number(key), "rich", date(2026, 1, 1), "9/QĐ-UBND")


def test_a_correction_supersedes_and_keeps_what_was_believed(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    people.save_household(actor, a_household(score_b="30", deprivations=[1, 7, 8]), people.household_number(key))
    rows = db.execute(select(people.household_category).order_by(people.household_category.c.id)).all()
    assert [(row.score_b, row.superseded_at is None, row.valid_to) for row in rows] == [
        (40, False, None), (30, True, None)]
    assert facts(key)["household.deprivations"] == 3


def test_a_member_edited_by_hand_leaves_a_trace(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    number = people.household_number(key)
    record = people.household_of(actor, number)
    form = a_household()
    form["members"][1] |= {"name": "Trần Thị Đảo", "person_id": str(record.members[1].row.id)}
    people.save_household(actor, form, number, record.row.version)
    again = people.household_of(actor, number)
    assert [member.row.name for member in again.members] == ["Nguyễn Văn Á", "Trần Thị Đảo"]
    assert again.members[1].row.id == record.members[1].row.id
    assert again.row.version == 2
    assert [change.changed for change in people.registry_changes(key)] == ['{"name":["Trần Thị Đào","Trần Thị Đảo"]}']
    assert found(actor, "thi dao") == ["BN-001"]


def test_who_is_left_out_of_the_form_leaves_the_household_that_day(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    form = a_household()
    del form["members"][1]
    people.save_household(actor, form, people.household_number(key))
    assert facts(key)["household.size"] == 1
    assert facts(key, date(2026, 11, 22))["household.size"] == 2
    assert found(actor, "dao") == []


def test_a_wife_becomes_the_head(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    form = a_household()
    form["members"] = [form["members"][1] | {"relation": "Chủ hộ"}]
    people.save_household(actor, form, people.household_number(key))
    record = people.household_of(actor, people.household_number(key))
    assert record.row.head_name == "Trần Thị Đào"
    assert record.head is record.members[0]
    assert facts(key, date(2026, 11, 22))["members"][1]["relation"] == "spouse"


def test_saving_the_same_again_changes_nothing(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    key = saved(actor)
    people.save_household(actor, a_household(), people.household_number(key))
    assert people.household_of(actor, people.household_number(key)).row.version == 1


def test_the_second_of_two_people_is_told(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    number = people.household_number(saved(actor))
    people.save_household(actor, a_household(phone="0912 345 678"), number, 1)
    with pytest.raises(Stale):
        people.save_household(actor, a_household(phone="0987 654 321"), number, 1)


def test_two_officers_who_add_one_household_at_once_make_one(country: db.Instance) -> None:
    def entry() -> people.HouseholdEntry:
        place = people.place_of(unit(KINH_BAC))
        return people.HouseholdEntry("BN-7", place, [people.PersonEntry("Lê Văn Ba", "head")])
    with db.transaction(country):
        both = [people.compare(entry(), None, TODAY), people.compare(entry(), None, TODAY)]
        people.write(both[:1], 1, TODAY)
    with pytest.raises(Stale), db.transaction(country):
        people.write(both[1:], 2, TODAY)


def test_a_change_compared_before_another_was_written_is_not_written(country: db.Instance) -> None:
    with db.transaction(country):
        actor = officer(KINH_BAC)
        number = people.household_number(saved(actor))
        record = people.household_of(actor, number)
    entry = people.HouseholdEntry("BN-001", people.Place(record.row.unit_id, None, record.row.province_id), [],
                                  village="Khu 9")
    change = people.compare(entry, record, TODAY)
    with db.transaction(country):
        people.save_household(actor, a_household(phone="0912345678"), number)
    with pytest.raises(Stale), db.transaction(country):
        people.write([change], 1, TODAY)
    with db.transaction(country):
        assert people.household_of(actor, number).row.village == "Khu 5"


def test_a_form_is_refused_with_every_reason_beside_its_field(work: db.Work) -> None:
    actor = officer(KINH_BAC)
    with pytest.raises(BadInput) as refused:
        saved(actor, code="", phone="gọi sau", decided_on="31/02/2026", members=[
            {"name": "<script>alert(1)</script>", "relation": "Chủ hộ", "id_number": "27050001234",
             "birth": "hôm qua"}])
    assert {reason.field for reason in refused.value.reasons} == {
        "code", "phone", "decided_on", "members-0-name", "members-0-id_number", "members-0-birth"}
    with pytest.raises(BadInput, match="no head"):
        saved(actor, members=[])
    with pytest.raises(BadInput, match="future"):
        saved(actor, decided_on="01/01/2030")
    with pytest.raises(BadInput, match="belongs to a commune"):
        saved(officer("24"), unit=unit("24").id)
    assert db.execute(select(func.count()).select_from(people.household)).scalar() == 0


def test_an_id_number_that_contradicts_the_person_is_warned_of_and_taken(work: db.Work) -> None:
    _, warned = people.save_household(officer(KINH_BAC), a_household(members=[
        {"name": "Nguyễn Văn Á", "relation": "Chủ hộ", "birth": "1951", "sex": "Nữ", "id_number": "027050001234"}]))
    assert len(warned) == 2
    assert all(reason.field == "members-0-id_number" for reason in warned)


@pytest.mark.parametrize(("number", "birth", "sex", "codes"), [
    ("027050001234", 1950, "male", []),
    ("027150001234", date(1950, 3, 1), "female", []),
    ("027205001234", 2005, "male", []),
    ("027305001234", 2005, "female", []),
    ("027305001234", 1905, "male", ["id_sex", "id_birth"]),
    ("027305001234", None, None, []),
    (None, 1950, "male", []),
])
def test_the_fourth_digit_says_century_and_sex(number: str | None, birth: Any, sex: str | None,
                                               codes: list[str]) -> None:
    assert [reason.code for reason in people.check_id_number(number, birth, sex)] == codes


@pytest.mark.parametrize(("written", "day"), [
    ("05/08/1968", date(1968, 8, 5)), ("5/8/1968", date(1968, 8, 5)), ("5-8-1968", date(1968, 8, 5)),
    ("05.08.1968", date(1968, 8, 5)), ("1968-08-05", date(1968, 8, 5)),
    (datetime(1968, 8, 5, tzinfo=UTC), date(1968, 8, 5)),
    ("29/02/2024", date(2024, 2, 29)), ("1968", 1968), (1968.0, 1968), (1968, 1968), ("", None), (None, None),
    ("  ", None),
    (24321.0, date(1966, 8, 2)),  # the number by which a workbook keeps a day
])
def test_a_birth_is_a_day_or_a_year(written: Any, day: Any) -> None:
    assert values.read_birth(written) == day


@pytest.mark.parametrize("written", ["31/02/2020", "29/02/2023", "00/00/1945", "5/8/68", "13/13/2000", "1768",
                                     "tháng 8", "1/1/0000", "9999-01-01", 24321000.0])
def test_what_is_no_day_of_the_calendar_is_refused_with_what_to_write(written: Any) -> None:
    with pytest.raises(values.Unreadable) as wrong:
        values.read_birth(written)
    assert "1968" in wrong.value.sentence.vi


@pytest.mark.parametrize(("written", "told"), [
    (27090001234.0, "11 chữ số"), ("27090001234", "11 chữ số"), ("123456789", "9 số"), ("12a", "12 chữ số"),
    ("0270900012345", "12 chữ số"), ("٠٢٧٠٩٠٠٠١٢٣٤", "12 chữ số"),
])
def test_a_number_that_is_not_twelve_digits_is_refused_with_the_reason(written: Any, told: str) -> None:
    with pytest.raises(values.Unreadable) as wrong:
        id_numbers.read_id_number(written)
    assert told in wrong.value.sentence.vi


@pytest.mark.parametrize(("read", "written", "code"), [
    (values.read_category, "HO NGHEO", "poor"), (values.read_category, "cận nghèo", "near_poor"),
    (values.read_category, "hộ  mới thoát nghèo", "newly_escaped"),
    (values.read_category, "Muc song trung binh", "average"),
    (values.read_category, "N", "poor"), (values.read_relation, "bà", "grandparent"),
    (values.read_relation, "Ba", "parent"),
    (values.read_relation, "VỢ", "spouse"), (values.read_relation, "con dau", "child_in_law"),
    (values.read_sex, "nữ", "female"),
    (values.read_sex, "NU", "female"), (values.read_ethnic, "Hmông", "08"), (values.read_ethnic, "kinh", "01"),
    (values.read_ethnic, "Mường", "04"), (values.read_ethnic, "Hoa", "06"),
    (values.read_residence, "tam tru", "temporary"),
    (values.read_score, 140.0, 140), (values.read_score, "0", 0), (values.read_phone, 912345678.0, "0912345678"),
    (values.read_tick, "X", True), (values.read_tick, "có", True), (values.read_tick, "", False),
    (values.read_tick, None, False),
    (values.read_marks, "ncc; Khuyết tật", ("NCC", "NKT")),
    (values.read_causes, "Không có vốn sản xuất, kinh doanh", (("no_capital", ""),)),
    (values.read_causes, "thiếu vốn; rượu chè", (("no_capital", ""), ("other", "rượu chè"))),
    (values.read_demands, "Nhà ở; học nghề", ("Nhà ở", "học nghề")),
])
def test_lists_are_read_as_offices_write_them(read: Any, written: Any, code: Any) -> None:
    assert read(written) == code


@pytest.mark.parametrize(("read", "written"), [
    (values.read_category, "giàu"), (values.read_sex, "khác"), (values.read_ethnic, "04"), (values.read_score, "-5"),
    (values.read_score, "140,5"), (values.read_score, "99999999999999999999"), (values.read_tick, "y"),
    (values.read_relation, "hàng xóm"), (values.read_marks, "NCC; ABC"), (values.read_name, "12345"),
    (values.read_name, "<b>An</b>"), (values.read_name, "a" * 201), (values.read_phone, "gọi sau"),
    (values.read_phone, "1" * 33),
])
def test_what_no_list_knows_is_refused(read: Any, written: Any) -> None:
    with pytest.raises(values.Unreadable):
        read(written)


READERS = [values.read_text, values.read_code, values.read_address, values.read_name, values.read_day,
           values.read_birth,
           id_numbers.read_id_number, values.read_score, values.read_tick, values.read_phone, values.read_category,
           values.read_relation, values.read_sex, values.read_residence, values.read_ethnic, values.read_marks,
           values.read_causes, values.read_demands, values.read_line]
CELLS = st.one_of(st.none(), st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates(),
                  st.datetimes(),
                  st.times(), st.timedeltas())


@given(st.sampled_from(READERS), CELLS)
def test_whatever_stands_in_a_cell_is_read_or_refused(read: Any, cell: Any) -> None:
    with suppress(values.Unreadable):
        read(cell)


@given(st.sets(st.integers(1, 12)))
def test_deprivations_are_a_bit_each(numbers: set[int]) -> None:
    assert people.deprivation_list(people.deprivation_mask(list(numbers))) == sorted(numbers)


def test_the_older_list_of_ethnic_groups_swaps_muong_and_hoa() -> None:
    assert [ethnic.group_name(code, ethnic.LIST) for code in ("04", "06")] == ["Mường", "Hoa"]
    assert [ethnic.group_name(code, ethnic.OLD_LIST) for code in ("04", "06")] == ["Hoa", "Mường"]
    assert len(ethnic.groups()) == 54
    assert replace(ethnic.groups()["01"]).title.vi == "Kinh"
