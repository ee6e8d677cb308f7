"""The country's units: two structures, codes by date, what became of what, whose rules apply where."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import func, insert, select, update

from core import db
from core.domain import units
from core.errors import BadInput, NotFound
from tests.databases import undone

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
NOW = date(2026, 11, 23)
OLD_BAC_NINH, OLD_BAC_GIANG, BAC_NINH = 127, 124, 224  # keys


def count(level: int, on: date) -> int:
    found = db.execute(select(func.count()).select_from(units.unit).where(
        units.unit.c.level == level, units.valid_on(units.unit, on))).scalar()
    assert isinstance(found, int)
    return found


def commune(code: str, on: date = NOW) -> int:
    return units.unit_by_code(code, on).id


def test_the_country_has_three_levels_to_june_2025_and_two_since(country: db.Instance) -> None:
    with db.transaction(country):
        assert [count(level, BEFORE) for level in range(4)] == [1, 63, 696, 10_035]
        assert [count(level, AFTER) for level in range(4)] == [1, 34, 0, 3_321]


def test_every_unit_lies_in_a_unit_of_its_own_time(country: db.Instance) -> None:
    below, above = units.unit.alias(), units.unit.alias()
    with db.transaction(country):
        rows = db.execute(select(below.c.level, above.c.level, below.c.valid_to, above.c.valid_to, below.c.province_id,
                                 above.c.province_id).join(above, below.c.parent_id == above.c.id)).all()
        assert len(rows) == 14_149
        for level, parent_level, valid_to, parent_valid_to, province, parent_province in map(tuple, rows):
            assert level == parent_level + (2 if level == 3 and valid_to is None else 1)
            assert parent_level == 0 or (valid_to == parent_valid_to and province == parent_province)


def test_every_unit_has_one_name_on_every_day_it_exists(country: db.Instance) -> None:
    with db.transaction(country):
        for on in (date(2024, 12, 31), BEFORE, AFTER, NOW):
            named = Counter(db.execute(
                select(units.unit.c.id).join(units.unit_name, units.unit_name.c.unit_id == units.unit.c.id)
                .where(units.valid_on(units.unit, on), units.valid_on(units.unit_name, on))).scalars())
            assert set(named.values()) == {1}
            assert len(named) == sum(count(level, on) for level in range(4))


def test_a_province_code_names_another_province_before_the_merger(country: db.Instance) -> None:
    with db.transaction(country):
        assert units.unit_by_code("24", BEFORE).name == "Tỉnh Bắc Giang"
        assert units.unit_by_code("27", BEFORE).name == "Tỉnh Bắc Ninh"
        assert units.unit_by_code("24", AFTER).name == "Tỉnh Bắc Ninh"
        assert units.unit_by_code("24", AFTER).abbr == "BN"


@pytest.mark.parametrize(("code", "on", "said"), [
    ("27", AFTER, "Mã 27 (Tỉnh Bắc Ninh) chỉ dùng đến 30/06/2025; nay là 24 Tỉnh Bắc Ninh."),
    ("256", AFTER, "Mã 256 (Thành phố Bắc Ninh) chỉ dùng đến 30/06/2025; từ đó không còn đơn vị này."),
    ("11948", BEFORE, "Mã 11948 (Đặc khu Bạch Long Vĩ) chỉ dùng từ 01/07/2025."),
    ("99", AFTER, "Không có đơn vị hành chính nào mang mã 99."),
    ("{x} <b>", AFTER, "Không có đơn vị hành chính nào mang mã {x} <b>."),
], ids=["ended", "district", "not yet", "never", "no code"])
def test_a_code_of_another_time_is_refused_with_what_to_write_instead(
        country: db.Instance, code: str, on: date, said: str) -> None:
    with db.transaction(country), pytest.raises(NotFound) as refused:
        units.unit_by_code(code, on)
    assert refused.value.reasons[0].sentence.vi == said


def test_a_name_is_that_of_the_day(country: db.Instance) -> None:
    with db.transaction(country):
        dong_nai, hue = units.unit_by_code("75", NOW).id, units.unit_by_code("46", BEFORE).id
        assert units.unit_by_id(dong_nai, date(2026, 4, 29)).name == "Tỉnh Đồng Nai"
        assert units.unit_by_id(dong_nai, date(2026, 4, 30)).kind == "thanh_pho_tw"
        assert units.names([hue, dong_nai], date(2024, 12, 31)) == {
            hue: "Tỉnh Thừa Thiên Huế", dong_nai: "Tỉnh Đồng Nai"}  # not yet made: its first name
        assert units.names([hue], NOW) == {hue: "Thành phố Huế"}  # ended: its last name
        assert units.unit_by_id(OLD_BAC_NINH).valid_to == BEFORE
        with pytest.raises(NotFound):
            units.unit_by_id(7)


def test_an_address_goes_from_small_to_large(country: db.Instance) -> None:
    with db.transaction(country):
        assert units.path_names(commune("09187"), NOW) == "Phường Kinh Bắc, tỉnh Bắc Ninh"
        assert units.path_names(commune("09172", BEFORE), BEFORE) == (
            "Phường Kinh Bắc, thành phố Bắc Ninh, tỉnh Bắc Ninh")
        assert units.path_names(BAC_NINH, NOW) == "Tỉnh Bắc Ninh"


def test_todays_bac_ninh_has_99_communes_41_of_them_with_codes_of_the_old_one(country: db.Instance) -> None:
    with db.transaction(country):
        communes = units.children(BAC_NINH, NOW)
        old = db.execute(select(units.unit.c.code).where(
            units.unit.c.province_id == OLD_BAC_NINH, units.unit.c.level == 3)).scalars().all()
        assert len(communes) == 99
        assert sum(unit.code in set(old) for unit in communes) == 41
        names = [unit.name.removeprefix("Phường ").removeprefix("Xã ") for unit in communes]
        assert names.index("Bảo Đài") < names.index("Bắc Giang") < names.index("Cảnh Thụy") < names.index("Đa Mai")


def test_children_are_those_of_the_day(country: db.Instance) -> None:
    with db.transaction(country):
        assert len(units.children(units.COUNTRY, BEFORE)) == 63
        assert len(units.children(units.COUNTRY)) == 34
        assert units.children(OLD_BAC_NINH, NOW) == ()
        assert {unit.level for unit in units.children(OLD_BAC_NINH, BEFORE)} == {2}


def test_every_old_commune_and_province_went_somewhere_with_one_default(country: db.Instance) -> None:
    before, after, became = units.unit.alias(), units.unit.alias(), units.unit_successor
    with db.transaction(country):
        rows = db.execute(select(became, before.c.level, after.c.level.label("to_level")).join(
            before, before.c.id == became.c.from_id).join(after, after.c.id == became.c.to_id)).all()
        gone = set(db.execute(select(units.unit.c.id).where(
            units.unit.c.level.in_((1, 3)), units.unit.c.valid_to.is_not(None))).scalars())
        assert {row.from_id for row in rows if row.level != 2} == gone
        assert sorted(row.from_id for row in rows if row.level == 2) == [1318, 1471, 1498, 1536, 1755]  # islands
        assert {row.to_level for row in rows if row.level == 2} == {3}
        assert all(row.level == row.to_level for row in rows if row.level != 2)
        assert set(Counter(row.from_id for row in rows if row.is_default).values()) == {1}
        assert {row.to_id for row in rows} == set(db.execute(select(units.unit.c.id).where(
            units.unit.c.level > 0, units.unit.c.valid_from == AFTER)).scalars())
        parts = Counter(row.from_id for row in rows if row.share == "part")
        assert min(parts.values()) > 1
        assert not parts.keys() & {row.from_id for row in rows if row.share == "whole"}


def test_a_divided_commune_names_its_default_part_first(country: db.Instance) -> None:
    with db.transaction(country):
        divided = db.execute(select(units.unit_successor.c.from_id).where(
            units.unit_successor.c.share == "part").limit(1)).scalar_one()
        first, *others = units.successors(divided)
        assert first.is_default
        assert others
        assert not any(part.is_default for part in others)
        assert units.successors(BAC_NINH) == ()


def test_a_commune_of_today_lies_in_the_territory_of_the_one_old_province_it_came_from(country: db.Instance) -> None:
    with db.transaction(country):
        came_from: Counter[tuple[str, int]] = Counter()
        for province in units.children(units.COUNTRY, NOW):
            for unit in units.children(province.id, NOW):
                (old,) = [key for key in units.territory(unit.id) if 100 <= key < 200]
                came_from[province.code, old] += 1
        assert came_from["24", OLD_BAC_NINH] == 41
        assert came_from["24", OLD_BAC_GIANG] == 58
        assert came_from.total() == 3_321


def test_a_territory_goes_from_small_to_large_and_from_now_to_before(country: db.Instance) -> None:
    with db.transaction(country):
        kinh_bac = units.territory(commune("09187"))
        old_communes = [commune(code, BEFORE) for code in ("09187", "09172", "09184", "09214", "09226", "09235")]
        assert kinh_bac == (commune("09187"), *old_communes, commune("256", BEFORE), BAC_NINH, OLD_BAC_NINH, 1)
        assert units.territory(commune("09187", BEFORE)) == (commune("09187", BEFORE), commune("256", BEFORE),
                                                             OLD_BAC_NINH, units.COUNTRY)
        ly_son = commune("21548")
        assert commune("536", BEFORE) in units.territory(ly_son)  # an island district without communes


def test_a_merged_province_has_no_past_of_its_own_and_an_unmerged_one_has(country: db.Instance) -> None:
    with db.transaction(country):
        assert units.territory(BAC_NINH) == (BAC_NINH, units.COUNTRY)
        assert units.territory(222) == (222, 122, units.COUNTRY)  # Quảng Ninh
        assert units.territory(units.COUNTRY) == (units.COUNTRY,)


def test_a_townships_class_is_unknown_once_it_is_a_commune_until_a_decision_says(country: db.Instance) -> None:
    with db.transaction(country):
        tra_cu = commune("29461")
        assert units.unit_by_id(tra_cu).name == "Xã Trà Cú"
        assert units.settlement(commune("29461", BEFORE), BEFORE) == "urban"
        assert units.settlement(tra_cu, NOW) is None
        units.classify(tra_cu, "settlement", "rural", date(2026, 1, 1), source="QĐ 1", verified=True)
        assert units.settlement(tra_cu, date(2025, 12, 31)) is None
        assert units.settlement(tra_cu, date(2026, 1, 1)) == "rural"


def test_rural_and_urban_follow_the_type_where_it_did_not_change(country: db.Instance) -> None:
    with db.transaction(country):
        communes = db.execute(select(units.unit.c.id).where(
            units.unit.c.level == 3, units.unit.c.valid_from == AFTER)).scalars().all()
        found = units.settlements(communes, NOW)
        assert Counter(found.values()) == {"rural": 2_084, "urban": 604, None: 633}
        assert units.settlement(commune("09187"), NOW) == "urban"
        assert units.settlement(commune("11948"), NOW) is None  # a special zone
        assert units.settlement(BAC_NINH, NOW) is None  # a province is neither


def test_a_commune_that_becomes_a_ward_later_is_unknown_from_that_day(country: db.Instance) -> None:
    with db.transaction(country):
        xa = next(unit for unit in units.children(BAC_NINH, NOW) if units.settlement(unit.id, NOW) == "rural")
        name = units.unit_name
        db.execute(update(name).where(name.c.unit_id == xa.id).values(valid_to=date(2026, 6, 30)))
        row = db.execute(select(name).where(name.c.unit_id == xa.id)).mappings().one()
        db.execute(insert(name), {**row, "id": db.new_id(), "name": "Phường Mới", "kind": "phuong",
                                  "valid_from": date(2026, 7, 1), "valid_to": None, "from_file": False})
        assert units.settlement(xa.id, date(2026, 6, 30)) == "rural"
        assert units.settlement(xa.id, date(2026, 7, 1)) is None


def test_a_villages_difficulty_stands_before_its_communes(country: db.Instance) -> None:
    with db.transaction(country):
        here = commune("09187")
        assert units.difficulty(here, NOW) is None
        units.classify(here, "difficulty", "difficult", AFTER, source="QĐ 1", verified=False)
        units.classify(here, "difficulty", "specially_difficult", AFTER, village="Thôn Đông", source="QĐ 2",
                       verified=False)
        assert units.difficulty(here, NOW) == "difficult"
        assert units.difficulty(here, NOW, "thôn đông") == "specially_difficult"
        assert units.difficulty(here, NOW, "Thôn Đoài") == "difficult"
        assert units.difficulty(here, BEFORE, "Thôn Đông") is None


@pytest.mark.parametrize(("classification", "value", "days"), [
    ("difficulty", "urban", 10), ("poverty", "high", 10), ("settlement", "rural", -1)])
def test_a_class_that_does_not_exist_or_ends_before_it_begins_is_refused(
        country: db.Instance, classification: str, value: str, days: int) -> None:
    with db.transaction(country), pytest.raises(BadInput):
        units.classify(commune("09187"), classification, value, NOW, valid_to=NOW + timedelta(days), source="QĐ 1",
                       verified=False)


periods = st.tuples(st.integers(0, 40), st.none() | st.integers(0, 40))


@given(st.lists(st.tuples(periods, st.sampled_from([None, "Thôn 1", "thôn 1"])), max_size=6))
@pytest.mark.databases("sqlite")
def test_two_classes_of_one_place_never_hold_on_one_day(
        country: db.Instance, rows: list[tuple[tuple[int, int | None], str | None]]) -> None:
    with undone(country):
        taken: Counter[tuple[bool, int]] = Counter()
        for (start, length), village in rows:
            days = [(village is None, start + day) for day in range(100 if length is None else length + 1)]
            try:
                units.classify(commune("09187"), "difficulty", "none", NOW + timedelta(start), village=village,
                               valid_to=None if length is None else NOW + timedelta(start + length), source="QĐ 1",
                               verified=False)
            except BadInput:
                assert any(day in taken for day in days)
            else:
                taken.update(days)
        assert set(taken.values()) <= {1}


def test_a_unit_is_found_by_a_part_of_its_name_without_marks_or_by_its_code(country: db.Instance) -> None:
    with db.transaction(country):
        assert units.path_names(units.search_units("kinh bac", NOW)[0].id) == "Phường Kinh Bắc, tỉnh Bắc Ninh"
        assert [unit.code for unit in units.search_units("BẮC NINH", BEFORE, level=1)] == ["27"]
        assert [unit.level for unit in units.search_units("trà cú", BEFORE, within=184)] == [2, 3]
        assert [unit.name for unit in units.search_units("09187", NOW)] == ["Phường Kinh Bắc"]
        assert [unit.name for unit in units.search_units("xã đa", NOW, within=BAC_NINH)] == [
            "Xã Đại Đồng", "Xã Đại Lai", "Xã Đại Sơn"]
        assert units.search_units("ninh", NOW, level=1)[0].name == "Tỉnh Ninh Bình"  # before Bắc Ninh
        assert len(units.search_units("xa", NOW, limit=5)) == 5
        assert units.search_units("%", NOW) == units.search_units(" ", NOW) == units.search_units("', 1)--", NOW) == ()


def test_loading_again_changes_nothing(country: db.Instance) -> None:
    def everything() -> list[object]:
        return [sorted(map(tuple, db.execute(select(table))), key=repr)
                for table in (units.unit, units.unit_name, units.unit_successor, units.loaded_data)]

    with db.transaction(country):
        before = everything()
        assert units.load_units() is False
        db.execute(update(units.loaded_data).values(digest="older"))
        assert units.load_units() is True
        assert everything() == before


def test_loading_corrects_what_the_files_say_and_keeps_what_people_added(country: db.Instance) -> None:
    here = 209187
    with db.transaction(country):
        name = units.unit_name
        row = db.execute(select(name).where(name.c.unit_id == here)).mappings().one()
        added = {**row, "id": db.new_id(), "name": "Phường Sau Này", "valid_from": date(2030, 1, 1), "from_file": False}
        db.execute(insert(name), added)
        db.execute(update(units.unit).where(units.unit.c.id == here).values(settlement="rural"))
        db.execute(update(units.loaded_data).values(digest="older"))
        units.load_units()
        assert units.settlement(here, NOW) == "urban"
        assert units.unit_by_id(here, date(2030, 1, 1)).name == "Phường Sau Này"


def test_case_prefixes_are_short_and_unique(country: db.Instance) -> None:
    with db.transaction(country):
        prefixes = [unit.abbr for unit in units.children(units.COUNTRY, NOW)]
        assert len(set(prefixes)) == 34
        assert all(prefix and prefix.isascii() and prefix.isupper() and len(prefix) <= 3 for prefix in prefixes)


def test_a_level_names_its_column() -> None:
    assert [units.level_column(level) for level in range(4)] == [None, "province_id", "district_id", "unit_id"]
