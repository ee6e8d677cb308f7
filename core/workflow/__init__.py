"""A workflow is a table: states, transitions, and what stands in the way of each. This module runs such tables.

The tables are frozen data and nothing else. Requirements and effects are named by code; the registry knows the
functions. The machine underneath is one ``transitions.Machine`` without a model for each version of a workflow; it is
triggered on light references and stores nothing of them.
"""

from core.workflow.checking import problems
from core.workflow.freezing import freeze, thaw, version_of
from core.workflow.machine import Machine
from core.workflow.tables import (
    ACTS,
    Batch,
    Effect,
    Guard,
    Requirement,
    State,
    Transition,
    Wait,
    Workflow,
    next_or_key_error,
)

__all__ = [
    "ACTS",
    "Batch",
    "Effect",
    "Guard",
    "Machine",
    "Requirement",
    "State",
    "Transition",
    "Wait",
    "Workflow",
    "freeze",
    "next_or_key_error",
    "problems",
    "thaw",
    "version_of",
]
