"""Everything that can be wrong with a table, said before it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.workflow.tables import ACTS, Transition, Workflow


def problems(
    workflow: Workflow, roles: Mapping[str, Any], requirements: Mapping[str, Any], effects: Mapping[str, Any]
) -> list[str]:
    """Everything that is wrong with the table, as sentences; empty when it can run."""
    states = {state.code: state for state in workflow.states}
    found = [f"state {code!r} stands twice" for code in _twice(state.code for state in workflow.states)]
    found += [f"transition {code!r} stands twice" for code in _twice(step.code for step in workflow.transitions)]
    if workflow.initial not in states:
        found.append(f"initial state {workflow.initial!r} is no state")
    for state in workflow.states:
        named = [role for _, holders in state.permissions for role in holders] + [wait.role for wait in state.waits]
        found += [f"state {state.code!r}: no role {role!r}" for role in named if role not in roles]
        leaving = [step for step in workflow.transitions if state.code in step.sources]
        if state.final == bool(leaving):
            found.append(
                f"state {state.code!r} is "
                + ("final but can be left" if state.final else "not final but nothing leaves it")
            )
        if not state.roles("view"):
            found.append(f"state {state.code!r}: nobody may view a case in it")
        found += [
            f"state {state.code!r} waits for {wait.role!r}, who may not view a case in it"
            for wait in state.waits
            if wait.role not in state.roles("view")
        ]
    for step in workflow.transitions:
        found += [
            f"transition {step.code!r}: no state {code!r}"
            for code in (*step.sources, step.target)
            if code not in states
        ]
        found += [
            f"transition {step.code!r}: no requirement {code!r}"
            for code in step.requirements
            if code not in requirements
        ]
        found += [f"transition {step.code!r}: no effect {code!r}" for code in step.effects if code not in effects]
        asked = [field.name for field in step.fields]
        found += [f"transition {step.code!r}: field {name!r} stands twice" for name in _twice(asked)]
        for code in filter(effects.__contains__, step.effects):
            found += [
                f"transition {step.code!r}: the effect {code!r} needs the {kind} {name!r}"
                for kind, needed, there in (
                    ("requirement", effects[code].needs, step.requirements),
                    ("field", effects[code].fields, asked),
                )
                for name in needed
                if name not in there
            ]
        found += [f"transition {step.code!r}: no role {role!r}" for role in step.guard.roles if role not in roles]
        found += [
            f"transition {step.code!r}: nobody has {name!r} in state {code!r}"
            for name in step.guard.permissions
            for code in step.sources
            if code in states and not states[code].roles(name)
        ]
        if not (step.guard.permissions or step.guard.roles):
            found.append(f"transition {step.code!r} has no guard")
        if step.code in ACTS:
            found.append(f"transition {step.code!r} is named like an act that moves nothing")
        known = {*ACTS, *(each.code for each in workflow.transitions)}
        found += [f"transition {step.code!r}: no act {act!r}" for act in step.not_by if act not in known]
    reached, fresh = {workflow.initial}, {workflow.initial}
    while fresh:
        fresh = {step.target for step in workflow.transitions if fresh & set(step.sources)} - reached
        reached |= fresh
    found += [f"state {code!r} is never reached" for code in states if code not in reached]
    circle = _circle([step for step in workflow.transitions if step.automatic])
    return found + ([f"automatic transitions go round in a circle: {', '.join(circle)}"] if circle else [])


def _circle(steps: Sequence[Transition]) -> list[str]:
    """The states among which these transitions could lead on for ever, sorted."""
    while True:
        sources = {code for step in steps for code in step.sources}
        onward = [step for step in steps if step.target in sources]
        if len(onward) == len(steps):
            return sorted({step.target for step in steps})
        steps = onward


def _twice(codes: Any) -> list[str]:
    seen: set[str] = set()
    return [code for code in codes if code in seen or seen.add(code)]  # type: ignore[func-returns-value]
