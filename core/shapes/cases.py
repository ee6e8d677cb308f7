"""A case: as lists show it, and with all that can be said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core import db
from core.domain import budget, cases, disbursement, documents, history, monitoring, people, units
from core.domain.access import MASKING, Actor, Sight
from core.domain.programmes import Form
from core.errors import NotFound, Reason
from core.fields import Field, json_schema
from core.shapes.refusals import reasons
from core.shapes.register import unit
from core.shapes.times import iso
from core.workflow import Machine, Transition


def line(row: Any) -> dict[str, Any]:
    """A case as lists show it."""
    return {
        "number": row.number,
        "programme": row.programme,
        "state": row.state,
        "version": row.version,
        "household": people.household_number(row.household_id) if row.household_id else None,
        "person": row.person_id,
        "subject": row.subject_name,
        "village": row.village,
        "amount": row.amount,
        "opened_at": iso(row.opened_at),
        "changed_at": iso(row.changed_at),
    }


def case(actor: Actor, row: Any, language: str, sight: Sight = MASKING) -> dict[str, Any]:
    """A case with all that can be said of it to somebody who may see it, private values as they are seen."""
    form = cases.form_of(row)
    return {
        **line(row),
        "programme_version": row.programme_version,
        "workflow": {"name": row.workflow, "version": row.workflow_version},
        "unit": unit(units.unit_by_id(row.unit_id)),
        "applied_on": iso(row.applied_on),
        "decided_on": iso(row.decided_on),
        "answers": sight.answers(form.fields, json.loads(row.answers)),
        "transitions": transitions(actor, row, language),
        "papers": papers(row, language),
        "promises": [
            {"fund": each.code, "amount": each.amount, "paid": each.paid, "released": each.released}
            for each in budget.of_case(row.id)
        ],
        "instalments": [_instalment(each) for each in disbursement.of_case(row.id)],
        "visits": [_visit(each, form, sight) for each in monitoring.of_case(row.id)],
        "history": [happened(each, form.fields, sight) for each in reversed(history.of_case(row.id))],
    }


def transitions(actor: Actor, row: Any, language: str) -> dict[str, Any]:
    """Every transition of the case's workflow: whether this person can take it now, else all reasons; what it asks."""
    machine: Machine = db.registry().machine(row.workflow, row.workflow_version)
    here = {each.transition.code: each.reasons for each in cases.possible(actor, row)}
    return {
        step.code: {
            "title": step.title.to(language),
            "to": step.target,
            "allowed": not (found := here[step.code] if step.code in here else _not_from_here(row, step, machine)),
            "reasons": reasons(found, language),
            "fields": json_schema(step.fields, language),
        }
        for step in machine.workflow.transitions
    }


def _not_from_here(row: Any, step: Transition, machine: Machine) -> Sequence[Reason]:
    try:
        db.registry().programme(row.programme)
    except NotFound as gone:
        return gone.reasons
    return [cases.elsewhere(row, step, machine)]


def papers(row: Any, language: str) -> list[dict[str, Any]]:
    """The papers of a case: those attached, oldest first, then those still wanted."""
    form = cases.form_of(row)
    attached = documents.of_case(row.id)
    wanted = {paper.code: paper for paper in cases.papers_of(row)}
    titles = {paper.code: paper.title.to(language) for paper in form.papers}
    found = [
        {
            "kind": each.kind,
            "title": titles.get(each.kind),
            "step": each.step or None,
            "document": each.id,
            "name": each.name,
            "type": each.type,
            "size": each.size,
            "sha256": each.sha256,
        }
        for each in attached
    ]
    there = {each.kind for each in attached}
    return found + [
        {"kind": code, "title": titles[code], "required_for": list(paper.required_for), "document": None}
        for code, paper in wanted.items()
        if code not in there
    ]


def _instalment(row: Any) -> dict[str, Any]:
    return {
        "instalment": row.code,
        "amount": row.amount,
        "after": row.after,
        "paid_on": iso(row.paid_on),
        "voucher": row.voucher,
        "payee": row.payee,
        "cancelled": row.cancelled_at is not None,
    }


def _visit(row: Any, form: Form, sight: Sight) -> dict[str, Any]:
    fields = next((step.fields for step in form.steps if step.code == row.step), ())
    return {
        "step": row.step,
        "attempt": row.attempt,
        "due_on": iso(row.due_on),
        "visited_on": iso(row.visited_on),
        "passed": None if row.passed is None else bool(row.passed),
        "answers": sight.answers(fields, json.loads(row.answers)),
        "note": row.note,
    }


def happened(entry: history.Happened, fields: Sequence[Field], sight: Sight) -> dict[str, Any]:
    """A row of history. ``facts`` are what the chain holds openly, ``values`` the personal ones beside it, as seen."""
    values = _seen(entry.private, {field.name: field.privacy for field in fields}, sight)
    return {
        "seq": entry.seq,
        "at": iso(entry.at),
        "actor": entry.login,
        "name": entry.actor,
        "action": entry.action,
        "from": entry.from_state,
        "to": entry.to_state,
        "note": next((entry.private[name] for name in ("comment", "reason", "note") if name in entry.private), None),
        "facts": entry.facts,
        "values": values,
    }


def _seen(
    values: Mapping[str, Any], classes: Mapping[str, str], sight: Sight, unknown: str = "personal"
) -> dict[str, Any]:
    """Values of the history as they are seen: answers and what became of them (before, after) by the class of each."""
    return {
        name: _seen(value, classes, sight, "sensitive")
        if isinstance(value, Mapping) and name not in classes
        else [sight.of(classes.get(name, unknown), each) for each in value]
        if isinstance(value, list)
        else sight.of(classes.get(name, unknown), value)
        for name, value in values.items()
    }
