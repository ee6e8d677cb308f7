"""Everything a programme plugin or a workflow may import of the core, and nothing else of it is promised to stay."""

from core.criteria import Criterion
from core.domain.decisions import FIELDS as DECISION_FIELDS
from core.domain.parameters import Declared, Row
from core.domain.programmes import Instalment, Paper, Programme, Step, Support
from core.errors import Reason
from core.fields import Field
from core.hookspecs import DemoCase, hookimpl
from core.text import Text
from core.workflow import Batch, Effect, Guard, Requirement, State, Transition, Wait, Workflow

__all__ = [
    "DECISION_FIELDS",
    "Batch",
    "Criterion",
    "Declared",
    "DemoCase",
    "Effect",
    "Field",
    "Guard",
    "Instalment",
    "Paper",
    "Programme",
    "Reason",
    "Requirement",
    "Row",
    "State",
    "Step",
    "Support",
    "Text",
    "Transition",
    "Wait",
    "Workflow",
    "hookimpl",
]
