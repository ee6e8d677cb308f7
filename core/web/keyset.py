"""The place in a list where a page begins: two values of the last row before it, in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def mark(day: date, key: int) -> str:
    """The mark of a row by its date and key, for the address of the next page."""
    return f"{day.isoformat()}.{key}"


def read_mark(text: str) -> tuple[date, int] | None:
    """What ``mark`` wrote; None for anything else, so that a spoiled address shows the first page."""
    day, _, key = text.partition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return None


def past(day_column: Any, key_column: Any, place: tuple[date, int]) -> ColumnElement[bool]:
    """The rows after a place, of a list in rising order of date and key."""
    day, key = place
    return or_(day_column > day, and_(day_column == day, key_column > key))


def before(day_column: Any, key_column: Any, place: tuple[date, int]) -> ColumnElement[bool]:
    """The rows after a place, of a list in falling order of date and key."""
    day, key = place
    return or_(day_column < day, and_(day_column == day, key_column < key))
