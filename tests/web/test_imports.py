"""The import pages: a list is sent, judged, looked at, and written by one click."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core import db, exchange
from core.domain import people, units
from tests.test_exchange import HEAD, OTHER, TITLES, WIFE, a_file
from tests.web.visitors import Visitor
from tests.worlds import World, person

Visit = Callable[[str], Visitor]
OpenAs = Callable[..., Page]


def send(visitor: Visitor, world: World, content: bytes, name: str = "Danh sách.xlsx", **more: str) -> TestResponse:
    """A file sent to be judged; the page of its report when it can be read."""
    return visitor.post(
        "/imports/new", {"unit": str(world.commune.id), "on": "", "file": (io.BytesIO(content), name), **more}
    )


def sent(visitor: Visitor, world: World, *rows: dict[str, Any]) -> TestResponse:
    page = send(visitor, world, a_file(*rows))
    assert page.status_code == 200
    assert re.fullmatch(r"/imports/\d+", page.request.path)
    return page


def accepted(visitor: Visitor, page: TestResponse) -> TestResponse:
    return visitor.post(f"{page.request.path}/accept")


def tally(page: TestResponse) -> dict[str, int]:
    """How many households of each kind a report has; 0 of the others."""
    tabs = re.findall(r'<a href="[^"]*state=\w+"[^>]*>([^<]+) <span class="count">(\d+)</span>', page.text)
    rows = re.search(r"· (\d+) dòng ·", page.text)
    assert rows
    return Counter({title: int(figure) for title, figure in [*tabs, ("Dòng", rows[1])]})


def households(world: World) -> int:
    with db.transaction(world.instance):
        return int(db.execute(select(func.count()).select_from(people.household)).scalar_one())


def test_a_list_is_judged_then_written_by_one_click(world: World, visit: Visit) -> None:
    officer = visit("officer")
    judged = sent(officer, world, HEAD, WIFE, OTHER)
    assert tally(judged) == {"Mới": 2, "Không có trong tệp": 1, "Dòng": 3}
    assert "Sẽ thêm 2 hộ, sửa 0 hộ" in judged.text
    assert households(world) == 1  # judged, and nothing written
    done = accepted(officer, judged)
    assert "thêm 2 hộ, sửa 0 hộ" in done.text
    assert households(world) == 3
    assert "Nguyễn Văn Á" in officer.get("/households?q=BN-001").text
    assert "Đã ghi vào sổ" in officer.get("/imports").text


def test_the_same_list_a_second_time_changes_nothing(world: World, visit: Visit) -> None:
    officer = visit("officer")
    accepted(officer, sent(officer, world, HEAD, WIFE, OTHER))
    again = sent(officer, world, HEAD, WIFE, OTHER)
    assert tally(again)["Không đổi"] == 2
    assert "Không có gì để ghi" in again.text
    assert "Ghi vào sổ</button>" not in again.text


def test_a_second_click_on_accept_changes_nothing(world: World, visit: Visit) -> None:
    officer = visit("officer")
    judged = sent(officer, world, HEAD, WIFE)
    first = accepted(officer, judged)
    with db.transaction(world.instance):
        version = people.household_of(world.officer, number(world)).row.version
    second = accepted(officer, judged)
    assert (first.status_code, second.status_code) == (200, 200)
    assert tally(first) == tally(second)
    with db.transaction(world.instance):
        assert people.household_of(world.officer, number(world)).row.version == version


def number(world: World, code: str = "BN-001") -> str:
    return people.household_number(people.household_by_code(world.officer, code))


def test_a_refused_row_says_what_to_write_and_refuses_its_household_alone(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = sent(officer, world, HEAD, {**WIFE, "Ngày sinh": "31/02/1970", "Số định danh": "12345678901"}, OTHER)
    assert (tally(page)["Mới"], tally(page)["Bị từ chối"]) == (1, 1)
    for said in ("Không có ngày 31/02/1970 trên lịch: ghi dd/mm/yyyy", "Chỉ có 11 chữ số", "12345678901", "Ngày sinh"):
        assert said in page.text
    accepted(officer, page)
    assert households(world) == 2


def workbook_of(visitor: Visitor, page: TestResponse, name: str) -> Worksheet:
    file = visitor.get(f"{page.request.path}/{name}.xlsx")
    assert file.status_code == 200
    sheet = load_workbook(io.BytesIO(file.data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_the_rows_to_correct_keep_their_columns_with_the_wrong_cells_marked_and_no_formula(
    world: World, visit: Visit
) -> None:
    officer = visit("officer")
    page = sent(officer, world, OTHER, {**HEAD, "Phân loại": "=1+1"}, WIFE)
    sheet = workbook_of(officer, page, "refused")
    titles = [cell.value for cell in sheet[1]]
    assert titles == [*TITLES, "Cần sửa"]
    wrong = sheet.cell(2, titles.index("Phân loại") + 1)
    assert (wrong.value, wrong.data_type) == ("=1+1", "s")
    assert wrong.comment is not None
    assert "Không hiểu «=1+1»" in wrong.comment.text
    assert wrong.fill.fgColor.rgb == "FFF8D0CB"
    assert [sheet.cell(row, titles.index("Họ và tên") + 1).value for row in (2, 3)] == ["Nguyễn Văn Á", "Trần Thị Đào"]
    assert "Cả hộ bị từ chối" in str(sheet.cell(3, len(titles)).value)
    assert sheet.max_row == 3


def test_the_rows_to_correct_are_corrected_and_sent_back_alone(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = sent(officer, world, OTHER, {**HEAD, "Phân loại": "sai"}, WIFE)
    accepted(officer, page)
    book = load_workbook(io.BytesIO(officer.get(f"{page.request.path}/refused.xlsx").data))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.cell(2, [cell.value for cell in sheet[1]].index("Phân loại") + 1, "Hộ nghèo")
    corrected = io.BytesIO()
    book.save(corrected)
    again = send(officer, world, corrected.getvalue())
    assert tally(again) == {"Mới": 1, "Dòng": 2}
    assert "chỉ gồm các dòng đã sửa" in again.text
    assert "Không đọc các cột" not in again.text
    assert tally(accepted(officer, again)) == {"Mới": 1, "Dòng": 2}
    assert households(world) == 3


def test_the_result_is_the_list_as_sent_with_what_became_of_each_row(world: World, visit: Visit) -> None:
    officer = visit("officer")
    accepted(officer, sent(officer, world, HEAD, WIFE))
    page = sent(officer, world, {**OTHER, "Ngày sinh": "31/02/1980"}, {**HEAD, "Thôn": "Khu 7"}, WIFE)
    titles, *rows = ([cell.value or "" for cell in row] for row in workbook_of(officer, page, "report").iter_rows())
    assert titles == [*TITLES, "Kết quả nhập", "Đã thay đổi, đã sửa"]
    assert [row[-2] for row in rows] == ["Bị từ chối", "Sẽ sửa", "Sẽ sửa"]
    assert rows[1][-1] == "Thôn: Khu 5 → Khu 7"
    assert "Không có ngày 31/02/1980" in rows[0][-1]
    accepted(officer, page)
    done = workbook_of(officer, page, "report")
    assert [done.cell(row, len(titles) - 1).value for row in (2, 3)] == ["Bị từ chối", "Đã sửa"]


def test_what_changes_is_shown_cell_by_cell_before_it_is_written(world: World, visit: Visit) -> None:
    officer = visit("officer")
    accepted(officer, sent(officer, world, {**HEAD, "Ưu tiên": "NCC"}, WIFE, OTHER))
    page = sent(
        officer,
        world,
        {
            **HEAD,
            "Thôn": "Khu 7",
            "Phân loại": "Hộ cận nghèo",
            "Số quyết định": "77/QĐ-UBND",
            "Ngày công nhận": "20/11/2026",
            "Thiếu hụt 1": "",
            "Cư trú": "Thường trú",
            "Ưu tiên": "NKT",
        },
        {**WIFE, "Ngày sinh": "05/08/1956", "Dân tộc": "Nùng", "Quan hệ với chủ hộ": "Khác"},
        {**WIFE, "Họ và tên": "Nguyễn Văn Bé", "Quan hệ với chủ hộ": "Con", "Số định danh": ""},
        OTHER,
    )
    assert (tally(page)["Thay đổi"], tally(page)["Không đổi"]) == (1, 1)
    cells = set(
        re.findall(
            r'data-label="Mục">([^<]+)</td><td data-label="Đang ghi">(?:<span[^>]*>)?([^<]*).*?'
            r'data-label="Sẽ ghi">(?:<[^>]*>)?([^<]*)',
            page.text,
        )
    )
    assert cells == {
        ("Thôn", "Khu 5", "Khu 7"),
        ("Phân loại", "Hộ nghèo", "Hộ cận nghèo"),
        ("Số quyết định", "31/QĐ-UBND", "77/QĐ-UBND"),
        ("Ngày công nhận", "15/12/2025", "20/11/2026"),
        ("Thiếu hụt 1", "x", "(trống)"),
        ("Cư trú", "(trống)", "Thường trú"),
        ("Ưu tiên", "NCC", "NKT"),
        ("Ngày sinh", "05/08/1955", "05/08/1956"),
        ("Dân tộc", "Tày", "Nùng"),
        ("Quan hệ với chủ hộ", "Vợ/chồng", "Khác"),
        ("Họ và tên", "(trống)", "Nguyễn Văn Bé"),
        ("Quan hệ với chủ hộ", "(trống)", "Con"),
    }


def test_an_import_of_another_commune_is_not_there(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        elsewhere = units.children(world.commune.province_id or 0)[1]
        person("xa", ("officer", elsewhere.id))
    page, stranger = sent(visit("officer"), world, HEAD), visit("xa")
    for address in ("", "/refused.xlsx"):
        assert stranger.get(page.request.path + address).status_code == 404
    assert accepted(stranger, page).status_code == 404
    assert "Danh sách.xlsx" not in stranger.get("/imports").text
    refused = send(stranger, world, a_file(HEAD))
    assert refused.status_code == 422
    assert "Hãy chọn một mục" in refused.text
    assert households(world) == 1
    assert visit("approver").get("/imports").status_code == 403


def test_what_cannot_be_read_is_refused_beside_the_file(world: World, visit: Visit) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for part in range(2001):
            archive.writestr(f"{part}.xml", b"")
    officer = visit("officer")
    for content, said in (
        (b"", "Tệp trống"),
        (b"%PDF-1.7\n\0\xff", "không phải sổ Excel"),
        (b"a;b;c", "Không thấy hàng tiêu đề"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "không phải sổ Excel"),
        (bomb.getvalue(), "giải nén ra quá lớn"),
        (a_file(titles=["Mã hộ", "Họ và tên", "Thôn", "Giới tính"]), "Thiếu cột «Phân loại»"),
    ):
        page = send(officer, world, content)
        assert page.status_code == 422
        assert re.search(rf'id="file-error">.*?{said}', page.text), said
    missing = officer.post("/imports/new", {"unit": str(world.commune.id)})
    assert 'id="file-error"' in missing.text
    assert "còn ở tương lai" in send(officer, world, a_file(HEAD), on="01/01/2030").text
    assert "không phải là ngày có thật" in send(officer, world, a_file(HEAD), on="31/02/2026").text
    officer.app.config["MAX_CONTENT_LENGTH"] = 100_000  # of everything else
    assert "không phải sổ Excel" in send(officer, world, b"\0" * 200_000).text
    announced = {"CONTENT_LENGTH": str(exchange.LARGEST_SENT + 1), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    too_large = officer.client.post("/imports/new", environ_overrides=announced)
    assert too_large.status_code == 413
    assert "Tệp quá lớn" in too_large.text
    assert "50 MB" in too_large.text
    assert "Chưa nhập danh sách nào" in officer.get("/imports").text


def test_a_file_that_was_lost_is_asked_for_again(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = sent(officer, world, HEAD)
    folder: Path = world.instance.settings.instance / "imports"
    for file in folder.iterdir():
        file.unlink()
    lost = accepted(officer, page)
    assert lost.status_code == 404
    assert "hãy gửi lại tệp" in lost.text
    assert "Chưa ghi" in lost.text


def test_a_list_for_a_province_is_sent_by_who_keeps_its_register(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        person("tinh", ("officer", world.commune.province_id or 0))
    visitor = visit("tinh")
    assert "Chọn tỉnh khi tệp có nhiều xã" in visitor.get("/imports/new").text
    page = visitor.post(
        "/imports/new",
        {
            "unit": str(world.commune.province_id),
            "on": "",
            "file": (io.BytesIO(a_file({**HEAD, "Mã xã": world.commune.code})), "tinh.xlsx"),
        },
    )
    assert tally(page)["Mới"] == 1


def test_the_template_is_offered_and_a_file_name_is_only_text(world: World, visit: Visit) -> None:
    officer = visit("officer")
    assert "Mã hộ" in {
        cell.value
        for row in load_workbook(io.BytesIO(officer.get("/imports/template.xlsx").data)).active.iter_rows()
        for cell in row
    }
    page = send(officer, world, a_file(HEAD), name="<script>alert(1)</script>.xlsx")
    assert "<script>alert" not in page.text
    assert "<script>alert" not in officer.get("/imports").text


@pytest.mark.databases("sqlite")
def test_an_import_is_readable_for_everybody_and_on_a_telephone(world: World, open_as: OpenAs, tmp_path: Path) -> None:
    file = tmp_path / "Danh sách xã.xlsx"
    file.write_bytes(a_file(HEAD, {**WIFE, "Giới tính": "Name"}, OTHER))
    page = open_as("officer", width=360)
    page.goto("/imports")
    page.get_by_role("link", name="Nhập danh sách", exact=True).last.click()
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    expect(page.get_by_text("Không hiểu «Name»: ghi Nam hoặc Nữ")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="Ghi vào sổ").dblclick()
    expect(page.get_by_text("thêm 1 hộ, sửa 0 hộ").first).to_be_visible()
    for address in ("/imports", "/imports/new"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        assert not Axe().run(page).response["violations"], address
    assert households(world) == 2
