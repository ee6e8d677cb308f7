"""Support for the houses of poor and near-poor households. This file only hands the programme to the core."""

from collections.abc import Mapping
from random import Random
from typing import Any

from core.toolkit import DemoCase, Programme, hookimpl
from plugins.housing import demo
from plugins.housing.programme import PROGRAMME


@hookimpl
def tiepsuc_programmes() -> list[Programme]:
    """The one programme here."""
    return [PROGRAMME]


@hookimpl
def tiepsuc_demo_answers(programme: str, household: Mapping[str, Any], rng: Random) -> list[DemoCase]:
    """What an invented household would ask of it."""
    return demo.cases(household, rng) if programme == PROGRAMME.code else []
