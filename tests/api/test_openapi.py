"""The description of the API is that of the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.app import create_app
from core.fields import json_schema
from tests.api.conftest import Caller
from tests.api.test_cases import told
from tests.worlds import WELL, World

Callers = Callable[[str], Caller]
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    """As somebody without a token reads it."""
    found: dict[str, Any] = create_app(world.instance).test_client().get("/api/v1/openapi.json").get_json()
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_address_is_described_and_every_description_is_an_address(world: World, document: dict[str, Any]) -> None:
    described = {
        (path, method.upper())
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    rules = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method)
        for rule in create_app(world.instance).url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    transitions = {pair for pair in described if "/transitions/" in pair[0]}
    assert rules - described == set()
    assert described - transitions <= rules
    names = {path.rsplit("/", 1)[-1] for path, _ in transitions}
    assert names == {
        "{name}",
        "propose",
        "return",
        "approve",
        "reject",
        "revoke",
        "withdraw",
        "finish_payment",
        "finish_monitoring",
        "close",
    }


def test_every_reference_leads_somewhere_and_every_part_of_an_address_is_declared(document: dict[str, Any]) -> None:
    for reference in references(document):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    for path, methods in document["paths"].items():
        assert re.findall(r"{(\w+)}", path) == [part["name"] for part in methods.get("parameters", [])]
    operations = [
        does["operationId"]
        for methods in document["paths"].values()
        for name, does in methods.items()
        if name != "parameters"
    ]
    assert len(operations) == len(set(operations))


def test_what_a_programme_and_a_transition_ask_comes_from_their_declarations(document: dict[str, Any]) -> None:
    answers = document["components"]["schemas"]["Answers.well"]
    assert answers["properties"] == json_schema(WELL.fields)["properties"]
    approve = document["paths"]["/cases/{number}/transitions/approve"]["post"]["requestBody"]["content"]
    asked = approve["application/json"]["schema"]["properties"]["data"]
    assert {"decision_number", "decision_date", "decision_signer"} <= set(asked["required"])


def test_a_programme_is_told_as_the_schema_of_its_answers(world: World, caller: Callers) -> None:
    officer = caller("officer")
    assert "well" in [one["code"] for one in told(officer.get("/programmes"))["programmes"]]
    found = told(officer.get("/programmes/well"))
    assert found["properties"]["depth"]["type"] == "integer"
    assert found["required"] == ["depth", "central"]
    assert [step["code"] for step in found["steps"]] == ["dug", "finished", "later"]
    told(officer.get("/programmes/moon"), 404)
