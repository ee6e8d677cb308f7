"""Values and conditions in words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import Any

from core.criteria.facts import NOTHING, ORDERED, DateRange, FactType
from core.criteria.judging import Closures, Evidence
from core.criteria.spans import ANY_DAY, Span
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
    Read,
    Some,
    Total,
    Value,
    reads_a_row,
)
from core.text import Text, dong, money

YES, NO = Text("có", "yes"), Text("không", "no")
NOT_SET = Text("chưa có mức áp dụng", "not set")
UNKNOWN = Text("chưa rõ", "not known")

_ORDER = {
    "number": {"<": Text("dưới {value}", "less than {value}"), "<=": Text("không quá {value}", "at most {value}"),
               ">": Text("trên {value}", "more than {value}"), ">=": Text("từ {value}", "at least {value}"),
               "==": Text("đúng {value}", "exactly {value}"), "!=": Text("khác {value}", "other than {value}")},
    "date": {"<": Text("trước ngày {value}", "before {value}"),
             "<=": Text("không muộn hơn ngày {value}", "not later than {value}"),
             ">": Text("sau ngày {value}", "after {value}"), ">=": Text("từ ngày {value}", "from {value} on"),
             "==": Text("đúng ngày {value}", "exactly {value}"), "!=": Text("khác ngày {value}", "not {value}")},
    "word": {"==": Text("là {value}", "to be {value}"), "!=": Text("khác {value}", "other than {value}")},
}


def number(value: int, kind: FactType = "integer", unit: Text = NOTHING) -> Text:
    """A number with its unit: "24 m²", "40.000.000 đồng". Four figures stay together, because most are years."""
    if kind == "money" and not any(unit):
        return dong(value)
    parted = kind == "money" or abs(value) >= 10_000
    vi, en = (money(value), money(value, "en")) if parted else (str(value), str(value))
    return Text(f"{vi} {unit.vi}".rstrip(), f"{en} {unit.en}".rstrip())


def day(value: date) -> str:
    """A date as it is written in Vietnam: 05/01/2026."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def spelled(span: Span, kind: FactType, unit: Text = NOTHING) -> Text:
    """What is left of a number or date: "21 m²", "từ 2 đến 3", "năm 2010"."""
    if kind == "date":
        return _days(span)
    if span.exact:
        return number(span.first, kind, unit)
    if span.first == -inf and span.last == inf:
        return UNKNOWN
    if span.last == inf:
        return Text("từ {low} trở lên", "{low} or more").format(low=number(span.first, kind, unit))
    if span.first == -inf:
        return Text("không quá {high}", "{high} or less").format(high=number(span.last, kind, unit))
    low, high = number(span.first, kind, unit), number(span.last, kind, unit)
    return Text("từ {low} đến {high}", "{low} to {high}").format(low=low, high=high)


def _days(span: Span) -> Text:
    if span.exact:
        return Text(day(span.first), day(span.first))
    if span == ANY_DAY:
        return UNKNOWN
    if span == Span(date(span.first.year, 1, 1), date(span.first.year, 12, 31)):
        return Text(f"năm {span.first.year}", f"in {span.first.year}")
    return Text("từ {first} đến {last}", "{first} to {last}").format(first=day(span.first), last=day(span.last))


def codes(values: Any, choices: Mapping[str, Text]) -> Text:
    """Codes by their labels, as a list with commas; numbers as they are."""
    if not values:
        return Text("không có", "none")
    labels = [choices.get(value, Text(str(value), str(value))) for value in values]
    return Text(", ".join(label.vi for label in labels), ", ".join(label.en for label in labels))


def typed(value: Any) -> Any:
    """A value as a reason carries it: int, text, bool, ISO date, list or None. A span that is open is its two ends."""
    if isinstance(value, Span):
        return typed(value.first) if value.exact else [typed(value.first), typed(value.last)]
    if isinstance(value, DateRange):
        return [value.first.isoformat(), value.last.isoformat()]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return None if value in (inf, -inf) else value


def sentence_case(words: Text) -> Text:
    """With a capital at the beginning."""
    return Text(words.vi[:1].upper() + words.vi[1:], words.en[:1].upper() + words.en[1:])


