"""The state of a case as a page shows it: its title, a colour that says no more, and the way the case goes.

All of it is read off the table of the workflow that the case runs under; no state is known here by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core import db
from core.text import Text
from core.workflow import Machine, Transition


class Shown(NamedTuple):
    """The title of a state and the tone of its mark."""

    title: Text
    tone: str


class Stop(NamedTuple):
    """A state on the way of a case: "done", "here" or "ahead"."""

    title: Text
    place: str


def machine_of(row: Any) -> Machine:
    """The workflow a case (or any row with workflow and workflow_version) runs under."""
    found: Machine = db.registry().machine(row.workflow, row.workflow_version)
    return found


def state_of(row: Any) -> Shown:
    """The state of a row with state, workflow and workflow_version; worked out once for what is in force."""
    known = db.registry().memo.setdefault(state_of, {})
    key = (row.workflow, row.workflow_version, row.state)
    if key not in known:
        machine = machine_of(row)
        known[key] = Shown(machine.workflow.state(row.state).title, _tone(machine, row.state))
    found: Shown = known[key]
    return found


def titles() -> dict[str, Text]:
    """The title of every state of every workflow known here, in the order of their tables."""
    found: dict[str, Text] = {}
    for machine in (*db.registry().machines.values(), *db.registry().versions.values()):
        for state in machine.workflow.states:
            found.setdefault(state.code, state.title)
    return found


def _tone(machine: Machine, code: str) -> str:
    """Before the deciding step a case is under way, after it things go well. Off the main way a state that waits for
    somebody warns; an end is bad when an authority decided it.
    """
    way, state = _main_way(machine), machine.workflow.state(code)
    if code in way:
        if code == way[0]:
            return "neutral"
        return "done" if state.final else "good" if _decided(machine, way, code) else "info"
    if not state.final:
        return "warn"
    return "bad" if any(step.procedure for step in machine.workflow.transitions if step.target == code) else "neutral"


def _main_way(machine: Machine) -> tuple[str, ...]:
    """The states from the first to the end when every step is the first that the table offers; ends come last."""
    way = [machine.workflow.initial]
    while ahead := [step.target for step in machine.leaving(way[-1]) if step.target not in way]:
        way.append(min(ahead, key=lambda code: machine.workflow.state(code).final))
    return tuple(way)


def _decided(machine: Machine, way: Sequence[str], code: str) -> bool:
    """Whether a step that an authority takes lies on the way to this state."""
    deciding = [step for step in machine.workflow.transitions if step.procedure and _forward(step, way)]
    return any(step.target in way[: way.index(code) + 1] for step in deciding)


def _forward(step: Transition, way: Sequence[str]) -> bool:
    ends = way.index(step.target) if step.target in way else 0
    return any(source in way and way.index(source) < ends for source in step.sources)


def stops(row: Any, came_from: str | None) -> list[Stop]:
    """The way of a case with where it stands; ``came_from`` is the state before, for a case that left the way."""
    machine = machine_of(row)
    way = list(_main_way(machine))
    if row.state in way:
        here = way.index(row.state)
    else:
        back = [way.index(step.target) for step in machine.leaving(row.state) if step.target in way]
        here = min(back) if back else way.index(came_from) + 1 if came_from in way else len(way)
        way = [*way[:here], row.state, *(way[here:] if back else ())]
    named: Mapping[str, Text] = {state.code: state.title for state in machine.workflow.states}
    passed = here + 1 if row.state == way[-1] and machine.workflow.state(row.state).final else here
    return [
        Stop(named[code], "done" if place < passed else "here" if place == here else "ahead")
        for place, code in enumerate(way)
    ]
