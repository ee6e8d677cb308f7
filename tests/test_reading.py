"""Lists as offices really keep them: what is read off the bytes of a file, before the register is asked anything."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, strategies as st
from openpyxl import load_workbook

from core.errors import BadInput
from core.exchange import apart, encodings, headers, oldbook, workbook
from core.exchange.reading import Listed, Row, look, members_said, read_given, read_list

Table = Sequence[Sequence[Any]]

TITLES = ["Mã hộ", "Thôn", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Giới tính", "Phân loại"]
HEAD = ["BN-1", "Khu 5", "Nguyễn Văn Á", "Chủ hộ", "1968", "Nam", "Hộ nghèo"]
WIFE = ["BN-1", "", "Trần Thị Đào", "Vợ", "1970", "Nữ", ""]
LIST = [TITLES, HEAD, WIFE]


def xlsx(table: Table, merged: Sequence[str] = ()) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Danh sách")
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                if cell != "":
                    write = sheet.write_string if isinstance(cell, str) else sheet.write
                    write(number, place, cell)
        for span in merged:
            first = span.split(":")[0]
            place, number = ord(first[0]) - 65, int(first[1:]) - 1
            sheet.merge_range(span, table[number][place])
    return file.getvalue()


def xls(table: Table) -> bytes:
    file = io.BytesIO()
    book = xlwt.Workbook()
    sheet = book.add_sheet("Danh sách")
    for number, row in enumerate(table):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write(number, place, cell, xlwt.easyxf(num_format_str="DD/MM/YYYY"))
            else:
                sheet.write(number, place, cell)
    book.save(file)
    return file.getvalue()


def text(table: Table, separator: str = ",") -> str:
    return "\r\n".join(separator.join(f'"{cell}"' if separator in str(cell) else str(cell) for cell in row)
                       for row in table)


def read(content: bytes, **how: Any) -> tuple[list[Row], Listed]:
    listed = read_list(content, False, **how)
    return list(listed.rows), listed


def rows_of(content: bytes, **how: Any) -> list[dict[str, Any]]:
    return [row.values for row in read(content, **how)[0]]


def refused(content: bytes, **how: Any) -> list[str]:
    with pytest.raises(BadInput) as wrong:
        rows_of(content, **how)
    assert all(reason.sentence.vi and reason.sentence.en for reason in wrong.value.reasons)
    return [reason.code for reason in wrong.value.reasons]


def told(listed: Listed) -> str:
    return " ".join(note.sentence.en for note in (*listed.notes, *listed.passed))


EXPECTED = [
    {"code": "BN-1", "village": "Khu 5", "name": "Nguyễn Văn Á", "relation": "head", "birth": 1968, "sex": "male",
     "category": "poor"},
    {"code": "BN-1", "name": "Trần Thị Đào", "relation": "spouse", "birth": 1970, "sex": "female"},
]


# Kinds of files


@pytest.mark.parametrize("content", [
    pytest.param(xlsx(LIST), id="xlsx"), pytest.param(xls(LIST), id="xls"),
    *(pytest.param(text(LIST, separator).encode(encoding), id=f"{encoding} {separator!r}")
      for separator in ",;\t" for encoding in ("utf-8", "utf-8-sig", "utf-16")),
    pytest.param(text(LIST).encode("utf-16-le"), id="utf-16 without a mark"),
    pytest.param(("sep=;\n" + text(LIST, ";")).encode(), id="a separator that is told"),
])
def test_a_list_is_the_same_in_every_kind_of_file(content: bytes) -> None:
    assert rows_of(content) == EXPECTED


TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_windows_1258(words: str) -> bytes:
    """Letters with their shape, and the tone as a mark of its own behind them."""
    plain = unicodedata.normalize("NFD", words)
    shapes = [sign for sign in TONES if sign in plain]
    spelt = plain
    for mark in "\u0302\u0306\u031b":
        for tone in shapes:
            spelt = spelt.replace(tone + mark, mark + tone)
    found = ""
    for sign in spelt:
        joined = unicodedata.normalize("NFC", found[-1:] + sign) if sign not in TONES else ""
        found = found[:-1] + joined if len(joined) == 1 and found else found + sign
    return found.encode("cp1258")


def test_a_list_in_windows_1258_is_read_and_said_so() -> None:
    found, listed = read(in_windows_1258(text(LIST)))
    assert [row.values for row in found] == EXPECTED
    assert "Windows-1258" in told(listed)


def test_an_old_workbook_keeps_its_dates_and_its_sheets() -> None:
    birth = xls([TITLES, [*HEAD[:4], date(1968, 8, 5), *HEAD[5:]]])
    assert rows_of(birth)[0]["birth"] == date(1968, 8, 5)


def test_what_cannot_be_opened_is_refused_with_its_own_sentence() -> None:
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == ["no_workbook"]
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refused(locked) == ["locked"]
    assert refused(b"<html><table><tr><td>STT</td></tr></table>") == ["no_workbook"]
    assert refused(b"\x89PNG\r\n\x1a\n" + bytes(200)) == ["no_workbook"]
    assert refused("chỉ là một câu văn".encode()) == ["no_workbook"]
    assert refused("một câu văn; rồi câu nữa\nvà; hết".encode()) == ["no_header"]
    assert refused(b"   \n \n") == ["no_workbook"]


def test_an_old_workbook_that_wants_more_memory_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Path(apart.__file__).read_text(encoding="utf-8").replace("768 * 1024", "8 * 1024")
    monkeypatch.setattr(oldbook, "_script", lambda: ["-c", small])
    assert refused(xls([*LIST, *([WIFE] * 2_000)])) == ["unpacks_too_large"]


def test_more_rows_than_are_taken_are_refused_in_every_kind_of_file() -> None:
    line = (",".join(HEAD) + "\n").encode()
    assert refused((",".join(TITLES) + "\n").encode() + line * 201_500) == ["too_many_rows"]
    assert refused((",".join(TITLES) + "," * 200 + "x\n").encode() + line) == ["too_wide"]


def zipped(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_what_unpacks_to_far_more_than_it_is_is_refused_from_its_directory() -> None:
    blanks = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (80 << 20)}
    assert refused(zipped(blanks)) == ["unpacks_too_large"]


def test_one_long_text_meant_by_many_cells_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(LIST))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    long = {**parts, "xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * 400_000 + b"</t></si></sst>"}
    assert refused(zipped(long)) == ["unpacks_too_large"]
    cells = b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(9_000))
    many = {**parts, "xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * 140_000 + b"</t></si></sst>",
            "xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"}
    assert refused(zipped(many)) == ["unpacks_too_large"]


@pytest.mark.parametrize("reference", ['r = "XFD3"', "r='XFD3'", 'r\n="XFD3"', 'r="XFD3"'])
def test_a_cell_far_out_is_found_however_its_reference_is_written(reference: str) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(LIST))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b'r="B3"', reference.encode())
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b'r="C3"', reference.encode())
    assert refused(zipped(parts)) == ["too_wide"]


# Headers


def test_the_header_is_found_below_the_letterhead_and_may_have_two_rows() -> None:
    table = [
        ["ỦY BAN NHÂN DÂN PHƯỜNG KINH BẮC"], [], ["DANH SÁCH HỘ NGHÈO NĂM 2025"],
        ["STT", "Mã hộ", "Họ và tên", "Năm sinh", "", "Quan hệ", "Phân loại", "", "Các chỉ số thiếu hụt",
         *[""] * 11],
        ["", "", "", "Nam", "Nữ", "", "HN", "HCN", *range(1, 13)],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", *(f"({place})" for place in range(9, 21))],
        [1, "A1", "Nguyễn Văn Á", 1968, "", "Chủ hộ", "x", "", "x", *[""] * 10, "x"],
        ["", "", "Trần Thị Đào", "", "1970", "Vợ"],
        [2, "A2", "Lê Thị Bình", "", 1980, "CH", "", "✓", *[""] * 12],
    ]
    for content in (xlsx(table), xlsx(table, ["D4:E4", "G4:H4", "I4:T4"]), xls(table), text(table, ";").encode()):
        found, listed = read(content)
        first, second, third = (row.values for row in found)
        assert (first["birth"], first["sex"], first["category"]) == (1968, "male", "poor")
        assert [first[f"deprived_{number}"] for number in (1, 12)] == [True, True]
        assert not first.get("deprived_7")
        assert (second["birth"], second["sex"], second["relation"]) == (1970, "female", "spouse")
        assert third["category"] == "near_poor"
        assert [row.group for row in found] == ["A1", "A1", "A2"]  # a merged cell says its code once
        assert "numbers the columns" in told(listed)


def test_both_birth_years_of_one_person_are_refused() -> None:
    rows, _ = read(text([["Họ và tên", "Năm sinh nam", "Năm sinh nữ", "Quan hệ", "Phân loại"],
                         ["Lê Văn An", "1960", "1961", "Chủ hộ", "HN"]]).encode())
    assert [finding.field for finding in rows[0].findings] == ["birth_female"]


def test_a_title_typed_in_an_old_font_is_a_title() -> None:
    for scheme in ("tcvn3", "vni"):
        assert rows_of(text([[typed(cell, scheme) for cell in row] for row in LIST], "\t").encode()) == EXPECTED


def test_totals_signatures_and_repeated_headers_are_passed_over_and_said() -> None:
    found, listed = read(xlsx([
        TITLES, HEAD, WIFE, TITLES, [*HEAD[:2], "Tống Thị Hoa", "Con", "2000", "Nữ"],
        ["Cộng", "", "", "", 3], ["Tổng cộng: 1 hộ"], [],
        ["", "", "", "", "", "Ngày 12 tháng 12 năm 2025"], ["Người lập biểu", "", "TM. ỦY BAN NHÂN DÂN"],
        ["", "", "CHỦ TỊCH"]]))
    assert [row.values["name"] for row in found] == ["Nguyễn Văn Á", "Trần Thị Đào", "Tống Thị Hoa"]
    assert [note.row for note in listed.passed] == [4, 6, 7, 9, 10, 11]
    assert not any(row.findings for row in found)


def test_a_heading_names_the_village_of_the_rows_below() -> None:
    titles = ["STT", "Họ và tên chủ hộ", "Năm sinh", "Diện hộ"]
    found = rows_of(xlsx([titles, ["I", "Thôn Đông"], [1, "Lê Văn An", 1960, "HN"], ["II", "Tổ dân phố Khu 5"],
                          [1, "Lê Văn Bình", 1961, "HCN"], [2, "Trần Thị Cúc", 1962, "HMTN"]]))
    assert [(row["name"], row["village"], row["category"]) for row in found] == [
        ("Lê Văn An", "Thôn Đông", "poor"), ("Lê Văn Bình", "Tổ dân phố Khu 5", "near_poor"),
        ("Trần Thị Cúc", "Tổ dân phố Khu 5", "newly_escaped")]


def test_one_row_a_household_names_its_head_and_leaves_the_others_unknown() -> None:
    titles = ["Họ tên chủ hộ", "Thôn", "Phân loại", "Số nhân khẩu"]
    found, listed = read(text([titles, ["Lê Văn An", "Khu 5", "HN", "4"], ["Lê Văn Bình", "Khu 5", "HN", "1"],
                               ["Lê Văn Cao", "Khu 6", "HN", ""]]).encode())
    assert [row.values["relation"] for row in found] == ["head"] * 3
    assert [row.group for row in found] == [1, 2, 3]
    assert [members_said([row]) for row in found] == [(False, 4), (True, 1), (False, None)]
    assert "has no columns Mã hộ" in told(listed)


def test_without_codes_a_household_begins_with_every_head() -> None:
    found, _ = read(text([row[1:] for row in (*LIST, *LIST[1:])]).encode())
    assert [row.group for row in found] == [1, 1, 2, 2]


def test_more_members_counted_than_named_are_not_all_known() -> None:
    table = [[*TITLES, "Số khẩu"], [*HEAD, "4"], [*WIFE, ""]]
    assert members_said(read(text(table).encode())[0]) == (False, 4)


def test_a_header_that_nobody_knows_means_what_was_said_of_it() -> None:
    table = [["Đại diện", "Ai", *TITLES[4:6], "Loại"], ["Lê Văn An", "Chủ hộ", *HEAD[4:]]]
    assert refused(xlsx(table)) == ["no_header"]
    shown = look(xlsx(table), False)
    assert [(title.key, title.column, title.samples) for title in shown.titles[:2]] == [
        ("dai dien", "", ("Lê Văn An",)), ("ai", "", ("Chủ hộ",))]
    said = {"dai dien": "name", "ai": "relation", "gioi tinh": "ignore", "loai": "category"}
    found = rows_of(xlsx(table), mapping=said)
    assert (found[0]["name"], found[0]["relation"], "sex" in found[0]) == ("Lê Văn An", "head", False)


def test_a_list_that_does_not_tell_who_or_which_category_is_refused_and_shown() -> None:
    table = [["Mã hộ", "Thôn", "Quan hệ", "Năm sinh", "Người"], ["1", "Khu 5", "Chủ hộ", "1960", "Lê Văn An"]]
    assert refused(xlsx(table)) == ["column_missing", "column_missing"]
    assert [reason.needed for reason in look(xlsx(table), False).wrong] == ["Họ và tên", "Phân loại"]
    assert rows_of(xlsx(table), mapping={"nguoi": "name"}, given={"category": "poor"})[0]["category"] == "poor"


def test_a_header_is_remembered_by_all_its_rows() -> None:
    assert headers.written_key("Năm sinh / Nam") == "nam sinh/nam"
    assert headers.written_key(" Ghi  chú: ") == "ghi chu"


# What is said once


def test_what_is_given_for_the_file_fills_what_the_list_leaves_empty() -> None:
    said = read_given({"line": "Tỉnh", "decided_on": "15/12/2025", "decision_number": "31/QĐ-UBND", "village": "Khu 9",
                       "category": ""})
    assert said == {"line": "provincial", "decided_on": date(2025, 12, 15), "decision_number": "31/QĐ-UBND",
                    "village": "Khu 9"}
    head, wife = rows_of(xlsx(LIST), given=said)
    assert (head["line"], head["decided_on"], head["village"]) == ("provincial", date(2025, 12, 15), "Khu 5")
    assert "line" not in wife
    with pytest.raises(BadInput) as wrong:
        read_given({"line": "huyện", "decided_on": "31/02/2025"})
    assert [reason.field for reason in wrong.value.reasons] == ["line", "decided_on"]


# Cells


@pytest.mark.parametrize(("column", "cell", "expected"), [
    ("Năm sinh", 25055, date(1968, 8, 5)), ("Năm sinh", "5/8/1968", date(1968, 8, 5)), ("Năm sinh", 1968.0, 1968),
    ("Năm sinh", "1968", 1968), ("Phân loại", "hcn", "near_poor"), ("Quan hệ với chủ hộ", "bản thân", "head"),
    ("Giới tính", "NỮ", "female"),
])
def test_a_cell_is_read_as_people_write_it(column: str, cell: Any, expected: Any) -> None:
    row = list(HEAD)
    row[TITLES.index(column)] = cell
    name = {"Năm sinh": "birth", "Phân loại": "category", "Quan hệ với chủ hộ": "relation", "Giới tính": "sex"}[column]
    assert rows_of(xlsx([TITLES, row]))[0][name] == expected


@pytest.mark.parametrize(("cell", "says"), [
    ("05.08.68", "two digits"), ("#N/A", "error of Excel"), ("########", "error of Excel"), ("tháng 8", "Not a date"),
])
def test_a_cell_that_could_be_anything_is_refused(cell: str, says: str) -> None:
    rows, _ = read(text([TITLES, [*HEAD[:4], cell, *HEAD[5:]]], ";").encode())
    finding, = rows[0].findings
    assert (finding.row, finding.field) == (2, "birth")
    assert says in finding.sentence.en


def test_a_personal_number_that_excel_made_short_is_refused() -> None:
    rows, _ = read(text([[*TITLES, "CCCD"], [*HEAD, "2,7E+10"], [*WIFE, "27050001234"]], ";").encode())
    assert "short form" in rows[0].findings[0].sentence.en
    assert "leading 0" in rows[1].findings[0].sentence.en


def test_a_formula_is_its_result_and_one_without_is_refused_with_its_place() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, HEAD)
        sheet.write_formula("E2", "=1960+8", None, 1968)
        sheet.write_row(2, 0, WIFE)
        sheet.write_formula("E3", "=1960+10", None, "")
        sheet.write_formula("F3", "=NA()", None, "#N/A")
    first, second = read(file.getvalue())[0]
    assert first.values["birth"] == 1968
    assert not first.findings
    assert [(finding.row, finding.field) for finding in second.findings] == [(3, "birth"), (3, "sex")]
    assert "without its result" in second.findings[0].sentence.en
    assert "#N/A" in second.findings[1].sentence.en


def test_formulas_that_no_program_has_reckoned_are_refused() -> None:
    book = load_workbook(io.BytesIO(xlsx(LIST)))
    book.active["C2"] = '="Lê "&"Văn An"'
    file = io.BytesIO()
    book.save(file)
    first, _ = read(file.getvalue())[0]
    assert [finding.field for finding in first.findings] == ["name"]


# Text typed before Unicode

_FOR_TCVN3 = {new: old for old, new in encodings._TCVN3.items()}
_FOR_VNI = {new: old for old, new in encodings._VNI.items()}


def typed(words: Any, scheme: str) -> str:
    """Vietnamese as an old font stores it; TCVN3 has no toned capitals and stores the small letter."""
    if scheme == "vni":
        return "".join(sign if sign.isascii() else _FOR_VNI[sign] for sign in str(words))
    return "".join(sign if sign.isascii() else _FOR_TCVN3.get(sign) or _FOR_TCVN3[sign.lower()] for sign in str(words))


FAMILY = re.findall(r"\w+", """
    Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Ấu Ứng Ông Âu Tống Giàng Lò Lữ""")
GIVEN = re.findall(r"\w+", """
    An Ánh Ân Ẩn Bình Đào Đức Đường Hạnh Hậu Hòa Huệ Hưởng Khánh Kỷ Lộc Lụa Mỹ Mỵ Ngọc Nhị Oanh Phượng Quý Sửu Tú
    Tuyết Ước Vĩnh Xuyến Ý Yến""")
NAMES = st.lists(st.builds("{} {} {}".format, st.sampled_from(FAMILY), st.sampled_from(["Văn", "Thị", "Đức"]),
                           st.sampled_from(GIVEN)), min_size=3, max_size=12)


@given(NAMES, st.sampled_from(["tcvn3", "vni"]))
def test_names_typed_in_an_old_font_come_out_as_they_were(names: list[str], scheme: str) -> None:
    table = [[typed(cell, scheme) for cell in row] for row in (
        TITLES, *([f"BN-{place}", "Khu 5", name, "Chủ hộ", "1968", "Nữ", "Hộ cận nghèo"]
                  for place, name in enumerate(names)))]
    found, listed = read(text(table, "\t").encode())
    assert [row.values["name"] for row in found] == names
    assert {row.values["category"] for row in found} == {"near_poor"}
    assert ("TCVN3" if scheme == "tcvn3" else "VNI") in told(listed)


@given(NAMES, st.booleans())
def test_unicode_is_never_touched_but_for_its_normal_form(names: list[str], apart: bool) -> None:
    table = [TITLES, *([f"BN-{place}", "Tổ Ấp 5", name, "Chủ hộ", "1968", "Nữ", "Hộ nghèo"]
                       for place, name in enumerate(names))]
    found, listed = read(unicodedata.normalize("NFD" if apart else "NFC", text(table, "\t")).encode())
    assert [row.values["name"] for row in found] == names
    assert ("decomposed" in told(listed)) is apart
    assert "TCVN3" not in told(listed)
    assert "VNI" not in told(listed)


LATIN = [name for name in (*FAMILY, *GIVEN, "Hà", "Tô", "Bàn", "Là", "Vàng", "Sùng", "Tấn", "Cà", "Lô", "Quàng", "Niê")
         if not encodings.is_proper(name)]


@given(st.lists(st.builds("{} {}".format, st.sampled_from(LATIN), st.sampled_from(LATIN)), min_size=1, max_size=8))
def test_names_whose_letters_both_have_stay_as_they_are(names: list[str]) -> None:
    table = [["Họ tên", "Phân loại", "Dân tộc", "Ghi chú", "Nhu cầu"], *([name, "HN"] for name in names)]
    assert rows_of(text(table, "\t").encode()) == [
        {"name": name, "category": "poor", "relation": "head"} for name in names]


def test_rows_pasted_from_an_old_file_are_repaired_among_others() -> None:
    table = [TITLES, HEAD, [*HEAD[:2], typed("Đặng Thị Hưởng", "tcvn3"), *HEAD[3:]],
             [*HEAD[:2], typed("Đặng Thị Hưởng", "vni"), *HEAD[3:]]]
    found = rows_of(text(table, "\t").encode())
    assert [row["name"] for row in found] == ["Nguyễn Văn Á", "Đặng Thị Hưởng", "Đặng Thị Hưởng"]


# Whatever comes


def answered(content: bytes) -> None:
    """Rows or a refusal, never another exception."""
    with suppress(BadInput):
        rows_of(content)


SIGNATURES = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf",
              text(LIST).encode()]


@given(st.sampled_from(SIGNATURES[:2] + SIGNATURES[3:]), st.binary(max_size=400))
def test_any_bytes_at_all_are_read_or_refused(start: bytes, content: bytes) -> None:
    answered(start + content)


WHOLE = xlsx(LIST)
OLD = xls(LIST)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 60), st.binary(max_size=60))
def test_a_damaged_workbook_is_read_or_refused(start: int, length: int, instead: bytes) -> None:
    answered(WHOLE[:start] + instead + WHOLE[start + length:])


with zipfile.ZipFile(io.BytesIO(WHOLE)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}


@given(st.sampled_from(sorted(PARTS)), st.data())
def test_a_workbook_with_a_damaged_part_is_read_or_refused(name: str, data: st.DataObject) -> None:
    part = PARTS[name]
    start = data.draw(st.integers(0, len(part)))
    signs = st.sampled_from([b"<", b"</c>", b"&amp;", b"999999999", b'"'])
    instead = data.draw(st.one_of(st.binary(max_size=20), signs))
    answered(zipped({**PARTS, name: part[:start] + instead + part[start + data.draw(st.integers(0, 30)):]},
                    zipfile.ZIP_STORED))


@pytest.mark.parametrize("start", range(600, len(OLD), len(OLD) // 4))
def test_a_damaged_old_workbook_is_read_or_refused(start: int) -> None:
    answered(OLD[:start] + b"\xff" * 40 + OLD[start + 40:])


def test_limits_are_those_that_are_promised() -> None:
    assert (workbook.LARGEST_FILE, workbook.MOST_ROWS) == (50 * 1024**2, 200_000)
