"""Every page, in every state it can be met in: for everybody, on a telephone and at a desk, by day and by night, in
both languages.

A run in the day's work looks at each page in one of the eight ways, in turn. `make axe` looks at all of them, as every
role that may open the page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import cycle, product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.exc import OperationalError

from core import db
from core.app import create_app
from core.domain import access, users
from tests.databases import Databases
from tests.live import Desks, served
from tests.web.looking import faults, leftovers, pairs, unseen_focus, violations
from tests.web.places import NO_PAGES, PAGES, ROLES, STATES, Office, Place, furnish, look_round, stretch
from tests.web.visitors import Visitor

ALL = os.environ.get("TIEPSUC_TEST_LOOKS") == "all"
LANGUAGES, WIDTHS, SCHEMES = ("vi", "en"), (360, 1440), ("light", "dark")
WAYS = list(product(LANGUAGES, WIDTHS, SCHEMES))
LISTED = [*(place for places in PAGES.values() for place in places), *STATES]


def looks() -> Iterator[Any]:
    """The places and the ways to look at them in this run."""
    # 5 and 8 have no common part, so neighbours differ in everything and no way is left out
    for place, at in zip(LISTED, cycle(range(0, 40, 5))):
        yield pytest.param(place, WAYS if ALL else [WAYS[at % 8]], id=str(place))
    if ALL:
        for places in PAGES.values():
            for place, role in product(places, ROLES):
                if place.role and role != place.role:
                    other = Place(role, place.address)
                    yield pytest.param(other, WAYS, id=str(other))


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo province; the tests here only look at it."""
    with databases.fresh("sqlite", tmp_path_factory.mktemp("office"), furnish) as instance:
        office = look_round(instance)
        stretch(office)
        yield office


@pytest.fixture(scope="module")
def app(office: Office) -> Any:
    """The application, of which two pages fail when the auditor opens them."""
    app = create_app(office.instance)
    for endpoint, error in (
        ("decisions.index", RuntimeError()),
        ("budget.index", OperationalError("", {}, Exception())),
    ):
        app.view_functions[endpoint] = _failing_for_the_auditor(app.view_functions[endpoint], error)
    return app


def _failing_for_the_auditor(view: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    def fail(*given: Any, **named: Any) -> Any:
        from flask import g

        if g.actor.login == "auditor":
            raise error
        return view(*given, **named)

    fail.__dict__.update(view.__dict__)
    return fail


@pytest.fixture(scope="module")
def desk(app: Any, browser: Browser) -> Iterator[Callable[[str, str], Page]]:
    """``desk("officer", "vi")``: that person's browser, the same one all day, in this language."""
    pages: dict[str, Page] = {}
    with served(app) as site:
        desks = Desks(browser, site)

        def sit_down(role: str, language: str) -> Page:
            page = pages.get(role) or pages.setdefault(role, desks.open(reduced_motion="reduce"))
            kept = {cookie["name"] for cookie in page.context.cookies()}
            cookies = {"language": language}
            if role:
                with db.transaction(app.instance):
                    actor = access.actor_by_login(role)
                    users.set_language(actor, language)
                if "tiepsuc" not in kept:
                    cookie = Visitor(app).enter(actor).client.get_cookie("tiepsuc")
                    assert cookie
                    cookies["tiepsuc"] = cookie.value
            page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
            return page

        yield sit_down
        desks.close()


def test_every_page_is_listed(app: Any) -> None:
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    assert pages - NO_PAGES == set(PAGES)  # a page of yours? Give it a line in tests/web/places.py
    assert pages >= NO_PAGES


def test_sentences_are_found_in_templates_and_in_the_program() -> None:
    assert ("Chi trả", "Payments") in pairs()
    assert ("Hộ nghèo", "Poor") in pairs()
    assert leftovers(["Payments", "Chi trả", "and 3 more roles", "1,000 đ"], "vi") == [
        "Payments",
        "and 3 more roles",
        "1,000 đ",
    ]
    assert leftovers(["Payments", "Chi trả", "và 3 vai trò khác", "1.000 đ"], "en") == [
        "Chi trả",
        "và 3 vai trò khác",
        "1.000 đ",
    ]


@pytest.mark.parametrize(("place", "ways"), list(looks()))
def test_a_page_is_for_everybody(
    place: Place, ways: list[tuple[str, int, str]], office: Office, desk: Callable[[str, str], Page]
) -> None:
    found = {}
    for language in dict.fromkeys(way[0] for way in ways):
        page = desk(place.role, language)
        mine = [way for way in ways if way[0] == language]
        _arrange(page, mine[0])
        answer = page.goto(office.address(place))
        assert answer
        if ALL and answer.status in (403, 404) and place not in LISTED:
            return  # not this role's page; what a refusal looks like is listed by itself
        assert answer.status == place.status
        place.act(page)
        for at, way in enumerate(mine):
            _arrange(page, way)
            # of a theme only the colours are new, at a width that was seen before
            seen_width = any(way[1] == earlier[1] for earlier in mine[:at])
            found[way] = (
                [f"axe: {each}" for each in violations(page, "color-contrast")]
                if seen_width
                else [
                    *faults(page, language),
                    *(f"focus not seen: {each}" for each in unseen_focus(page)),
                ]
            )
    assert {way: wrong for way, wrong in found.items() if wrong} == {}


def _arrange(page: Page, way: tuple[str, int, str]) -> None:
    _, width, scheme = way
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def test_the_ways_of_looking_are_spread_over_the_pages() -> None:
    used = [param.values[1] for param in looks()]
    for way in WAYS:
        assert sum(way in ways for ways in used) >= len(used) // 8
