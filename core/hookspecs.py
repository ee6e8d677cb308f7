"""The questions the core asks of plugins. A plugin answers those it has an answer to; every answer is a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

hookspec = pluggy.HookspecMarker("tiepsuc")
hookimpl = pluggy.HookimplMarker("tiepsuc")


@hookspec
def tiepsuc_workflows() -> Sequence[Any]:  # type: ignore[empty-body]
    """Workflows: ``core.workflow.Workflow`` tables."""


@hookspec
def tiepsuc_programmes() -> Sequence[Any]:  # type: ignore[empty-body]
    """Programmes: ``core.domain.programmes.Programme`` declarations."""


@hookspec
def tiepsuc_parameters() -> Sequence[Any]:  # type: ignore[empty-body]
    """Declarations of legal values, with the rows known so far: ``core.domain.parameters.Declared``."""


@hookspec
def tiepsuc_requirements() -> Sequence[Any]:  # type: ignore[empty-body]
    """Requirements that workflow tables may name: ``core.workflow.Requirement``."""


@hookspec
def tiepsuc_effects() -> Sequence[Any]:  # type: ignore[empty-body]
    """Effects that workflow tables may name: ``core.workflow.Effect``."""
