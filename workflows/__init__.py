"""Workflows: one module, one workflow, one table. This file only hands them to the core."""

from core.toolkit import Declared, Workflow, hookimpl
from workflows import support

_TABLES = (support,)


@hookimpl
def tiepsuc_workflows() -> list[Workflow]:
    """Every workflow here."""
    return [table.WORKFLOW for table in _TABLES]


@hookimpl
def tiepsuc_parameters() -> list[Declared]:
    """The legal values that the workflows themselves read."""
    return [declared for table in _TABLES for declared in table.PARAMETERS]
