"""Visits on a telephone: what waits, by village, and recording one."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from core import db
from core.domain import cases, documents, monitoring, people, tasks, units
from tests.stories import approved, dug, picture
from tests.web.visitors import Visitor
from tests.worlds import World, household, person

Visit = Callable[[str], Visitor]
SMALL = {"depth": 12, "central": 10_000_000, "local": 500_000}
SEEN = {"visited_on": "23/11/2026", "passed": "yes", "attempt": "1"}


def test_visits_stand_by_village_and_the_late_ones_first(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bình")
        key = people.household_id(other)
        db.execute(
            update(people.household)
            .where(people.household.c.id == key)
            .values(village="Thôn Đoài", phone="0912 345 678")
        )
    approved(world, SMALL)
    late = approved(world, SMALL, other)
    with db.transaction(world.instance):
        task = tasks.task.c
        found = cases.find(world.monitor, late).id
        db.execute(update(tasks.task).where(task.case_id == found).values(due_on=date(2026, 11, 20)))
    page = visit("monitor").get("/visits").text
    assert page.index("Thôn Đoài") < page.index("Thôn Đông")
    assert "quá hạn 3 ngày" in page
    assert "1 quá hạn" in page
    assert 'href="tel:0912345678"' in page


def test_the_form_says_whom_to_visit_and_what_is_needed(world: World, visit: Visit) -> None:
    page = visit("monitor").get(f"/cases/{dug(world)}/visits/finished").text
    for words in (
        "Nguyễn Văn Á",
        "Thôn Đông",
        "Có nước",
        "cần <b>có</b>",
        'name="passed" value="no"',
        'capture="environment"',
    ):
        assert words in page


def test_a_visit_is_recorded_with_its_photographs(world: World, visit: Visit) -> None:
    case, monitor = dug(world), visit("monitor")
    photos = [(io.BytesIO(picture(colour)), f"{colour}.png") for colour in ("red", "blue")]
    answer = monitor.post(
        f"/cases/{case}/visits/finished", SEEN | {"water": "yes", "note": "Nước trong", "photos": photos}
    )
    assert "Đã ghi kết quả: đạt" in answer.text
    assert "Nước trong" in answer.text
    with db.transaction(world.instance):
        row = cases.find(world.monitor, case)
        kept = [each for each in documents.of_case(row.id) if each.kind == "visit"]
        assert [(each.step, each.name) for each in kept] == [("finished", "red.png"), ("finished", "blue.png")]
    with monitor.get(f"/documents/{kept[0].id}/red.png") as shown:
        assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/png", picture("red"))


def test_what_failed_is_told_with_what_was_seen_and_needed_and_it_is_planned_again(world: World, visit: Visit) -> None:
    case = dug(world)
    page = visit("monitor").post(f"/cases/{case}/visits/finished", SEEN | {"water": "no"}).text
    for words in ("không đạt", "Có nước: không, cần có", "lần thứ 2", "Hạn kiểm tra", 'name="attempt" value="2"'):
        assert words in page


def test_a_second_click_on_a_visit_that_failed_does_not_record_the_next_one(world: World, visit: Visit) -> None:
    case, monitor = dug(world), visit("monitor")
    monitor.post(f"/cases/{case}/visits/finished", SEEN | {"water": "no"})
    again = monitor.post(f"/cases/{case}/visits/finished", SEEN | {"water": "no"})
    assert again.status_code == 409
    assert "đã được ghi lúc 10:00 23/11/2026" in again.text
    with db.transaction(world.instance):
        row = cases.find(world.monitor, case)
        made = [each for each in monitoring.of_case(row.id) if each.step == "finished" and each.recorded_at]
        assert len(made) == 1


def test_a_second_click_on_a_visit_that_passed_says_when_it_was_recorded(world: World, visit: Visit) -> None:
    case, monitor = dug(world), visit("monitor")
    for expected in (200, 409):
        answer = monitor.post(f"/cases/{case}/visits/finished", SEEN | {"water": "yes"})
        assert answer.status_code == expected
    assert "đã được ghi ngày 23/11/2026" in answer.text


def test_mistakes_stand_beside_their_fields_and_what_was_typed_is_kept(world: World, visit: Visit) -> None:
    case = dug(world)
    answer = visit("monitor").post(
        f"/cases/{case}/visits/finished",
        {"visited_on": "24/11/2026", "note": "Bể <i>nứt</i>", "attempt": "1", "water": "yes", "passed": ""},
    )
    assert answer.status_code == 422
    for words in ("không được sau hôm nay", "Chưa nhập", "Bể &lt;i&gt;nứt&lt;/i&gt;", "24/11/2026"):
        assert words in answer.text
    chosen = answer.text.partition('name="water"')[2].partition("</fieldset>")[0]
    assert 'value="yes" checked' in chosen


def test_a_file_that_is_no_picture_is_refused_and_nothing_is_recorded(world: World, visit: Visit) -> None:
    case = dug(world)
    virus = (io.BytesIO(b"MZ\x90 not a picture"), "ảnh.jpg")
    answer = visit("monitor").post(f"/cases/{case}/visits/finished", SEEN | {"water": "yes", "photos": [virus]})
    assert answer.status_code == 422
    assert "không phải ảnh" in answer.text
    assert "Chọn lại ảnh" in answer.text
    with db.transaction(world.instance):
        assert monitoring.open_visit(cases.find(world.monitor, case), "finished").attempt == 1


def test_a_check_that_waits_for_another_says_so(world: World, visit: Visit) -> None:
    page = visit("monitor").get(f"/cases/{approved(world)}/visits/finished").text
    assert "Phải đạt bước trước đã: Đã đào" in page
    assert 'name="passed"' not in page


def test_a_check_that_is_not_there_is_not_found(world: World, visit: Visit) -> None:
    assert visit("monitor").get(f"/cases/{approved(world)}/visits/nothing").status_code == 404


def test_a_photograph_is_served_only_to_who_may_see_the_case(world: World, visit: Visit) -> None:
    case = dug(world)
    photos = [(io.BytesIO(picture("red")), "red.png")]
    visit("monitor").post(f"/cases/{case}/visits/finished", SEEN | {"water": "yes", "photos": photos})
    with db.transaction(world.instance):
        [photo] = [each for each in documents.of_case(cases.find(world.monitor, case).id) if each.kind == "visit"]
        person("elsewhere", ("monitor", units.unit_by_code("01", db.today()).id))
    address = f"/documents/{photo.id}/red.png"
    with visit("auditor").get(address) as shown:
        assert shown.status_code == 200
    assert visit("elsewhere").get(address).status_code == 404


@pytest.mark.databases("sqlite")
def test_a_telephone_sends_a_large_photograph_small(world: World, open_as: Callable[..., Page]) -> None:
    case = dug(world)
    page = open_as("monitor", width=360)
    page.goto(f"/cases/{case}/visits/finished")
    noisy = page.evaluate(
        """async () => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 2400, height: 1800 });
            const ink = canvas.getContext("2d"), dots = ink.createImageData(2400, 1800);
            for (let at = 0; at < dots.data.length; at += 4) {
                const light = 128 + 64 * Math.sin(at / 9e4);
                for (let part = 0; part < 3; part++) dots.data[at + part] = light + 40 * Math.random();
                dots.data[at + 3] = 255;
            }
            ink.putImageData(dots, 0, 0);
            const file = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
            const bytes = new Uint8Array(await file.arrayBuffer());
            let text = "";
            for (const byte of bytes) text += String.fromCharCode(byte);
            return btoa(text);
        }"""
    )
    large = base64.b64decode(noisy)
    assert len(large) > 1_000_000
    page.locator("input[type=file]").first.set_input_files(
        {"name": "nhà.jpg", "mimeType": "image/jpeg", "buffer": large}
    )
    expect(page.locator("[data-photo-list] li button")).to_have_count(1)
    page.locator("input[type=file]").last.set_input_files(
        {"name": "giếng.png", "mimeType": "image/png", "buffer": picture("green")}
    )
    expect(page.locator("[data-photo-list] li button")).to_have_count(2)
    page.get_by_label("Có", exact=True).check()
    page.get_by_role("radio", name="Đạt", exact=True).check()
    page.get_by_role("button", name="Ghi kết quả").click()
    expect(page.get_by_text("Đã ghi kết quả: đạt.")).to_be_visible()
    with db.transaction(world.instance):
        kept = [each for each in documents.of_case(cases.find(world.monitor, case).id) if each.kind == "visit"]
        assert [each.name for each in kept] == ["nhà.jpg", "giếng.png"]
        assert kept[0].size < len(large) / 2
        assert kept[1].size == len(picture("green"))
