"""The officer's day: one page, one sheet of paper; and where everybody else begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from core import db
from core.domain import cases, day, monitoring, people, tasks
from tests.stories import GOOD, approved, opened, proposed
from tests.web.test_cases import statements, words
from tests.web.visitors import Visitor
from tests.worlds import World, household

Visit = Callable[[str], Visitor]
OpenAs = Callable[..., Page]


def home(world: World, count: int, village: str = "Thôn Đông") -> str:
    """A further household of the commune, in a village."""
    with db.transaction(world.instance):
        number = household(world, f"H{count}", f"Trần Thị Số {count}")
        key = people.household_id(number)
        places = {
            "village": village,
            "phone": f"0900 000 {count:03}",
            "address": f"Số nhà {count}, ngõ 12, đường Lê Lợi",
        }
        db.execute(people.household.update().where(people.household.c.id == key).values(places))
    return number


def sent_back(world: World, count: int, why: str = "Thiếu chữ ký của chủ hộ") -> str:
    case = proposed(world, GOOD, home(world, count))
    with db.transaction(world.instance):
        cases.move(world.approver, case, "return", {"comment": why})
    return case


def due(world: World, case: str, on: date) -> None:
    with db.transaction(world.instance):
        key = cases.find(world.officer, case).id
        db.execute(tasks.task.update().where(tasks.task.c.case_id == key).values(due_on=on))


def test_a_returned_case_tells_why_and_what_it_still_lacks(world: World, visit: Visit) -> None:
    case = sent_back(world, 2)
    page = visit("officer").get("/day")
    assert "Bị trả lại 1" in words(page)
    assert "«Thiếu chữ ký của chủ hộ» Approver" in words(page)
    assert f'href="/cases/{case}/transitions/propose"' in page.text
    assert "Đã đủ, hãy «Đề xuất»" in words(page)


def test_every_case_says_the_next_thing_to_do_and_leads_there(world: World, visit: Visit) -> None:
    without_paper, without_answer = opened(world), opened(world, {"central": 1_000_000}, home(world, 2))
    page = visit("officer").get("/day")
    assert "Thiếu giấy tờ: Đơn đề nghị" in words(page)
    assert f'href="/cases/{without_paper}#papers"' in page.text
    assert "Chưa nhập: Độ sâu" in words(page)
    assert f'href="/cases/{without_answer}/edit#depth"' in page.text


def test_what_is_late_stands_before_what_has_time_and_nothing_stands_twice(world: World, visit: Visit) -> None:
    late, back, easy = opened(world), sent_back(world, 2), opened(world, GOOD, home(world, 3))
    due(world, late, date(2026, 11, 20))
    due(world, back, date(2026, 11, 20))
    page = visit("officer").get("/day")
    order = re.findall(r'class="day-who"><a href="/cases/([A-Z0-9-]+)"', page.text)
    assert order == [back, late, easy]
    assert "quá hạn 3 ngày" in words(page)


def test_visits_stand_by_village_with_telephone_and_address(world: World, visit: Visit) -> None:
    west, east = home(world, 2, "Thôn Tây"), home(world, 3)
    first, second, third = (approved(world, GOOD | {"central": 1_000_000}, each) for each in (west, east, None))
    with db.transaction(world.instance):
        soon = cases.find(world.officer, second).id
        db.execute(tasks.task.update().where(tasks.task.c.case_id == soon).values(due_on=date(2026, 11, 21)))
    for login in ("officer", "monitor"):  # the officer of the commune may record it too
        with db.transaction(world.instance, read_only=True):
            found = day.of(world.actors[login])
        named = [(village.name, [row.number for row in village.visits]) for village in found.villages]
        assert named == [("Thôn Đông", [second, third]), ("Thôn Tây", [first])]
    page = visit("officer").get("/day")
    assert "Thôn Tây Trần Thị Số 2" in words(page)
    assert "0900 000 002 · Số nhà 2, ngõ 12, đường Lê Lợi" in words(page)


def test_nobody_sees_the_visits_of_another_commune(world: World) -> None:
    approved(world)
    with db.transaction(world.instance, read_only=True):
        assert db.execute(monitoring.due(world.officer)).all()
        assert not db.execute(monitoring.due(world.accountant)).all()


def test_a_long_day_is_cut_says_how_much_is_left_and_asks_no_more_of_the_database(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "SHOWN", 2)
    monkeypatch.setattr(day, "VISITS", 2)

    def fill(start: int, count: int) -> None:
        for each in range(start, start + count):
            sent_back(world, each)
            opened(world, GOOD, home(world, each + 100))
            approved(world, GOOD | {"central": 100_000, "local": 0}, home(world, each + 200))

    fill(2, 3)
    officer = visit("officer")
    officer.get("/day")
    with statements(world.instance) as few:
        officer.get("/day")
    fill(20, 4)
    with statements(world.instance) as many:
        page = officer.get("/day")
    few, many = ([each for each in some if not each.startswith("PRAGMA")] for some in (few, many))
    assert len(many) == len(few) <= 80
    assert "còn 5 hồ sơ nữa" in words(page)
    assert "còn 5 lần kiểm tra nữa" in words(page)


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("officer", "/day"),
        ("approver", "/review"),
        ("accountant", "/payments"),
        ("monitor", "/visits"),
        ("manager", "/indicators"),
        ("auditor", "/decisions"),
        ("admin", "/parameters"),
    ],
)
@pytest.mark.databases("sqlite")
def test_everybody_begins_where_their_work_is(world: World, visit: Visit, who: str, where: str) -> None:
    page = visit(who).get("/login")
    assert (page.status_code, page.request.path) == (200, where)
    assert f'class="brand" href="{where}"' in page.text


@pytest.mark.databases("sqlite")
def test_the_longest_day_is_one_sheet_and_light_on_a_telephone(world: World, open_as: OpenAs) -> None:
    why = "Số tiền gia đình đóng góp chưa khớp với biên bản làm việc tại thôn. " * 4
    for each in range(2, 2 + day.SHOWN + 1):
        sent_back(world, each, why)
        due(world, opened(world, {"central": 1_000_000}, home(world, each + 20)), date(2026, 11, 20))
        opened(world, {"central": 1_000_000}, home(world, each + 40))
    for each in range(day.VISITS + 1):  # each in a village of its own
        approved(world, GOOD | {"central": 100_000, "local": 0}, home(world, each + 60, f"Thôn {each}"))
    page = open_as("officer")
    page.goto("/day")
    assert not Axe().run(page).response["violations"]
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    assert page.locator("header.side").is_hidden()
    assert page.locator(".day-box").count() == 3 * day.SHOWN + day.VISITS
    phone = open_as("officer", width=360)
    answer = phone.goto("/day")
    assert answer
    assert len(answer.body()) <= 40_000
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
