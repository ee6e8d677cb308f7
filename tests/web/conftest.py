"""What tests of pages may ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
