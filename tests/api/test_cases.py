"""Cases through the API: the same life, the same refusals, the same shapes as everywhere."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st
from werkzeug.test import TestResponse

from core import db
from core.domain import units
from tests.api.conftest import Caller
from tests.stories import DECISION, GOOD, PAID, SEEN, approved, opened, picture, proposed
from tests.worlds import World, household, person

Callers = Callable[[str], Caller]


def told(response: TestResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    kind = "application/problem+json" if status >= 400 else "application/json"
    assert response.mimetype == kind
    return response.get_json(force=True)


def codes(problem: Any) -> list[str]:
    assert problem["title"]
    assert problem["detail"]
    return [reason["code"] for reason in problem["reasons"]]


def file(content: bytes | None = None, name: str = "đơn.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture() if content is None else content), name


def test_a_case_lives_its_whole_life_through_the_api(world: World, caller: Callers) -> None:
    officer, approver, accountant, monitor = map(caller, ("officer", "approver", "accountant", "monitor"))
    response = officer.post("/cases", {"programme": "well", "household": "H1", "answers": GOOD})
    number = told(response, 201)["number"]
    assert response.headers["Location"] == f"/api/v1/cases/{number}"
    case = f"/cases/{number}"

    assert told(officer.post(f"{case}/documents", data={"kind": "request", "file": file()}), 201)["kind"] == "request"
    moved = told(officer.post(f"{case}/transitions/propose", {}))
    assert (moved["number"], moved["state"], moved["moved"], moved["reasons"]) == (number, "proposed", True, [])
    version = moved["version"]
    approve = {"data": DECISION, "note": "Đồng ý", "version": version}
    assert told(approver.post(f"{case}/transitions/approve", approve))["state"] == "approved"
    assert told(monitor.post(f"{case}/visits", {"step": "dug", "data": SEEN}), 201)["passed"]
    paid = told(accountant.post(f"{case}/payments", {"instalment": "first", "data": PAID}), 201)
    assert (paid["instalment"], paid["amount"], paid["state"]) == ("first", 25_800_000, "approved")
    seen = json.dumps({"step": "finished", "data": SEEN | {"water": True}})
    form = {"visit": seen, "photos": [file(), file(name="hai.png")]}
    assert told(monitor.post(f"{case}/visits", data=form), 201)["passed"]
    assert told(accountant.post(f"{case}/payments", {"data": PAID}), 201)["state"] == "monitored"
    assert told(monitor.post(f"{case}/visits", {"step": "later", "data": SEEN}), 201)["state"] == "monitored"
    assert told(officer.post(f"{case}/transitions/close", {"note": "Xong"}))["state"] == "closed"

    found = told(caller("auditor").get(case))
    assert (found["state"], found["answers"], found["workflow"]["name"]) == ("closed", GOOD, "support")
    assert [entry["action"] for entry in found["history"]][:4] == ["open", "attach", "propose", "approve"]
    assert found["history"][-1]["note"] == "Xong"


def test_a_case_says_of_every_step_whether_it_can_be_taken_and_why_not(world: World, caller: Callers) -> None:
    number = opened(world, {"depth": 5})
    steps = told(caller("officer").get(f"/cases/{number}"))["transitions"]
    assert set(steps) == {
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
    assert not steps["propose"]["allowed"]
    assert {reason["code"] for reason in steps["propose"]["reasons"]} == {"missing", "paper_missing", "deep_enough"}
    assert [reason["code"] for reason in steps["approve"]["reasons"]] == ["wrong_state"]
    assert steps["withdraw"] == {**steps["withdraw"], "allowed": True, "reasons": [], "to": "withdrawn"}
    assert steps["withdraw"]["fields"]["required"] == ["reason"]


def test_answers_are_replaced_or_amended_at_a_version(world: World, caller: Callers) -> None:
    number = opened(world, {"depth": 12, "central": 1_000_000})
    officer = caller("officer")
    path = f"/cases/{number}"
    first = told(officer("PATCH", path, json={"answers": {"local": 500_000, "central": None}, "version": 1}))
    assert (first["answers"], first["version"]) == ({"depth": 12, "local": 500_000}, 2)
    stale = told(officer("PUT", path, json={"answers": GOOD, "version": 1}), 409)
    assert codes(stale) == ["stale"]
    assert told(officer("PUT", path, json={"answers": GOOD, "version": 2}))["answers"] == GOOD
    assert codes(told(officer("PUT", path, json={"answers": GOOD}), 422)) == ["missing"]


def test_each_refusal_has_its_status(world: World, caller: Callers) -> None:
    case = f"/cases/{proposed(world)}"
    assert (
        codes(told(caller("officer").post(f"{case}/transitions/approve", {"data": DECISION}), 403))[0] == "role_missing"
    )
    assert codes(told(caller("approver").get("/cases/BN-26-99999"), 404)) == ["case_unknown"]
    assert codes(told(caller("approver").post(f"{case}/transitions/fly", {}), 404)) == ["transition_unknown"]
    assert codes(told(caller("approver").post(f"{case}/transitions/close", {}), 409)) == ["wrong_state"]
    assert codes(told(caller("approver").post(f"{case}/transitions/approve", {}), 422)).count("missing") == 5
    again = {"programme": "well", "household": "H1"}
    assert codes(told(caller("officer").post("/cases", again), 422)) == ["already_open"]
    assert codes(told(caller("officer").post("/cases", {"programme": "moon", "household": "H1"}), 404)) == [
        "programme_unknown"
    ]
    assert codes(told(caller("officer").post("/cases", {"programme": "well"}), 422)) == ["subject_missing"]


def test_a_stale_version_is_told_what_the_other_person_did(world: World, caller: Callers) -> None:
    case = f"/cases/{proposed(world)}"
    version = told(caller("approver").get(case))["version"]
    told(caller("approver").post(f"{case}/transitions/return", {"note": "Bổ sung giấy tờ", "version": version}))
    problem = told(caller("approver").post(f"{case}/transitions/approve", {"data": DECISION, "version": version}), 409)
    assert codes(problem) == ["stale", "wrong_state"]
    assert "Trả lại" in problem["reasons"][0]["sentence"]


def test_short_money_says_how_much_in_numbers(world: World, caller: Callers) -> None:
    number = proposed(world, GOOD | {"central": 120_000_000})
    problem = told(caller("approver").post(f"/cases/{number}/transitions/approve", {"data": DECISION}), 422)
    [reason] = problem["reasons"]
    assert (reason["code"], reason["seen"], reason["needed"]) == ("budget_short", 100_000_000, 120_000_000)


def test_sentences_are_vietnamese_unless_english_is_asked_for(world: World, caller: Callers) -> None:
    officer = caller("officer")
    vi = told(officer.get("/cases/X"), 404)
    en = told(officer.get("/cases/X", headers={"Accept-Language": "en-GB,en;q=0.9"}), 404)
    other = told(officer.get("/cases/X", headers={"Accept-Language": "fr"}), 404)
    assert (vi["title"], en["title"], other["title"]) == ("Không tìm thấy", "Not found", "Không tìm thấy")


def test_a_case_elsewhere_is_not_found_in_any_way(world: World, caller: Callers) -> None:
    number = approved(world)
    with db.transaction(world.instance):
        other = next(one for one in units.children(world.commune.province_id or 0) if one.id != world.commune.id)
        world.actors["stranger"] = person(
            "stranger", ("officer", other.id), ("monitor", other.id), ("accountant", other.id)
        )
    stranger = caller("stranger")
    assert told(stranger.get("/cases"))["cases"] == []
    assert told(stranger.get("/households"))["households"] == []
    for response in (
        stranger.get(f"/cases/{number}"),
        stranger("PUT", f"/cases/{number}", json={"answers": {}, "version": 1}),
        stranger("PATCH", f"/cases/{number}", json={"answers": {}, "version": 1}),
        stranger.post(f"/cases/{number}/transitions/withdraw", {"note": "không"}),
        stranger.post(f"/cases/{number}/documents", data={"kind": "request", "file": file()}),
        stranger.post(f"/cases/{number}/visits", {"step": "dug", "data": SEEN}),
        stranger.post(f"/cases/{number}/payments", {"data": PAID}),
        stranger.get(f"/households/{world.household}"),
        stranger.post("/cases", {"programme": "well", "household": world.household}),
    ):
        told(response, 404)


def test_without_a_token_nothing_is_told(world: World, caller: Callers) -> None:
    officer = caller("officer")
    number = opened(world)
    for token in ("", "ts_made-up", "ơ"):
        response = officer.get(f"/cases/{number}", headers={"Authorization": f"Bearer {token}".strip()})
        assert codes(told(response, 401)) == ["token_wrong"]
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_list_is_read_page_by_page_and_loses_nothing(world: World, caller: Callers) -> None:
    with db.transaction(world.instance):
        homes = [household(world, f"P{n}", f"Trần Văn {n}") for n in range(7)]
    numbers = {opened(world, household=home) for home in homes}
    officer, seen, address = caller("officer"), [], "/cases?limit=3&programme=well"
    while True:
        page = told(officer.get(address))
        assert len(page["cases"]) <= 3
        seen += [case["number"] for case in page["cases"]]
        if page["next"] is None:
            break
        address = f"/cases?limit=3&programme=well&cursor={page['next']}"
    assert len(seen) == len(numbers)
    assert set(seen) == numbers


def test_lists_are_narrowed(world: World, caller: Callers) -> None:
    number = opened(world)
    officer = caller("officer")
    for query, count in (
        ("state=draft", 1),
        ("state=closed", 0),
        ("text=nguyen van a", 1),
        ("unit=24", 1),
        ("text=zzz", 0),
        (f"household={world.household}", 1),
        (f"text={number}", 1),
    ):
        assert len(told(officer.get(f"/cases?{query}"))["cases"]) == count, query
    assert codes(told(officer.get("/cases?color=red&state=draft"), 422)) == ["unknown_field"]
    assert codes(told(officer.get("/cases?unit=99999"), 404)) == ["unit_not_found"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "json_unreadable"),
        (b"\xff\xfe", "json_unreadable"),
        (b"[]", "json_unreadable"),
        (b"null", "json_unreadable"),
        (b'{"programme": "well", "programme": "well"}', "json_unreadable"),
        (b'{"programme": NaN}', "json_unreadable"),
        (b'{"programme": "\\ud800"}', "json_unreadable"),
        (b'{"programme": "we\\u0000ll"}', "json_unreadable"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json_unreadable"),
        (b'{"programme": ' + b"9" * 5000 + b"}", "json_unreadable"),
        (b"{}", "missing"),
        (b'{"programme": 7, "household": "H1"}', "wrong_type"),
        (b'{"programme": "well", "household": ["H1"]}', "wrong_type"),
        (b'{"programme": "well", "household": "H1", "person": true}', "wrong_type"),
        (b'{"programme": "well", "household": "H1", "colour": "red"}', "unknown_field"),
        (b'{"programme": "well", "household": "H1", "answers": {"depth": 1.5}}', "unreadable"),
        (b'{"programme": "well", "household": "H1", "answers": {"depth": {"a": []}}}', "unreadable"),
        (b'{"programme": "well", "household": "H1", "answers": {"depth": -1}}', "unreadable"),
        (b'{"programme": "well", "household": "H1", "answers": {"central": 99999999999999999999}}', "unreadable"),
        (b'{"programme": "well", "household": "H1", "answers": {"depht": 12}}', "unknown_field"),
    ],
)
@pytest.mark.databases("sqlite")
def test_what_cannot_be_read_is_a_problem_and_opens_nothing(
    world: World, caller: Callers, body: bytes, code: str
) -> None:
    response = caller("officer").post("/cases", data=body, content_type="application/json")
    assert code in codes(told(response, 422))
    assert told(caller("officer").get("/cases"))["cases"] == []


def test_a_huge_body_is_refused_before_it_is_read(world: World, caller: Callers) -> None:
    body = b'{"programme": "' + b"x" * (3 * 1024 * 1024) + b'"}'
    told(caller("officer").post("/cases", data=body, content_type="application/json"), 413)


def test_a_paper_that_is_no_picture_is_refused(world: World, caller: Callers) -> None:
    path = f"/cases/{opened(world)}/documents"
    officer = caller("officer")
    script = file(b"<script>alert(1)</script>", "đơn.png")
    assert codes(told(officer.post(path, data={"kind": "request", "file": script}), 422)) == ["file_unusable"]
    assert codes(told(officer.post(path, data={"kind": "song", "file": file()}), 422)) == ["paper_unknown"]
    assert codes(told(officer.post(path, data={"kind": "request"}), 422)) == ["missing"]
    assert codes(told(officer.post(path, {"kind": "request"}), 422)) == ["missing"]


def test_strange_addresses_are_answered_with_problems(world: World, caller: Callers) -> None:
    officer = caller("officer")
    assert officer.get("/cases/%00").status_code == 400
    assert officer.get("/cases?text=%00").status_code == 400
    assert officer.get("/nothing").status_code == 404
    assert officer("DELETE", "/cases").status_code == 405
    assert codes(told(officer.get("/cases?cursor=!!!"), 422)) == ["cursor_wrong"]
    assert codes(told(officer.get("/cases?limit=0"), 422)) == ["limit_wrong"]
    assert codes(told(officer.get("/cases?limit=²"), 422)) == ["limit_wrong"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.databases("sqlite")
def test_no_json_breaks_the_program(world: World, caller: Callers) -> None:
    number = opened(world)
    officer = caller("officer")
    keys = st.sampled_from(
        ["programme", "household", "person", "unit", "answers", "data", "note", "version", "step", "x"]
    )

    @given(
        st.dictionaries(keys, JSON, max_size=5),
        st.sampled_from(
            ["/cases", f"/cases/{number}/visits", f"/cases/{number}/payments", f"/cases/{number}/transitions/close"]
        ),
    )
    def holds(body: dict[str, Any], path: str) -> None:
        response = officer.post(path, json=body)
        assert 400 <= response.status_code < 500
        assert response.get_json(force=True)["reasons"]

    holds()


@pytest.mark.databases("sqlite")
@given(st.text(max_size=60))
def test_no_cursor_breaks_the_program(world: World, caller: Callers, text: str) -> None:
    officer = caller("officer")
    for path in ("/cases", "/households"):
        assert officer.get(path, query_string={"cursor": text}).status_code in {200, 400, 422}
