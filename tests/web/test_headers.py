"""Lists in an office's own words: what their headers mean is asked once, what they leave out is given once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from sqlalchemy import select
from werkzeug.test import TestResponse

from core import db, exchange
from core.domain import access, people
from tests.test_exchange import HEAD, OTHER, TITLES, WIFE, a_file
from tests.web.test_imports import accepted, households, send, sent, tally, workbook_of
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]
OWN = "Người đứng tên;Địa bàn;Kết quả;Ghi chú\nLê Văn An;Khu 5;HN;x\nLê Văn Bình;Khu 6;HCN;\n".encode()


def asked(visitor: Visitor, world: World, content: bytes = OWN, **more: str) -> TestResponse:
    """The page that asks what the headers of a list mean."""
    page = send(visitor, world, content, "danh sach.csv", **more)
    assert re.fullmatch(r"/imports/\d+/columns", page.request.path)
    return page


def fields(page: TestResponse) -> dict[str, str]:
    """By header the field that asks for its meaning."""
    return dict(re.findall(r"<tr><td[^>]*><b lang=\"vi\">([^<]+)</b>.*?name=\"(column-\d+)\"", page.text, re.DOTALL))


def test_unknown_headers_are_asked_about_once_and_then_known(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = asked(officer, world)
    assert page.status_code == 200
    assert "Thiếu cột «Họ và tên»" in page.text
    for cells in ("Lê Văn An · Lê Văn Bình", "HN · HCN"):
        assert f'<span class="written" lang="vi">{cells}</span>' in page.text
    names = fields(page)
    half = officer.post(page.request.path, {names["Người đứng tên"]: "name"})
    assert half.status_code == 422
    assert "Thiếu cột «Phân loại»" in half.text
    assert re.search(r'<option selected value="name">', half.text)  # what was chosen stays
    judged = officer.post(page.request.path, {names["Người đứng tên"]: "name", names["Kết quả"]: "category"})
    assert tally(judged)["Mới"] == 2
    assert "Không đọc các cột: Ghi chú" in judged.text
    accepted(officer, judged)
    assert households(world) == 3
    again = send(officer, world, OWN, "danh sach.csv")
    assert re.fullmatch(r"/imports/\d+", again.request.path)  # nothing is asked again


def test_a_preview_leads_to_its_headers_until_it_is_written(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = sent(officer, world, {**HEAD, "Người khai": "Ông Tư"}, OTHER)
    address = f"{page.request.path}/columns"
    assert f'href="{address}">Chỉ ra các cột này là gì' in page.text
    columns = officer.get(address)
    ignored = officer.post(address, {fields(columns)["Người khai"]: exchange.IGNORE})
    assert "Không đọc các cột" not in ignored.text
    accepted(officer, ignored)
    assert officer.get(address).request.path == page.request.path
    assert visit("approver").get(address).status_code == 403


def test_a_category_may_be_said_for_the_whole_file_where_no_column_tells_it(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = asked(officer, world)
    judged = officer.post(page.request.path, {fields(page)["Người đứng tên"]: "name", "category": "Hộ cận nghèo"})
    accepted(officer, judged)
    assert categories(world) >= {("Lê Văn An", "near_poor"), ("Lê Văn Bình", "near_poor")}


def categories(world: World) -> set[tuple[str, str]]:
    fact, house = people.household_category, people.household
    with db.transaction(world.instance):
        return {(row.head_name, row.category) for row in db.execute(
            select(house.c.head_name, fact.c.category).join(fact, fact.c.household_id == house.c.id))}


def test_what_is_given_once_reaches_the_households_and_the_corrected_rows(world: World, visit: Visit) -> None:
    officer = visit("officer")
    titles = [title for title in TITLES if title not in ("Ngày công nhận", "Số quyết định")]
    wrong = {**OTHER, "Ngày sinh": "31/02/1968"}
    given = {"decided_on": "15/12/2025", "decision_number": "31/QĐ-UBND", "line": "Chuẩn của tỉnh"}
    page = send(officer, world, a_file(HEAD, WIFE, wrong, titles=titles), **given)
    assert tally(page)["Bị từ chối"] == 1
    accepted(officer, page)
    sheet = workbook_of(officer, page, "refused")
    place = [cell.value for cell in sheet[1]].index("Ngày sinh") + 1
    sheet.cell(2, place).value = "01/02/1968"
    corrected = io.BytesIO()
    assert sheet.parent is not None
    sheet.parent.save(corrected)
    accepted(officer, send(officer, world, corrected.getvalue()))
    with db.transaction(world.instance):
        fact = people.household_category
        rows = db.execute(select(fact).where(fact.c.decision_number == "31/QĐ-UBND")).all()
        assert [(row.line, f"{row.valid_from}") for row in rows] == [("provincial", "2025-12-15")] * 2


def test_part_of_a_list_misses_nobody(world: World, visit: Visit) -> None:
    officer = visit("officer")
    assert tally(send(officer, world, a_file(HEAD)))["Không có trong tệp"] == 1
    assert "Không có trong tệp" not in tally(send(officer, world, a_file(HEAD), partial="y"))
    page = asked(officer, world, partial="y")
    with db.transaction(world.instance):
        row = exchange.import_of(access.actor_by_login("officer"), int(page.request.path.split("/")[2]))
        assert row.partial == 1


def test_a_refused_form_keeps_what_was_given(world: World, visit: Visit) -> None:
    page = send(visit("officer"), world, a_file(HEAD), decided_on="31/02/2026", village="Khu <5>", partial="y")
    assert page.status_code == 422
    assert 'id="decided_on-error"' in page.text
    for kept in ('value="31/02/2026"', 'value="Khu &lt;5&gt;"', 'checked', '<details class="more given" open>'):
        assert kept in page.text


def test_what_was_repaired_in_reading_is_said(world: World, visit: Visit) -> None:
    old = "Mã hộ;Họ tên;Quan hệ;Phân loại\n1;NguyÔn V¨n ¸;Chñ hé;Hé nghÌo\n".encode()
    assert "TCVN3" in send(visit("officer"), world, old, "cu.csv").text
