"""Judging cases by the criteria of their programme."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import criteria, db
from core.criteria import Verdict
from core.domain import people, units
from core.domain.programmes.definitions import InForce
from core.errors import Reason
from core.fields import Field
from core.parameters import Resolved
from core.text import Text


def vocabulary(fields: Iterable[Field], extra: Iterable[Field] = ()) -> dict[str, criteria.Fact]:
    """The names a criterion may read: the registry's facts, ``answers.…`` and, at a visit, ``visit.…``."""
    return {
        **people.FACTS,
        **{
            fact.name: fact
            for prefix, each in (("answers", fields), ("visit", extra))
            for fact in (_fact(prefix, one) for one in each)
        },
    }


def _fact(prefix: str, field: Field) -> criteria.Fact:
    kind = "text" if field.type == "long_text" else field.type
    name, unit = f"{prefix}.{field.name}", Text(field.unit, field.unit)
    return criteria.Fact(name, kind, field.label, unit=unit, choices=dict(field.choices))  # type: ignore[arg-type]


def facts_of(answers: Mapping[str, Any], fields: Iterable[Field], prefix: str = "answers") -> dict[str, Any]:
    """Stored answers as facts: ISO texts become dates, an empty answer is what its field says it means."""
    return {f"{prefix}.{field.name}": _typed(field, answers.get(field.name, field.empty_means)) for field in fields}


def _typed(field: Field, value: Any) -> Any:
    if field.type != "date" or value is None:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None  # answered when the programme asked for something else here


@dataclass(frozen=True)
class Judgement:
    """The verdicts on one case at one point, and the parameter rows they rest on."""

    verdicts: tuple[Verdict, ...]
    resolved: Resolved

    @property
    def holds(self) -> bool:
        """Whether every criterion is known to hold."""
        return all(verdict.outcome is True for verdict in self.verdicts)

    @property
    def reasons(self) -> list[Reason]:
        """Why not, for every criterion that fails or is unknown."""
        return [reason for verdict in self.verdicts if verdict.outcome is not True for reason in verdict.reasons]


def resolve(place: Any, on: date) -> Resolved:
    """The legal values at a place (unit_id and, where it has one, village) on a date."""
    memo, key = db.work().memo, ("resolved", *_where(place), on)
    if key not in memo:
        resolve_ahead([place], on)
    resolved: Resolved = memo[key]
    return resolved


def resolve_ahead(places: Sequence[Any], on: date) -> None:
    """Look up the legal values at many places in one query, so that ``resolve`` finds them in the memory of this
    work.
    """
    missing = {where for place in places if ("resolved", *(where := _where(place)), on) not in db.work().memo}
    kinds = units.difficulties(missing, on) if missing else {}
    for where, kind in kinds.items():
        _remember(where, on, kind)


def _remember(where: tuple[int, str | None], on: date, kind: str | None) -> None:
    """Keep the legal values at a place of this difficulty on a date for the rest of this work."""
    known, unit_id = db.registry().memo, where[0]
    if ("territory", unit_id) not in known:
        known["territory", unit_id] = units.territory(unit_id)
    values = db.registry().parameters.resolve(on, known["territory", unit_id], (kind,) if kind else ())
    db.work().memo["resolved", *where, on] = values


def _where(place: Any) -> tuple[int, str | None]:
    return place.unit_id, getattr(place, "village", None)


def _days_to_read(cases: Sequence[Any], on: Mapping[int, date]) -> dict[int, date]:
    """The day on which the facts of each case are read. Cases are judged by the law of very many days; whose household
    and place are the same on all of them need not be read for each.
    """
    days = {on[case.id] for case in cases}
    if len(days) < 3:
        return {case.id: on[case.id] for case in cases}
    first, last = min(days), max(days)
    turned = people.turned({case.household_id for case in cases}, first, last)
    places = units.reclassified({case.unit_id for case in cases}, first, last)
    return {case.id: on[case.id] if case.household_id in turned or case.unit_id in places else last for case in cases}


def _resolve_as_on(cases: Sequence[Any], day: date, on: Mapping[int, date]) -> None:
    """Look up the legal values for cases, each of its own date, whose places are what they are on ``day``."""
    wanted = {(_where(case), on[case.id]) for case in cases}
    missing = [(where, date_) for where, date_ in wanted if ("resolved", *where, date_) not in db.work().memo]
    kinds = units.difficulties({where for where, _ in missing}, day) if missing else {}
    for where, date_ in missing:
        _remember(where, date_, kinds[where])


def judge_many(
    programme_code: str,
    cases: Sequence[Any],
    on: Mapping[int, date],
    point: str = "proposal",
    visits: Mapping[int, Mapping[str, Any]] | None = None,
    explain: bool = True,
) -> dict[int, Judgement]:
    """Judge cases of one programme at ``point``, each by the law of its date ``on[case.id]``, in few queries a date.

    ``cases`` have id, unit_id, household_id, person_id and answers (JSON text or mapping). ``visits`` are the answers
    of a visit. Without ``explain`` a criterion that holds gives no reasons.
    """
    in_force: InForce = db.registry().programme(programme_code)
    compiled = [each for each in in_force.criteria if each.criterion.point == point]
    facts: dict[int, dict[str, Any]] = {}
    read_on = _days_to_read(cases, on)
    for day in sorted(set(read_on.values())):
        same_day = [case for case in cases if read_on[case.id] == day]
        registry_facts = people.facts_for_many([case.household_id for case in same_day], day)
        _resolve_as_on(same_day, day, on)
        for case in same_day:
            facts[case.id] = {**registry_facts[case.household_id], "on": on[case.id]}
    step_fields = next((step.fields for step in in_force.programme.steps if step.point == point), ())
    judged = {}
    for case in cases:
        answers = json.loads(case.answers) if isinstance(case.answers, str) else case.answers
        known = facts[case.id] | facts_of(answers, in_force.programme.fields)
        if visits is not None:
            known |= facts_of(visits[case.id], step_fields, "visit")
        resolved = resolve(case, on[case.id])
        judged[case.id] = Judgement(tuple(each.judge(known, resolved, explain) for each in compiled), resolved)
    return judged
