"""The demo province: what it promises to whoever runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import db, demo, instance as instances
from core.app import create_app
from core.cli import main
from core.demo import accounts, households, lists, stories
from core.domain import access, budget, cases, disbursement, history, monitoring, people, tasks, units, users
from core.errors import BadInput, WrongState
from core.exchange import judge_households
from core.toolkit import DemoCase, Programme, hookimpl
from tests import worlds
from tests.databases import Databases
from tests.worlds import WELL

ON, SEED, SMALL = date(2026, 11, 23), 7, 40
PASSWORD = "ba con gà trống"

# Differ from run to run: salts, the hashes they go into, passwords, and what was there before the demo.
SALTED = {
    "user_account": {"password_hash"},
    "case": {"history_hash"},
    "history": {"body", "hash"},
    "history_value": {"salt"},
    "seal": {"digest", "mac"},
}
OF_THE_INSTANCE = {"parameter", "registry_version", "definition"}


def small(instance: db.Instance) -> None:
    """A demo of forty households on a new instance."""
    worlds.start(instance, ())
    demo.build(instance, SMALL, SEED, ON, PASSWORD)


@pytest.fixture
def province(engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[db.Instance]:
    """A copy of one small demo, on each database."""
    with databases.fresh(engine_kind, tmp_path, small) as made:
        worlds.start(made, ())
        yield made


Read = Callable[[], Any]


def told(instance: db.Instance, what: Read) -> Any:
    with db.transaction(instance, read_only=True):
        instances.refresh(instance)
        return what()


def visible(instance: db.Instance) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but for what differs by chance, and the texts of the history without digests."""
    found = {}
    with db.transaction(instance, read_only=True):
        for table in db.metadata.sorted_tables:
            if table.name not in OF_THE_INSTANCE:
                columns = [each for each in table.c if each.name not in SALTED.get(table.name, ())]
                found[table.name] = sorted(map(tuple, db.execute(select(*columns))), key=repr)
        rows = db.execute(select(history.history.c.body).order_by(history.history.c.id)).scalars()
        bodies = [json.loads(row) for row in rows]
    found["bodies"] = [
        (json.dumps({**body, "digests": sorted(body["digests"]), "before": ""}, sort_keys=True),) for body in bodies
    ]
    return found


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Iterator[db.Instance]:
    """An instance besides the province, with nothing in it yet."""
    folder = tmp_path / "empty"
    folder.mkdir()
    with databases.fresh("sqlite", folder) as made:
        worlds.start(made, ())
        yield made


@pytest.mark.databases("sqlite")
def test_the_same_seed_and_date_give_the_same_data(empty: db.Instance, province: db.Instance) -> None:
    demo.build(empty, SMALL, SEED, ON, "một mật khẩu khác")
    one, other = visible(empty), visible(province)
    for name in one:
        assert one[name] == other[name], name


@pytest.mark.databases("sqlite")
def test_another_seed_gives_other_people(empty: db.Instance, province: db.Instance) -> None:
    demo.build(empty, SMALL, SEED + 1, ON, PASSWORD)
    assert visible(empty)["person"] != visible(province)["person"]


def test_every_story_is_told_and_every_state_was_reached(province: db.Instance) -> None:
    def read() -> Any:
        rows = db.execute(select(cases.case)).all()
        workflow = db.registry().machines["support"].workflow
        through = set(db.execute(select(history.history.c.to_state).distinct()).scalars())
        return rows, workflow, through

    rows, workflow, through = told(province, read)
    assert len(rows) == len(stories.ALWAYS)
    assert through == {state.code for state in workflow.states}
    # where every payment has its check before it, the last payment settles a case at once: no case rests in that state
    passed_through = {
        step.sources[0] for step in workflow.transitions if step.automatic and step.code != "finish_payment"
    }
    assert {state.code for state in workflow.states} - {row.state for row in rows} <= passed_through


