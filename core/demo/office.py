"""The demo's people at work: every story is played act by act, in the order of time, through what pages call too.

One unit of work holds it all, with a clock that is put forward from act to act: what a page shows of who did what when,
of deadlines and of visits due is what it would show had the office really worked these months. A demo that is stopped
half-way leaves nothing behind.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from core import db
from core.demo import money, pictures
from core.demo.accounts import COMMUNES, Commune, monitor_of, officer_of
from core.demo.stories import LONGEST, Act, Story
from core.domain import budget, cases, disbursement, monitoring, people, programmes, units
from core.domain.access import Actor
from core.domain.programmes import Paper, Programme, applies
from core.hookspecs import DemoCase
from core.text import fold

FIRST_DAY = date(2025, 7, 2)  # the provinces and communes of the demo are those since 01/07/2025
MOST_REPEATS = 20
ISSUER = "Ủy ban nhân dân tỉnh Bắc Ninh"
SIGNER, CAPACITY = "Nguyễn Đức Khải", "KT. CHỦ TỊCH, PHÓ CHỦ TỊCH"


@dataclass
class Run:
    """A story being played: in which commune, for which programme, how far."""

    story: Story
    commune: Commune
    programme: str
    serial: int
    acts: list[Act]
    number: str = ""
    case: DemoCase = field(default_factory=lambda: DemoCase({}))
    repeats: int = 0
    last: datetime | None = None


@dataclass
class Office:
    """Who works, until when, and what they have in hand."""

    clock: db.FixedClock
    on: date
    seed: int
    actors: Mapping[str, Actor]
    candidates: dict[tuple[str, str], list[Candidate]] = field(default_factory=dict)  # by programme and commune
    taken: set[tuple[str, int]] = field(default_factory=set)  # programme and household
    decisions: int = 0
    vouchers: int = 0


def days_before(on: date, ago: int) -> date:
    """The working day ``ago`` days before ``on``; all is drawn together where it would begin before ``FIRST_DAY``."""
    room = (on - FIRST_DAY).days
    day = on - timedelta(ago if room >= LONGEST else ago * room // LONGEST)
    return max(FIRST_DAY, day - timedelta(max(0, day.weekday() - 4)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of that day by the clocks of Hà Nội, in UTC as all moments are kept."""
    return datetime.combine(day, time(hour, minute), db.HANOI).astimezone(UTC)


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
        while run.acts[0].verb == "approve" and todo and todo[0][0] == moment and (other := todo[0][2]) is not None:
            together.append(other)
            heapq.heappop(todo)
        _act(office, together)
        for each in together:
            each.last = moment
            if each.acts:
                heapq.heappush(todo, (_moment(office, each), each.serial, each, _nothing))


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
    verb = runs[0].acts[0].verb
    if verb == "approve":
        _approve(office, runs)
        for run in runs:
            run.acts.pop(0)
        return
    [run] = runs
    act = run.acts[0]
    again = _VERBS[verb](office, run, act)
    if again and act.every and run.repeats < MOST_REPEATS:
        run.repeats += 1
        return
    run.acts.pop(0)
    run.repeats = 0
    if not run.number:  # nobody was found whom the story could be about
        run.acts.clear()


def _open(office: Office, run: Run, act: Act) -> bool:
    """Open the case for the first household it fits, in another commune where the story's own has none left."""
    own = run.commune
    for run.commune in sorted(COMMUNES, key=lambda each: each is not own):
        if found := _candidate(office, run):
            run.case = found.case
            officer, household = office.actors[officer_of(run.commune)], people.household_number(found.household_id)
            run.number = cases.open_case(officer, run.programme, household, found.case.answers, found.person_id).number
            for paper in _papers(run.number, officer):
                office.clock.moment += timedelta(minutes=2)
                cases.attach_paper(officer, run.number, paper.code, _file_name(paper), _picture(run, paper))
            return False
    return False


@dataclass(frozen=True)
class Candidate:
    """A household that would ask for a programme: for whom, with which answers, and whether its case would hold."""

    household_id: int
    person_id: int | None
    case: DemoCase
    holds: bool


