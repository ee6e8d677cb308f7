"""The privacy classes of the register's columns and codes, and what of them is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.access import Sight
from core.domain.people.codes import INDICATORS, Code
from core.fields import HIDDEN

PRIVATE = {"id_number": "identity", "phone": "contact"}  # columns; codes carry their own class


def column_seen(sight: Sight, column: str, value: Any) -> Any:
    """A value of a column of the register as it is shown."""
    return sight.of(PRIVATE.get(column, "personal"), value)


def codes_seen(sight: Sight, codes: Iterable[str], known: Mapping[str, Code]) -> list[str]:
    """Codes of marks or causes as they are shown: those that tell of health become one ``HIDDEN`` at the end."""
    found = list(codes)
    seen = [code for code in found if code not in known or sight.sees(known[code].privacy)]
    return seen if len(seen) == len(found) else [*seen, HIDDEN]


def deprivations_seen(sight: Sight, numbers: Iterable[int]) -> list[int]:
    """The numbers of indicators that are shown; how many there are in all is no secret."""
    return [number for number in numbers if sight.sees(INDICATORS[number - 1].privacy)]