def test_some_work_is_late_some_money_short_and_some_checks_failed(province: db.Instance) -> None:
    def read() -> Any:
        late = {row.kind for row in db.execute(select(tasks.task).where(tasks.task.c.due_on < ON))}
        approver = access.actor_by_login("approver")
        proposed = db.execute(cases.cases(approver, state="proposed")).all()
        short = [
            row.number
            for row in proposed
            for step in cases.possible(approver, row)
            if step.transition.code == "approve" and "budget_short" in [reason.code for reason in step.reasons]
        ]
        could = [
            row.number
            for row in proposed
            for step in cases.possible(approver, row)
            if step.transition.code == "approve" and step.allowed
        ]
        failed = db.execute(select(monitoring.visit).where(monitoring.visit.c.passed == 0)).all()
        again = db.execute(select(monitoring.visit).where(monitoring.visit.c.attempt == 2)).all()
        return late, short, could, failed, again

    late, short, could, failed, again = told(province, read)
    assert late == {"state", "visit", "payment"}
    assert len(short) == 1
    assert could
    assert len(failed) == 1
    assert failed[0].note
    assert [row.recorded_at for row in again] == [None]


def test_the_history_of_every_case_verifies_and_is_sealed(province: db.Instance) -> None:
    assert told(province, history.unsealed) == 0
    ran = CliRunner().invoke(main, ["verify"], obj=province)
    assert ran.exit_code == 0, ran.output


def test_every_account_signs_in_with_the_one_password_and_need_not_change_it(province: db.Instance) -> None:
    def read() -> Any:
        return {row.login: row.must_change for row in db.execute(select(access.user))}

    assert told(province, read) == {account.login: 0 for account in accounts.ACCOUNTS}
    for account in accounts.ACCOUNTS:
        assert users.sign_in(province, account.login, PASSWORD, "127.0.0.1")


def test_what_happened_lies_in_office_hours_of_working_days_before_the_last(province: db.Instance) -> None:
    moments = told(province, lambda: db.execute(select(history.history.c.at).order_by(history.history.c.id)).all())
    for row in moments:
        there = row.at.astimezone(db.HANOI)
        assert there.weekday() < 5
        assert 8 <= there.hour <= 17
        assert there.date() < ON
    assert [row.at for row in moments] == sorted(row.at for row in moments)


def test_case_numbers_follow_the_order_of_opening(province: db.Instance) -> None:
    rows = told(province, lambda: db.execute(select(cases.case).order_by(cases.case.c.opened_at)).all())
    assert [row.number for row in rows] == sorted(row.number for row in rows)


def test_money_is_never_promised_beyond_what_was_allocated_and_some_is_left(province: db.Instance) -> None:
    funds = told(province, lambda: db.execute(select(budget.fund)).all())
    assert all(0 <= fund.paid <= fund.committed <= fund.allocated for fund in funds)
    assert {fund.year for fund in funds} == {2025, 2026}
    paid = told(province, lambda: db.execute(select(disbursement.payment.c.amount)).scalars().all())
    assert sum(paid) == sum(fund.paid for fund in funds) > 0


def test_categories_scores_and_deprivations_agree(province: db.Instance) -> None:
    """Circular 07/2021/TT-BLĐTBXH: 140 points A in rural places, 175 in urban; ten points B are one deprivation."""

    def read() -> Any:
        here = db.execute(select(people.household.c.id)).scalars().all()
        return people.facts_for_many(here, ON)

    for facts in told(province, read).values():
        category, a, b = (facts[f"household.{name}"] for name in ("category", "score_a", "score_b"))
        limit = {"rural": 140, "urban": 175}[facts["unit.settlement"]]
        if category == "average":
            assert (a, b) == (None, None)
            continue
        assert b == 10 * facts["household.deprivations"]
        assert {"poor": a <= limit and b >= 30, "near_poor": a <= limit and b < 30, "newly_escaped": a > limit}[
            category
        ]


def test_personal_numbers_agree_with_birth_and_sex_and_the_old_province(province: db.Instance) -> None:
    def read() -> Any:
        return db.execute(select(people.person).where(people.person.c.id_number.is_not(None))).all()

    found = told(province, read)
    for row in found:
        assert people.check_id_number(row.id_number, row.birth_date or row.birth_year, row.sex) == []
    registered = [row.id_number[:3] for row in found]
    assert registered.count("027") > registered.count("024") > 0
    assert len({row.id_number for row in found}) == len(found)


@pytest.mark.databases("sqlite")
def test_the_list_to_try_adds_changes_and_has_two_rows_refused(province: db.Instance) -> None:
    def read() -> Any:
        officer = access.actor_by_login("officer")
        ward = units.unit_by_code(accounts.WARD.code, ON)
        invented = households.invent(SEED, SMALL, 2024, 2025, ())
        content = lists.to_try([each for each in invented if each.commune is accounts.WARD], SEED, 2025)
        return judge_households(officer, content, ward.id).report()

    report = told(province, read)
    assert (report["new"], report["changed"], report["refused_households"]) == (3, 1, 2)
    assert {finding["column"] for finding in report["refused"]} == {"Ngày sinh", "Số định danh"}


