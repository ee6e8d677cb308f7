"""The demo's people at work: every story is played act by act, in the order of time, through what pages call too.

One unit of work holds it all, with a clock that is put forward from act to act: what a page shows of who did what when,
of deadlines and of visits due is what it would show had the office really worked these months. A demo that is stopped
half-way leaves nothing behind.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from core.demo.acts import MOST_REPEATS, VERBS, approve
from core.demo.office import Office, Run, at, days_before


def play(office: Office, runs: list[Run], yearly: list[tuple[datetime, Callable[[], None]]]) -> None:
    """Play the stories, and between them what happens ``yearly`` at its moments."""
    todo: list[tuple[datetime, int, Run | None, Callable[[], None]]] = []
    for moment, happens in yearly:
        heapq.heappush(todo, (moment, -1, None, happens))
    for each in runs:
        heapq.heappush(todo, (_moment(office, each), each.serial, each, _nothing))
    while todo:
        moment, _, run, happens = heapq.heappop(todo)
        office.clock.moment = moment
        if run is None:
            happens()
            continue
        together = [run]
        while _approves(run) and todo and todo[0][0] == moment and (other := todo[0][2]) and _approves(other):
            together.append(other)
            heapq.heappop(todo)
        _act(office, together)
        for each in together:
            each.last = moment
            if each.acts:
                heapq.heappush(todo, (_moment(office, each), each.serial, each, _nothing))


def _approves(run: Run) -> bool:
    return run.acts[0].verb == "approve"


def _nothing() -> None:
    """What runs do not need: their acts say what happens."""


def _moment(office: Office, run: Run) -> datetime:
    """When the next act of a run is: in office hours, decisions at four o'clock, never before the act before it."""
    act = run.acts[0]
    day = days_before(office.on, max(1, act.ago - run.repeats * act.every))
    rng = Random(f"{office.seed}:{run.serial}:{act.verb}:{act.ago}:{run.repeats}")
    moment = at(day, 16) if act.verb == "approve" else at(day, rng.randint(8, 15), rng.randrange(60))
    return moment if run.last is None or moment > run.last else run.last + timedelta(minutes=rng.randint(7, 40))


def _act(office: Office, runs: list[Run]) -> None:
    """Do the next act of a run; of several, which all approve, under one decision."""
    if _approves(runs[0]):
        approve(office, runs)
        for run in runs:
            run.acts.pop(0)
        return
    [run] = runs
    act = run.acts[0]
    again = VERBS[act.verb](office, run, act)
    if again and act.every and run.repeats < MOST_REPEATS:
        run.repeats += 1
        return
    run.acts.pop(0)
    run.repeats = 0
    if not run.number:  # nobody was found whom the story could be about
        run.acts.clear()
