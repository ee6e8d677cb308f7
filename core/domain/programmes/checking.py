"""What is wrong with a programme, found at the start and not on the way of a case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from core.domain.programmes.declaration import RECORDS, SUBJECTS, Programme, Step, When
from core.fields import Field
from core.workflow import Workflow

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")  # fits every column and key that it becomes a part of
_LONGEST_INDEXED = 300


def faults(programme: Programme, workflow: Workflow, declared: Collection[str]) -> list[str]:
    """Everything that is wrong with a programme on its workflow, as sentences; ``declared`` are names of parameters."""
    return [*_names(programme), *_questions(programme), *_money(programme), *_checks(programme, workflow, declared)]


def _names(programme: Programme) -> Iterator[str]:
    if programme.subject not in SUBJECTS:
        yield f"no subject {programme.subject!r}; one of {', '.join(SUBJECTS)}"
    if programme.counts_on not in ("application", "decision"):
        yield f"counts_on is {programme.counts_on!r}; either application or decision"
    rows = (programme.papers, programme.instalments, programme.steps, programme.criteria)
    codes = [[each.code for each in some] for some in rows]
    for code in (programme.code, *(code for some in codes for code in some)):
        if not _CODE.fullmatch(code):
            yield f"code {code!r}: at most 40 small letters, digits and _"
    for some in (*codes, [field.name for field in programme.fields]):
        yield from (f"{code} stands twice" for code in dict.fromkeys(some) if some.count(code) > 1)


def _questions(programme: Programme) -> Iterator[str]:
    names = {field.name for field in programme.fields}
    for field in programme.fields:
        longest = (
            0
            if field.type not in ("text", "long_text")
            else field.maximum or (_LONGEST_INDEXED if field.type == "text" else _LONGEST_INDEXED + 1)
        )
        if field.indexed and longest > _LONGEST_INDEXED:
            yield f"question {field.name}: too long a text to be indexed"
    for asked in (programme.fields, *(step.fields for step in programme.steps)):
        yield from _conditions(asked)
    rows: tuple[Any, ...] = (*programme.papers, *programme.instalments, *programme.steps)
    yield from (
        f"{each.code}: no question {each.when[0]!r}" for each in rows if each.when and each.when[0] not in names
    )


def _conditions(fields: Sequence[Field]) -> Iterator[str]:
    """Questions asked only when an earlier one is answered so: there must be such a question and such an answer."""
    before: dict[str, Field] = {}
    for field in fields:
        if field.shown_when:
            name, values = field.shown_when
            other = before.get(name)
            if other is None:
                yield f"question {field.name}: asked by the answer to {name!r}, which is no earlier question"
            elif other.type == "code":
                codes = [code for code, _ in other.choices]
                unknown = [each for each in values if each not in codes]
                yield from (f"question {field.name}: {name} has no choice {each!r}" for each in unknown)
        before[field.name] = field


def _money(programme: Programme) -> Iterator[str]:
    types = {field.name: field.type for field in programme.fields}
    for support in programme.supports:
        if types.get(support.field) != "money":
            kind = "no question" if support.field not in types else "no question for money"
            yield f"support from {support.source}: {kind} {support.field!r}"
    rest: list[Any] = []
    for each in programme.instalments:
        if any(_together(each.when, before.when) for before in rest):
            yield f"instalment {each.code}: one before it takes the rest already"
        rest += [each] if each.share is None else []
    if programme.instalments and not rest:
        yield "no instalment takes the rest (share None)"


def _checks(programme: Programme, workflow: Workflow, declared: Collection[str]) -> Iterator[str]:
    steps = {step.code: step for step in programme.steps}
    transitions = {step.code for step in workflow.transitions}
    for step in programme.steps:
        if step.unit not in ("days", "months"):
            yield f"step {step.code}: no unit {step.unit!r}; days or months"
        if step.due not in declared:
            yield f"step {step.code}: no parameter {step.due!r}"
        yield from (f"step {step.code}: no transition {gate!r}" for gate in step.gates if gate not in transitions)
        if step.after != "approve":
            yield from _after("step", step, steps)
        if _goes_round(step, steps):
            yield f"step {step.code}: the steps before it go round in a circle"
    for each in programme.instalments:
        if each.share is not None and each.share not in declared:
            yield f"instalment {each.code}: no parameter {each.share!r}"
        if each.after:
            yield from _after("instalment", each, steps)
    for paper in programme.papers:
        if paper.issued_by_us and paper.issued_by_us not in RECORDS:
            yield f"paper {paper.code}: no record {paper.issued_by_us!r}; one of {', '.join(RECORDS)}"
        yield from (
            f"paper {paper.code}: no transition {gate!r}" for gate in paper.required_for if gate not in transitions
        )


def _after(kind: str, row: Any, steps: dict[str, Step]) -> Iterable[str]:
    before = steps.get(row.after)
    if before is None:
        return [f"{kind} {row.code}: no step {row.after!r}"]
    if before.when is None or (row.when and row.when[0] == before.when[0] and set(row.when[1]) <= set(before.when[1])):
        return []
    return [f"{kind} {row.code}: it waits for {before.code}, which not every such case has"]


def _goes_round(step: Step, steps: dict[str, Step]) -> bool:
    seen: list[str] = []
    code = step.code
    while code in steps and code not in seen:
        seen.append(code)
        code = steps[code].after
    return code in seen


def _together(one: When | None, other: When | None) -> bool:
    """Whether a case can have both."""
    answers: Sequence[Any] = other[1] if other else ()
    return one is None or other is None or one[0] != other[0] or bool(set(one[1]) & set(answers))
