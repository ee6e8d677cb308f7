"""What is done without anybody asking."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core import db, jobs
from core.domain import access, cases, history, parameters, tasks, users
from core.domain.parameters import Row
from tests.databases import MORNING
from tests.stories import opened, proposed
from tests.worlds import World, person


@contextmanager
def clock_at(world: World, moment: datetime) -> Iterator[None]:
    world.instance.clock = db.FixedClock(moment)
    yield
    world.instance.clock = db.FixedClock(MORNING)


def waits_for(world: World, login: str) -> list[str]:
    with db.transaction(world.instance, read_only=True):
        statement = tasks.worklist(access.actor_by_login(login), cases.case)
        return [row.number for row in db.execute(statement)]


def test_the_history_is_sealed_once_however_often_the_job_runs(world: World) -> None:
    proposed(world)
    for _ in range(2):
        assert jobs.run(world.instance, once=True) == 0
    with db.transaction(world.instance, read_only=True):
        assert history.unsealed() == 0
        assert len(list(history.heads())) == 1


def test_two_workers_at_once_leave_one_unbroken_chain_of_seals(world: World) -> None:
    for turn in range(3):
        proposed(world, household=None if turn == 0 else _another(world, turn))
        workers = [threading.Thread(target=jobs.run, args=(world.instance, True)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    with db.transaction(world.instance, read_only=True):
        assert history.verify(cases.heads()) is None
        assert history.unsealed() == 0


def _another(world: World, turn: int) -> str:
    from tests.worlds import household

    with db.transaction(world.instance):
        return household(world, f"J{turn}", f"Lê Thị {turn}")


def test_a_case_waits_at_the_desk_that_decides_after_the_rule_was_changed(world: World) -> None:
    case = proposed(world)
    with db.transaction(world.instance):
        person("chair", ("approver", world.commune.id))
    assert (waits_for(world, "approver"), waits_for(world, "chair")) == ([case], [])
    with db.transaction(world.instance):
        parameters.change(world.manager, "authority.approve", Row("commune", "Quyết định phân cấp", True, place="24"))
    jobs.run(world.instance, once=True)
    assert (waits_for(world, "approver"), waits_for(world, "chair")) == ([], [case])


def test_a_rule_with_a_date_moves_the_desks_on_that_day_and_not_before(world: World) -> None:
    case = proposed(world)
    first = date(2027, 1, 1)
    with db.transaction(world.instance):
        person("chair", ("approver", world.commune.id))
        row = Row("commune", "Quyết định phân cấp", True, valid_from=first, place="24")
        parameters.change(world.manager, "authority.approve", row)
    with clock_at(world, datetime(2026, 12, 31, 16, 59, tzinfo=UTC)):
        jobs.run(world.instance, once=True)
        assert waits_for(world, "chair") == []
    with clock_at(world, datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):  # midnight in Hà Nội
        jobs.run(world.instance, once=True)
        assert waits_for(world, "chair") == [case]


def test_worklists_are_rebuilt_only_when_the_law_or_the_day_is_another(world: World) -> None:
    asked = []
    job = jobs.Job("count", timedelta(0), lambda: asked.append(1) or 0, about=jobs.JOBS[1].about)  # type: ignore[func-returns-value]
    stop = threading.Event()

    def third() -> int:
        if len(rounds) == 3:
            stop.set()
        rounds.append(1)
        return 0

    rounds: list[int] = []
    jobs.run(world.instance, stop=stop, jobs=(job, jobs.Job("rounds", timedelta(0), third)))
    assert (len(rounds), len(asked)) == (4, 1)


def test_old_attempts_are_forgotten_and_the_last_success_stays(world: World) -> None:
    at = [MORNING - timedelta(days=days) for days in (1, 31, 31, 800)]
    with db.transaction(world.instance):
        for moment, succeeded in zip(at, (0, 0, 1, 1), strict=True):
            row = {"id": db.new_id(), "login": "officer", "address": "::1", "at": moment, "succeeded": succeeded}
            db.execute(access.sign_in_attempt.insert(), row)
        users.start_session(world.officer.id, 1)
    with clock_at(world, MORNING + timedelta(days=1)):
        jobs.run(world.instance, once=True)
    with db.transaction(world.instance, read_only=True):
        kept = db.execute(select(access.sign_in_attempt.c.at, access.sign_in_attempt.c.succeeded)).all()
        assert sorted(kept) == [(at[2], 1), (at[0], 0)]
        assert db.execute(select(func.count()).select_from(users.user_session)).scalar() == 1


def test_drafts_of_closed_cases_are_forgotten_and_those_of_open_ones_kept(world: World) -> None:
    going, ended = opened(world), opened(world, household=_another(world, 1))
    with db.transaction(world.instance):
        for case in (going, ended):
            cases.keep_draft(world.officer, case, {"depth": "1"}, 1)
        cases.move(world.officer, ended, "withdraw", note="Hộ đã chuyển đi")
    jobs.run(world.instance, once=True)
    with db.transaction(world.instance, read_only=True):
        ids = [cases.find(world.officer, case).id for case in (going, ended)]
        assert [cases.draft_of(world.officer, case_id) is not None for case_id in ids] == [True, False]


def test_a_job_that_fails_is_undone_told_without_values_and_stops_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    name = "Nguyễn Văn Á"

    def fail() -> int:
        users.start_session(world.officer.id, 1)
        raise RuntimeError(name)

    seal = jobs.Job("seal", timedelta(0), history.seal_new)
    proposed(world)
    with caplog.at_level(logging.INFO, "tiepsuc.jobs"):
        assert jobs.run(world.instance, once=True, jobs=(jobs.Job("broken", timedelta(0), fail), seal)) == 1
    assert "broken" in caplog.text
    assert "RuntimeError" in caplog.text
    assert name not in caplog.text
    with db.transaction(world.instance, read_only=True):
        assert history.unsealed() == 0
        assert db.execute(select(func.count()).select_from(users.user_session)).scalar() == 0
