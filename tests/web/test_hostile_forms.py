"""Every address that takes something from a browser, whatever is sent to it: a sentence, never a fault.

The addresses are those of the application's own map and the inputs those of its own pages, so a new form is met here
without a line being written for it.
"""

from __future__ import annotations

import html
import io
import os
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from werkzeug.routing import Rule

from core import db
from core.app import Application, create_app
from core.domain import access
from tests.databases import Databases
from tests.hostile import KINDS, PARTS, TEXTS, fault
from tests.web.places import PAGES, ROLES, Office, furnish, look_round
from tests.web.visitors import Visitor

ALL = os.environ.get("TIEPSUC_TEST_HOSTILE") == "all"
# the form's parser leaves the file of a part that was cut off to the collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
Form = tuple[str, str, tuple[tuple[str, str], ...]]  # role, address, inputs with their values


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("office"), furnish) as instance:
        yield look_round(instance)


@pytest.fixture(scope="module")
def app(office: Office) -> Application:
    app = create_app(office.instance)
    app.testing = True
    return app


class People:
    """Somebody of each role at a browser; signed in again when what was sent has ended the session."""

    def __init__(self, app: Application) -> None:
        self.app = app
        with db.transaction(app.instance):
            self.actors = {role: access.actor_by_login(role) for role in ROLES}
        self.visitors: dict[str, Visitor] = {}

    def __call__(self, role: str) -> Visitor:
        visitor = self.visitors.setdefault(role, Visitor(self.app))
        if role and visitor.client.get("/account").status_code != 200:
            visitor.enter(self.actors[role])
        return visitor


@pytest.fixture(scope="module")
def visitors(app: Application) -> People:
    return People(app)


@pytest.fixture(scope="module")
def forms(office: Office, visitors: People) -> list[Form]:
    """Every form of every page that is listed, once for each place it is sent to."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for place in (place for places in PAGES.values() for place in places):
        page = visitors(place.role).client.get(office.address(place), follow_redirects=True)
        for attributes, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", page.text, re.S):
            if 'method="post"' not in attributes:
                continue
            action = re.search(r'action="([^"]*)"', attributes)
            address = html.unescape(action[1]) if action and action[1] else office.address(place)
            inputs = tuple(
                (name[1], html.unescape(value[1]) if value else "")
                for tag in re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", inside)
                if (name := re.search(r'name="([^"]+)"', tag)) and name[1] != "csrf_token"
                for value in [re.search(r'value="([^"]*)"', tag)]
            )
            found.setdefault(
                (re.sub(r"\d+", "#", address), tuple(name for name, _ in inputs)), (place.role, address, inputs)
            )
    return list(found.values())


def rules(app: Application) -> list[tuple[Rule, str]]:
    """What changes something and is no part of the API, with its method."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith("api.")
        for method in CHANGES
        if method in (rule.methods or ())
    ]


def test_every_form_of_every_page_answers_whatever_is_written_into_it(forms: list[Form], visitors: People) -> None:
    assert len(forms) > 30
    faults, turn = {}, count()
    names = list(TEXTS)
    for role, address, inputs in forms:
        visitor = visitors(role)
        if address.startswith(("/logout", "/account/password")):
            continue
        for kind in names if ALL else [names[next(turn) % len(names)]]:
            everything = {name: TEXTS[kind] for name, _ in inputs}
            if found := send(visitor, address, everything):
                faults[address, kind, "everywhere"] = found
        for one, _ in inputs if ALL else inputs[next(turn) % 3 :: 3]:
            for kind in names if ALL else [names[next(turn) % len(names)]]:
                sent: dict[str, Any] = dict(inputs) | {one: TEXTS[kind]}
                if found := send(visitor, address, sent):
                    faults[address, kind, one] = found
    assert faults == {}


def send(visitor: Visitor, address: str, data: dict[str, Any]) -> str:
    return fault(visitor.post, address, data, follow=False)


def test_every_address_that_takes_a_form_answers_to_what_no_browser_sends(
    office: Office, app: Application, visitors: People
) -> None:
    parts, faults, turn = filler(office), {}, count()
    fields = ("file", "number", "numbers", "version", "note", "kind", "data", "answers", "csrf_token")
    for rule, method in rules(app):
        if rule.endpoint in {"access.sign_out", "static"}:
            continue
        for made_up in (False, True):
            adapter = app.url_map.bind("localhost")
            address = adapter.build(
                rule.endpoint, {name: parts(rule, name, made_up) for name in rule.arguments}, method=method
            )
            role = ROLES[next(turn) % len(ROLES)]
            visitor = visitors(role)
            token = {"X-CSRFToken": visitor.token}
            bodies: list[tuple[str, Any]] = [
                (f"multipart/form-data; boundary=b;{name}", body) for name, body in PARTS.items()
            ]
            bodies += [
                (kind, b"a=1&a=2&a[]=\x00%00%ff%ed%a0%80") for kind in (*KINDS, "application/x-www-form-urlencoded")
            ]
            for kind, body in bodies if ALL else bodies[next(turn) % 4 :: 4]:
                said = kind.split(";b")[0] if "boundary" not in kind else "multipart/form-data; boundary=b"
                if found := fault(
                    visitor.client.open, address, method=method, data=body, content_type=said, headers=token
                ):
                    faults[address, kind] = found
            for value in ("NUL", "beyond a key"):
                twice = {name: [TEXTS[value], "1"] for name in fields[:-1]}
                if found := fault(visitor.client.open, address, method=method, data=twice, headers=token):
                    faults[address, value] = found
            files = {name: (io.BytesIO(b"\0"), "..\\../\0ạ\u202e.png") for name in fields[:-1]}
            if found := fault(visitor.client.open, address, method=method, data=files, headers=token):
                faults[address, "files"] = found
    assert faults == {}


def filler(office: Office) -> Any:
    """What stands in an address: a real thing of the office where there is one, or something made up."""
    real: dict[str, Any] = {
        "number": office.facts["draft"], "name": "propose", "code": office.facts["due"], "step": office.facts["step"],
        "kind": "clean", "programme": "housing", "user_id": office.facts["user"], "draft_id": office.facts["drafted"],
        "decision_id": office.facts["decision"], "import_id": office.facts["staged"],
    }  # fmt: skip

    def fill(rule: Rule, name: str, made_up: bool) -> Any:
        if made_up or name not in real:
            return 2**62 if name.endswith("_id") else "\u202e'ạ\"<%"
        if rule.rule.startswith("/households") and name == "number":
            return office.facts["household"]
        return int(real[name]) if name.endswith("_id") else real[name]

    return fill
