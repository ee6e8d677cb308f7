"""The shapes of JSON, the same whether a terminal prints them or the API sends them.

What comes in is read by ``parse``; what goes out is a case, a household, a programme or a workflow as plain values.
Sentences are in one language, moments are ISO texts in UTC, legal dates ISO dates, money whole đồng.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core import db
from core.domain import access, budget, cases, disbursement, documents, history, monitoring, people, units
from core.domain.access import Actor
from core.domain.programmes import Form, Programme
from core.errors import BadInput, NotFound, Reason, Refused
from core.fields import json_schema
from core.text import Text
from core.workflow import Machine, Transition, Workflow


def parse(text: str | bytes, name: str = "JSON") -> dict[str, Any]:
    """The one JSON object in ``text``. Raises ``BadInput`` naming the line for what is none.

    Refused besides: a name given twice, a number that is not finite, a text that holds a NUL or half a character; no
    database stores them and no two programs read them alike.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_not_finite)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise BadInput(
            _unreadable(
                name,
                Text(
                    f"dòng {error.lineno}, cột {error.colno}: không đúng cú pháp JSON",
                    f"line {error.lineno}, column {error.colno}: {error.msg}",
                ),
                error.lineno,
            )
        ) from error
    except UnicodeError as error:
        raise BadInput(_unreadable(name, Text("không phải văn bản UTF-8", "is not UTF-8 text"))) from error
    except RecursionError as error:
        raise BadInput(_unreadable(name, Text("lồng quá nhiều lớp", "is nested too deeply"))) from error
    except ValueError as error:
        raise BadInput(_unreadable(name, Text(f"không dùng được: {error}", str(error)))) from error
    if not isinstance(found, dict):
        raise BadInput(_unreadable(name, Text("cần một đối tượng JSON {…}", "a JSON object {…} is needed")))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)[:80]}” is given twice")
    if any("\0" in text for pair in pairs for text in pair if isinstance(text, str)):
        raise ValueError("a text holds the character NUL")
    return found


def _not_finite(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _unreadable(name: str, what: Text, line: int | None = None) -> Reason:
    return Reason("json_unreadable", Text("{name}: {what}", "{name}: {what}").format(name=name, what=what), seen=line)


def reasons(found: Sequence[Reason], language: str) -> list[dict[str, Any]]:
    """Reasons as JSON."""
    return [reason.as_json(language) for reason in found]


def outcome(row: Any, moved: bool, refused: Sequence[Reason] = (), language: str = "vi", **more: Any) -> dict[str, Any]:
    """What became of a case (anything with number, state, version) by one act."""
    return {
        "number": row.number,
        "state": row.state,
        "version": row.version,
        "moved": moved,
        "reasons": reasons(refused, language),
        **more,
    }


# Cases


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
        "opened_at": _moment(row.opened_at),
        "changed_at": _moment(row.changed_at),
    }


def case(actor: Actor, row: Any, language: str) -> dict[str, Any]:
    """A case with all that can be said of it to somebody who may see it."""
    form = cases.form_of(row)
    return {
        **line(row),
        "programme_version": row.programme_version,
        "workflow": {"name": row.workflow, "version": row.workflow_version},
        "unit": unit(units.unit_by_id(row.unit_id)),
        "applied_on": _day(row.applied_on),
        "decided_on": _day(row.decided_on),
        "answers": json.loads(row.answers),
        "transitions": transitions(actor, row, language),
        "papers": _papers(row, form, language),
        "promises": [
            {"fund": each.code, "amount": each.amount, "paid": each.paid, "released": each.released}
            for each in budget.of_case(row.id)
        ],
        "instalments": [_instalment(each) for each in disbursement.of_case(row.id)],
        "visits": [_visit(each) for each in monitoring.of_case(row.id)],
        "history": [happened(each) for each in reversed(history.of_case(row.id))],
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


def _papers(row: Any, form: Form, language: str) -> list[dict[str, Any]]:
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
        "paid_on": _day(row.paid_on),
        "voucher": row.voucher,
        "payee": row.payee,
        "cancelled": row.cancelled_at is not None,
    }


def _visit(row: Any) -> dict[str, Any]:
    return {
        "step": row.step,
        "attempt": row.attempt,
        "due_on": _day(row.due_on),
        "visited_on": _day(row.visited_on),
        "passed": None if row.passed is None else bool(row.passed),
        "answers": json.loads(row.answers),
        "note": row.note,
    }


