"""The import of household lists: a workbook is judged row by row, then written, and a second time changes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select

from core import db, exchange
from core.domain import people, units
from core.domain.access import Actor, Held
from core.errors import BadInput, NotAllowed, NotFound
from core.exchange import workbook
from tests.databases import undone

TODAY = date(2026, 11, 23)
KINH_BAC, VO_CUONG, ELSEWHERE = "09187", "09190", "00004"

TITLES = [column.title for column in exchange.COLUMNS if column.required]
HEAD = {"Mã hộ": "BN-001", "Thôn": "Khu 5", "Họ và tên": "Nguyễn Văn Á", "Quan hệ với chủ hộ": "Chủ hộ",
        "Ngày sinh": "1950",
        "Giới tính": "Nam", "Dân tộc": "Kinh", "Số định danh": "027050001234", "Phân loại": "Hộ nghèo", "Điểm A": 120,
        "Điểm B": 40, "Thiếu hụt 1": "x", "Thiếu hụt 7": "X", "Thiếu hụt 8": "có", "Thiếu hụt 10": "x",
        "Ngày công nhận": "15/12/2025", "Số quyết định": "31/QĐ-UBND"}
WIFE = {"Mã hộ": "BN-001", "Họ và tên": "Trần Thị Đào", "Quan hệ với chủ hộ": "Vợ", "Ngày sinh": "05/08/1955",
        "Giới tính": "Nữ",
        "Dân tộc": "Tày", "Số định danh": "027155004321"}
OTHER = {"Mã hộ": "BN-002", "Thôn": "Khu 5", "Họ và tên": "Lê Thị Bình", "Quan hệ với chủ hộ": "Chủ hộ",
         "Ngày sinh": "1980",
         "Giới tính": "Nữ", "Dân tộc": "Kinh", "Số định danh": "027180001111", "Phân loại": "Hộ cận nghèo",
         "Điểm A": 130,
         "Điểm B": 20, "Thiếu hụt 3": "x", "Thiếu hụt 4": "x", "Ngày công nhận": "15/12/2025",
         "Số quyết định": "31/QĐ-UBND"}


def a_file(*rows: dict[str, Any], titles: Sequence[str] | None = None, above: Sequence[str] = (),
           sheet: str = "Danh sách") -> bytes:
    """A workbook with a header row (every required column and whatever the rows have) and these rows."""
    columns = list(titles or dict.fromkeys([*TITLES, *(title for row in rows for title in row)]))
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 11, 1)})  # the same rows are the same bytes
        page = book.add_worksheet(sheet)
        for number, line in enumerate(above):
            page.write_string(number, 0, line)
        page.write_row(len(above), 0, columns)
        for number, row in enumerate(rows, len(above) + 1):
            for place, title in enumerate(columns):
                value = row.get(title, "")
                if isinstance(value, str):
                    page.write_string(number, place, value)
                elif isinstance(value, datetime | date | time | timedelta):
                    page.write_datetime(number, place, value)
                else:
                    page.write(number, place, value)
    return file.getvalue()


@pytest.fixture
def work(country: db.Instance) -> Iterator[db.Work]:
    with db.transaction(country) as work:
        yield work


def unit(code: str) -> units.Unit:
    return units.unit_by_code(code, TODAY)


def officer(*codes: str) -> Actor:
    return Actor(7, "officer", "Cán bộ", tuple(
        Held("officer", unit(code).id, unit(code).level) for code in codes or (KINH_BAC,)))


def judged(*rows: dict[str, Any], code: str = KINH_BAC, **shape: Any) -> exchange.Judged:
    return exchange.judge_households(officer(code), a_file(*rows, **shape), unit(code).id)


def imported(*rows: dict[str, Any], code: str = KINH_BAC, **shape: Any) -> dict[str, Any]:
    found = judged(*rows, code=code, **shape)
    exchange.accept(officer(code), found)
    return found.report()


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {name: report[name] for name in ("rows", "new", "changed", "unchanged", "missing", "refused_households")}


def only_refusal(report: dict[str, Any]) -> dict[str, Any]:
    assert len(report["refused"]) == 1, report["refused"]
    found: dict[str, Any] = report["refused"][0]
    return found


def facts(code: str = "BN-001") -> dict[str, Any]:
    return people.household_facts(people.household_by_code(officer("24"), code), TODAY)


def refused_file(content: bytes, code: str = KINH_BAC) -> list[str]:
    with pytest.raises(BadInput) as refused:
        exchange.judge_households(officer(code), content, unit(code).id)
    return [reason.code for reason in refused.value.reasons]


# What is read


def test_a_list_is_imported_and_a_second_time_changes_nothing(work: db.Work) -> None:
    assert counts(imported(HEAD, WIFE, OTHER)) == {
        "rows": 3, "new": 2, "changed": 0, "unchanged": 0, "missing": 0, "refused_households": 0}
    before = table_sizes()
    again = imported(HEAD, WIFE, OTHER)
    assert counts(again) == {"rows": 3, "new": 0, "changed": 0, "unchanged": 2, "missing": 0, "refused_households": 0}
    assert table_sizes() == before


def table_sizes() -> list[Any]:
    return [db.execute(select(func.count()).select_from(table)).scalar() for table in (
        people.household, people.person, people.membership, people.household_category, people.mark, people.demand,
        people.cause, people.residence, people.registry_change)]


def test_every_row_of_a_longer_list_is_read(work: db.Work) -> None:
    people_of = [OTHER | {"Mã hộ": f"BN-{number:03}", "Số định danh": ""} for number in range(1, 121)]
    report = imported(*people_of)
    assert (report["rows"], report["new"], report["refused"]) == (120, 120, [])


def test_what_the_list_says_is_what_criteria_read(work: db.Work) -> None:
    imported(HEAD | {"Cư trú": "Thường trú", "Cư trú từ ngày": date(2010, 2, 1), "Lập hộ từ ngày": "06/05/2012",
                     "Ưu tiên": "NCC; DTTS",
                     "Nguyên nhân nghèo": "thiếu vốn", "Nhu cầu": "Nhà ở; Vay vốn", "Điện thoại": 912345678},
             WIFE | {"Ưu tiên": "NKT", "Nhu cầu": "Học nghề"})
    known = facts()
    assert (known["household.category"], known["household.score_a"], known["household.score_b"]) == ("poor", 120, 40)
    assert known["household.deprivations"] == 4
    assert known["household.deprived_latrine"]
    assert not known["household.deprived_water"]
    assert (known["household.residence"], known["household.resident_since"]) == ("permanent", date(2010, 2, 1))
    assert known["household.set_up_on"] == date(2012, 5, 6)
    assert known["household.causes"] == ["no_capital"]
    assert known["household.marks"] == ["DTTS", "NCC", "NKT"]
    assert known["household.demands"] == ["Học nghề", "Nhà ở", "Vay vốn"]
    assert [member["marks"] for member in known["members"]] == [["NCC"], ["NKT"]]
    assert [member["ethnic"] for member in known["members"]] == ["01", "02"]
    assert db.execute(select(people.household.c.phone)).scalar() == "0912345678"


def test_headers_stand_in_any_order_with_or_without_marks_and_case(work: db.Work) -> None:
    plain = {"MA HO": "BN-001", "ho va ten ": "Nguyễn Văn Á", "Quan hệ": "chu ho", "THÔN/XÓM": "Khu 5",
             "ngày,  sinh": "",
             "Năm sinh": 1950.0, "Giới tính (Nam/Nữ)": "nam", "DÂN TỘC": "KINH", "Số CCCD": "027050001234",
             "phan loai": "ho ngheo"}
    del plain["ngày,  sinh"]
    rest = {title: HEAD.get(title, "") for title in TITLES
            if title.startswith(("Điểm", "Thiếu", "Ngày công", "Số quyết"))}
    titles = [*reversed(rest), *plain, "Ghi chú"]
    report = imported(plain | rest | {"Ghi chú": "gì đó"}, titles=titles,
                      above=["ỦY BAN NHÂN DÂN PHƯỜNG KINH BẮC", "", "DANH SÁCH"])
    assert counts(report)["new"] == 1
    assert report["unknown_columns"] == ["Ghi chú"]
    assert facts()["household.category"] == "poor"


def test_text_is_kept_in_normal_form_c_and_without_stray_blanks(work: db.Work) -> None:
    imported(HEAD | {"Họ và tên": "  Nguyễn   Văn Á "})
    assert db.execute(select(people.person.c.name)).scalar() == "Nguyễn Văn Á"
    assert counts(imported(HEAD))["unchanged"] == 1


def test_the_head_comes_first_wherever_the_list_puts_them(work: db.Work) -> None:
    imported(WIFE, OTHER, HEAD)
    record = people.household_of(officer(), people.household_number(people.household_by_code(officer(), "BN-001")))
    assert [member.row.name for member in record.members] == ["Nguyễn Văn Á", "Trần Thị Đào"]


def test_dates_are_cells_or_text_and_years_stand_alone(work: db.Work) -> None:
    imported(HEAD | {"Ngày sinh": datetime(1950, 3, 9), "Ngày công nhận": date(2025, 12, 15)},
             WIFE | {"Ngày sinh": 1955})
    rows = db.execute(select(people.person.c.birth_date,
                             people.person.c.birth_year).order_by(people.person.c.birth_year)).all()
    assert [tuple(row) for row in rows] == [(date(1950, 3, 9), 1950), (None, 1955)]


def test_blank_rows_and_the_foot_of_the_page_are_passed_over(work: db.Work) -> None:
    report = imported({}, HEAD, {}, WIFE, {}, {"Thôn": "Người lập biểu"})
    assert counts(report)["new"] == 1
    assert report["rows"] == 2
    assert not report["refused"]
    assert "passed over" in judged(OTHER, {"Thôn": "Người lập"}).report("en")["warnings"][0]["reason"]


# What is refused


@pytest.mark.parametrize(("change", "column", "value", "told"), [
    ({"Ngày sinh": "31/02/1960"}, "Ngày sinh", "31/02/1960", "trên lịch"),
    ({"Ngày sinh": "2030"}, "Ngày sinh", "2030", "tương lai"),
    ({"Số định danh": 27050001234}, "Số định danh", "27050001234", "bỏ số 0 ở đầu"),
    ({"Số định danh": "27050001234"}, "Số định danh", "27050001234", "11 chữ số"),
    ({"Giới tính": "N/A"}, "Giới tính", "N/A", "Nam hoặc Nữ"),
    ({"Phân loại": "giàu"}, "Phân loại", "giàu", "Hộ cận nghèo"),
    ({"Phân loại": ""}, "Phân loại", "", "ghi Phân loại"),
    ({"Điểm A": -5}, "Điểm A", "-5", "số nguyên"),
    ({"Điểm B": "1e9"}, "Điểm B", "1e9", "số nguyên"),
    ({"Thiếu hụt 3": "y"}, "Thiếu hụt 3", "y", "Ghi x"),
    ({"Họ và tên": "<script>alert(1)</script>"}, "Họ và tên", "<script>alert(1)</script>", "chỉ ghi chữ"),
    ({"Họ và tên": ""}, "Họ và tên", "", "ghi Họ và tên"),
    ({"Quan hệ với chủ hộ": "Con"}, "Quan hệ với chủ hộ", "", "không có chủ hộ"),
    ({"Dân tộc": "04"}, "Dân tộc", "04", "tên dân tộc"),
    ({"Ngày công nhận": "01/01/2030"}, "Ngày công nhận", "01/01/2030", "tương lai"),
    ({"Mã hộ": "x" * 65}, "Mã hộ", "x" * 65, "64 ký tự"),
])
def test_a_row_is_refused_with_its_number_column_value_and_what_to_write(
        work: db.Work, change: dict[str, Any], column: str, value: str, told: str) -> None:
    report = imported(OTHER, HEAD | change)
    refusal = only_refusal(report)
    assert (refusal["row"], refusal["column"], refusal["value"]) == (3, column, value)
    assert told in refusal["reason"]
    assert report["new"] == 1
    assert [row.code for row in db.execute(select(people.household.c.code))] == ["BN-002"]


def test_a_refused_row_refuses_its_household_and_no_other(work: db.Work) -> None:
    report = imported(HEAD, WIFE | {"Ngày sinh": "31/02/1955"}, OTHER)
    assert counts(report) == {"rows": 3, "new": 1, "changed": 0, "unchanged": 0, "missing": 0, "refused_households": 1}
    assert db.execute(select(func.count()).select_from(people.person)).scalar() == 1


def test_two_heads_under_one_code_are_refused(work: db.Work) -> None:
    refusal = only_refusal(imported(HEAD, WIFE | {"Quan hệ với chủ hộ": "Chủ hộ"}))
    assert refusal["row"] == 3
    assert "hai chủ hộ (dòng 2" in refusal["reason"]


def test_a_member_may_repeat_what_the_head_says_of_the_household_and_not_contradict_it(work: db.Work) -> None:
    assert counts(imported(HEAD, WIFE | {"Phân loại": "hộ nghèo", "Thôn": "Khu 5"}))["new"] == 1
    refusal = only_refusal(imported(HEAD, WIFE | {"Phân loại": "Hộ cận nghèo"}))
    assert (refusal["row"], refusal["column"]) == (3, "Phân loại")
    assert "dòng 2" in refusal["reason"]


def test_numbers_that_contradict_the_person_or_occur_twice_are_warned_of_and_taken(work: db.Work) -> None:
    report = imported(HEAD | {"Giới tính": "Nữ"}, OTHER | {"Số định danh": "027050001234", "Ngày sinh": "1950"})
    assert counts(report)["new"] == 2
    told = " ".join(warning["reason"] for warning in report["warnings"])
    assert "giới tính" in told
    assert "cũng ở dòng 2, hộ BN-001" in told
    later = imported(OTHER | {"Mã hộ": "BN-009", "Số định danh": "027050001234"})
    assert any("đã ghi cho" in warning["reason"] for warning in later["warnings"])
    assert not judged(HEAD).report()["warnings"][1:]


def test_a_missing_column_is_refused_by_its_name(work: db.Work) -> None:
    titles = [title for title in TITLES if title not in ("Phân loại", "Thiếu hụt 12")]
    with pytest.raises(BadInput) as refused:
        judged(HEAD, titles=titles)
    assert [reason.needed for reason in refused.value.reasons] == ["Phân loại", "Thiếu hụt 12"]
    assert refused_file(a_file(HEAD, titles=[*TITLES, "Họ tên"])) == ["column_twice"]
    assert refused_file(a_file(titles=["chỉ", "vài", "chữ"])) == ["no_header"]
    assert refused_file(a_file()) == ["no_rows"]


# Change


def test_what_the_file_does_not_have_is_left_alone_and_named(work: db.Work) -> None:
    imported(HEAD, WIFE, OTHER)
    report = imported(OTHER)
    assert counts(report)["missing"] == 1
    assert report["missing_codes"] == ["BN-001"]
    assert facts()["household.size"] == 2


def test_a_changed_category_needs_the_decision_that_changed_it(work: db.Work) -> None:
    imported(HEAD, WIFE)
    for left_out in ("Số quyết định", "Ngày công nhận"):
        report = imported(HEAD | {"Phân loại": "Hộ cận nghèo", left_out: ""}, WIFE)
        assert only_refusal(report)["column"] == left_out
        assert facts()["household.category"] == "poor"
    new = HEAD | {"Phân loại": "Hộ mới thoát nghèo", "Số quyết định": "77/QĐ-UBND", "Ngày công nhận": "10/11/2026"}
    assert counts(imported(new, WIFE))["changed"] == 1
    key = people.household_by_code(officer(), "BN-001")
    assert people.household_facts(key, date(2026, 11, 9))["household.category"] == "poor"
    assert people.household_facts(key, date(2026, 11, 10))["household.category"] == "newly_escaped"
    assert only_refusal(imported(HEAD, WIFE))["column"] == "Ngày công nhận"  # last year's list again


def test_a_corrected_row_changes_the_person_it_is_about(work: db.Work) -> None:
    imported(HEAD, WIFE)
    before = {row.id for row in db.execute(select(people.person.c.id))}
    report = imported(HEAD | {"Ngày sinh": "09/03/1950"},
                      WIFE | {"Họ và tên": "Trần Thị Đảo", "Quan hệ với chủ hộ": "Khác"})
    assert counts(report)["changed"] == 1
    assert {row.id for row in db.execute(select(people.person.c.id))} == before
    assert {row.name for row in db.execute(select(people.person.c.name))} == {"Nguyễn Văn Á", "Trần Thị Đảo"}
    assert [member["relation"] for member in facts()["members"]] == ["head", "other"]
    assert counts(imported(HEAD | {"Ngày sinh": "1950"},
                           WIFE | {"Họ và tên": "Trần Thị Đảo", "Quan hệ với chủ hộ": "Khác"}))[
        "unchanged"] == 1  # a year alone says less than the date known


def test_a_new_member_joins_and_one_who_is_not_listed_stays_with_a_warning(work: db.Work) -> None:
    imported(HEAD, WIFE)
    child = {"Mã hộ": "BN-001", "Họ và tên": "Nguyễn Văn Bé", "Quan hệ với chủ hộ": "Con", "Ngày sinh": "2020"}
    report = imported(HEAD, child)
    assert counts(report)["changed"] == 1
    assert "Trần Thị Đào" in report["warnings"][0]["reason"]
    assert facts()["household.size"] == 3
    assert counts(imported(HEAD, WIFE, child))["unchanged"] == 1


def test_a_wife_becomes_the_head_when_the_list_says_so(work: db.Work) -> None:
    imported(HEAD, WIFE)
    widow = HEAD | WIFE | {"Quan hệ với chủ hộ": "Chủ hộ"}
    report = imported(widow)
    assert counts(report)["changed"] == 1
    assert "không còn là chủ hộ" in report["warnings"][0]["reason"]
    assert db.execute(select(people.household.c.head_name)).scalar() == "Trần Thị Đào"
    assert counts(imported(widow))["unchanged"] == 1


def test_an_empty_cell_says_nothing_and_leaves_what_is_known(work: db.Work) -> None:
    full = HEAD | {"Điện thoại": "0912345678", "Ưu tiên": "NCC", "Nhu cầu": "Nhà ở", "Cư trú": "Tạm trú"}
    imported(full)
    assert counts(imported(HEAD | {"Số định danh": ""}))["unchanged"] == 1
    assert counts(imported(HEAD | {"Ưu tiên": "NKT"}))["changed"] == 1
    assert facts()["household.marks"] == ["NKT"]


# Places and people


def test_a_file_for_a_province_names_the_commune_of_every_row(work: db.Work) -> None:
    assert refused_file(a_file(HEAD), "24") == ["column_missing"]
    report = imported(HEAD | {"Mã xã": KINH_BAC}, WIFE | {"Mã xã": 9187}, OTHER | {"Mã xã": VO_CUONG},
                      OTHER | {"Mã hộ": "BN-003", "Mã xã": ELSEWHERE}, OTHER | {"Mã hộ": "BN-004", "Mã xã": "09226"},
                      OTHER | {"Mã hộ": "BN-005"}, code="24")
    assert counts(report)["new"] == 2
    assert [(refusal["row"], refusal["column"]) for refusal in report["refused"]] == [
        (5, "Mã xã"), (6, "Mã xã"), (7, "Mã xã")]
    assert "không thuộc" in report["refused"][0]["reason"]
    assert "chỉ dùng đến 30/06/2025" in report["refused"][1]["reason"]
    found = {row.unit_id for row in db.execute(select(people.household.c.unit_id))}
    assert found == {unit(KINH_BAC).id, unit(VO_CUONG).id}


def test_one_code_in_two_communes_is_two_households(work: db.Work) -> None:
    report = imported(HEAD | {"Mã xã": KINH_BAC}, HEAD | {"Mã xã": VO_CUONG}, code="24")
    assert counts(report)["new"] == 2


def test_only_who_edits_households_there_imports_them(work: db.Work) -> None:
    content = a_file(HEAD)
    monitor = Actor(8, "monitor", "Giám sát", (Held("monitor", unit(KINH_BAC).id, 3),))
    for stranger in (officer(VO_CUONG), monitor):
        with pytest.raises(NotAllowed):
            exchange.judge_households(stranger, content, unit(KINH_BAC).id)
        with pytest.raises(NotAllowed):
            exchange.accept(stranger, judged(HEAD))
    with pytest.raises(NotAllowed):
        exchange.judge_households(officer(KINH_BAC), content, unit("24").id)


def test_a_double_click_on_accept_is_one_import(work: db.Work) -> None:
    first, second = judged(HEAD, WIFE), judged(HEAD, WIFE)
    key = exchange.accept(officer(), first)
    assert exchange.accept(officer(), second) == exchange.accept(officer(), first) == key
    assert db.execute(select(func.count()).select_from(people.household)).scalar() == 1


def test_a_kept_list_is_accepted_later_and_once(work: db.Work) -> None:
    found = judged(HEAD, WIFE)
    key = exchange.keep(officer(), found)
    assert db.execute(select(func.count()).select_from(people.household)).scalar() == 0
    assert exchange.import_of(officer(), key).accepted_at is None
    imported(OTHER)  # something happens in between
    row = exchange.accept_kept(officer(), key)
    assert row.accepted_at is not None
    assert exchange.report_in(row.report)["new"] == 1
    assert exchange.report_in(row.report, "en")["missing"] == 1
    assert exchange.accept_kept(officer(), key) == row
    with pytest.raises(NotFound):
        exchange.import_of(officer(VO_CUONG), key)
    assert len(db.execute(exchange.imports(officer())).all()) == 2


def test_two_clicks_on_accept_at_the_same_moment_make_one_import(country: db.Instance) -> None:
    with db.transaction(country):
        actor = officer()
        key = exchange.keep(actor, judged(HEAD, WIFE))
    ready = Barrier(2)

    def click(_: int) -> dict[str, Any]:
        ready.wait()
        with db.transaction(country):
            return exchange.report_in(exchange.accept_kept(actor, key).report)

    with ThreadPoolExecutor(2) as clicks:
        reports = list(clicks.map(click, range(2)))
    assert [report["new"] for report in reports] == [1, 1]
    with db.transaction(country):
        assert db.execute(select(func.count()).select_from(people.household)).scalar() == 1


# Files that are none


def test_what_is_no_workbook_is_refused_with_a_sentence(work: db.Work) -> None:
    assert refused_file(b"") == refused_file(b"%PDF-1.7") == refused_file(a_file(HEAD)[:-200]) == ["no_workbook"]
    assert refused_file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == ["no_workbook"]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    assert refused_file(zipped.getvalue()) == ["no_workbook"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(work: db.Work) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(workbook.LARGEST_UNPACKED // (1 << 24) + 1):
                sheet.write(b" " * (1 << 24))
    assert len(zipped.getvalue()) < 1_000_000
    assert refused_file(zipped.getvalue()) == ["unpacks_too_large"]


def test_a_cell_far_out_is_refused_before_the_reader_makes_room_for_it(work: db.Work) -> None:
    for row, column, code in ((1_048_575, 3, "too_many_rows"), (3, 16_383, "too_wide")):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, TITLES)
            sheet.write_string(row, column, "x")
        assert refused_file(file.getvalue()) == [code]


def test_a_file_too_large_is_refused_by_its_size(work: db.Work) -> None:
    assert refused_file(b"P" * (exchange.LARGEST_FILE + 1)) == ["file_too_large"]


def test_a_list_of_a_day_to_come_is_refused(work: db.Work) -> None:
    with pytest.raises(BadInput) as refused:
        exchange.judge_households(officer(), a_file(HEAD), unit(KINH_BAC).id, TODAY + timedelta(days=1))
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [("list_of_the_future", "on")]


def test_the_report_tells_each_cell_that_changes(work: db.Work) -> None:
    imported({**HEAD, "Nguyên nhân nghèo": "Thiếu vốn"}, WIFE, OTHER)
    report = judged({**HEAD, "Điểm A": 110, "Nguyên nhân nghèo": "Ốm đau", "Ngày công nhận": "16/12/2025"},
                    {**WIFE, "Số định danh": "027155004322", "Nhu cầu": "Việc làm"}, OTHER).report()
    names = ("code", "who", "column", "before", "after")
    assert [tuple(cell[name] for name in names) for cell in report["changes"]] == [
        ("BN-001", "", "Điểm A", "120", "110"), ("BN-001", "", "Ngày công nhận", "15/12/2025", "16/12/2025"),
        ("BN-001", "", "Nguyên nhân nghèo", "Không có vốn sản xuất, kinh doanh",
         "Có người ốm đau, bệnh nặng, tai nạn"),
        ("BN-001", "Trần Thị Đào", "Số định danh", "027155004321", "027155004322"),
        ("BN-001", "Trần Thị Đào", "Nhu cầu", "", "Việc làm")]


def test_the_template_is_a_list_that_can_be_imported(work: db.Work) -> None:
    book = load_workbook(io.BytesIO(exchange.write_template()))
    sheet = book.active
    assert sheet is not None
    for column, cell in zip(exchange.COLUMNS, sheet[3], strict=True):
        assert cell.value == column.title
        assert cell.comment is not None
        sheet.cell(4, cell.column, column.example)
    file = io.BytesIO()
    book.save(file)
    found = exchange.judge_households(officer(), file.getvalue(), unit(KINH_BAC).id)
    assert counts(found.report())["new"] == 1
    assert not found.report()["refused"]
    assert not found.report()["unknown_columns"]


# Laws

NAMES = st.text("aàáạđeêếhnơ ĐN", min_size=1, max_size=12).filter(lambda name: name.strip() != "")
PEOPLE = st.fixed_dictionaries({
    "Mã hộ": st.sampled_from(["1", "2", "3", "H 4"]), "Họ và tên": NAMES,
    "Quan hệ với chủ hộ": st.sampled_from(["Chủ hộ", "Vợ", "Con", "Khác", ""]),
    "Ngày sinh": st.sampled_from(["", "1950", "01/02/1950", 1980, date(1999, 9, 9), "31/02/2000"]),
    "Giới tính": st.sampled_from(["Nam", "nữ", ""]), "Dân tộc": st.sampled_from(["Kinh", "tay", ""]),
    "Số định danh": st.sampled_from(["", "027050001234", "027155004321", 27050001234]),
    "Phân loại": st.sampled_from(["Hộ nghèo", "cận nghèo", "TB", ""]), "Điểm A": st.sampled_from(["", 120, 140]),
    "Ưu tiên": st.sampled_from(["", "NCC", "NKT; DTTS"]), "Nhu cầu": st.sampled_from(["", "Nhà ở"]),
    "Nguyên nhân nghèo": st.sampled_from(["", "thiếu vốn", "khác lắm"]), "Cư trú": st.sampled_from(["", "Tạm trú"]),
    "Cư trú từ ngày": st.sampled_from(["", "01/02/2010"]), "Ngày công nhận": st.sampled_from(["", "15/12/2025"]),
    "Số quyết định": st.sampled_from(["", "31/QĐ"]),
})


@given(st.lists(PEOPLE, min_size=1, max_size=8))
def test_importing_a_list_twice_changes_nothing_the_second_time(country: db.Instance,
                                                                rows: list[dict[str, Any]]) -> None:
    with undone(country):
        first = imported(*rows)
        before = table_sizes()
        second = imported(*rows)
        assert (second["new"], second["changed"]) == (0, 0)
        assert second["unchanged"] == first["new"]
        assert second["refused"] == first["refused"]
        assert table_sizes() == before


CELLS = st.one_of(st.text(max_size=12), st.integers(-10**6, 10**6), st.floats(allow_nan=False, allow_infinity=False),
                  st.booleans(),
                  st.dates(date(1900, 1, 1)),
                  st.sampled_from(["x", "Chủ hộ", "1950", "27050001234", "Hộ nghèo", "=1+1", "NCC"]))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=len(TITLES)), min_size=1, max_size=6))
def test_whatever_stands_in_the_cells_is_judged_without_an_error(country: db.Instance, cells: list[list[Any]]) -> None:
    with undone(country):
        try:
            report = judged(*(dict(zip(TITLES, row, strict=False)) for row in cells)).report()
        except BadInput:
            return  # every row was blank
        assert report["rows"] <= len(cells)
        assert all(refusal["row"] and refusal["reason"] for refusal in report["refused"])
