"""Why a criterion holds, does not hold or stays open: the comparisons that decided it, each with what was seen, what is
needed and the clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.criteria.criterion import Criterion
from core.criteria.facts import Fact
from core.criteria.gaps import MISSING, gaps
from core.criteria.hearing import Hearing
from core.criteria.judging import Closures, Evidence
from core.criteria.tree import (
    Among,
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
    Read,
    Some,
    Total,
    Value,
    of_the_case,
    turned,
    walk,
)
from core.criteria.wording import NO, YES, lowered, typed, unit_of
from core.errors import Reason
from core.parameters import ParameterRow
from core.text import Text


class Explanation:
    """Explains one criterion for one case."""

    def __init__(self, criterion: Criterion, closures: Closures, evidence: Evidence) -> None:
        self._hearing = Hearing(criterion, closures, evidence)
        self._words = self._hearing.words
        self._outcome = self._hearing.outcome
        self._reason = self._hearing.reason

    def reasons(self, node: Condition, asked: Mapping[str, ParameterRow | None]) -> list[Reason]:
        """The reasons for the outcome of ``node``, in the order of the text, none twice.

        ``asked`` are the parameters that judging looked up: one that nobody has verified is never passed over in
        silence, even when it only chose between alternatives.
        """
        found: dict[tuple[Text, str], Reason] = {}
        for reason in (*self._explained(node), *self._doubts(node, asked)):
            found.setdefault((reason.sentence, reason.field), reason)
        return list(found.values())

    def _doubts(self, node: Condition, asked: Mapping[str, ParameterRow | None]) -> Iterator[Reason]:
        doubtful = {name for name, row in asked.items() if row is not None and not row.verified} - self._hearing.told
        for each in walk(node) if doubtful else ():
            if isinstance(each, Read) and each.parameter in doubtful:
                sentence = _APPLIED.format(name=each.fact.label, value=self._words.value(each))
                yield self._reason(each, sentence, self._words.seen(each), None, "")

    def _explained(self, node: Condition) -> Iterator[Reason]:
        outcome = self._outcome(node)
        match node:
            case Both(parts=parts):
                # Every part that is not met, the open ones too: whoever corrects one should not come back for the next.
                told = [part for part in parts if outcome or not self._outcome(part)]
                told = [part for part in told if self._outcome(part) is not True or of_the_case(part)] or told
                for part in told:
                    yield from self._explained(part)
            case Either(parts=parts):
                told = [part for part in parts if self._outcome(part) is outcome]
                if outcome is False:
                    open_ = [part for part in told if not (self._switched_off(part) or self._for_others(part, parts))]
                    told = open_ or told
                for part in told:
                    yield from self._explained(part)
            case _ if outcome is None:
                yield from gaps(self._hearing, node)
            case _:
                yield self._decided(node, outcome)

    def _switched_off(self, node: Condition) -> bool:
        """Whether a parameter alone rules this alternative out: then it was never open to the case, and is not told."""
        if isinstance(node, Both):
            return any(self._switched_off(part) for part in node.parts)
        return not of_the_case(node) and self._outcome(node) is False

    def _for_others(self, part: Condition, parts: tuple[Condition, ...]) -> bool:
        """Whether an alternative was written for other cases: it asks a fact to be what it is not, and another
        alternative names that fact rightly ("kind is new and … or kind is repair and …")."""
        wrongly = self._named(part, False)
        return bool(wrongly) and any(wrongly & self._named(other, True) for other in parts)

    def _named(self, part: Condition, outcome: bool) -> set[str]:
        """The facts that an alternative compares with something written out, where that gives ``outcome``."""
        conditions = part.parts if isinstance(part, Both) else (part,)
        named = ((_fixed(each, exactly=not outcome), each) for each in conditions)
        return {name for name, each in named if name and self._outcome(each) is outcome}

    # A comparison that is decided

    def _decided(self, node: Condition, outcome: bool) -> Reason:
        words = self._words
        match node:
            case Compare():
                operator, subject, other = turned(node)
                sentence = _NEEDS.format(name=words.name(subject), seen=words.value(subject, unit_of(other)),
                                         need=words.compared(operator, other, unit_of(subject)))
                return self._reason(node, sentence, words.seen(subject), words.seen(other), _field(subject))
            case Among(item=item, choices=Read() as mine, expected=expected) if not of_the_case(item):
                template = _MUST_HOLD if expected else _MUST_NOT_HOLD
                sentence = template.format(name=mine.fact.label, seen=words.held(mine, item), item=words.value(item))
                return self._reason(node, sentence, words.seen(mine), words.seen(item), _field(mine))
            case Among(item=item, choices=choices, expected=expected):
                template = _MUST_BE_AMONG if expected else _MUST_NOT_BE_AMONG
                held = words.held(choices, item)
                sentence = template.format(name=words.name(item), seen=words.value(item), held=held)
                return self._reason(node, sentence, words.seen(item), self._listed(choices), _field(item))
            case Holds(value=fact, expected=expected):
                sentence = _NEEDS.format(name=words.name(fact), seen=words.value(fact), need=YES if expected else NO)
                return self._reason(node, sentence, words.seen(fact), expected, _field(fact))
            case Known(value=fact, expected=expected):
                sentence = (_RECORDED if outcome == expected else MISSING).format(name=words.name(fact))
                return self._reason(node, sentence, outcome == expected, expected, _field(fact))
            case Some(table=table, condition=condition) | Every(table=table, condition=condition):
                return self._counted(node, table, condition, outcome)
        sentence = _AS_WRITTEN.format(sentence=self._hearing.criterion.sentence)
        return self._reason(node, sentence, None, None, "")

    def _counted(self, node: Some | Every, table: Fact, condition: Condition, outcome: bool) -> Reason:
        outcomes = [self._outcome(condition) for _ in self._hearing.rows(node.variable, table)]
        total, met = len(outcomes), outcomes.count(True)
        if isinstance(node, Some):
            template, needed = (_SOME if outcome else _NONE), 1
        else:
            template, needed = (_EVERY if outcome else _NOT_EVERY), total
        sentence = template.format(rows=lowered(table.label), total=total, met=met, failed=outcomes.count(False),
                                   condition=self._words.condition(condition))
        return self._reason(node, sentence, met, needed, table.name)

    def _listed(self, choices: tuple[Constant, ...] | Read | Column) -> Any:
        if isinstance(choices, tuple):
            return [typed(choice.value) for choice in choices]
        return self._words.seen(choices)


def _fixed(node: Condition, *, exactly: bool) -> str:
    """The name of the fact that ``node`` compares with something written out; with ``exactly``, only for what it is or
    is not, and not for how much."""
    match node:
        case Compare(operator=operator, left=Read(fact=fact), right=Constant()) | Compare(
                operator=operator, left=Constant(), right=Read(fact=fact)) if not exactly or operator in ("==", "!="):
            return fact.name
        case Among(item=Read(fact=fact), choices=tuple()) | Holds(value=Read(fact=fact)):
            return fact.name
    return ""


def _field(node: Value) -> str:
    """The first fact of the case under ``node``: the input that somebody would correct."""
    for each in walk(node):
        match each:
            case Read(fact=fact) if not each.parameter and fact.name != "on":
                return fact.name
            case Count(table=table) | Total(table=table):
                return table.name
            case _:
                pass
    return ""


_NEEDS = Text("{name}: {seen}, cần {need}", "{name}: {seen}, needs {need}")
_MUST_BE_AMONG = Text("{name}: {seen}, cần thuộc: {held}", "{name}: {seen}, needs one of: {held}")
_MUST_NOT_BE_AMONG = Text("{name}: {seen}, không được thuộc: {held}", "{name}: {seen}, must be none of: {held}")
_MUST_HOLD = Text("{name}: {seen}, cần có {item}", "{name}: {seen}, needs {item} among them")
_MUST_NOT_HOLD = Text("{name}: {seen}, không được có {item}", "{name}: {seen}, must not include {item}")
_RECORDED = Text("Đã có: {name}", "Recorded: {name}")
_SOME = Text("Có {met} {rows}: {condition}", "{rows}: {met} with {condition}")
_NONE = Text("Không có {rows} nào: {condition}", "{rows}: none with {condition}")
_EVERY = Text("Cả {total} {rows}: {condition}", "{rows}: all {total} with {condition}")
_NOT_EVERY = Text("{failed} trong {total} {rows} không đạt: {condition}",
                  "{rows}: {failed} of {total} fail: {condition}")
_APPLIED = Text("Mức áp dụng: {name} {value}", "Value applied: {name} {value}")
_AS_WRITTEN = Text("{sentence}", "{sentence}")
