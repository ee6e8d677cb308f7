"""For whom a story can be told: the households that would ask for a programme, judged before a case is opened."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

from core import db
from core.demo.office import Candidate, Office, Run
from core.domain import people, programmes, units
from core.domain.programmes import Programme


def take(office: Office, run: Run) -> Candidate | None:
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
