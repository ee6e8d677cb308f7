"""Support for the houses of poor and near-poor households. This file only hands the programme to the core."""

from core.toolkit import Programme, hookimpl
from plugins.housing.programme import PROGRAMME


@hookimpl
def tiepsuc_programmes() -> list[Programme]:
    """The one programme here."""
    return [PROGRAMME]
