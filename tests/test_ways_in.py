"""Every way in agrees on who sees what: lists, counts and single cases, on pages, in the API and at the terminal."""

from __future__ import annotations

import dataclasses
import re
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from core import db
from core.app import Application, create_app
from core.cli import main
from core.domain import access, cases, indicators, tasks, units, users
from tests.stories import approved, first_paid, proposed
from tests.web.visitors import Visitor
from tests.worlds import TODAY, World, household, person

THE_COUNTRY = 1
ROLES_THAT_SEE = {
    "draft": {"officer", "manager", "auditor"},
    "proposed": {"officer", "approver", "manager", "auditor"},
    "returned": {"officer", "approver", "manager", "auditor"},
    "withdrawn": {"officer", "approver", "manager", "auditor"},
    "approved": {"officer", "approver", "accountant", "monitor", "manager", "auditor"},
}


class Opened(NamedTuple):
    """A case of these tests: where it is, and in which state."""

    number: str
    unit: units.Unit
    state: str


def one_in_every_state(world: World, prefix: str) -> list[Opened]:
    """Cases of the world's commune, each of a household of its own."""

    def home(serial: int) -> str:
        with db.transaction(world.instance):
            return household(world, f"{prefix}{serial}", f"Hộ {prefix}{serial}")

    first = home(1)
    with db.transaction(world.instance):
        draft: str = cases.open_case(world.officer, "well", first).number
    given_back, withdrawn = proposed(world, household=home(2)), proposed(world, household=home(3))
    with db.transaction(world.instance):
        cases.move(world.approver, given_back, "return", {"comment": "Bổ sung đơn"})
        cases.move(world.officer, withdrawn, "withdraw", {"reason": "Hộ xin lùi lại"})
    states = {
        draft: "draft",
        given_back: "returned",
        withdrawn: "withdrawn",
        proposed(world, household=home(4)): "proposed",
        approved(world, {"depth": 12, "central": 1_000_000}, home(5)): "approved",
        first_paid(world, {"depth": 12, "central": 1_000_000}, home(6)): "approved",
    }
    return [Opened(number, world.commune, state) for number, state in states.items()]


@pytest.fixture
def opened(world: World) -> list[Opened]:
    """Cases in two communes of the province, and people who work in one, in both, in the country, or in none."""
    with db.transaction(world.instance):
        _, other = units.children(world.commune.province_id or 0, TODAY)[:2]
        hanoi = units.unit_by_code("01", TODAY)
        there = {"officer": person("lan", ("officer", other.id)), "monitor": person("thang", ("monitor", other.id))}
        person("both", ("monitor", world.commune.id), ("officer", other.id))
        person("country", ("auditor", THE_COUNTRY))
        person("elsewhere", ("approver", hanoi.id))
        person("nobody")
    elsewhere = dataclasses.replace(world, commune=other, actors=world.actors | there)
    return one_in_every_state(world, "A") + one_in_every_state(elsewhere, "B")


PEOPLE = [
    *("officer", "approver", "accountant", "monitor", "manager", "auditor"),
    *("lan", "thang", "both", "country", "elsewhere", "nobody", "admin"),
]


COUNTING = set(access.PERMISSIONS["indicator.view"])
LOOKING = set(access.PERMISSIONS["household.view"])


def test_every_way_in_agrees_on_who_sees_what(world: World, opened: list[Opened]) -> None:
    app = create_app(world.instance)
    app.testing = True
    for login in PEOPLE:
        look_from_everywhere(app, opened, login)


def look_from_everywhere(app: Application, opened: list[Opened], login: str) -> None:
    with db.transaction(app.instance):
        who = access.actor_by_login(login)
        token = users.create_token(who, "test", 30)
        waiting = {row.number for row in db.execute(tasks.worklist(who, cases.case))}
        counted = sum(line.cases for line in indicators.overview(who)) if who.roles & COUNTING else None
    seen = {each.number for each in opened if any(sees(held, each) for held in who.grants)}
    visitor, bearer = Visitor(app).enter(who), {"Authorization": f"Bearer {token}"}
    api = visitor.client.get("/api/v1/cases", headers=bearer).json
    assert api is not None

    assert numbers(visitor.get("/cases").text) == seen, login
    assert {each["number"] for each in api["cases"]} == seen, login
    assert numbers(visitor.get("/").text) == waiting <= seen, login
    assert counted in (None, len(seen)), login
    for each in opened:
        page = visitor.get(f"/cases/{each.number}").status_code
        answer = visitor.client.get(f"/api/v1/cases/{each.number}", headers=bearer).status_code
        words = ["case", "show", each.number, "--as", login, "--json"]
        terminal = CliRunner().invoke(main, words, obj=app.instance)
        nothing = (404 if who.roles & LOOKING else 403, 404, 4)
        assert (page, answer, terminal.exit_code) == ((200, 200, 0) if each.number in seen else nothing), (login, each)


def sees(held: access.Held, case: Opened) -> bool:
    """What the workflow's table says, written once more without the program."""
    above = {case.unit.id, case.unit.province_id, THE_COUNTRY}
    return held.role in ROLES_THAT_SEE[case.state] and held.unit_id in above


def numbers(page: str) -> set[str]:
    """The cases that a page leads to."""
    return set(re.findall(r'href="/cases/([A-Z]{2}-\d{2}-\d{5})"', page))


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("page", ["cases", "households", "decisions", "funds", "indicators", "parameters"])
def test_an_address_works_with_and_without_a_slash_at_its_end(world: World, page: str) -> None:
    visitor = Visitor(create_app(world.instance)).enter(world.manager)
    plain = visitor.client.get(f"/{page}")
    assert (plain.status_code, visitor.client.get(f"/{page}/").status_code) == (200, 200)
    assert f'href="/{page}"' in plain.text  # the navigation writes it without
