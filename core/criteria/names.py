"""Names and types in a criterion: what a dotted name stands for, and which two values may meet."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from core.criteria import complaints as say
from core.criteria.facts import Fact, Vocabulary
from core.criteria.syntax import Source
from core.criteria.tree import Column, Constant, Read, Value
from core.text import Text

INNERMOST = 2  # any(... any(...)): rows of rows, no further
QUANTIFIERS = ("any", "all", "count", "sum")
FUNCTIONS = (*QUANTIFIERS, "age", "years_between", "months_between", "add_years", "add_months", "known", "date")


class Names:
    """The facts that an expression may name, and the loops that are open while it is read."""

    def __init__(self, source: Source, words: Vocabulary) -> None:
        self._refuse = source.refuse
        self._words = words
        self._roots = {name.split(".")[0] for name in self._words}
        self._rows: dict[str, Fact] = {}

    def open(self, loop: ast.GeneratorExp) -> tuple[str, Fact]:
        """The variable of a loop and its table; from here on the variable stands for a row."""
        target, over = loop.generators[0].target, loop.generators[0].iter
        assert isinstance(target, ast.Name)
        if target.id in self._roots or target.id in self._rows or target.id in FUNCTIONS:
            self._refuse(say.TAKEN.format(name=target.id), target)
        if len(self._rows) >= INNERMOST:
            self._refuse(say.TOO_MANY_LOOPS, loop)
        table = self.named(over) if isinstance(over, ast.Name | ast.Attribute) else None
        if not isinstance(table, Read) or table.type != "table":
            tables = sorted(name for name, fact in self._words.items() if fact.type == "table")
            self._refuse(say.NOT_A_TABLE.format(names=", ".join(tables) or "–"), over)
        self._rows[target.id] = table.fact
        return target.id, table.fact

    def close(self, variable: str) -> None:
        """The loop is over; its variable stands for nothing."""
        del self._rows[variable]

    def named(self, node: ast.Name | ast.Attribute) -> Read | Column:
        """The fact or column that a dotted name stands for."""
        dotted = _dotted(node)
        root, _, rest = dotted.partition(".")
        if root in self._rows:
            table = self._rows[root]
            for column in table.columns:
                if column.name == rest:
                    return Column(root, table, column)
            known = [f"{root}.{column.name}" for column in table.columns]
        elif dotted in self._words:
            return Read(self._words[dotted])
        else:
            known = list(self._words)
        instead = near(dotted, known) or say.THESE.format(names=", ".join(sorted(known)[:12]))
        self._refuse(say.UNKNOWN_NAME.format(name=dotted or ast.unparse(node)[:60], instead=instead), node)

    def alike(self, left: Value, right: Value, node: ast.expr) -> tuple[Value, Value]:
        """Both sides as one type: a literal number may stand for đồng, a literal text for a code of the other list."""
        left, right = _as_money(left, right), _as_money(right, left)
        left, right = self.coded(left, right, node), self.coded(right, left, node)
        if left.type != right.type:
            self._refuse(say.DIFFERENT_TYPES.format(one=say.TYPES[left.type], other=say.TYPES[right.type]), node)
        self.shared_codes(left, right, node)
        return left, right

    def coded(self, value: Value, like: Value, node: ast.expr) -> Value:
        """A literal text as a code of the list that ``like`` is of; anything else as it is."""
        if not (isinstance(value, Constant) and value.type == "text" and like.type in ("code", "codes")):
            return value
        choices = _choices(like)
        if choices and value.value not in choices:
            self._refuse(say.NO_SUCH_CODE.format(code=str(value.value), codes=", ".join(choices)), node)
        return Constant(value.value, "code", choices)

    def shared_codes(self, one: Value, other: Value, node: ast.expr) -> None:
        """Two lists without a common code: a category compared with a sex is a slip, not a question."""
        mine, theirs = _choices(one), _choices(other)
        if mine and theirs and not set(mine) & set(theirs):
            self._refuse(say.OTHER_LIST.format(one=", ".join(mine), other=", ".join(theirs)), node)


def _as_money(value: Value, like: Value) -> Value:
    if isinstance(value, Constant) and value.type == "integer" and like.type == "money":
        return Constant(value.value, "money")
    return value


def _choices(value: Value) -> Mapping[str, Text]:
    match value:
        case Read(fact=fact) | Column(fact=fact):
            return fact.choices
        case Constant(choices=choices):
            return choices
    return {}


def _dotted(node: ast.expr) -> str:
    """``a.b.c`` as written; empty when something else than names stands between the dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def near(name: str, names: Iterable[str]) -> Text | None:
    found = get_close_matches(name, list(names), n=1)
    return say.DID_YOU_MEAN.format(name=found[0]) if found else None
