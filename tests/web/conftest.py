"""What tests of pages may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from core import db
from core.app import Application, create_app
from core.domain import access
from tests.live import Desks, served
from tests.web.visitors import Visitor
from tests.worlds import World


@pytest.fixture
def app(world: World) -> Application:
    """The application on the world of ``tests.worlds``; a fault in it fails the test instead of making a page."""
    app = create_app(world.instance)
    app.testing = True
    return app


@pytest.fixture
def visitor(app: Application) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(app)


@pytest.fixture
def visit(app: Application) -> Callable[[str], Visitor]:
    """``visit("officer")``: a browser in which that person of the world is signed in."""

    def enter(login: str) -> Visitor:
        with db.transaction(app.instance):
            actor = access.actor_by_login(login)
        return Visitor(app).enter(actor)

    return enter


@pytest.fixture
def site(app: Application) -> Iterator[str]:
    """The application behind a real address, for a real browser."""
    with served(app) as address:
        yield address


@pytest.fixture
def open_as(site: str, browser: Browser, visit: Callable[[str], Visitor]) -> Iterator[Callable[..., Page]]:
    """``open_as("officer", width=360)``: a real browser in which that person of the world is signed in.

    Addresses may be given without the host; whatever the console complains about fails the test.
    """
    desks = Desks(browser, site)

    def enter(login: str, **looks: Any) -> Page:
        page = desks.open(**looks)
        if login:
            cookie = visit(login).client.get_cookie("tiepsuc")
            assert cookie
            page.context.add_cookies([{"name": "tiepsuc", "value": cookie.value, "url": site}])
        return page

    yield enter
    desks.close()
