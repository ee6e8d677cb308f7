"""What tests of pages may ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from core import db
from core.app import Application, create_app
from core.domain import access
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
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _complains(said: ConsoleMessage) -> bool:
    """A refusal by 4xx is an answer and no fault of the page."""
    return said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource")


@pytest.fixture
def open_as(site: str, browser: Browser, visit: Callable[[str], Visitor]) -> Iterator[Callable[..., Page]]:
    """``open_as("officer", width=360)``: a real browser in which that person of the world is signed in.

    Addresses may be given without the host; whatever the console complains about fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def enter(login: str, **looks: Any) -> Page:
        width = looks.pop("width", 1440)
        context = browser.new_context(
            base_url=site,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": 800},
            **looks,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if login:
            cookie = visit(login).client.get_cookie("tiepsuc")
            assert cookie
            context.add_cookies([{"name": "tiepsuc", "value": cookie.value, "url": site}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _complains(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []
