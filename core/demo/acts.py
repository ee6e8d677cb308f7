"""What the people of the demo do, act by act, through the functions that pages call too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from core import db
from core.demo import candidates, money, pictures
from core.demo.accounts import COMMUNES, monitor_of, officer_of
from core.demo.office import Office, Run
from core.demo.stories import Act
from core.domain import budget, cases, disbursement, monitoring, people
from core.domain.access import Actor
from core.domain.programmes import Paper, Programme, applies
from core.text import fold

MOST_REPEATS = 20
ISSUER = "Ủy ban nhân dân tỉnh Bắc Ninh"
SIGNER, CAPACITY = "Nguyễn Đức Khải", "KT. CHỦ TỊCH, PHÓ CHỦ TỊCH"


def _open(office: Office, run: Run, act: Act) -> bool:
    """Open the case for the first household it fits, in another commune where the story's own has none left."""
    own = run.commune
    for run.commune in sorted(COMMUNES, key=lambda each: each is not own):
        if found := candidates.take(office, run):
            run.case = found.case
            officer, household = office.actors[officer_of(run.commune)], people.household_number(found.household_id)
            run.number = cases.open_case(officer, run.programme, household, found.case.answers, found.person_id).number
            for paper in _papers(run.number, officer):
                office.clock.moment += timedelta(minutes=2)
                cases.attach_paper(officer, run.number, paper.code, _file_name(paper), _picture(run, paper))
            return False
    return False


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


def approve(office: Office, runs: list[Run]) -> None:
    data = _decision(office)
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


def _decision(office: Office) -> dict[str, str]:
    """Another decision of today."""
    office.decisions += 1
    return {
        "decision_number": f"{office.decisions * 37 % 900 + 210}/QĐ-UBND",
        "decision_date": db.today().isoformat(),
        "decision_issuer": ISSUER,
        "decision_signer": SIGNER,
        "decision_capacity": CAPACITY,
    }


def _revoke(office: Office, run: Run, act: Act) -> bool:
    cases.move(office.actors["approver"], run.number, "revoke", {**_decision(office), "reason": act.words})
    return False


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


VERBS: dict[str, Callable[[Office, Run, Act], bool]] = {
    "open": _open,
    "propose": _propose,
    "edit": _edit,
    "return": _return,
    "reject": _reject,
    "withdraw": _withdraw,
    "revoke": _revoke,
    "close": _close,
    "short": _short,
    "work": _work,
    "fail": _fail,
}
