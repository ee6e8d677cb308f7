"""The worklist, and many cases under one decision."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from core import db
from core.domain import budget, cases, decisions, tasks
from core.web import paging, tasks as worklist
from core.web.cases import listing
from tests.stories import DECISION, GOOD, approved, opened, proposed, state
from tests.web.test_cases import BY_DECISION, statements, words
from tests.web.visitors import Visitor
from tests.worlds import World, household

Visit = Callable[[str], Visitor]


def many(world: World, count: int, start: int = 2) -> list[str]:
    """Proposed cases of small wells, each of a household of its own."""
    with db.transaction(world.instance):
        homes = [household(world, f"H{n}", f"Trần Thị {n}") for n in range(start, start + count)]
    return [proposed(world, {"depth": 12, "central": 1_000_000}, home) for home in homes]


def listed(page: str) -> list[str]:
    """The numbers in the order of the list."""
    return re.findall(r'class="row-link" href="/cases/([A-Z]+-\d+-\d+)"', page)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("officer", "Chưa có việc nào chờ bạn"),
        ("approver", "Không có việc nào chờ bạn"),
        ("accountant", "Không có việc nào chờ bạn"),
        ("manager", "Không có việc nào chờ bạn"),
    ],
)
def test_an_empty_list_says_what_to_do(world: World, visit: Visit, who: str, sentence: str) -> None:
    assert sentence in words(visit(who).get("/"))


def test_whoever_only_administers_lands_on_a_page_of_theirs(world: World, visit: Visit) -> None:
    page = visit("admin").get("/")
    assert (page.status_code, page.request.path) == (200, "/parameters")
    assert "Việc của tôi" not in words(page)


def test_the_most_urgent_stands_first_and_late_is_said_in_words(world: World, visit: Visit) -> None:
    fresh, old = many(world, 2)
    with db.transaction(world.instance):
        late = cases.find(world.approver, old).id
        db.execute(tasks.task.update().where(tasks.task.c.case_id == late).values(due_on=date(2026, 11, 20)))
    page = visit("approver").get("/")
    assert listed(page.text) == [old, fresh]
    assert "quá hạn 3 ngày" in words(page)
    assert "2 việc, 1 quá hạn" in words(page)


def test_a_visit_stands_in_the_list_with_the_state_its_case_is_in_now(world: World, visit: Visit) -> None:
    approved(world)
    monitor = visit("monitor")
    assert "Đã đào Đã phê duyệt" in words(monitor.get("/"))
    assert "Đã đào" in words(monitor.get("/?state=approved"))
    assert "Không có việc nào khớp" in words(monitor.get("/?state=proposed"))


def test_the_list_is_narrowed_by_a_name_without_marks_by_state_and_by_deadline(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        home = household(world, "H2", "Lê Thị Ánh Tuyết")
    draft, [_other], case = opened(world), many(world, 1, start=3), proposed(world, GOOD, home)
    officer, approver = visit("officer"), visit("approver")
    assert listed(approver.get("/?q=anh+tuyet").text) == [case]
    assert listed(officer.get("/?state=draft").text) == [draft]
    assert "Không có việc nào khớp" in words(approver.get("/?due=late"))
    assert "Không có việc nào khớp" in words(approver.get("/?programme=other"))


def test_pages_follow_each_other_without_gaps_and_back_again(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "SIZES", (2, 300))
    monkeypatch.setattr(listing, "PAGE", 2)
    numbers = many(world, 5)
    for start, order in (("/", numbers), ("/cases", numbers[::-1])):
        approver, address, seen = visit("approver"), start, []
        for _ in range(3):
            page = approver.get(address)
            part = listed(page.text) or re.findall(r'<a href="/cases/([A-Z]+-\d+-\d+)"', page.text)
            seen.append(part)
            older = re.search(r'rel="next" href="([^"]+)"', page.text)
            newer = re.search(r'rel="prev" href="([^"]+)"', page.text)
            address = older[1].replace("&amp;", "&") if older else ""
        assert [number for part in seen for number in part] == order
        assert newer
        page = approver.get(newer[1].replace("&amp;", "&"))
        assert (listed(page.text) or re.findall(r'<a href="/cases/([A-Z]+-\d+-\d+)"', page.text)) == seen[1]
    for nonsense in ("x", "2026-11-23~", "2026-11-23~x", "9999-99-99~1", "2026-11-23~99999999999999999999999"):
        assert visit("approver").get("/", query_string={"after": nonsense}).status_code == 200
        assert visit("approver").get("/cases", query_string={"after": nonsense}).status_code == 200


def test_the_count_stops_where_counting_would_be_slow(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(world, 3)
    monkeypatch.setattr(paging.count, "__defaults__", (2,))
    assert "2+ việc" in words(visit("approver").get("/"))


def test_a_worklist_of_fifty_asks_the_database_no_more_often_than_one_of_five(world: World, visit: Visit) -> None:
    many(world, 5)
    approver = visit("approver")
    approver.get("/")
    with statements(world.instance) as few:
        approver.get("/")
    many(world, 45, start=20)
    with statements(world.instance) as more:
        page = approver.get("/")
    assert len(listed(page.text)) == 50
    assert len(few) == len(more)
    assert len(more) < 20


def test_a_ticked_list_is_approved_under_one_decision(world: World, visit: Visit) -> None:
    numbers, approver = many(world, 3), visit("approver")
    page = approver.get("/")
    assert "Phê duyệt theo một quyết định" in words(page)
    asked = "&".join(f"number={number}" for number in numbers)
    page = approver.get(f"/cases/transitions/approve?{asked}")
    assert "3 hồ sơ đủ điều kiện, tổng 3.000.000" in words(page)
    assert "còn 100.000.000" in words(page)
    page = approver.post("/cases/transitions/approve", {**BY_DECISION, "number": numbers})
    assert "Đã «Phê duyệt» 3 hồ sơ" in words(page)
    with db.transaction(world.instance):
        ids = [cases.find(world.approver, number).id for number in numbers]
        assert len({row.id for key in ids for row in decisions.of_case(key)}) == 1
        assert [row.committed for row in db.execute(budget.funds(world.manager)) if row.code == "TW"] == [3_000_000]


def test_in_a_ticked_list_those_that_cannot_be_moved_stay_with_every_reason(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        homes = [household(world, f"H{n}", f"Trần Thị {n}") for n in (2, 3)]
    numbers = [proposed(world, GOOD | {"central": 60_000_000}, home) for home in homes]
    approver = visit("approver")
    page = approver.get("/cases/transitions/approve?" + "&".join(f"number={number}" for number in numbers))
    assert "1 hồ sơ đủ điều kiện" in words(page)
    assert "thiếu 20.000.000" in words(page)
    page = approver.post("/cases/transitions/approve", {**BY_DECISION, "number": numbers})
    assert "Đã «Phê duyệt» 1 hồ sơ" in words(page)
    assert "1 hồ sơ ở lại" in words(page)
    assert "thiếu 20.000.000" in words(page)
    assert [state(world, number) for number in numbers] == ["approved", "proposed"]


def test_a_ticked_list_is_returned_with_one_comment(world: World, visit: Visit) -> None:
    numbers, approver = many(world, 2), visit("approver")
    page = approver.post("/cases/transitions/return", {"number": numbers, "comment": ""})
    assert page.status_code == 422
    page = approver.post("/cases/transitions/return", {"number": numbers, "comment": "Thiếu chữ ký chủ hộ"})
    assert "Đã «Trả lại» 2 hồ sơ" in words(page)
    page = visit("officer").get(f"/cases/{numbers[0]}")
    assert "Thiếu chữ ký chủ hộ Approver" in words(page).split("Tiêu chí")[0]  # at the next step, above everything


def test_a_decision_that_cannot_be_read_is_told_once_and_moves_nothing(world: World, visit: Visit) -> None:
    numbers, approver = many(world, 2), visit("approver")
    for wrong in ({"decision_date": "31/02/2026"}, {"decision_signer": ""}, {"decision_date": "24/11/2026"}):
        page = approver.post("/cases/transitions/approve", {**BY_DECISION, **wrong, "number": numbers})
        assert page.status_code == 422
        assert f'id="{next(iter(wrong))}-error"' in page.text
    assert {state(world, number) for number in numbers} == {"proposed"}


def test_a_second_click_on_a_ticked_list_moves_nothing_twice(world: World, visit: Visit) -> None:
    numbers, approver = many(world, 2), visit("approver")
    approver.post("/cases/transitions/approve", {**BY_DECISION, "number": numbers})
    page = approver.post("/cases/transitions/approve", {**BY_DECISION, "number": numbers})
    assert "2 hồ sơ ở lại" in words(page)
    with db.transaction(world.instance):
        assert [row.committed for row in db.execute(budget.funds(world.manager)) if row.code == "TW"] == [2_000_000]


def test_nothing_ticked_leads_back_to_the_list(world: World, visit: Visit) -> None:
    assert "Hãy đánh dấu ít nhất một hồ sơ" in words(visit("approver").get("/cases/transitions/approve"))


def test_the_decision_used_last_today_is_filled_in_for_the_next_case(world: World, visit: Visit) -> None:
    first, second = many(world, 2)
    with db.transaction(world.instance):
        cases.move(world.approver, first, "approve", DECISION)
    page = visit("approver").get(f"/cases/{second}/transitions/approve")
    assert 'value="12/QĐ-UBND"' in page.text
    assert 'value="20/11/2026"' in page.text
    assert "Đã điền quyết định bạn dùng gần nhất hôm nay" in words(page)


def test_checking_a_long_list_asks_the_database_no_more_often_than_a_short_one(world: World, visit: Visit) -> None:
    numbers, approver = many(world, 20), visit("approver")
    counts = []
    for some in (numbers[:1], numbers[:5], numbers):
        with statements(world.instance) as seen:
            approver.get("/cases/transitions/approve?" + "&".join(f"number={number}" for number in some))
        counts.append(len(seen))
    assert counts[1] == counts[2]
    assert counts[2] < 40
