"""Programmes and workflows as they are declared."""

from __future__ import annotations

from typing import Any

from core.domain import access, monitoring
from core.domain.programmes import InForce
from core.fields import json_schema
from core.workflow import Machine, Workflow


def programme_line(in_force: InForce, language: str) -> dict[str, Any]:
    """A programme as lists show it."""
    found = in_force.programme
    return {
        "code": found.code,
        "version": in_force.version,
        "title": found.title.to(language),
        "description": found.summary.to(language),
        "subject": found.subject,
        "workflow": found.workflow,
    }


def programme(in_force: InForce, language: str) -> dict[str, Any]:
    """A programme: the JSON Schema of its answers, with what stands beside them."""
    found = in_force.programme
    return {
        **json_schema(found.fields, language),
        **programme_line(in_force, language),
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


def workflow_line(machine: Machine, language: str) -> dict[str, Any]:
    """A workflow as lists show it."""
    workflow = machine.workflow
    return {
        "name": workflow.name,
        "version": machine.version,
        "title": workflow.title.to(language),
        "states": {state.code: state.title.to(language) for state in workflow.states},
        "transitions": {step.code: step.title.to(language) for step in workflow.transitions},
    }


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
