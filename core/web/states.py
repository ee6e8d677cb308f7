"""The state of a case as a page shows it: its title in the workflow it runs under, and a colour that says no more."""

from __future__ import annotations

from typing import Any, NamedTuple

from core import db
from core.text import Text


class Shown(NamedTuple):
    """The title of a state and the tone of its mark."""

    title: Text
    tone: str


def state_of(row: Any) -> Shown:
    """The state of a row with state, workflow and workflow_version."""
    state = db.registry().machine(row.workflow, row.workflow_version).workflow.state(row.state)
    return Shown(state.title, "done" if state.final else "info" if state.waits else "good")


def titles() -> dict[str, Text]:
    """The title of every state of every workflow known here, in the order of their tables."""
    found: dict[str, Text] = {}
    for machine in (*db.registry().machines.values(), *db.registry().versions.values()):
        for state in machine.workflow.states:
            found.setdefault(state.code, state.title)
    return found
