"""The approver's pages: two piles, one case after the other by keyboard, drafts that are printed and issued."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from core import db
from core.domain import cases, drafts, history, reviews
from tests.domain.test_drafts import PDF
from tests.stories import DECISION, GOOD, picture, proposed, state
from tests.web.visitors import Visitor
from tests.worlds import World, household

Visit = Callable[[str], Visitor]
SMALL = GOOD | {"central": 10_000_000}


def waiting(world: World, count: int) -> list[str]:
    """So many small proposed cases, each of a household of its own, in the order of the queue."""
    with db.transaction(world.instance):
        homes = [household(world, f"H{n}", f"Trần Thị {n}") for n in range(2, count + 2)]
    return [proposed(world, SMALL, each) for each in homes]


def drafted(world: World) -> list[str]:
    """The cases that stand in the approver's draft."""
    with db.transaction(world.instance, read_only=True):
        there = drafts.latest_of(world.approver, "well")
        rows = db.execute(drafts.cases_of(world.approver, there.id)) if there else ()
        return sorted(row.number for row in rows)


def comment(world: World, number: str) -> str:
    """What was said when a case went back last."""
    with db.transaction(world.instance, read_only=True):
        happened = history.of_case(cases.find(world.approver, number).id)
        return str(next(each for each in happened if each.action == "return").private["comment"])


def at(page: Page, place: str) -> None:
    """Wait until the case at this place of the pile is shown and takes keys."""
    expect(page.locator(".pile-place")).to_have_text(place)
    expect(page.locator("[data-review][data-ready]")).to_be_attached()