def _candidate(office: Office, run: Run) -> Candidate | None:
    """Take a household without a case of the programme yet whose case would hold, or fail, as the story wants."""
    key = run.programme, run.commune.code
    if key not in office.candidates:
        office.candidates[key] = _ask(office, *key)
    for candidate in office.candidates[key]:
        if candidate.holds != run.story.fails and (run.programme, candidate.household_id) not in office.taken:
            office.taken.add((run.programme, candidate.household_id))
            return candidate
    return None


def _ask(office: Office, programme_code: str, commune_code: str) -> list[Candidate]:
    """Ask the programme's plugin for a case of every household of a commune, and judge them all by today's law."""
    programme: Programme = db.registry().programme(programme_code).programme
    here = people.household.c.unit_id == units.unit_by_code(commune_code, db.today()).id
    records = {
        key: record
        for key, record in people.records(here, db.today()).items()
        if (programme_code, key) not in office.taken
    }
    asked = []
    for key, facts in people.facts_of_records(records, db.today()).items():
        rng = Random(f"{office.seed}:{programme_code}:{records[key].row.code}")
        answers = db.work().instance.plugins.ask(
            "tiepsuc_demo_answers", programme=programme_code, household=facts, rng=rng
        )
        for _, case in answers[:1]:
            person_id = records[key].members[case.member].row.id if programme.subject == "person" else None
            asked.append((key, person_id, case, records[key].row))
    rows = [
        SimpleNamespace(
            id=key,
            unit_id=row.unit_id,
            village=row.village,
            household_id=key,
            person_id=person_id,
            answers=case.answers,
        )
        for key, person_id, case, row in asked
    ]
    judged = programmes.judge_many(programme_code, rows, dict.fromkeys(records, db.today())) if rows else {}
    asked.sort(key=lambda each: each[3].code)
    return [Candidate(key, person_id, case, judged[key].holds) for key, person_id, case, _ in asked]


def _papers(number: str, actor: Actor) -> list[Paper]:
    return [paper for paper in cases.papers_of(cases.find(actor, number)) if paper.required_for]


def _file_name(paper: Paper) -> str:
    """What a scanner's file would be called: the paper's title without marks."""
    return f"{fold(paper.title.vi).replace(' ', '-')[:60]}.jpg"


def _picture(run: Run, paper: Paper) -> bytes:
    if "photo" in paper.code:
        return pictures.photograph(f"{run.programme}:{run.serial}:before", 1, 3)
    return pictures.page(f"{paper.code}:{run.serial % 7}")


def _propose(office: Office, run: Run, act: Act) -> bool:
    cases.move(office.actors[officer_of(run.commune)], run.number, "propose")
    return False


def _edit(office: Office, run: Run, act: Act) -> bool:
    """Correct the case as the approver asked: every amount that the household itself bears may be given anew."""
    officer = office.actors[officer_of(run.commune)]
    answers = json.loads(cases.find(officer, run.number).answers)
    cases.save_answers(officer, run.number, answers)
    for paper in _papers(run.number, officer)[:1]:
        cases.attach_paper(officer, run.number, paper.code, "ban-bo-sung.jpg", pictures.page(f"again:{run.serial}"))
    return False


def _approve(office: Office, runs: list[Run]) -> None:
    office.decisions += 1
    number = f"{office.decisions * 37 % 900 + 210}/QĐ-UBND"
    data = {
        "decision_number": number,
        "decision_date": db.today().isoformat(),
        "decision_issuer": ISSUER,
        "decision_signer": SIGNER,
        "decision_capacity": CAPACITY,
    }
    by_programme: dict[str, dict[str, Run]] = {}
    for run in runs:
        by_programme.setdefault(run.programme, {})[run.number] = run
    for code, waiting in by_programme.items():
        programme: Programme = db.registry().programme(code).programme
        for _ in range(MOST_REPEATS):
            outcomes = cases.move_many(office.actors["approver"], list(waiting), "approve", data)
            short = [each for each in outcomes if each.refusal]
            for outcome in short[:1]:  # what is added for one may do for the others
                if any(reason.code != "budget_short" for reason in outcome.reasons):
                    raise outcome.refusal  # type: ignore[misc]
                money.add(office.actors["manager"], programme, waiting[outcome.number].commune, outcome.reasons)
            waiting = {each.number: waiting[each.number] for each in short}
            if not waiting:
                break


