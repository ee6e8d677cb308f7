"""Identity cards scanned on pages: nothing of them in an address, nothing overwritten silently."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import db
from core.domain import people
from tests.domain.test_cards import CARD, TEXT
from tests.web.test_cases import words
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]
OpenAs = Callable[..., Page]


def head(world: World) -> people.Member:
    with db.transaction(world.instance, read_only=True):
        return people.household_of(world.officer, world.household).members[0]


def known(world: World) -> None:
    """The register agrees with the card."""
    with db.transaction(world.instance):
        [found] = people.persons_of(world.officer, CARD)
        people.take_from_card(world.officer, world.household, found.person_id, CARD, ["birth", "id_number"])


def test_a_card_opens_the_household_of_its_person(world: World, visit: Visit) -> None:
    known(world)
    page = visit("officer").post("/scan", {"card": TEXT})
    assert page.request.path == f"/households/{world.household}"
    assert "Thẻ khớp với sổ: Nguyễn Văn Á" in words(page)
    assert "027060001234" not in page.request.url


def test_what_differs_stands_side_by_side_and_only_ticked_facts_are_taken(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = officer.post("/scan", {"card": TEXT})
    assert "Ngày sinh 1960 05/08/1960" in words(page)
    assert "Số định danh – 027060001234" in words(page)
    person = re.findall(r'name="person" value="(\d+)"', page.text)[0]
    sent = {"card": TEXT, "household": world.household, "person": person, "field": "id_number"}
    assert "Đã sửa 1 mục theo thẻ." in words(officer.post("/scan/take", sent))
    assert (head(world).row.id_number, head(world).row.birth_date) == ("027060001234", None)


def test_what_is_no_card_is_answered_by_a_sentence(visit: Visit) -> None:
    page = visit("officer").post("/scan", {"card": "http://example.vn"})
    assert page.status_code == 422
    assert "Không phải mã QR trên thẻ căn cước" in words(page)


def test_a_card_of_nobody_begins_a_household(world: World, visit: Visit) -> None:
    officer, other = visit("officer"), TEXT.replace("Nguyễn Văn Á", "Lê Thị Bé").replace("027060", "027160")
    page = officer.post("/scan", {"card": other})
    assert "Chưa có ai trong sổ của bạn" in words(page)
    page = officer.post("/households/new", {"card": other, "members-0-relation": "head", "scan": "1"})
    assert page.status_code == 200
    assert 'name="members-0-name"' in page.text
    assert 'value="Lê Thị Bé"' in page.text
    assert 'value="027160001234"' in page.text


def test_a_card_in_the_form_fills_what_is_empty_and_says_where_it_differs(world: World, visit: Visit) -> None:
    officer, row = visit("officer"), head(world).row
    address = f"/households/{world.household}/edit"
    typed = {
        "version": "1",
        "code": "H1",
        "members-0-person_id": str(row.id),
        "members-0-name": "Nguyễn Văn Á",
        "members-0-relation": "head",
        "members-0-birth": "1961",
    }
    # a scanner ends with Enter, which presses the first button: the form is not saved
    page = officer.post(address, typed | {"card": TEXT})
    assert page.request.path == address
    assert 'value="1961"' in page.text
    assert "Thẻ căn cước ghi khác Ngày sinh : «1961» ≠ «05/08/1960»" in words(page).replace("sinh:", "sinh :")
    assert 'value="027060001234"' in page.text
    assert head(world).row.id_number is None
    page = officer.post(address, typed | {"members-0-card": TEXT, "take": "0-birth"})
    assert 'value="05/08/1960"' in page.text
    assert "Thẻ căn cước ghi khác Ngày sinh" not in words(page)
    page = officer.post(address, typed | {"card": "abc"})
    assert "Không phải mã QR" in words(page)
    assert 'value="1961"' in page.text


@pytest.mark.databases("sqlite")
def test_a_scanner_types_a_card_and_ends_with_enter(world: World, open_as: OpenAs) -> None:
    known(world)
    page = open_as("officer", width=360)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/scan")
    assert not Axe().run(page).response["violations"]
    expect(page.get_by_label("Mã QR trên thẻ căn cước")).to_be_focused()
    page.keyboard.insert_text(TEXT)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/households/{world.household}")
    page.goto("/households")
    page.get_by_role("searchbox").click()
    page.keyboard.insert_text(TEXT)
    page.wait_for_timeout(500)  # longer than the search waits for further keys
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/households/{world.household}")
    page.goto(f"/households/{world.household}/edit")
    page.get_by_label("Quét thẻ căn cước vào hộ này").focus()
    page.keyboard.insert_text(TEXT.replace("Nguyễn Văn Á", "Lê Thị Bé").replace("027060", "027160"))
    page.keyboard.press("Enter")
    expect(page.locator('[name="members-1-name"]')).to_have_value("Lê Thị Bé")
    expect(page.get_by_label("Quét thẻ căn cước vào hộ này")).to_be_focused()
    assert not [each for each in asked if "027" in each or "%7C" in each]


@pytest.mark.databases("sqlite")
def test_the_camera_is_offered_and_a_refused_one_is_explained(open_as: OpenAs) -> None:
    page = open_as("officer")
    page.goto("/scan")
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error()) }")
    page.get_by_role("button", name="Máy ảnh").click()
    expect(page.get_by_role("dialog")).to_contain_text("Không mở được máy ảnh")
    page.get_by_role("button", name="Đóng").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
