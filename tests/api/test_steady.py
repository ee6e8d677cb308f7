"""What another system can rely on: scopes, once whatever the network does, versions, pages, papers, problems."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core import db
from core.app import create_app
from core.domain import access, cases, requests, users
from core.errors import BadInput
from tests.api.conftest import Caller
from tests.api.test_cases import codes, file, told
from tests.databases import undone
from tests.stories import GOOD, PAID, dug, opened, picture, proposed
from tests.test_exchange import HEAD, a_file
from tests.worlds import World

Callers = Callable[[str], Caller]


def with_token(world: World, login: str, *allowed: str, programmes: tuple[str, ...] = ()) -> Caller:
    app = create_app(world.instance)
    app.testing = True
    with db.transaction(world.instance):
        token = users.create_token(world.actors[login], "test", 30, allowed, programmes)
    return Caller(app.test_client(), token)


def acts(world: World, number: str, action: str) -> int:
    """How often something was done to a case."""
    with db.transaction(world.instance, read_only=True):
        return [each["action"] for each in history_of(world, number)].count(action)


def history_of(world: World, number: str) -> list[dict[str, Any]]:
    from core import shapes

    found: list[dict[str, Any]] = shapes.case(world.auditor, cases.find(world.auditor, number), "vi")["history"]
    return found


# Scopes


def test_a_token_does_only_what_it_was_made_for(world: World) -> None:
    number = proposed(world)
    reader = with_token(world, "officer", "read")
    told(reader.get(f"/cases/{number}"))
    refused = told(reader.post(f"/cases/{number}/transitions/withdraw", {"note": "x"}), 403)
    assert codes(refused) == ["token_scope"]
    writer = with_token(world, "officer", "move")
    assert codes(told(writer.get("/cases"), 403)) == ["token_scope"]
    told(writer.post(f"/cases/{number}/transitions/withdraw", {"note": "Hộ xin lùi lại"}))


def test_every_change_has_a_scope_and_no_reading_needs_more_than_read(world: World) -> None:
    app = create_app(world.instance)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            view = app.view_functions[rule.endpoint]
            wanted = getattr(view, "operation", None)
            reads = (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS"}
            assert wanted is None if reads else wanted in set(users.OPERATIONS) - {"read"}, rule


def test_a_token_for_one_programme_neither_lists_nor_moves_cases_of_another(world: World) -> None:
    number = proposed(world)
    housing = with_token(world, "officer", programmes=("housing",))
    assert told(housing.get("/cases"))["cases"] == []
    assert codes(told(housing.get(f"/cases/{number}"), 403)) == ["token_programme"]
    assert codes(told(housing.get(f"/cases/{number}/documents"), 403)) == ["token_programme"]
    assert codes(told(housing.post(f"/cases/{number}/transitions/withdraw", {"note": "x"}), 403)) == ["token_programme"]
    opening = {"programme": "well", "household": "H1"}
    assert codes(told(housing.post("/cases", opening), 403)) == ["token_programme"]
    assert told(with_token(world, "officer", programmes=("well",)).get("/cases"))["cases"][0]["number"] == number


def test_a_token_cannot_be_made_for_what_does_not_exist(world: World) -> None:
    with pytest.raises(BadInput) as refused, db.transaction(world.instance):
        users.create_token(world.officer, "x", 30, ["fly"], ["moon"])
    assert [reason.code for reason in refused.value.reasons] == ["token_allowed", "token_programmes"]


# Once


def test_a_request_sent_twice_is_done_once_and_answered_the_same(world: World, caller: Callers) -> None:
    number = dug(world)
    accountant = caller("accountant")
    sent = {"instalment": "first", "data": PAID}
    key = {"Idempotency-Key": "pay-1"}
    first = accountant.post(f"/cases/{number}/payments", sent, headers=key)
    again = accountant.post(f"/cases/{number}/payments", sent, headers=key)
    assert told(again, 201) == told(first, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert acts(world, number, "pay") == 1
    other = accountant.post(f"/cases/{number}/payments", {"data": PAID}, headers=key)
    assert codes(told(other, 422)) == ["key_reused"]


def test_a_case_opened_twice_with_one_key_is_one_case_at_one_address(world: World, caller: Callers) -> None:
    officer, key = caller("officer"), {"Idempotency-Key": "9f1c"}
    sent = {"programme": "well", "household": "H1", "answers": GOOD}
    first, again = (officer.post("/cases", sent, headers=key) for _ in range(2))
    assert told(first, 201) == told(again, 201)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(told(officer.get("/cases"))["cases"]) == 1


def test_a_file_sent_twice_with_one_key_counts_by_its_content(world: World, caller: Callers) -> None:
    number, officer, key = opened(world), caller("officer"), {"Idempotency-Key": "paper"}
    path = f"/cases/{number}/documents"
    first = officer.post(path, data={"kind": "request", "file": file()}, headers=key)
    assert told(officer.post(path, data={"kind": "request", "file": file()}, headers=key), 201) == told(first, 201)
    other = {"kind": "request", "file": file(picture("red"))}
    assert codes(told(officer.post(path, data=other, headers=key), 422)) == ["key_reused"]


def test_a_refused_request_may_be_tried_again_with_its_key(world: World, caller: Callers) -> None:
    number, officer, key = opened(world), caller("officer"), {"Idempotency-Key": "propose"}
    told(officer.post(f"/cases/{number}/transitions/propose", {}, headers=key), 422)
    told(officer.post(f"/cases/{number}/documents", data={"kind": "request", "file": file()}), 201)
    assert told(officer.post(f"/cases/{number}/transitions/propose", {}, headers=key))["state"] == "proposed"


def test_two_at_once_with_one_key_are_done_once(world: World, caller: Callers) -> None:
    number = dug(world)
    found: list[Any] = []
    callers = [caller("accountant") for _ in range(4)]
    start = threading.Barrier(len(callers))

    def pay(accountant: Caller) -> None:
        start.wait()
        sent = {"instalment": "first", "data": PAID}
        found.append(accountant.post(f"/cases/{number}/payments", sent, headers={"Idempotency-Key": "one"}))

    threads = [threading.Thread(target=pay, args=(each,)) for each in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [response.status_code for response in found] == [201] * 4
    assert len({response.text for response in found}) == 1
    assert acts(world, number, "pay") == 1


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("key", ["", "x" * 201, "khóa", "a\tb"])
def test_a_key_that_is_none_is_refused(world: World, caller: Callers, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    sent = {"programme": "well", "household": "H1"}
    assert codes(told(caller("officer").post("/cases", sent, headers=headers), 422)) == ["key_wrong"]


def test_a_key_belongs_to_whom_it_was_sent_by_and_is_forgotten_after_two_days(world: World, caller: Callers) -> None:
    key = {"Idempotency-Key": "same"}
    sent = {"programme": "well", "household": "H1", "answers": GOOD}
    told(caller("officer").post("/cases", sent, headers=key), 201)
    assert told(caller("approver").post("/cases", sent, headers=key), 403)
    with db.transaction(world.instance):
        assert requests.forget_old() == 0
    world.instance.clock.moment += requests.KEPT * 1.01  # type: ignore[attr-defined]
    with db.transaction(world.instance):
        assert requests.forget_old() == 1


# At a version


def test_a_change_is_made_only_at_the_version_that_was_read(world: World, caller: Callers) -> None:
    number, officer = opened(world), caller("officer")
    path = f"/cases/{number}"
    read = officer.get(path)
    assert read.headers["ETag"] == '"1"'
    first = officer("PATCH", path, json={"answers": {"depth": 13}}, headers={"If-Match": read.headers["ETag"]})
    assert (told(first)["version"], first.headers["ETag"]) == (2, '"2"')
    stale = officer("PATCH", path, json={"answers": {"depth": 14}}, headers={"If-Match": '"1"'})
    assert codes(told(stale, 412)) == ["stale"]
    for headers in ({"If-Match": '"1"'}, {"If-Match": '"x", W/"7"'}):
        data = {"kind": "request", "file": file()}
        assert codes(told(officer.post(f"{path}/documents", data=data, headers=headers), 412)) == ["stale"]
    for tag in ('W/"2"', "*"):
        told(officer("PATCH", path, json={"answers": {"depth": 13}}, headers={"If-Match": tag}))


def test_a_change_of_answers_has_to_say_for_which_version(world: World, caller: Callers) -> None:
    number = opened(world)
    problem = told(caller("officer")("PUT", f"/cases/{number}", json={"answers": GOOD}), 422)
    assert codes(problem) == ["missing"]


# Papers, lists, problems


def test_a_paper_is_listed_and_read_by_who_may_see_its_case(world: World, caller: Callers) -> None:
    number = proposed(world)
    auditor = caller("auditor")
    [paper] = told(auditor.get(f"/cases/{number}/documents"))["papers"]
    read = auditor.get(f"/cases/{number}/documents/{paper['document']}")
    assert (read.status_code, read.mimetype) == (200, "image/png")
    assert hashlib.sha256(read.data).hexdigest() == paper["sha256"]
    read.close()
    assert read.headers["Content-Disposition"].startswith("attachment")
    told(auditor.get(f"/cases/{number}/documents/{paper['document'] + 1}"), 404)
    told(caller("admin").get(f"/cases/{number}/documents/{paper['document']}"), 404)


def test_a_paper_is_not_found_under_another_case(world: World, caller: Callers) -> None:
    number = proposed(world)
    other = told(caller("officer").post("/cases", {"programme": "housing", "household": "H1"}), 201)["number"]
    [paper] = told(caller("officer").get(f"/cases/{number}/documents"))["papers"]
    told(caller("officer").get(f"/cases/{other}/documents/{paper['document']}"), 404)


def test_a_list_comes_in_by_the_api_once(world: World, caller: Callers) -> None:
    officer = caller("officer")

    def send(**more: str) -> Any:
        data = {"unit": world.commune.code, "file": file(a_file(HEAD), "ds.xlsx"), **more}
        return told(officer.post("/imports/households", data=data))

    assert send(dry_run="true")["new"] == send()["new"] == 1
    assert (send()["new"], send()["unchanged"]) == (0, 1)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/nothing/here", {}, 404),
        ("DELETE", "/cases", {}, 405),
        ("POST", "/cases", {"data": "<x/>", "content_type": "text/xml"}, 415),
        ("POST", "/cases", {"data": b"{" + b" " * 3_000_000 + b"}", "content_type": "application/json"}, 413),
        ("POST", "/cases", {"data": "{", "content_type": "application/json"}, 422),
        ("GET", "/cases?limit=201", {}, 422),
        ("GET", "/cases?limit=-1", {}, 422),
        ("GET", "/cases?cursor=made-up", {}, 422),
        ("GET", "/cases/x%00y", {}, 400),
    ],
)
def test_whatever_is_wrong_is_told_as_a_problem(
    world: World, caller: Callers, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    problem = told(caller("officer")(method, path, **options), status)
    assert problem["status"] == status
    assert codes(problem)
    assert "Traceback" not in str(problem)
    assert "trình duyệt" not in str(problem).lower()  # it is a program that reads this


def test_without_a_token_the_problem_says_how_to_come_in(world: World) -> None:
    response = create_app(world.instance).test_client().get("/api/v1/cases")
    assert codes(told(response, 401)) == ["token_wrong"]
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_survives_with_its_effect_or_not_at_all(world: World) -> None:
    actor: access.Actor = dataclasses.replace(world.officer)

    with undone(world.instance):
        assert requests.answered(actor, "k", "d") is None
        requests.keep(actor, "k", requests.Answer(201, {}, "{}"))
    with db.transaction(world.instance):
        assert requests.answered(actor, "k", "d") is None
