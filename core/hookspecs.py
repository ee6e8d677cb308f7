"""The questions the core asks of plugins. A plugin answers those it has an answer to; every answer is a sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
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


@dataclass(frozen=True)
class DemoCase:
    """What a demo types into one case: the form's answers, and those of each visit by the code of its step.

    ``member`` is the place among the household's members of whom a programme about persons is for.
    """

    answers: Mapping[str, Any]
    visits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    member: int = 0


@hookspec
def tiepsuc_demo_answers(programme: str, household: Mapping[str, Any], rng: Random) -> Sequence[DemoCase]:  # type: ignore[empty-body]
    """A case of one's own ``programme`` that an invented household could have, or none when it would not ask.

    ``household`` holds the facts that criteria read (``docs/criteria.md``); whatever is chosen is drawn from ``rng``,
    so that the same seed gives the same demo. Only the demo asks this.
    """
