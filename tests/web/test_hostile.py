"""What a clumsy hand or a hostile one sends: every answer is a page with a sentence, none is a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import db
from core.domain import cases
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
        assert visitor.client.get("/readyz").status_code == 200
        assert visitor.client.get("/cases").status_code == 200