def happened(entry: history.Happened) -> dict[str, Any]:
    """A row of history. ``facts`` are what the chain holds openly, ``values`` the personal ones beside it."""
    return {
        "seq": entry.seq,
        "at": _moment(entry.at),
        "actor": entry.login,
        "name": entry.actor,
        "action": entry.action,
        "from": entry.from_state,
        "to": entry.to_state,
        "note": next((entry.private[name] for name in ("comment", "reason", "note") if name in entry.private), None),
        "facts": entry.facts,
        "values": entry.private,
    }


# The register


def unit(found: units.Unit) -> dict[str, Any]:
    """An administrative unit."""
    return {"code": found.code, "name": found.name, "level": found.level}


def household_line(row: Any) -> dict[str, Any]:
    """A household as lists show it (a row of ``people.find_households``)."""
    return {
        "number": people.household_number(row.id),
        "code": row.code,
        "head": row.head_name,
        "village": row.village,
        "category": row.category,
    }


def household(record: people.Record) -> dict[str, Any]:
    """A household with all that holds of it on the day it was read for."""
    row = record.row
    return {
        "number": people.household_number(row.id),
        "code": row.code,
        "head": row.head_name,
        "village": row.village,
        "unit": unit(units.unit_by_id(row.unit_id)),
        "categories": {
            kind: {
                "category": each.category,
                "valid_from": _day(each.valid_from),
                "valid_to": _day(each.valid_to),
                "decision": each.decision_number,
                "score_a": each.score_a,
                "score_b": each.score_b,
                "deprivations": people.deprivation_list(each.deprivations),
            }
            for kind, each in record.categories.items()
        },
        "marks": record.all_marks(),
        "demands": record.all_demands(),
        "causes": [each.code for each in record.causes],
        "members": [_member(each) for each in record.members],
    }


def _member(member: people.Member) -> dict[str, Any]:
    row = member.row
    return {
        "person": row.id,
        "name": row.name,
        "relation": row.relation,
        "sex": row.sex,
        "birth_date": _day(row.birth_date),
        "birth_year": row.birth_year,
        "id_number": row.id_number,
        "ethnic_code": row.ethnic_code,
        "ethnic_list": row.ethnic_list,
        "marks": sorted(member.marks),
    }


# What is declared


def programme(found: Programme, version: str, language: str) -> dict[str, Any]:
    """A programme: the JSON Schema of its answers, with what stands beside them."""
    schema = json_schema(found.fields, language)
    return {
        **schema,
        "code": found.code,
        "version": version,
        "title": found.title.to(language),
        "description": found.summary.to(language),
        "subject": found.subject,
        "workflow": found.workflow,
        "criteria": [
            {
                "code": each.code,
                "sentence": each.sentence.to(language),
                "expression": each.expression,
                "source": each.source,
                "point": each.point,
            }
            for each in found.criteria
        ],
        "papers": [
            {
                "code": each.code,
                "title": each.title.to(language),
                "required_for": list(each.required_for),
                "when": _when(each),
            }
            for each in found.papers
        ],
        "supports": [
            {"source": each.source, "capital": each.capital, "title": each.title.to(language), "field": each.field}
            for each in found.supports
        ],
        "instalments": [
            {
                "code": each.code,
                "title": each.title.to(language),
                "share": each.share,
                "after": each.after,
                "when": _when(each),
            }
            for each in found.instalments
        ],
        "steps": [
            {
                "code": each.code,
                "title": each.title.to(language),
                "after": each.after,
                "due": each.due,
                "unit": each.unit,
                "photos": each.photos,
                "gates": list(each.gates),
                "when": _when(each),
                "data": json_schema(monitoring.fields_of(each), language),
            }
            for each in found.steps
        ],
        "parameters": [each.name for each in found.parameters],
    }


def _when(row: Any) -> dict[str, Any] | None:
    return {"field": row.when[0], "is": list(row.when[1])} if row.when else None


def matrix(workflow: Workflow) -> dict[str, dict[str, dict[str, list[str]]]]:
    """For each state and each role: the transitions the role may take there, and its permissions. Both sorted."""
    machine = Machine(workflow)
    return {
        state.code: {
            role: {
                "transitions": sorted(
                    step.code for step in machine.leaving(state.code) if role in machine.roles(step, state.code)
                ),
                "permissions": sorted(name for name, holders in state.permissions if role in holders),
            }
            for role in access.ROLES
        }
        for state in workflow.states
    }


def refusal(refused: Refused, language: str) -> dict[str, Any]:
    """A refusal that is about no case."""
    return {"title": refused.title.to(language), "reasons": reasons(refused.reasons, language)}


def _moment(value: Any) -> str | None:
    return value.isoformat() if value is not None else None


def _day(value: Any) -> str | None:
    return value.isoformat() if value is not None else None
