"""Funds: set up by a manager, filled by allocations, promised to cases; every mistake beside its field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import db
from core.domain import budget
from tests.stories import first_paid
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]
NEW = {
    "code": "dp-2027",
    "name": "Vốn đối ứng <b>2027</b>",
    "programme": "well",
    "source": "local",
    "capital": "recurrent",
    "year": "2027",
    "unit": "24",
}
MONEY = {"amount": "1.500.000", "document": "Quyết định 5/QĐ-UBND", "allocated_on": "23/11/2026"}


def test_the_list_shows_what_each_fund_has_promised_paid_and_left(world: World, visit: Visit) -> None:
    first_paid(world)
    page = visit("manager").get("/funds").text
    for amount in ("100.000.000", "40.000.000", "24.000.000", "60.000.000", "150.000.000", "25.800.000"):
        assert f"{amount}\u00a0đ" in page


def test_a_fund_shows_the_cases_it_promised_money_to(world: World, visit: Visit) -> None:
    case = first_paid(world)
    page = visit("auditor").get("/funds/TW").text
    for words in (case, "Nguyễn Văn Á", "40.000.000", "24.000.000", "Quyết định giao vốn"):
        assert words in page
    assert 'name="amount"' not in page


def test_a_manager_makes_a_fund_and_puts_money_into_it(world: World, visit: Visit) -> None:
    manager = visit("manager")
    page = manager.post("/funds/new", NEW)
    assert page.status_code == 200
    assert "Vốn đối ứng &lt;b&gt;2027" in page.text
    manager.post("/funds/DP-2027", MONEY)
    manager.post("/funds/DP-2027", MONEY | {"amount": "500.000", "back": "y"})
    with db.transaction(world.instance):
        assert budget.find_fund(world.manager, "DP-2027").allocated == 1_000_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "TW"),
        ("code", ""),
        ("year", "1990"),
        ("source", ""),
        ("capital", "gold"),
        ("unit", "99999"),
        ("name", ""),
    ],
)
def test_a_mistake_in_a_fund_stands_beside_its_field(world: World, visit: Visit, field: str, value: str) -> None:
    answer = visit("manager").post("/funds/new", NEW | {field: value})
    assert answer.status_code in (404, 422)
    assert f'id="{field}-error"' in answer.text
    with db.transaction(world.instance):
        assert len(db.execute(budget.funds(world.manager)).all()) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "9" * 16}, "amount"),
        ({"amount": "100.000.001", "back": "y"}, "amount"),
        ({"document": ""}, "document"),
        ({"allocated_on": "31/02/2026"}, "allocated_on"),
    ],
)
def test_a_mistake_in_an_allocation_changes_nothing(
    world: World, visit: Visit, wrong: dict[str, str], field: str
) -> None:
    answer = visit("manager").post("/funds/TW", MONEY | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with db.transaction(world.instance):
        assert budget.find_fund(world.manager, "TW").allocated == 100_000_000


def test_only_a_manager_makes_or_fills_a_fund(world: World, visit: Visit) -> None:
    accountant = visit("accountant")
    assert "/funds/new" not in accountant.get("/funds").text
    assert accountant.post("/funds/new", NEW).status_code == 403
    assert accountant.post("/funds/TW", MONEY).status_code == 403
    assert visit("monitor").get("/funds").status_code == 403
    assert visit("manager").get("/funds/KHONG-CO").status_code == 404
