"""A workflow is a table: states, transitions, and what stands in the way of each. This module runs such tables.

The tables are frozen data and nothing else. Requirements and effects are named by code; the registry knows the
functions. The machine underneath is one ``transitions.Machine`` without a model for each version of a workflow; it is
triggered on light references and stores nothing of them.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import transitions

from core.errors import Reason
from core.fields import Field, thaw as thaw_field
from core.text import Text, canonical

logging.getLogger("transitions").setLevel(logging.WARNING)  # each trigger would log; the history is the record


# What the history tells besides transitions; none of them moves a case.
ACTS = ("open", "edit", "attach", "remove", "visit", "pay")


@dataclass(frozen=True)
class Guard:
    """Who may do it: one of ``roles``, or one of the roles that the state maps one of ``permissions`` to."""

    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wait:
    """Who a case in this state waits for. ``deadline`` names the parameter that holds the calendar days."""

    role: str
    title: Text
    procedure: str = ""
    deadline: str = ""


@dataclass(frozen=True)
class State:
    """A state a case can be in; ``permissions`` maps a permission to the roles that have it here."""

    code: str
    title: Text
    permissions: tuple[tuple[str, tuple[str, ...]], ...]
    waits: tuple[Wait, ...] = ()
    final: bool = False

    def roles(self, permission: str) -> tuple[str, ...]:
        """The roles that have ``permission`` in this state."""
        return dict(self.permissions).get(permission, ())


@dataclass(frozen=True)
class Transition:
    """A step. ``procedure`` names the act whose deciding level is looked up by date and place (empty: any level).

    ``not_by`` lists what (transitions, or ``ACTS``) somebody did since the last return and may then not do this.
    An ``automatic`` step is also tried by the program whenever something that it requires may have come true.
    """

    code: str
    title: Text
    sources: tuple[str, ...]
    target: str
    guard: Guard
    procedure: str = ""
    requirements: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    not_by: tuple[str, ...] = ()
    automatic: bool = False
    new_round: bool = False


@dataclass(frozen=True)
class Workflow:
    """Named states and transitions; ``opening`` guards the making of a case in ``initial``."""

    name: str
    title: Text
    initial: str
    opening: Guard
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def state(self, code: str) -> State:
        """The state of that code. Raises ``KeyError``."""
        return next_or_key_error(self.states, code)

    def transition(self, code: str) -> Transition:
        """The transition of that code. Raises ``KeyError``."""
        return next_or_key_error(self.transitions, code)


def next_or_key_error(rows: Sequence[Any], code: str) -> Any:
    """The row of that code. Raises ``KeyError``."""
    for row in rows:
        if row.code == code:
            return row
    raise KeyError(code)


@dataclass
class Batch:
    """What one transition moves at once: the cases, who moves them, with what, on which legal date.

    ``cases`` are rows of the table of cases, all of ``programme``, never none when a rule is asked. A requirement may
    leave in ``memo`` what its effect needs; ``refused`` holds the cases for which an earlier requirement was false.
    While ``asking`` nothing will be moved, so nothing needs to be locked. An effect adds to ``details[case.id]`` what
    the history is to keep, and to ``starts[case.id]`` the day before which the next desk can do nothing: its deadline
    counts from there.
    """

    cases: Sequence[Any]
    transition: Transition
    actor: Any
    data: Mapping[str, Any]
    on: date
    programme: Any
    asking: bool = False
    refused: set[int] = field(default_factory=set)
    memo: dict[str, Any] = field(default_factory=dict)
    details: dict[int, dict[str, Any]] = field(default_factory=dict)
    starts: dict[int, date] = field(default_factory=dict)

    def tell(self, case_id: int, **facts: Any) -> None:
        """Have the history of a case keep ``facts`` of this step."""
        self.details.setdefault(case_id, {}).update(facts)


@dataclass(frozen=True)
class Requirement:
    """A sentence and a function. ``check`` gives, for the cases in which the sentence is false, why."""

    code: str
    sentence: Text
    check: Callable[[Batch], Mapping[int, Sequence[Reason]]]


@dataclass(frozen=True)
class Effect:
    """What follows a transition, in the same transaction.

    ``needs`` are requirements that the transition must have too, ``fields`` those it must ask for.
    """

    code: str
    title: Text
    apply: Callable[[Batch], None]
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def freeze(workflow: Workflow) -> str:
    """The definition as canonical JSON."""
    return canonical(asdict(workflow))


def version_of(body: str) -> str:
    """The version of a frozen definition: the first 12 hex digits of its SHA-256."""
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def thaw(data: Mapping[str, Any]) -> Workflow:
    """The workflow that ``freeze`` wrote, parsed from its JSON; the same shape is a data file of a workflow."""
    return Workflow(
        name=data["name"],
        title=Text(*data["title"]),
        initial=data["initial"],
        opening=_guard(data["opening"]),
        states=tuple(
            State(
                code=row["code"],
                title=Text(*row["title"]),
                final=row["final"],
                permissions=tuple((name, tuple(roles)) for name, roles in row["permissions"]),
                waits=tuple(Wait(**{**wait, "title": Text(*wait["title"])}) for wait in row["waits"]),
            )
            for row in data["states"]
        ),
        transitions=tuple(
            Transition(
                **{
                    **row,
                    "title": Text(*row["title"]),
                    "guard": _guard(row["guard"]),
                    "fields": tuple(thaw_field(item) for item in row["fields"]),
                    **{name: tuple(row[name]) for name in ("sources", "requirements", "effects", "not_by")},
                }
            )
            for row in data["transitions"]
        ),
    )


def _guard(data: Mapping[str, Any]) -> Guard:
    return Guard(permissions=tuple(data["permissions"]), roles=tuple(data["roles"]))


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


class Machine:
    """One version of a workflow, ready to run; shared by all threads, it remembers no case."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.version = version_of(freeze(workflow))
        self._machine = transitions.Machine(
            model=None,
            initial=workflow.initial,
            auto_transitions=False,
            states=[state.code for state in workflow.states],
            transitions=[
                {"trigger": step.code, "source": list(step.sources), "dest": step.target}
                for step in workflow.transitions
            ],
        )
        self._leaving = {
            state.code: tuple(step for step in workflow.transitions if state.code in step.sources)
            for state in workflow.states
        }

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions that start from ``state``, in the order of the table."""
        return self._leaving[state]

    def fire(self, transition: str, reference: Any) -> str:
        """Move ``reference`` (anything with a ``state``) and give the new state.

        Raises ``transitions.MachineError``.
        """
        self._machine.events[transition].trigger(reference)
        return str(reference.state)

    def roles(self, transition: Transition, state: str) -> tuple[str, ...]:
        """The roles of which one is needed for ``transition`` from ``state``."""
        mapped = [role for name in transition.guard.permissions for role in self.workflow.state(state).roles(name)]
        return tuple(dict.fromkeys((*transition.guard.roles, *mapped)))