class Words:
    """Says the parts of one criterion in words, for one case."""

    def __init__(self, closures: Closures, evidence: Evidence) -> None:
        self._closures = closures
        self._evidence = evidence

    def seen(self, node: Value) -> Any:
        """The value of ``node`` as judging sees it: Span, bool, text, frozenset; None when unknown."""
        if isinstance(node, Constant) and not isinstance(node.value, int | date):
            return node.value
        if node.type in ("integer", "money", "date"):
            return self._closures.span(node)(self._evidence)
        assert isinstance(node, Read | Column)
        return self._evidence.value(node)

    def value(self, node: Value, unit: Text = NOTHING) -> Text:
        """The value of ``node`` in words, with its own unit or else ``unit``."""
        seen = self.seen(node)
        if seen is None:
            return NOT_SET if isinstance(node, Read) and node.parameter else UNKNOWN
        if isinstance(seen, Span):
            return spelled(seen, node.type, unit_of(node) if any(unit_of(node)) else unit)
        if isinstance(seen, bool):
            return YES if seen else NO
        choices = _choices_of(node)
        return codes(sorted(seen) if isinstance(seen, frozenset) else [seen], choices)

    def need(self, operator: str, node: Value, unit: Text) -> Text:
        """What a comparison asks for: "từ 24 m²", "trước ngày 01/01/2025", "là Hộ nghèo"."""
        kind = "number" if node.type in ("integer", "money") else node.type if node.type == "date" else "word"
        return _ORDER[kind][operator].format(value=self.value(node, unit))

    def name(self, node: Value) -> Text:
        """What ``node`` is, not how much: the label of a fact, "số … mà …", "tổng …"."""
        match node:
            case Constant():
                return self.value(node)
            case Read(fact=fact) | Column(fact=fact):
                return fact.label
            case Arithmetic(operator=operator, left=left, right=right):
                sign = {"+": "+", "-": "−", "*": "×"}[operator]
                if isinstance(left, Constant) and left.value == 0 and operator == "-":
                    return Text("−{right}", "−{right}").format(right=self._inner(right))
                words = Text(f"{{left}} {sign} {{right}}", f"{{left}} {sign} {{right}}")
                chained = operator != "*" and isinstance(left, Arithmetic) and left.operator != "*"
                return words.format(left=self.name(left) if chained else self._inner(left), right=self._inner(right))
            case Between(function="age", end=Read(fact=fact)) if fact.name == "on":
                return Text("tuổi", "age")
            case Between(function="age", end=end):
                return Text("tuổi tính đến {end}", "age on {end}").format(end=self.name(end))
            case Between(function=function, start=start, end=end):
                words = _YEARS if function == "years_between" else _MONTHS
                return words.format(start=self.name(start), end=self.name(end))
            case Later(function=function, day=start, number=length):
                words = _YEARS_LATER if function == "add_years" else _MONTHS_LATER
                return words.format(day=self.name(start), number=self._amount(length))
            case Count(table=table, condition=Always(value=True)):
                return Text("số {rows}", "number of {rows}").format(rows=lowered(table.label))
            case Count(table=table, condition=condition):
                return Text("số {rows} có ({condition})", "number of {rows} with ({condition})").format(
                    rows=lowered(table.label), condition=self.condition(condition))
            case Total(table=table, condition=Always(value=True), term=term):
                return Text("tổng {term} của {rows}", "sum of {term} over {rows}").format(
                    term=lowered(self.name(term)), rows=lowered(table.label))
            case Total(table=table, condition=condition, term=term):
                words = Text("tổng {term} của {rows} có ({condition})", "sum of {term} over {rows} with ({condition})")
                return words.format(
                    term=lowered(self.name(term)), rows=lowered(table.label), condition=self.condition(condition))

    def condition(self, node: Condition) -> Text:
        """A condition as part of a sentence: "tuổi dưới 16 và giới tính là Nữ"."""
        match node:
            case Always(value=value):
                return Text("luôn đúng", "always") if value else Text("không bao giờ", "never")
            case Both(parts=parts):
                return self._joined(parts, Text(" và ", " and "))
            case Either(parts=parts):
                return self._joined(parts, Text(" hoặc ", " or "))
            case Compare(operator="==", left=left, right=right) if left.type not in ORDERED:
                return Text("{left} là {right}", "{left} is {right}").format(
                    left=lowered(self.name(left)), right=self.name(right) if reads_a_row(right) else self.value(right))
            case Compare(operator=operator, left=left, right=right):
                return Text("{left} {need}", "{left} {need}").format(
                    left=lowered(self.name(left)), need=self.compared(operator, right, unit_of(left)))
            case Among(item=item, choices=choices, expected=expected):
                words = Text("{item} thuộc {held}", "{item} among {held}") if expected else Text(
                    "{item} không thuộc {held}", "{item} not among {held}")
                return words.format(item=lowered(self.name(item)), held=self.held(choices, item))
            case Holds(value=value, expected=expected):
                return Text("{name}: {answer}", "{name}: {answer}").format(
                    name=lowered(self.name(value)), answer=YES if expected else NO)
            case Known(value=value, expected=expected):
                words = Text("đã có {name}", "{name} recorded") if expected else Text(
                    "chưa có {name}", "{name} not recorded")
                return words.format(name=lowered(self.name(value)))
            case Some(table=table, condition=condition):
                return Text("có {rows} mà ({condition})", "some of {rows} with ({condition})").format(
                    rows=lowered(table.label), condition=self.condition(condition))
            case Every(table=table, condition=condition):
                return Text("mọi {rows} đều ({condition})", "all {rows} with ({condition})").format(
                    rows=lowered(table.label), condition=self.condition(condition))

    def compared(self, operator: str, node: Value, unit: Text) -> Text:
        """``need``, with the name of what it is compared with where that is itself a fact of the case or of a row."""
        if isinstance(node, Constant) or (isinstance(node, Read) and node.parameter):
            return self.need(operator, node, unit)
        if reads_a_row(node):  # every row has its own value; only the name can be said
            kind = "number" if node.type in ("integer", "money") else "date" if node.type == "date" else "word"
            return _ORDER[kind][operator].format(value=lowered(self.name(node)))
        return Text("{need} ({name})", "{need} ({name})").format(
            need=self.need(operator, node, unit), name=lowered(self.name(node)))

    def held(self, choices: tuple[Constant, ...] | Read | Column, item: Value) -> Text:
        """The list after "in", by its labels."""
        if isinstance(choices, tuple):
            return codes([choice.value for choice in choices], choices[0].choices)
        if isinstance(choices, Column):
            return lowered(choices.fact.label)
        seen = self._evidence.value(choices)
        if seen is None:
            return self.value(choices)
        return codes(sorted(seen), choices.fact.choices or _choices_of(item))

    def _amount(self, node: Value) -> Text:
        """How many, without a unit: the words around it say years or months."""
        return self.name(node) if reads_a_row(node) else spelled(self._closures.span(node)(self._evidence), node.type)

    def _inner(self, node: Value) -> Text:
        name = lowered(self.name(node)) if isinstance(node, Read | Column) else self.name(node)
        return Text(f"({name.vi})", f"({name.en})") if isinstance(node, Arithmetic) else name

    def _joined(self, parts: tuple[Condition, ...], word: Text) -> Text:
        found = [self._bracketed(part) for part in parts]
        return Text(word.vi.join(each.vi for each in found), word.en.join(each.en for each in found))

    def _bracketed(self, part: Condition) -> Text:
        words = self.condition(part)
        return Text(f"({words.vi})", f"({words.en})") if isinstance(part, Both | Either) else words


