"""Papers that the office itself issued: the record of them stands for the paper, with its number and date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core import db
from core.domain import people
from core.domain.decisions import decision, decision_case
from core.domain.programmes import Paper


@dataclass(frozen=True)
class Held:
    """What the system holds in place of a paper."""

    number: str
    on: date | None
    issuer: str


def held(rows: Sequence[Any], papers: Iterable[Paper]) -> dict[int, dict[str, Held]]:
    """The papers of each case that a record of our own stands for, by case and code; two statements at most."""
    wanted = [paper for paper in papers if paper.issued_by_us]
    found: dict[int, dict[str, Held]] = {row.id: {} for row in rows}
    kinds = {paper.issued_by_us for paper in wanted}
    records = {
        "category": _categories(rows) if "category" in kinds else {},
        "decision": _decisions(rows) if "decision" in kinds else {},
    }
    for row in rows:
        for paper in wanted:
            if record := records[paper.issued_by_us].get(row.id):
                found[row.id][paper.code] = record
    return found


def _categories(rows: Sequence[Any]) -> dict[int, Held]:
    """The decision that gave each household the category it has today; the national line before the provincial."""
    fact = people.household_category
    keys = {row.household_id for row in rows if row.household_id}
    query = (
        select(fact.c.household_id, fact.c.decision_number, fact.c.decided_on, fact.c.decision_issuer)
        .where(fact.c.household_id.in_(keys), fact.c.decision_number.is_not(None), people.valid_on(fact, db.today()))
        .order_by(fact.c.line.desc(), fact.c.id)
    )
    by_home = {
        each.household_id: Held(each.decision_number, each.decided_on, each.decision_issuer or "")
        for each in db.execute(query)
    }
    return {row.id: by_home[row.household_id] for row in rows if row.household_id in by_home}


def _decisions(rows: Sequence[Any]) -> dict[int, Held]:
    """The latest decision that covers each case."""
    query = (
        select(decision_case.c.case_id, decision.c.number, decision.c.issued_on, decision.c.issuer)
        .join(decision, decision.c.id == decision_case.c.decision_id)
        .where(decision_case.c.case_id.in_([row.id for row in rows]))
        .order_by(decision.c.issued_on)
    )
    return {each.case_id: Held(each.number, each.issued_on, each.issuer) for each in db.execute(query)}
