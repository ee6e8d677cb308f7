"""What is missing where a criterion stays open, so that somebody can go and fill it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.criteria.hearing import Hearing
from core.criteria.spans import Span
from core.criteria.tree import (
    Among,
    Arithmetic,
    Between,
    Both,
    Column,
    Compare,
    Condition,
    Count,
    Either,
    Every,
    Holds,
    Later,
    Read,
    Some,
    Total,
    Value,
    of_the_case,
    turned,
)
from core.criteria.wording import lowered, spelled, typed
from core.errors import Reason
from core.text import Text


def gaps(hearing: Hearing, node: Condition) -> Iterator[Reason]:
    """A reason for each fact or parameter that is not known and can still decide ``node``; none when it is decided."""
    if hearing.outcome(node) is not None:
        return
    needed = _needed(hearing, node)
    match node:
        case Both(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from gaps(hearing, part)
        case Some(variable=variable, table=table, condition=inner) | Every(
                variable=variable, table=table, condition=inner):
            yield from _in_value(hearing, Read(table), None)
            for _ in hearing.rows(variable, table):
                yield from gaps(hearing, inner)
        case Compare(left=left, right=right):
            yield from _in_value(hearing, left, needed)
            yield from _in_value(hearing, right, needed)
        case Among(item=item, choices=choices):
            yield from _in_value(hearing, item, needed)
            if not isinstance(choices, tuple):
                yield from _in_value(hearing, choices, needed)
        case Holds(value=fact):
            yield from _in_value(hearing, fact, needed)


def _in_value(hearing: Hearing, node: Value, needed: Any) -> Iterator[Reason]:
    match node:
        case Read() | Column():
            yield from _recorded(hearing, node, needed)
        case Arithmetic(left=one, right=other) | Between(start=one, end=other) | Later(day=one, number=other):
            yield from _in_value(hearing, one, needed)
            yield from _in_value(hearing, other, needed)
        case Count(variable=variable, table=table, condition=condition):
            yield from _in_value(hearing, Read(table), needed)
            for _ in hearing.rows(variable, table):
                yield from gaps(hearing, condition)
        case Total(variable=variable, table=table, condition=condition, term=term):
            yield from _in_value(hearing, Read(table), needed)
            for _ in hearing.rows(variable, table):
                yield from gaps(hearing, condition)
                if hearing.outcome(condition) is not False:
                    yield from _in_value(hearing, term, None)


def _recorded(hearing: Hearing, node: Read | Column, needed: Any) -> Iterator[Reason]:
    recorded, value = hearing.evidence.recorded(node), hearing.evidence.value(node)
    name, field = node.fact.label, node.fact.name
    if isinstance(node, Column):
        place = hearing.place(node)
        name = _IN_ROW.format(name=name, row=lowered(node.table.label), number=place + 1)
        field = f"{node.table.name}[{place}].{field}"
    elif node.parameter:
        field = ""  # nobody who fills in a case can set a parameter
    if recorded is None:
        missing = _NOT_SET if isinstance(node, Read) and node.parameter else MISSING
        yield hearing.reason(node, missing.format(name=name), None, needed, field)
    elif value is None:
        yield hearing.reason(node, _UNREADABLE.format(name=name), None, needed, field)
    elif isinstance(value, Span) and not value.exact:
        sentence = _ONLY_BOUNDS.format(name=name, seen=spelled(value, node.type))
        yield hearing.reason(node, sentence, value, needed, field)


def _needed(hearing: Hearing, node: Condition) -> Any:
    """What is asked for, where that is known although the outcome is not."""
    match node:
        case Compare():
            _, _, other = turned(node)
            seen = None if of_the_case(other) else hearing.words.seen(other)
            return None if isinstance(seen, Span) and not seen.exact else seen
        case Among(choices=tuple(choices)):
            return [typed(choice.value) for choice in choices]
        case Holds(expected=expected):
            return expected
    return None


MISSING = Text("Chưa có: {name}", "Missing: {name}")
_NOT_SET = Text("{name}: chưa có mức áp dụng", "{name}: no value is set for this place and date")
_UNREADABLE = Text("{name}: giá trị đã ghi không đọc được", "{name}: the recorded value cannot be read")
_ONLY_BOUNDS = Text("{name}: chỉ biết {seen}, chưa đủ để kết luận",
                    "{name}: only known to be {seen}, which leaves it open")
_IN_ROW = Text("{name} ({row} thứ {number})", "{name} ({row}, row {number})")