def unit_of(node: Value) -> Text:
    """The unit that a number is counted in; nothing when none is known."""
    match node:
        case Read(fact=fact) | Column(fact=fact):
            return fact.unit
        case Constant(unit=unit):
            return unit
        case Between(function=function):
            return {"age": NOTHING, "years_between": Text("năm", "years"),
                    "months_between": Text("tháng", "months")}[function]
        case Total(term=term):
            return unit_of(term)
        case Arithmetic(operator=operator, left=left, right=right):
            one, other = unit_of(left), unit_of(right)
            if operator == "*" and any(one) and any(other):
                return NOTHING
            return one if any(one) else other
    return NOTHING


def _choices_of(node: Value) -> Mapping[str, Text]:
    match node:
        case Read(fact=fact) | Column(fact=fact):
            return fact.choices
        case Constant(choices=choices):
            return choices
    return {}


def lowered(words: Text) -> Text:
    """A label inside a sentence; an abbreviation ("BHYT") keeps its capitals."""
    return Text(*(each[:1].lower() + each[1:] if not each[1:2].isupper() else each for each in words))


_YEARS = Text("số năm từ {start} đến {end}", "years from {start} to {end}")
_MONTHS = Text("số tháng từ {start} đến {end}", "months from {start} to {end}")
_YEARS_LATER = Text("{day} cộng {number} năm", "{day} plus {number} years")
_MONTHS_LATER = Text("{day} cộng {number} tháng", "{day} plus {number} months")
