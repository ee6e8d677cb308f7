"""Running a table on ``transitions``."""

from __future__ import annotations

import logging
from typing import Any

import transitions

from core.workflow.freezing import freeze, version_of
from core.workflow.tables import Transition, Workflow

logging.getLogger("transitions").setLevel(logging.WARNING)  # each trigger would log; the history is the record


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