def _return(office: Office, run: Run, act: Act) -> bool:
    cases.move(office.actors["approver"], run.number, "return", {"comment": act.words})
    return False


def _reject(office: Office, run: Run, act: Act) -> bool:
    cases.move(office.actors["approver"], run.number, "reject", {"reason": act.words})
    return False


def _withdraw(office: Office, run: Run, act: Act) -> bool:
    cases.move(office.actors[officer_of(run.commune)], run.number, "withdraw", {"reason": act.words})
    return False


def _close(office: Office, run: Run, act: Act) -> bool:
    cases.move(office.actors[officer_of(run.commune)], run.number, "close")
    return False


def _short(office: Office, run: Run, act: Act) -> bool:
    programme: Programme = db.registry().programme(run.programme).programme
    row = cases.find(office.actors["approver"], run.number)
    asked = {support.source: amount for support, amount in budget.asked(programme, row)}
    money.take_back(office.actors["manager"], programme, run.commune, asked)
    return False


def _work(office: Office, run: Run, act: Act) -> bool:
    """Pay what can be paid, or else make the visit that is due first; whether there is more to do before ``until``."""
    row = cases.find(office.actors["approver"], run.number)
    if row.state == act.until:
        return False
    due = disbursement.next_payment(row.id)
    accountant = office.actors["accountant"]
    if due is not None and not disbursement.why_not(accountant, row, due):
        office.vouchers += 1
        data = {
            "paid_on": db.today().isoformat(),
            "payee": row.subject_name,
            "voucher": f"UNC-{db.today():%y}-{office.vouchers:04d}",
        }
        return bool(disbursement.pay(accountant, run.number, due.code, data).state != act.until)
    visits = _open_visits(row)
    if not visits or (act.until == "next_is_last" and len(visits) + _later(row) == 1):
        return False
    return _visit(office, run, visits[0], {"passed": True}) != act.until


def _open_visits(row: Any) -> list[Any]:
    """The visits that can be made now, the one due first in front."""
    planned = [each for each in monitoring.of_case(row.id) if each.recorded_at is None and each.due_on is not None]
    return sorted(planned, key=lambda each: (each.due_on, each.id))


def _later(row: Any) -> int:
    """How many visits wait for another one before the case can be settled; closing alone may wait for more."""
    steps = {step.code: step for step in cases.form_of(row).steps}
    return sum(
        1
        for each in monitoring.of_case(row.id)
        if each.recorded_at is None and each.due_on is None and "close" not in steps[each.step].gates
    )


def _fail(office: Office, run: Run, act: Act) -> bool:
    visits = _open_visits(cases.find(office.actors["approver"], run.number))
    if visits:
        _visit(office, run, visits[0], {"passed": False, "note": act.words})
    return False


def _visit(office: Office, run: Run, planned: Any, said: Mapping[str, Any]) -> str:
    visitor = office.actors[monitor_of(run.commune)]
    row = cases.find(visitor, run.number)
    steps = [step for step in cases.form_of(row).steps if applies(step, json.loads(row.answers))]
    place = next(index for index, step in enumerate(steps) if step.code == planned.step)
    step = db.registry().programme(run.programme).programme.step(planned.step)
    photos = [
        (
            f"{planned.step}-{n + 1}.jpg",
            pictures.photograph(f"{run.programme}:{run.serial}:{n}", place + 1, len(steps) - 1),
        )
        for n in range(max(step.photos, 1))
    ]
    data = {**run.case.visits.get(planned.step, {}), **said, "visited_on": db.today().isoformat()}
    recorded = monitoring.record_visit(visitor, run.number, planned.step, data, photos)
    return str(recorded.case.state)


_VERBS: dict[str, Callable[[Office, Run, Act], bool]] = {
    "open": _open,
    "propose": _propose,
    "edit": _edit,
    "return": _return,
    "reject": _reject,
    "withdraw": _withdraw,
    "close": _close,
    "short": _short,
    "work": _work,
    "fail": _fail,
}
