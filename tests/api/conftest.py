"""What tests of the API may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import db
from core.app import create_app
from core.domain import users
from tests.worlds import World


@dataclass
class Caller:
    """Another system that acts as one person."""

    client: FlaskClient
    token: str

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self("POST", path, **({"json": json} if json is not None else {}), **options)


@pytest.fixture
def caller(world: World) -> Callable[[str], Caller]:
    """``caller("officer")``: a system with a token of that person of the world. A fault fails the test."""
    app = create_app(world.instance)
    app.testing = True

    def of(login: str) -> Caller:
        with db.transaction(world.instance):
            return Caller(app.test_client(), users.create_token(world.actors[login], "test", 30))

    return of
