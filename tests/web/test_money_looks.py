"""What a real browser makes of the pages of money, visits and figures: for everybody, and under a thumb."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from core import db
from core.domain import cases, decisions, monitoring
from tests.stories import DECISION, SEEN, dug, first_paid, picture
from tests.worlds import World, household

pytestmark = pytest.mark.databases("sqlite")

OpenAs = Callable[..., Page]
SMALL = {"depth": 12, "central": 10_000_000, "local": 500_000}
THUMB = 44  # CSS pixels


@pytest.fixture
def pages(world: World) -> dict[str, list[str]]:
    """The addresses each person works at, in a world in which something has happened."""
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bình")
    paid, waiting = first_paid(world, SMALL), dug(world, SMALL, other, DECISION | {"decision_number": "13/QĐ-UBND"})
    with db.transaction(world.instance):
        failed = SEEN | {"water": "no", "note": "Giếng cạn"}
        monitoring.record_visit(world.monitor, paid, "finished", failed, [("giếng.png", picture())])
        [decision] = decisions.of_case(cases.find(world.auditor, paid).id)
    return {
        "accountant": [
            "/payments",
            f"/cases/{waiting}/payments/first",
            f"/cases/{waiting}/payments/last",
            f"/cases/{paid}/payments/first",
            f"/cases/{paid}/payments/first/receipt",
        ],
        "monitor": ["/visits", f"/cases/{paid}/visits/finished", f"/cases/{paid}/visits/dug"],
        "approver": ["/decisions", f"/decisions/{decision.id}"],
        "manager": [
            "/funds",
            "/funds/TW",
            "/funds/new",
            "/indicators",
            "/indicators?unit=VN",
            "/parameters",
            "/parameters/well_depth",
        ],
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_readable_for_everybody(pages: dict[str, list[str]], open_as: OpenAs, scheme: str) -> None:
    for login, addresses in pages.items():
        page = open_as(login, color_scheme=scheme)
        for address in addresses:
            answer = page.goto(address)
            assert answer
            assert answer.status == 200, address
            found = Axe().run(page).response["violations"]
            assert not found, (address, [(each["id"], each["nodes"][0]["html"]) for each in found])


def test_nothing_is_cut_off_on_a_telephone(pages: dict[str, list[str]], open_as: OpenAs) -> None:
    for login, addresses in pages.items():
        page = open_as(login, width=360)
        for address in addresses:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_what_a_visitor_touches_is_as_large_as_a_thumb(pages: dict[str, list[str]], open_as: OpenAs) -> None:
    page = open_as("monitor", width=360)
    for address, targets in (
        (pages["monitor"][0], ".round-go, .round-call"),
        (pages["monitor"][1], "main form .btn, .verdict-choice label, .photo-button, .asked .form-check, .whom .btn"),
    ):
        page.goto(address)
        sizes = page.locator(targets).evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
        assert len(sizes) >= 2
        assert min(sizes) >= THUMB, (address, sizes)


def test_a_receipt_is_one_sheet_of_paper(pages: dict[str, list[str]], open_as: OpenAs) -> None:
    page = open_as("accountant")
    page.goto(pages["accountant"][-1])
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_what_only_a_screen_needs_is_not_printed(pages: dict[str, list[str]], open_as: OpenAs) -> None:
    page = open_as("approver")
    page.goto(pages["approver"][-1])
    page.emulate_media(media="print")
    assert not page.get_by_label("Quyết định đã ký").is_visible()
    assert page.get_by_text("Nguyễn Văn Á").is_visible()
