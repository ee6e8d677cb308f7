"""Draft decisions through the API: the same verbs, the same refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import db
from tests.api.conftest import Caller
from tests.api.test_cases import told
from tests.stories import DECISION, proposed, state
from tests.worlds import World, household

Callers = Callable[[str], Caller]
pytestmark = pytest.mark.databases("sqlite")


def test_a_decision_is_drafted_changed_and_issued(world: World, caller: Callers) -> None:
    approver, one = caller("approver"), proposed(world)
    with db.transaction(world.instance):
        home = household(world, "H2", "Trần Thị Hai")
    two = proposed(world, household=home)
    begun = approver.post("/drafts", {"numbers": [one], "texts": {"signer": "Trần Văn Ký"}})
    draft = told(begun, 201)
    assert (draft["added"], draft["cases"], draft["texts"]["signer"]) == ([one], 1, "Trần Văn Ký")
    address = f"/drafts/{draft['draft']}"
    assert told(approver.post(f"{address}/cases", {"add": [one, two]}))["refused"][one][0]["code"] == "in_draft"
    assert {each["number"] for each in told(approver.get(address))["list"]} == {one, two}
    assert [each["draft"] for each in told(approver.get("/drafts"))["drafts"]] == [draft["draft"]]
    assert approver.post(f"{address}/issue", {"data": DECISION, "version": 1}).status_code == 409
    assert approver.post(f"{address}/issue", {"data": {}}).status_code == 422
    issued = told(approver.post(f"{address}/issue", {"data": DECISION, "without": [two]}))
    assert issued["decision"]
    assert (state(world, one), state(world, two)) == ("approved", "proposed")
    assert approver.post(f"{address}/undo").status_code == 409
    assert caller("officer").post("/drafts", {"numbers": [two]}).status_code == 403


def test_what_is_no_list_of_numbers_is_told(world: World, caller: Callers) -> None:
    approver = caller("approver")
    bad: tuple[dict[str, object], ...] = ({"numbers": "BN-26-00001"}, {"numbers": [1]}, {"numbers": []}, {})
    for sent in bad:
        assert approver.post("/drafts", sent).status_code == 422
    assert approver.post("/drafts", {"numbers": ["BN-26-99999"]}).status_code == 404
    assert approver.get("/drafts/12345").status_code == 404