@pytest.mark.databases("sqlite")
def test_a_demo_is_only_made_in_an_empty_database(province: db.Instance) -> None:
    before = visible(province)
    with pytest.raises(WrongState):
        demo.build(province, SMALL, SEED, ON, PASSWORD)
    ran = CliRunner().invoke(main, ["demo"], obj=province)
    assert ran.exit_code == 3
    assert "trống" in ran.stderr
    again = CliRunner().invoke(main, ["demo", "--if-empty", "--json"], obj=province)
    assert again.exit_code == 0, again.output
    told_again = json.loads(again.stdout)
    assert [each["user"] for each in told_again["accounts"]] == [each.login for each in accounts.ACCOUNTS]
    assert (told_again["households"], told_again["cases"]) == (SMALL, len(stories.ALWAYS))
    assert visible(province) == before


@pytest.mark.databases("sqlite")
def test_the_command_makes_up_a_password_and_tells_it_again(
    instance: db.Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIEPSUC_DEMO_PASSWORD", raising=False)
    worlds.start(instance, ())
    ran = CliRunner().invoke(main, ["demo", "--households", "6", "--json"], obj=instance)
    assert ran.exit_code == 0, ran.output
    made = json.loads(ran.stdout)
    assert {tuple(sorted(each))[1:] for each in made["accounts"]} == {("unit", "unit_name", "user")}
    assert made["households"] == 6
    assert users.sign_in(instance, "officer", made["password"], "127.0.0.1")
    again = CliRunner().invoke(main, ["demo", "--if-empty"], obj=instance)
    assert made["password"] in again.stdout
    assert Path(made["list"]).read_bytes()[:2] == b"PK"


@pytest.mark.databases("sqlite")
def test_a_bad_password_number_or_day_is_refused_and_nothing_is_left(
    instance: db.Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds.start(instance, ())
    for number, on, password in ((0, ON, PASSWORD), (40, date(2025, 7, 3), PASSWORD), (40, ON, "short")):
        with pytest.raises(BadInput):
            demo.build(instance, number, SEED, on, password)
    assert told(instance, demo.is_empty)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("on", [date(2025, 10, 1), date(2026, 1, 1), date(2027, 6, 30)])
def test_on_any_day_the_demo_has_its_stories(instance: db.Instance, on: date) -> None:
    worlds.start(instance, ())
    built = demo.build(instance, SMALL, SEED, on, PASSWORD)
    assert (built.households, built.cases) == (SMALL, len(stories.ALWAYS))


@pytest.mark.databases("sqlite")
def test_the_list_to_try_is_offered_where_lists_are_imported(empty: db.Instance) -> None:
    demo.build(empty, SMALL, SEED, ON, PASSWORD)
    client = create_app(empty).test_client()
    client.post("/login", data={"login": "officer", "password": PASSWORD, "csrf_token": token(client.get("/login"))})
    assert b"/imports/sample.xlsx" in client.get("/imports/new").data
    with client.get("/imports/sample.xlsx") as response:
        assert response.data[:2] == b"PK"


def token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    return found[1]


class Wells:
    """A programme that pays everything before its last check, with cases for every household."""

    @hookimpl
    def tiepsuc_programmes(self) -> list[Programme]:
        first, last = WELL.instalments
        return [replace(WELL, instalments=(first, replace(last, after="dug")))]

    @hookimpl
    def tiepsuc_demo_answers(self, programme: str) -> list[DemoCase]:
        answers = {"depth": 12, "central": 90_000_000, "local": 3_000_001}
        return [DemoCase(answers, {"finished": {"water": True}})] if programme == "well" else []


@pytest.mark.databases("sqlite")
def test_every_programme_has_its_stories_and_a_case_rests_in_every_state(empty: db.Instance) -> None:
    worlds.start(empty, (("well", Wells()),))
    demo.build(empty, SMALL, SEED, ON, PASSWORD)

    def read() -> Any:
        by_programme: dict[str, set[str]] = {}
        for row in db.execute(select(cases.case)):
            by_programme.setdefault(row.programme, set()).add(row.state)
        return by_programme, {state.code for state in db.registry().machines["support"].workflow.states}

    by_programme, states = told(empty, read)
    assert by_programme["well"] == states
    assert len(by_programme) == len(told(empty, lambda: db.registry().programmes)) > 1
