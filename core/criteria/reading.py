"""The grammar: which of Python's syntax a criterion may use, and of which type each part is.

Everything that is not named here is refused, with what to write instead.
"""

from __future__ import annotations

import ast
from datetime import date
from typing import Literal, cast

from core.criteria import complaints as say
from core.criteria.facts import ORDERED, Fact, FactType, Vocabulary
from core.criteria.names import FUNCTIONS, Names, near
from core.criteria.syntax import Source
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

LARGEST = 10**15  # đồng; more than any budget, and far inside a 64-bit column
LONGEST_TEXT = 200

_OPERATORS: dict[type[ast.cmpop], Order] = {ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=", ast.GtE: ">=",
                                            ast.Gt: ">"}
_OPPOSITE: dict[Order, Order] = {"<": ">=", "<=": ">", "==": "!=", "!=": "==", ">=": "<", ">": "<="}
_ARITHMETIC: dict[type[ast.operator], Literal["+", "-", "*"]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


def read_condition(source: Source, words: Vocabulary) -> Condition:
    """The typed tree of a written criterion over the facts ``words``. Raises ``CriterionError``."""
    return _Reading(source, words).condition(source.tree())


class _Reading:
    """One pass over one expression, from the outside in."""

    def __init__(self, source: Source, words: Vocabulary) -> None:
        self._refuse = source.refuse
        self._names = Names(source, words)

    # What holds or not

    def condition(self, node: ast.expr, positive: bool = True) -> Condition:
        match node:
            case ast.BoolOp(op=operator, values=values):
                return _joined(isinstance(operator, ast.And) == positive, [self.condition(v, positive) for v in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.condition(operand, not positive)
            case ast.Compare():
                return self._comparison(node, positive)
            case ast.Constant(value=bool(written)):
                return Always(written == positive)
            case ast.Call(func=ast.Name(id="any" | "all" as function)):
                return self._quantified(node, function, positive)
            case ast.Call(func=ast.Name(id="known")):
                return Known(self._recorded(self._arguments(node, "known", 1)[0]), positive)
            case ast.Name() | ast.Attribute():
                fact = self._names.named(node)
                if fact.type == "yes_no":
                    return Holds(fact, positive)
        value = self.value(node)
        self._refuse(say.NOT_A_CONDITION.format(type=say.TYPES[value.type]), node)

    def _comparison(self, node: ast.Compare, positive: bool) -> Condition:
        sides = [node.left, *node.comparators]
        parts = [self._pair(sides[n], operator, sides[n + 1], positive) for n, operator in enumerate(node.ops)]
        return _joined(positive, parts)

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, positive: bool) -> Condition:
        for side in (left, right):
            if isinstance(side, ast.Constant) and side.value is None:
                self._refuse(say.NONE, side)
        match operator:
            case ast.In():
                return self._among(left, right, positive)
            case ast.NotIn():
                return self._among(left, right, not positive)
            case ast.Is() | ast.IsNot():
                self._refuse(say.IS, left)
        written = _OPERATORS[type(operator)]
        chosen = written if positive else _OPPOSITE[written]
        for side, other in ((left, right), (right, left)):
            if isinstance(side, ast.Constant) and isinstance(side.value, bool):
                return self._is(other, chosen, side.value)
        one, two = self._names.alike(self.value(left), self.value(right), right)
        if one.type in ("codes", "table"):
            self._refuse(say.NOT_COMPARABLE.format(type=say.TYPES[one.type]), left)
        if one.type not in ORDERED and chosen not in ("==", "!="):
            self._refuse(say.NO_ORDER.format(type=say.TYPES[one.type]), left)
        return Compare(chosen, one, two)

    def _is(self, node: ast.expr, operator: Order, expected: bool) -> Condition:
        """``flag == True``, ``flag != False``."""
        if operator not in ("==", "!="):
            self._refuse(say.NO_ORDER.format(type=say.TYPES["yes_no"]), node)
        return self.condition(node, expected == (operator == "=="))

    def _among(self, item: ast.expr, choices: ast.expr, expected: bool) -> Condition:
        value = self.value(item)
        if isinstance(choices, ast.Tuple | ast.List | ast.Set):
            if not choices.elts:
                self._refuse(say.EMPTY_LIST, choices)
            if value.type not in ("code", "text", "integer") or isinstance(value, Constant):
                self._refuse(say.NOT_IN_LIST.format(type=say.TYPES[value.type]), item)
            return Among(value, tuple(self._literal(each, value) for each in choices.elts), expected)
        if not isinstance(choices, ast.Name | ast.Attribute):
            self._refuse(say.WHAT_LIST, choices)
        held = self._names.named(choices)
        if held.type != "codes":
            self._refuse(say.WHAT_LIST, choices)
        if value.type not in ("code", "text"):
            self._refuse(say.NOT_IN_LIST.format(type=say.TYPES[value.type]), item)
        self._names.shared_codes(value, held, item)
        return Among(self._names.coded(value, held, item), held, expected)

    def _literal(self, node: ast.expr, like: Value) -> Constant:
        value = self.value(node)
        if not isinstance(value, Constant):
            self._refuse(say.NOT_A_LITERAL, node)
        return cast(Constant, self._names.alike(like, value, node)[1])

    def _quantified(self, node: ast.Call, function: str, positive: bool) -> Condition:
        """``any(x if c)``: some row has c and x. ``all(x if c)``: every row lacks c or has x. "not" turns one into the
        other, and x round."""
        loop, variable, table = self._opened(node, function)
        some = (function == "any") == positive
        parts = [self.condition(each, some) for each in loop.generators[0].ifs]
        parts.append(self.condition(loop.elt, positive))
        self._names.close(variable)
        return Some(variable, table, _joined(True, parts)) if some else Every(variable, table, _joined(False, parts))

    # What has a value

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=constant):
                return self._constant(node, constant)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._arithmetic("-", Constant(0, "integer"), self.value(operand), node)
            case ast.BinOp(left=left, op=operator, right=right):
                if type(operator) not in _ARITHMETIC:
                    self._refuse(say.NO_DIVISION, node)
                return self._arithmetic(_ARITHMETIC[type(operator)], self.value(left), self.value(right), node)
            case ast.Name() | ast.Attribute():
                return self._names.named(node)
            case ast.Call():
                return self._call(node)
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                self._refuse(say.CONDITION_AS_VALUE, node)
        kind = type(node).__name__
        self._refuse(say.NOT_ALLOWED.format(what=say.SYNTAX.get(kind, kind)), node)

    def _constant(self, node: ast.expr, value: object) -> Constant:
        if isinstance(value, bool):
            self._refuse(say.CONDITION_AS_VALUE, node)
        if isinstance(value, int):
            if abs(value) > LARGEST:
                self._refuse(say.TOO_LARGE.format(limit=LARGEST), node)
            return Constant(value, "integer")
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                self._refuse(say.TEXT_TOO_LONG.format(limit=LONGEST_TEXT), node)
            return Constant(value, "text")
        self._refuse(say.NONE if value is None else say.NOT_WHOLE, node)

    def _arithmetic(self, operator: Literal["+", "-", "*"], left: Value, right: Value, node: ast.expr) -> Value:
        for side in (left, right):
            if side.type not in ("integer", "money"):
                self._refuse((say.DATE_ARITHMETIC if side.type == "date" else say.NOT_A_NUMBER).format(
                    type=say.TYPES[side.type]), node)
        if operator == "*" and left.type == right.type == "money":
            self._refuse(say.MONEY_TIMES_MONEY, node)
        if isinstance(left, Constant) and isinstance(right, Constant):
            return self._constant(node, _folded(operator, left, right))
        if operator != "*":
            left, right = self._names.alike(left, right, node)
        return Arithmetic(operator, left, right, "money" if "money" in (left.type, right.type) else "integer")

    def _call(self, node: ast.Call) -> Value:
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        match function:
            case "age" | "years_between" | "months_between":
                start, end = (self._typed(each, "date") for each in self._arguments(node, function, 2))
                return Between(function, start, end)
            case "add_years" | "add_months":
                day, number = self._arguments(node, function, 2)
                return Later(function, self._typed(day, "date"), self._typed(number, "integer"))
            case "count":
                loop, variable, table = self._opened(node, function)
                if not (isinstance(loop.elt, ast.Name) and loop.elt.id == variable):
                    self._refuse(say.COUNT_WHAT.format(variable=variable, table=table.name), loop.elt)
                test = _joined(True, [self.condition(each) for each in loop.generators[0].ifs])
                self._names.close(variable)
                return Count(variable, table, test)
            case "sum":
                loop, variable, table = self._opened(node, function)
                test = _joined(True, [self.condition(each) for each in loop.generators[0].ifs])
                term = self.value(loop.elt)
                if term.type not in ("integer", "money"):
                    self._refuse(say.NOT_A_NUMBER.format(type=say.TYPES[term.type]), loop.elt)
                self._names.close(variable)
                return Total(variable, table, test, term, term.type)
            case "date":
                return self._date(node)
            case "any" | "all" | "known":
                self._refuse(say.CONDITION_AS_VALUE, node)
        name = ast.unparse(node.func)
        instead = say.INSTEAD_OF.get(name) or near(name, FUNCTIONS) or say.THESE.format(names=", ".join(FUNCTIONS))
        self._refuse(say.UNKNOWN_FUNCTION.format(name=name, instead=instead), node)

    def _date(self, node: ast.Call) -> Constant:
        numbers = [each.value if isinstance(each, ast.Constant) else None for each in self._arguments(node, "date", 3)]
        try:
            if any(type(each) is not int for each in numbers):
                raise ValueError("not three whole numbers")
            return Constant(date(*numbers), "date")  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            self._refuse(say.NO_SUCH_DATE.format(written=ast.unparse(node)), node)

    def _arguments(self, node: ast.Call, function: str, number: int) -> list[ast.expr]:
        starred = any(isinstance(each, ast.Starred) for each in node.args)
        if node.keywords or starred or len(node.args) != number:
            self._refuse(say.ARGUMENTS[function], node)
        return node.args

    def _typed(self, node: ast.expr, needed: FactType) -> Value:
        value = self.value(node)
        if value.type != needed:
            self._refuse(say.WRONG_TYPE.format(seen=say.TYPES[value.type], needed=say.TYPES[needed]), node)
        return value

    def _recorded(self, node: ast.expr) -> Read | Column:
        if not isinstance(node, ast.Name | ast.Attribute):
            self._refuse(say.ARGUMENTS["known"], node)
        return self._names.named(node)

    def _opened(self, node: ast.Call, function: str) -> tuple[ast.GeneratorExp, str, Fact]:
        """The one loop inside ``any``, ``all``, ``count`` or ``sum``; whoever asked closes its variable again."""
        loop = self._arguments(node, function, 1)[0]
        if not isinstance(loop, ast.GeneratorExp) or len(loop.generators) != 1:
            self._refuse(say.ARGUMENTS[function], loop)
        if not isinstance(loop.generators[0].target, ast.Name) or loop.generators[0].is_async:
            self._refuse(say.ARGUMENTS[function], loop)
        return loop, *self._names.open(loop)


def _joined(all_of: bool, parts: list[Condition]) -> Condition:
    """The parts under one ``and`` or ``or``, those that say the same joined in, and no ``and`` around a single part."""
    kind = Both if all_of else Either
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    if not flat:
        return Always(all_of)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _folded(operator: str, left: Constant, right: Constant) -> int:
    one, other = cast(int, left.value), cast(int, right.value)
    return one + other if operator == "+" else one - other if operator == "-" else one * other