@pytest.mark.databases("sqlite")
def test_five_cases_are_gone_through_by_keyboard_alone(world: World, open_as: Callable[..., Page]) -> None:
    numbers = waiting(world, 5)
    with db.transaction(world.instance):
        row = cases.find(world.approver, numbers[0])
        reviews.save_phrase(world.approver, row, "chụp lại cho rõ", "request")
        reviews.save_phrase(world.approver, row, "ghi lại theo thực tế", "depth")
    page = open_as("approver")
    page.goto("/review")
    page.get_by_role("button", name="Xét từng hồ sơ").first.press("Enter")
    at(page, "1 / 5")
    for key in ("d", "Enter"):  # agree, confirm
        page.keyboard.press(key)
    at(page, "2 / 5")
    page.keyboard.press("n")  # passed over: comes again at the end
    at(page, "3 / 5")
    page.keyboard.press("p")
    at(page, "2 / 5")
    page.keyboard.press("n")
    at(page, "3 / 5")
    for key in ("t", "1", "2", "Enter"):  # return with both phrases
        page.keyboard.press(key)
    at(page, "4 / 5")
    page.keyboard.press("t")
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    page.keyboard.press("k")  # turn down; while typing the letters are letters
    page.keyboard.type("Dk tn: khong thuoc dien")
    page.keyboard.press("Control+Enter")
    at(page, "5 / 5")
    for key in ("d", "Enter"):
        page.keyboard.press(key)
    at(page, "2 / 5")
    for key in ("d", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Đã xét hết")).to_be_visible()
    assert drafted(world) == [numbers[0], numbers[1], numbers[4]]
    assert [state(world, number) for number in numbers[2:4]] == ["returned", "rejected"]
    assert comment(world, numbers[2]) == "Đơn đề nghị: chụp lại cho rõ\nĐộ sâu: ghi lại theo thực tế"


@pytest.mark.databases("sqlite")
def test_an_approver_begins_at_the_piles_and_drafts_the_clean_one_at_once(world: World, visit: Visit) -> None:
    one, two = waiting(world, 2)
    big = proposed(world, GOOD | {"central": 90_000_000})
    approver = visit("approver")
    page = approver.get("/review").text
    clean, closer = page.split('id="closer-head"')
    assert one in clean
    assert two in clean
    assert big not in clean
    assert big in closer
    assert "thiếu 10.000.000 đồng" in closer
    page = approver.post("/review/draft", {"all": "1"}).text
    assert "Đã lập dự thảo cho 2 hồ sơ" in page
    assert drafted(world) == [one, two]
    assert visit("officer").get("/review").status_code == 403


@pytest.mark.databases("sqlite")
def test_a_refused_act_says_why_on_the_same_page_and_keeps_what_was_typed(world: World, visit: Visit) -> None:
    one, _ = waiting(world, 2)
    approver = visit("approver")
    approver.post("/review/clean")
    answer = approver.post(f"/review/clean/{one}/return", {"free": "ừ"})
    assert answer.status_code == 422
    assert "1 / 2" in answer.text
    assert ">ừ</textarea>" in answer.text
    stale = approver.post(f"/review/clean/{one}/approve", {"version": "1"})
    assert stale.status_code == 409
    assert drafted(world) == []
    decided = approver.post(f"/review/clean/{one}/decide", DECISION)
    assert "2 / 2" in decided.text
    assert state(world, one) == "approved"


@pytest.mark.databases("sqlite")
def test_a_case_that_came_back_shows_what_changed_and_the_whole_on_demand(world: World, visit: Visit) -> None:
    [one] = waiting(world, 1)
    with db.transaction(world.instance):
        cases.move(world.approver, one, "return", {"comment": "Giếng sâu bao nhiêu?"})
        cases.save_answers(world.officer, one, SMALL | {"depth": 18})
        cases.attach_paper(world.officer, one, "other", "anh.png", picture("red"))
        cases.move(world.officer, one, "propose")
    approver = visit("approver")
    page = approver.get(f"/review/clean/{one}").text
    assert "<del>12 m</del>" in page
    assert "<b>18 m</b>" in page
    assert "thêm anh.png" in page
    assert "Giếng sâu bao nhiêu?" in page
    assert 'id="answers"' not in page
    assert 'id="answers"' in approver.get(f"/review/clean/{one}?whole=1").text


@pytest.mark.databases("sqlite")
def test_phrases_are_added_changed_and_removed_in_their_place(world: World, visit: Visit) -> None:
    [one] = waiting(world, 1)
    approver, address = visit("approver"), f"/review/clean/{one}/phrases"
    page = approver.post(address, {"body": "chụp lại cho rõ", "about": "request"}).text
    assert "chụp lại cho rõ" in page
    assert '<details class="act" id="return" name="act" data-act open>' in page
    with db.transaction(world.instance):
        [kept] = reviews.phrases(world.approver, cases.find(world.approver, one))
    assert "chụp lại" in approver.post(address, {"id": str(kept.id), "body": "chụp lại", "about": ""}).text
    assert 'value="chụp lại"' not in approver.post(address, {"id": str(kept.id), "remove": "1"}).text
    assert approver.post(address, {"body": ""}).status_code == 422


@pytest.mark.databases("sqlite")
def test_a_draft_is_worded_printed_listed_and_issued_with_its_paper(world: World, visit: Visit) -> None:
    one, two = waiting(world, 2)
    approver = visit("approver")
    approver.post("/review/draft", {"all": "1"})
    with db.transaction(world.instance):
        address = f"/drafts/{drafts.latest_of(world.approver, 'well').id}"  # type: ignore[union-attr]
    told = {"title": "Phê duyệt danh sách", "issuer": "Ủy ban nhân dân tỉnh Bắc Ninh", "place": "Bắc Ninh"}
    approver.post(
        f"{address}/texts", told | {"signer": "Trần Văn Ký", "capacity": "CHỦ TỊCH", "basis": "Luật A\nLuật B"}
    )
    paper = approver.get(f"{address}/paper").text
    for words in ("ỦY BAN NHÂN DÂN TỈNH BẮC NINH", "Căn cứ Luật B;", "26.000.002", "hai mươi sáu triệu", "Trần Văn Ký"):
        assert words in paper
    sheet = load_workbook(io.BytesIO(approver.get(f"{address}/list.xlsx").data)).active
    assert sheet
    assert [sheet.cell(line, 5).value for line in (4, 5)] == [one, two]
    refused = approver.post(f"{address}/issue", DECISION | {"decision_number": ""})
    assert refused.status_code == 422
    assert "Người ký" in refused.text
    page = approver.post(f"{address}/issue", DECISION | {"file": (io.BytesIO(PDF), "qd.pdf")}).text
    assert "Đã ban hành quyết định" in page
    assert "qd.pdf" in page
    assert "Thu hồi phê duyệt" in page
    assert state(world, two) == "approved"
    assert approver.get(address).request.path.startswith("/decisions/")


@pytest.mark.databases("sqlite")
def test_a_draft_is_added_to_taken_from_and_undone_after_a_question(world: World, visit: Visit) -> None:
    one, two = waiting(world, 2)
    approver = visit("approver")
    approver.post("/review/draft", {"number": one})
    with db.transaction(world.instance):
        address = f"/drafts/{drafts.latest_of(world.approver, 'well').id}"  # type: ignore[union-attr]
    approver.post(f"{address}/cases", {"add": two})
    approver.post(f"{address}/cases", {"number": one})
    assert drafted(world) == [two]
    assert "1 hồ sơ sẽ chờ xét như trước" in approver.get(f"{address}/undo").text
    approver.post(f"{address}/undo")
    assert drafted(world) == []
    assert visit("officer").get(address).status_code == 403


@pytest.mark.databases("sqlite")
def test_a_pdf_is_shown_within_the_page_of_its_case_and_of_no_other_site(world: World, visit: Visit) -> None:
    [one] = waiting(world, 1)
    with db.transaction(world.instance):
        cases.move(world.approver, one, "return", {"comment": "Bổ sung giấy tờ"})
        cases.attach_paper(world.officer, one, "other", "giay.pdf", PDF)
        cases.move(world.officer, one, "propose")
    approver = visit("approver")
    page = approver.get(f"/review/clean/{one}")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    [address] = re.findall(r'<iframe src="([^"]+)"', page.text)
    within, alone = approver.get(html.unescape(address)), approver.get(address.partition("?")[0])
    within.close()
    alone.close()
    assert "frame-ancestors 'self'" in within.headers["Content-Security-Policy"]
    assert within.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]


@pytest.mark.databases("sqlite")
def test_the_page_of_a_drafted_case_says_so_and_leads_to_the_draft(world: World, visit: Visit) -> None:
    [one] = waiting(world, 1)
    approver = visit("approver")
    approver.post("/review/draft", {"number": one})
    assert "Mở dự thảo" in approver.get(f"/cases/{one}").text
    assert approver.get(f"/review/clean/{one}").request.path == f"/cases/{one}"
    assert "Đang nằm trong một dự thảo" in visit("officer").get(f"/cases/{one}").text
