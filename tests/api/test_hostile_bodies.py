"""Whatever another system sends to any operation of the API: a document that says what is wrong, never a fault.

The operations and their members are read off the API's own description, so a new one is met here by being described.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count, product
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from core import db
from core.app import create_app
from core.domain import access, users
from core.errors import without_values
from tests.api.conftest import Caller
from tests.hostile import BODIES, KINDS, PARTS, TEXTS, VALUES, as_json, fault, tells_too_much
from tests.stories import opened
from tests.worlds import World

Callers = Callable[[str], Caller]
pytestmark = [
    pytest.mark.databases("sqlite"),
    # the form's parser leaves the file of a part that was cut off to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ALL = os.environ.get("TIEPSUC_TEST_HOSTILE") == "all"
WHO = ("officer", "approver", "accountant", "monitor")


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of each."""
    return [
        (method.upper(), address, does)
        for address, methods in document["paths"].items()
        for method, does in methods.items()
        if method != "parameters"
    ]


def members(does: dict[str, Any]) -> list[str]:
    """The names an operation takes, in JSON and in a form."""
    found = does.get("requestBody", {}).get("content", {}).values()
    return sorted({name for content in found for name in content["schema"].get("properties", {})})


def test_every_operation_answers_whatever_is_sent_to_it(world: World, caller: Callers) -> None:
    number, turn = opened(world), count()
    faults: dict[tuple[str, ...], str] = {}
    callers = {login: caller(login) for login in WHO}
    document = callers["officer"].get("/openapi.json").get_json()
    for method, template, does in operations(document):
        login = WHO[next(turn) % len(WHO)] if not ALL and "/cases/{number}" not in template else "officer"
        ask, names = callers[login], members(does)
        address = template.format(
            number=number, name="propose", **dict.fromkeys(("document_id", "draft_id", "import_id"), 1)
        )
        for parameter in [each["name"] for each in does.get("parameters", []) if each.get("in") == "query"]:
            for kind, text in TEXTS.items():
                if kind != "one megabyte" and (found := fault(ask, method, address, query_string={parameter: text})):
                    faults[method, template, parameter, kind] = found
        for kind, text in TEXTS.items():
            held = {"Idempotency-Key": text, "If-Match": text}
            if (
                kind not in {"lines", "one megabyte"}
                and text.isascii()
                and (found := fault(ask, method, address, headers=held, json={}))
            ):
                faults[method, template, "headers", kind] = found
        if method == "GET":
            continue
        for kind, body in BODIES.items():
            if found := fault(ask, method, address, data=body, content_type="application/json"):
                faults[method, template, kind] = found
        for name, body in PARTS.items():
            if found := fault(ask, method, address, data=body, content_type="multipart/form-data; boundary=b"):
                faults[method, template, name] = found
        for kind in KINDS:
            if found := fault(ask, method, address, data=b"\xff{}", content_type=kind):
                faults[method, template, kind] = found
        for one in names:
            for value in VALUES if ALL else VALUES[next(turn) % 4 :: 4]:
                if found := fault(ask, method, address, data=as_json({one: value}), content_type="application/json"):
                    faults[method, template, one, repr(value)[:40]] = found
            for kind in ("NUL", "endless number", "right to left", "last year"):
                form = {each: [TEXTS[kind], "1"] if each == one else "1" for each in names}
                if found := fault(ask, method, address, data=form, content_type="multipart/form-data"):
                    faults[method, template, one, kind] = found
        for value in VALUES if ALL else VALUES[next(turn) % 4 :: 4]:
            everything = as_json(dict.fromkeys(names, value))
            if found := fault(ask, method, address, data=everything, content_type="application/json"):
                faults[method, template, "everything", repr(value)[:40]] = found
    assert faults == {}


def test_what_the_description_suggests_and_what_it_forbids_is_answered(world: World) -> None:
    """Schemathesis makes requests of the description, valid ones and others; many with ``make hostile``."""
    opened(world)
    app = create_app(world.instance)
    app.testing = True
    with db.transaction(world.instance):
        tokens = [users.create_token(access.actor_by_login(login), "test", 30) for login in WHO]
    faults: dict[str, str] = {}
    described = list(schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).get_all_operations())
    assert len(described) > 30
    for (turn, result), mode in product(enumerate(described), GenerationMode):
        operation = result.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue
        faults |= tried(operation, mode, tokens[turn % len(tokens)])
    assert faults == {}


def tried(operation: Any, mode: GenerationMode, token: str) -> dict[str, str]:
    """Faults of one operation, by the request."""
    faults: dict[str, str] = {}

    @settings(
        max_examples=200 if ALL else 2, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        try:
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
        except Exception as error:  # of the application under test
            faults[case.as_curl_command()[:600]] = without_values(error)
            return
        if answer.status_code >= 500 or tells_too_much(answer.text, answer.status_code):
            faults[case.as_curl_command()[:600]] = answer.text[:500]

    ask()
    return faults


def test_a_fault_and_a_talkative_refusal_are_noticed(world: World) -> None:
    app = create_app(world.instance)

    def talk() -> tuple[str, int]:
        return "SELECT name FROM person", 422

    def fail() -> str:
        raise KeyError("number")

    talk.own_work = fail.own_work = True  # type: ignore[attr-defined]
    app.add_url_rule("/talk", view_func=talk)
    app.add_url_rule("/fail", view_func=fail)
    client = app.test_client()
    assert "tells" in fault(client.get, "/talk")
    assert fault(client.get, "/fail").startswith("500")
    app.testing = True
    assert fault(client.get, "/fail").startswith("builtins.KeyError")


@pytest.mark.parametrize("body", [b'{"numbers": ["\\u0000"]}', b'{"answers": ' + b"[" * 40 + b"]" * 40 + b"}"])
def test_a_zero_byte_anywhere_and_deep_nesting_are_refused_while_reading(caller: Callers, body: bytes) -> None:
    answer = caller("approver")("POST", "/drafts", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert [reason["code"] for reason in answer.get_json()["reasons"]] == ["json_unreadable"]
