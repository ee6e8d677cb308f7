"""Somebody at a browser without JavaScript: follows addresses, fills forms with their token, signs in."""

from __future__ import annotations

import html
import re
from typing import Any

from werkzeug.test import TestResponse

from core import db
from core.app import Application
from core.domain import access, users

PASSWORD = "ba con trâu đi cày"


class Visitor:
    """One browser with its own cookies."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.client = app.test_client()
        self.token = ""

    def get(self, address: str, **options: Any) -> TestResponse:
        """The page, as far as its redirects lead."""
        return self._seen(self.client.get(address, follow_redirects=True, **options))

    def post(
        self, address: str, data: dict[str, Any] | None = None, *, follow: bool = True, **options: Any
    ) -> TestResponse:
        """A form sent with the token of the last page seen."""
        if not self.token:
            self.get("/login")
        sent = {"csrf_token": self.token, **(data or {})}
        return self._seen(self.client.post(address, data=sent, follow_redirects=follow, **options))

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """By the page, with a password."""
        return self.post("/login", {"login": login, "password": password, **more})

    def enter(self, actor: access.Actor) -> Visitor:
        """Be signed in as ``actor``, by a session begun without a password."""
        with db.transaction(self.app.instance):
            epoch = db.execute(access.user.select().where(access.user.c.id == actor.id)).one().epoch
            key = users.start_session(actor.id, epoch)
            seen = int(db.now().timestamp())
        with self.client.session_transaction() as session:
            session.clear()
            session.update({"_user_id": key, "_fresh": True, "seen": seen})
        self.token = ""
        self.get("/account")
        return self

    def _seen(self, response: TestResponse) -> TestResponse:
        found = (
            re.search(r'name="csrf-token" content="([^"]+)"', response.text)
            if response.mimetype == "text/html"
            else None
        )
        if found:
            self.token = html.unescape(found[1])
        return response
