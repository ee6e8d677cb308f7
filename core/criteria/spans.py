"""Numbers and days of which perhaps only the bounds are known, and a calendar that never leaves its range.

A ``Span`` holds every value that an unknown could still take, and perhaps more, never fewer: what is said of a span is
true of each of them. That is the whole soundness of three-valued judging.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from math import inf
from typing import Any, NamedTuple


class Span(NamedTuple):
    """From ``first`` to ``last``, both included: two ints (or ±inf where nothing is known) or two dates."""

    first: Any
    last: Any

    @property
    def exact(self) -> bool:
        """Whether one value is left."""
        return bool(self.first == self.last)


ANY_NUMBER = Span(-inf, inf)
NOT_NEGATIVE = Span(0, inf)
ANY_DAY = Span(date.min, date.max)
ZERO = Span(0, 0)


def less(one: Span, other: Span) -> bool | None:
    """``one < other``; None when their values leave it open."""
    if one.last < other.first:
        return True
    return False if one.first >= other.last else None


def at_most(one: Span, other: Span) -> bool | None:
    """``one <= other``; None when their values leave it open."""
    if one.last <= other.first:
        return True
    return False if one.first > other.last else None


def equal(one: Span, other: Span) -> bool | None:
    """``one == other``; None when their values leave it open."""
    if one.last < other.first or other.last < one.first:
        return False
    return True if one.exact and other.exact else None


def hull(one: Span, other: Span) -> Span:
    """The smallest span that holds both."""
    return Span(min(one.first, other.first), max(one.last, other.last))


def plus(one: Span, other: Span) -> Span:
    return Span(_sum(one.first, other.first), _sum(one.last, other.last))


def minus(one: Span, other: Span) -> Span:
    return Span(_sum(one.first, -other.last), _sum(one.last, -other.first))


def times(one: Span, other: Span) -> Span:
    corners = [_product(a, b) for a in one for b in other]
    return Span(min(corners), max(corners))


def _sum(a: Any, b: Any) -> Any:
    """Without turning a large int into a float: Python would refuse ``10**400 + inf``."""
    if a in (inf, -inf):
        return a
    return b if b in (inf, -inf) else a + b


def _product(a: Any, b: Any) -> Any:
    if a == 0 or b == 0:
        return 0  # no unknown number is itself infinite, so nothing times it is nothing
    if a in (inf, -inf) or b in (inf, -inf):
        return inf if (a > 0) == (b > 0) else -inf
    return a * b


def add_months(day: date, months: int | float) -> date:
    """The same day of the month ``months`` later, or the last day of a month that is too short: 31/01 and one month is
    28/02. Stops at the ends of the calendar."""
    if months in (inf, -inf):
        return date.max if months > 0 else date.min
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Completed months from ``start`` to ``end``: the greatest n for which ``add_months(start, n) <= end``."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if min(start.day, monthrange(end.year, end.month)[1]) <= end.day else months - 1


def later(day: Span, months: Span) -> Span:
    """``add_months`` of spans; it grows with both."""
    return Span(add_months(day.first, months.first), add_months(day.last, months.last))


def between(start: Span, end: Span, months: int) -> Span:
    """Completed periods of ``months`` months between spans of days: shrinks with the start and grows with the end."""
    first, last = months_between(start.last, end.first), months_between(start.first, end.last)
    return Span(first // months, last // months)
