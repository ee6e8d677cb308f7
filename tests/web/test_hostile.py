"""What a clumsy hand or a hostile one sends: every answer is a page with a sentence, none is a fault."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from core import db
from core.domain import cases, documents
from tests.stories import approved, opened, picture
from tests.test_exchange import HEAD, a_file
from tests.web.test_cases import words
from tests.web.test_decision_pages import PDF, decision_of
from tests.web.test_imports import accepted, send, tally
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]

LONG = "x" * 60_000
MANY_WORDS = "a " * 3_000


@pytest.mark.parametrize("text", [LONG, MANY_WORDS], ids=["long", "many words"])
@pytest.mark.parametrize(
    "address", ["/?q=", "/cases?q=", "/households?q=", "/users/?q=", "/decisions/?q=", "/parameters/?place="]
)
def test_a_text_too_long_for_any_name_is_looked_for_and_not_found(visit: Visit, address: str, text: str) -> None:
    visitor = visit("admin" if "users" in address else "manager")
    assert visitor.get(address + text).status_code in {200, 404, 422}


@pytest.mark.parametrize("digits", ["9" * 5_000, "9" * 20, "٣"], ids=["endless", "beyond a key", "arabic"])
def test_an_endless_number_in_a_form_is_no_fault(world: World, visit: Visit, digits: str) -> None:
    visitor = visit("officer")
    opened = visitor.post("/cases/new", {"household": world.household, "programme": "well", "person": digits})
    assert opened.status_code == 200
    with db.transaction(world.instance):
        number = db.execute(cases.cases(world.officer)).one().number
    proposed = visitor.post(f"/cases/{number}/transitions/propose", {"version": digits})
    assert proposed.status_code in {200, 409, 422}


def test_a_long_piece_of_writing_keeps_nobody_from_reading(world: World, visit: Visit) -> None:
    visitor = visit("officer")
    with db.transaction(world.instance):
        assert visitor.client.get("/healthz").status_code == 200
        assert visitor.client.get("/cases").status_code == 200
        assert visitor.client.get("/readyz").status_code == (200 if db.is_postgres() else 503)  # it could not write


def test_a_store_that_takes_no_files_is_said_and_nothing_is_lost(
    world: World, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    case, officer = opened(world), visit("officer")
    store = world.instance.settings.instance / "files"
    store.write_text("no folder")
    paper = {"kind": "request", "file": (io.BytesIO(picture()), "giấy của bà Sáu.png")}
    page = officer.post(f"/cases/{case}/papers", paper)
    assert page.status_code == 503
    assert "Chưa dùng được kho lưu tệp" in words(page)
    assert re.search(r"<code>\d{4}-\d{4}</code>", page.text)
    assert "bà Sáu" not in caplog.text
    store.unlink()
    paper["file"] = (io.BytesIO(picture()), "giấy của bà Sáu.png")
    assert "giấy của bà Sáu.png" in words(officer.post(f"/cases/{case}/papers", paper))


def test_a_list_cut_off_by_a_full_disk_is_written_anew(world: World, visit: Visit) -> None:
    content, officer = a_file(HEAD), visit("officer")
    judged = send(officer, world, content)
    [kept] = (world.instance.settings.instance / "imports").iterdir()
    kept.write_bytes(content[:100])
    judged = send(officer, world, content)
    assert kept.read_bytes() == content
    assert tally(judged)["Mới"] == 1
    assert "thêm 1 hộ" in accepted(officer, judged).text


def test_a_signed_paper_that_is_gone_from_the_store_is_no_fault(world: World, visit: Visit) -> None:
    case, approver = approved(world), visit("approver")
    decision_id = decision_of(world, case)
    page = approver.post(f"/decisions/{decision_id}", {"file": (io.BytesIO(PDF), "qd.pdf")})
    address = re.search(rf"/decisions/{decision_id}/files/\d+", page.text)
    assert address
    with db.transaction(world.instance):
        for file in db.execute(documents.file.select()):
            documents.path_of(file.sha256).unlink()
    assert approver.get(address[0]).status_code == 404


@pytest.mark.parametrize(
    "edge", ["0001-01-01T00:00:00+14:00~1", "9999-12-31T23:59:59-14:00~1", "2026-01-01T00:00+00:00~x"]
)
def test_a_made_up_place_in_a_list_is_its_beginning(world: World, visit: Visit, edge: str) -> None:
    case = opened(world)
    page = visit("officer").client.get("/cases", query_string={"after": edge})
    assert case in page.text
