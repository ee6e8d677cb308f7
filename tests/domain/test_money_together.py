"""Two people at the same moment on the last of the money: one gets it, the other is told what is missing.

On PostgreSQL two threads work on two connections; on SQLite, where a writer is a process, two processes of the program.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import db
from core.config import Settings
from core.domain import access, budget, cases, disbursement
from core.errors import Refused
from tests import worlds
from tests.databases import MORNING
from tests.stories import DECISION, PAID, dug, proposed
from tests.worlds import World, household

Outcome = dict[str, Any]
HALF_A_MINUTE = 30
ROOT = Path(__file__).parents[2]
LARGE = {"depth": 12, "central": 70_000_000}  # two of them are more than the fund has


def approve(instance: db.Instance, login: str, case: str) -> None:
    with db.transaction(instance):
        cases.move(access.actor_by_login(login), case, "approve", DECISION)


def pay(instance: db.Instance, login: str, case: str) -> None:
    with db.transaction(instance):
        disbursement.pay(access.actor_by_login(login), case, "first", PAID)


ACTS: dict[str, Callable[[db.Instance, str, str], None]] = {"approve": approve, "pay": pay}


def outcome_of(act: str, instance: db.Instance, login: str, case: str) -> Outcome:
    """What came of an act: done, or the reasons why not."""
    try:
        ACTS[act](instance, login, case)
    except Refused as refused:
        return {"done": False, "reasons": [reason.as_json() for reason in refused.reasons]}
    return {"done": True}


def together(act: str, instance: db.Instance, who: list[tuple[str, str]]) -> list[Outcome]:
    """Each of ``who`` (login, case) does ``act`` at the same moment."""
    return (_in_threads if instance.engine.dialect.name == "postgresql" else _in_processes)(act, instance, who)


def _in_threads(act: str, instance: db.Instance, who: list[tuple[str, str]]) -> list[Outcome]:
    found: dict[int, Outcome] = {}
    start = threading.Barrier(len(who))

    def one(place: int, login: str, case: str) -> None:
        start.wait(HALF_A_MINUTE)
        found[place] = outcome_of(act, instance, login, case)

    threads = [threading.Thread(target=one, args=(place, *each)) for place, each in enumerate(who)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HALF_A_MINUTE)
    return [found[place] for place in range(len(who))]


def _in_processes(act: str, instance: db.Instance, who: list[tuple[str, str]]) -> list[Outcome]:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", "from tests.domain.test_money_together import one_process; one_process()"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in who
    ]
    try:
        for process, (login, case) in zip(running, who, strict=True):
            assert process.stdin
            assert process.stdout
            said = [act, str(instance.settings.instance), instance.settings.database_url, login, case]
            process.stdin.write(json.dumps(said) + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "ready\n"
        for process in running:  # both stand at the line
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=HALF_A_MINUTE)[0]) for process in running]
    finally:
        for process in running:
            process.kill()
            process.communicate()


def one_process() -> None:
    """A second program on the same database: get ready, wait for the word, act, tell what came of it."""
    act, folder, url, login, case = json.loads(sys.stdin.readline())
    settings = Settings(instance=Path(folder), database_url=url, secret_key="s" * 32, seal_key="k" * 32)
    instance = db.Instance(settings, db.open_engine(settings), db.FixedClock(MORNING))
    worlds.start(instance)
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(outcome_of(act, instance, login, case)), flush=True)


@pytest.fixture
def two_approvers(world: World) -> World:
    with db.transaction(world.instance):
        worlds.person("approver2", ("approver", world.commune.province_id or 0))
        worlds.person("accountant2", ("accountant", world.commune.province_id or 0))
    return world


def test_of_two_approvers_on_the_last_money_one_gets_it_and_the_other_hears_how_much_is_missing(
    two_approvers: World,
) -> None:
    world = two_approvers
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bình")
    numbers = [proposed(world, LARGE), proposed(world, LARGE, other)]
    outcomes = together("approve", world.instance, list(zip(["approver", "approver2"], numbers, strict=True)))
    assert sorted(bool(each["done"]) for each in outcomes) == [False, True]
    [refused] = [each for each in outcomes if not each["done"]]
    [reason] = refused["reasons"]
    assert (reason["code"], reason["seen"], reason["needed"]) == ("budget_short", 30_000_000, 70_000_000)
    assert "thiếu 40.000.000 đồng" in reason["sentence"]
    with db.transaction(world.instance):
        fund = budget.find_fund(world.manager, "TW")
        assert (fund.allocated, fund.committed, fund.paid) == (100_000_000, 70_000_000, 0)
        assert sorted(cases.find(world.auditor, number).state for number in numbers) == ["approved", "proposed"]


def test_of_two_approvers_of_one_case_one_approves_and_the_money_is_promised_once(two_approvers: World) -> None:
    world, number = two_approvers, proposed(two_approvers, LARGE)
    outcomes = together("approve", world.instance, [("approver", number), ("approver2", number)])
    assert sorted(bool(each["done"]) for each in outcomes) == [False, True]
    [refused] = [each for each in outcomes if not each["done"]]
    assert [reason["code"] for reason in refused["reasons"]] == ["wrong_state"]
    with db.transaction(world.instance):
        assert budget.find_fund(world.manager, "TW").committed == 70_000_000


def test_of_two_accountants_on_one_instalment_one_pays_it_and_the_other_hears_when_it_was_paid(
    two_approvers: World,
) -> None:
    world, number = two_approvers, dug(two_approvers)
    outcomes = together("pay", world.instance, [("accountant", number), ("accountant2", number)])
    assert sorted(bool(each["done"]) for each in outcomes) == [False, True]
    [refused] = [each for each in outcomes if not each["done"]]
    assert "already_paid" in [reason["code"] for reason in refused["reasons"]]
    with db.transaction(world.instance):
        assert sum(row.paid for row in db.execute(budget.funds(world.manager))) == 25_800_000
        paid = [row for row in disbursement.of_case(cases.find(world.auditor, number).id) if row.paid_at]
        assert [row.code for row in paid] == ["first"]
