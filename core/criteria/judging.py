"""The typed tree as Python closures: three-valued conditions and spans of values.

True and False are said only when every way of filling in what is unknown would say the same; otherwise None. One false
part decides an ``and``, one true part an ``or``, whatever else is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from core.criteria import spans
from core.criteria.facts import DateRange, FactType
from core.criteria.spans import Span
from core.criteria.tree import (
    Always,
    Among,
    Arithmetic,
    Between,
    Both,
    Column,
    Compare,
    Condition,
    Constant,
    Count,
    Either,
    Every,
    Holds,
    Known,
    Later,
    Order,
    Read,
    Some,
    Total,
    Value,
)
from core.parameters import ParameterRow

Params = Callable[[str], ParameterRow | None]


class Evidence:
    """What one case is judged on: facts by dotted name, parameters of its place and day, rows the loops stand on."""

    __slots__ = ("facts", "params", "rows")

    def __init__(self, facts: Mapping[str, Any], params: Params) -> None:
        self.facts = facts
        self.params = params
        self.rows: dict[str, Mapping[str, Any]] = {}

    def recorded(self, node: Read | Column) -> Any:
        """The value as it was given; None when nothing is recorded or the parameter is not set."""
        if isinstance(node, Column):
            return self.rows[node.variable].get(node.fact.name)
        if node.parameter:
            row = self.params(node.parameter)
            return None if row is None else row.value
        return self.facts.get(node.fact.name)

    def value(self, node: Read | Column) -> Any:
        """The recorded value in the form that judging uses; None when it is absent or of no use as its type."""
        recorded = self.recorded(node)
        return None if recorded is None else understood(recorded, node.type)


def understood(recorded: Any, kind: FactType) -> Any:
    """``recorded`` as Span (numbers, dates), bool, text, frozenset of codes or tuple of rows; None when it is none."""
    match kind:
        case "integer" | "money":
            return Span(recorded, recorded) if isinstance(recorded, int) and not isinstance(recorded, bool) else None
        case "date":
            return _days(recorded)
        case "yes_no":
            return recorded if isinstance(recorded, bool) else None
        case "code" | "text":
            return recorded if isinstance(recorded, str) else None
        case "codes":
            held = isinstance(recorded, list | tuple | set | frozenset) and all(isinstance(c, str) for c in recorded)
            return frozenset(recorded) if held else None
    held = isinstance(recorded, list | tuple) and all(isinstance(row, Mapping) for row in recorded)
    return tuple(recorded) if held else None


def _days(recorded: Any) -> Span | None:
    if isinstance(recorded, DateRange):
        return Span(recorded.first, recorded.last)
    if isinstance(recorded, str):  # answers and parameters are kept as JSON
        try:
            recorded = date.fromisoformat(recorded)
        except ValueError:
            return None
    return Span(recorded, recorded) if isinstance(recorded, date) and not isinstance(recorded, datetime) else None


class Closures:
    """The closures of one tree, each node compiled once."""

    def __init__(self) -> None:
        self._conditions: dict[Condition, Callable[[Evidence], bool | None]] = {}
        self._spans: dict[Value, Callable[[Evidence], Span]] = {}

    def holds(self, node: Condition) -> Callable[[Evidence], bool | None]:
        """The condition as a function of the evidence."""
        if node not in self._conditions:
            self._conditions[node] = self._condition(node)
        return self._conditions[node]

    def span(self, node: Value) -> Callable[[Evidence], Span]:
        """The value of a number or date as a function of the evidence: every value it can still take."""
        if node not in self._spans:
            self._spans[node] = self._ordered(node)
        return self._spans[node]

    def _condition(self, node: Condition) -> Callable[[Evidence], bool | None]:
        match node:
            case Always(value=value):
                return lambda evidence: value
            case Both(parts=parts):
                return _decided_by(False, tuple(self.holds(part) for part in parts))
            case Either(parts=parts):
                return _decided_by(True, tuple(self.holds(part) for part in parts))
            case Compare(operator=operator, left=left, right=right):
                if left.type in ("integer", "money", "date"):
                    return _ordering(operator, self.span(left), self.span(right))
                return _sameness(operator == "==", _plain(left), _plain(right))
            case Among(item=item, choices=tuple(choices), expected=expected) if item.type == "integer":
                return _number_among(self.span(item), frozenset(c.value for c in choices), expected)
            case Among(item=item, choices=choices, expected=expected):
                return _code_among(_plain(item), _codes(choices), expected)
            case Holds(value=fact, expected=expected):
                return lambda evidence: _signed(evidence.value(fact), expected)
            case Known(value=fact, expected=expected):
                return lambda evidence: (evidence.value(fact) is not None) == expected
            case Some(variable=variable, table=table, condition=inner):
                return _quantified(True, variable, Read(table), self.holds(inner))
            case Every(variable=variable, table=table, condition=inner):
                return _quantified(False, variable, Read(table), self.holds(inner))

    def _ordered(self, node: Value) -> Callable[[Evidence], Span]:
        match node:
            case Constant(value=value):
                constant = Span(value, value)
                return lambda evidence: constant
            case Read() | Column():
                unknown = spans.ANY_DAY if node.type == "date" else spans.ANY_NUMBER
                return lambda evidence: evidence.value(node) or unknown
            case Arithmetic(operator=operator, left=left, right=right):
                one, other = self.span(left), self.span(right)
                work = {"+": spans.plus, "-": spans.minus, "*": spans.times}[operator]
                return lambda evidence: work(one(evidence), other(evidence))
            case Between(start=start, end=end, months=months):
                one, other = self.span(start), self.span(end)
                return lambda evidence: spans.between(one(evidence), other(evidence), months)
            case Later(day=day, number=number, months=months):
                one, other, period = self.span(day), self.span(number), Span(months, months)
                return lambda evidence: spans.later(one(evidence), spans.times(other(evidence), period))
            case Count(variable=variable, table=table, condition=condition):
                return _added(variable, Read(table), self.holds(condition), lambda evidence: _ONE, spans.NOT_NEGATIVE)
            case Total(variable=variable, table=table, condition=condition, term=term):
                return _added(variable, Read(table), self.holds(condition), self.span(term), spans.ANY_NUMBER)


_ONE = Span(1, 1)

_Condition = Callable[[Evidence], bool | None]


def _signed(outcome: bool | None, expected: bool) -> bool | None:
    return None if outcome is None else outcome == expected


def _decided_by(decisive: bool, parts: tuple[_Condition, ...]) -> _Condition:
    """``and`` is decided by one False, ``or`` by one True; otherwise one unknown leaves it open."""

    def judge(evidence: Evidence) -> bool | None:
        found: bool | None = not decisive
        for part in parts:
            outcome = part(evidence)
            if outcome is decisive:
                return decisive
            if outcome is None:
                found = None
        return found

    return judge


def _quantified(decisive: bool, variable: str, table: Read, inner: _Condition) -> _Condition:
    """``any`` is an ``or`` over the rows, ``all`` an ``and``. Of a table that is unknown, nothing is known."""

    def judge(evidence: Evidence) -> bool | None:
        rows = evidence.value(table)
        if rows is None:
            return None
        found: bool | None = not decisive
        for evidence.rows[variable] in rows:
            outcome = inner(evidence)
            if outcome is decisive:
                return decisive
            if outcome is None:
                found = None
        return found

    return judge


def _added(variable: str, table: Read, condition: _Condition, term: Callable[[Evidence], Span],
           unknown: Span) -> Callable[[Evidence], Span]:
    """The sum of ``term`` over the rows that meet the condition; a row of which that is unknown may add nothing."""

    def add(evidence: Evidence) -> Span:
        rows = evidence.value(table)
        if rows is None:
            return unknown
        total = spans.ZERO
        for evidence.rows[variable] in rows:
            meant = condition(evidence)
            if meant is not False:
                amount = term(evidence)
                total = spans.plus(total, amount if meant else spans.hull(spans.ZERO, amount))
        return total

    return add


def _ordering(operator: Order, left: Callable[[Evidence], Span], right: Callable[[Evidence], Span]) -> _Condition:
    match operator:
        case "<":
            return lambda evidence: spans.less(left(evidence), right(evidence))
        case "<=":
            return lambda evidence: spans.at_most(left(evidence), right(evidence))
        case ">":
            return lambda evidence: spans.less(right(evidence), left(evidence))
        case ">=":
            return lambda evidence: spans.at_most(right(evidence), left(evidence))
    expected = operator == "=="
    return lambda evidence: _signed(spans.equal(left(evidence), right(evidence)), expected)


def _sameness(expected: bool, left: Callable[[Evidence], Any], right: Callable[[Evidence], Any]) -> _Condition:
    def judge(evidence: Evidence) -> bool | None:
        one, other = left(evidence), right(evidence)
        return None if one is None or other is None else (one == other) == expected

    return judge


def _number_among(item: Callable[[Evidence], Span], numbers: frozenset[Any], expected: bool) -> _Condition:
    def judge(evidence: Evidence) -> bool | None:
        span = item(evidence)
        inside = sum(1 for number in numbers if span.first <= number <= span.last)
        if inside == 0:
            return not expected
        return expected if inside == span.last - span.first + 1 else None

    return judge


def _code_among(item: Callable[[Evidence], str | None], codes: Callable[[Evidence], frozenset[str] | None],
                expected: bool) -> _Condition:
    def judge(evidence: Evidence) -> bool | None:
        held, code = codes(evidence), item(evidence)
        if held is not None and not held:
            return not expected  # nothing is in an empty list, known or not
        return None if held is None or code is None else (code in held) == expected

    return judge


def _plain(node: Value) -> Callable[[Evidence], Any]:
    """The value of text, a code or yes/no; None when unknown."""
    if isinstance(node, Constant):
        constant = node.value
        return lambda evidence: constant
    assert isinstance(node, Read | Column)  # nothing else has these types
    return lambda evidence: evidence.value(node)


def _codes(choices: tuple[Constant, ...] | Read | Column) -> Callable[[Evidence], frozenset[str] | None]:
    if isinstance(choices, tuple):
        constant = frozenset(str(choice.value) for choice in choices)
        return lambda evidence: constant
    return lambda evidence: evidence.value(choices)
