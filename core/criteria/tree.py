"""The typed tree of a written criterion: what the words mean once every name and type has been checked.

Negation is gone: it was pushed down to the comparisons while reading ("not a < b" became "a >= b"), which three-valued
logic allows. So a tree has values, nine conditions, and no "not": that is all that judging, explaining and compiling
to SQL have to know. Two nodes are the same only when they are one: what is known of a node is kept by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Literal

from core.criteria.facts import NOTHING, Fact, FactType
from core.text import Text

Order = Literal["<", "<=", "==", "!=", ">=", ">"]


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A literal: int, text (also a code), or ``date``."""

    value: object
    type: FactType
    choices: Mapping[str, Text] = field(default_factory=dict)
    unit: Text = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A fact of the case, or a parameter when its name begins with ``params.``."""

    fact: Fact

    @property
    def type(self) -> FactType:
        return self.fact.type

    @property
    def parameter(self) -> str:
        """The name of the parameter; empty for a fact."""
        return self.fact.name.removeprefix("params.") if self.fact.name.startswith("params.") else ""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of the row that ``variable`` stands for."""

    variable: str
    table: Fact
    fact: Fact

    @property
    def type(self) -> FactType:
        return self.fact.type


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic:
    """``left + right``, ``-`` or ``*`` on whole numbers."""

    operator: Literal["+", "-", "*"]
    left: Value
    right: Value
    type: FactType


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """Completed years or months from ``start`` to ``end``."""

    function: Literal["age", "years_between", "months_between"]
    start: Value
    end: Value
    type: FactType = "integer"

    @property
    def months(self) -> int:
        """The length of one period."""
        return 1 if self.function == "months_between" else 12


@dataclass(frozen=True, slots=True, eq=False)
class Later:
    """``day`` and ``number`` years or months."""

    function: Literal["add_years", "add_months"]
    day: Value
    number: Value
    type: FactType = "date"

    @property
    def months(self) -> int:
        """The length of one period."""
        return 1 if self.function == "add_months" else 12


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """How many rows of ``table`` meet ``condition``."""

    variable: str
    table: Fact
    condition: Condition
    type: FactType = "integer"


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """The sum of ``term`` over the rows of ``table`` that meet ``condition``."""

    variable: str
    table: Fact
    condition: Condition
    term: Value
    type: FactType


@dataclass(frozen=True, slots=True, eq=False)
class Always:
    """``True`` or ``False`` as written."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """``and``: every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """``or``: some part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Compare:
    """Two values of one type; text, codes and yes/no for equality alone."""

    operator: Order
    left: Value
    right: Value


@dataclass(frozen=True, slots=True, eq=False)
class Among:
    """``item in choices`` (``expected``) or ``not in``; ``choices`` are literals, or a fact or parameter of codes."""

    item: Value
    choices: tuple[Constant, ...] | Read | Column
    expected: bool


@dataclass(frozen=True, slots=True, eq=False)
class Holds:
    """A yes/no fact is ``expected``."""

    value: Read | Column
    expected: bool


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Whether something is recorded; never unknown. A date of which only the year is recorded is recorded."""

    value: Read | Column
    expected: bool


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    """``any``: some row of ``table`` meets ``condition``."""

    variable: str
    table: Fact
    condition: Condition


@dataclass(frozen=True, slots=True, eq=False)
class Every:
    """``all``: every row of ``table`` meets ``condition``."""

    variable: str
    table: Fact
    condition: Condition


Value = Constant | Read | Column | Arithmetic | Between | Later | Count | Total
Condition = Always | Both | Either | Compare | Among | Holds | Known | Some | Every
Node = Value | Condition


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything under it, the parent first."""
    yield node
    for each in fields(node):
        inner = getattr(node, each.name)
        for child in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(child, Value | Condition):
                yield from walk(child)


def reads(node: Node) -> frozenset[str]:
    """The dotted names of all facts and parameters that ``node`` reads; a column after the name of its table."""
    found: set[str] = set()
    for each in walk(node):
        match each:
            case Read(fact=fact):
                found.add(fact.name)
            case Column(table=table, fact=fact):
                found.add(f"{table.name}.{fact.name}")
            case Count(table=table) | Total(table=table) | Some(table=table) | Every(table=table):
                found.add(table.name)
            case _:
                pass
    return frozenset(found)


@lru_cache(maxsize=10_000)
def parameters_of(node: Node) -> tuple[str, ...]:
    """The names of the parameters under ``node``, in the order of the text."""
    return tuple(each.parameter for each in walk(node) if isinstance(each, Read) and each.parameter)


@lru_cache(maxsize=10_000)
def of_the_case(node: Node) -> bool:
    """Whether ``node`` reads any fact; parameters and literals alone say nothing about a case."""
    looping = (Column, Count, Total, Some, Every)
    return any(isinstance(each, looping) or (isinstance(each, Read) and not each.parameter) for each in walk(node))


def reads_a_row(node: Node) -> bool:
    """Whether ``node`` hangs on the row that a loop around it stands on."""
    within = list(walk(node))
    own = {each.variable for each in within if isinstance(each, Count | Total | Some | Every)}
    return any(isinstance(each, Column) and each.variable not in own for each in within)


def turned(node: Compare) -> tuple[Order, Value, Value]:
    """The comparison with what the case brings on the left: "params.limit > area" asks for an area below the limit."""
    if of_the_case(node.right) and not of_the_case(node.left):
        return _TURNED[node.operator], node.right, node.left
    return node.operator, node.left, node.right


_TURNED: dict[Order, Order] = {"<": ">", "<=": ">=", "==": "==", "!=": "!=", ">=": "<=", ">": "<"}
