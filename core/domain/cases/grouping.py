"""A list of cases in groups that go one way: judged together, and their locks taken in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core import db
from core.domain import programmes
from core.domain.access import Actor
from core.domain.cases import reading
from core.domain.cases.guarding import judge, programme_of, rules_gone, stale_or_elsewhere, transition_of
from core.errors import Reason, Refused
from core.workflow import Batch, Effect, Transition


def preview(actor: Actor, numbers: Sequence[str], transition: str) -> dict[str, tuple[Reason, ...]]:
    """What stands in the way of each case, in order, before the step's own fields are filled in; empty: nothing.

    ``move_many`` would say the same now: the cases share the money as they would there. Nothing is moved or locked.
    Raises ``NotFound`` when one is out of reach.
    """
    rows = reading.find_many(actor, list(dict.fromkeys(numbers)))
    found: dict[str, tuple[Reason, ...]] = {row.number: () for row in rows}
    for group in by_definition(rows):
        _, refusals = judge_group(actor, group, transition, asking=True)
        found |= {row.number: refusals[row.id].reasons for row in group if row.id in refusals}
    return found


def judge_group(
    actor: Actor, rows: Sequence[Any], transition: str, *, asking: bool
) -> tuple[Batch, dict[int, Refused]]:
    """Judge a group of ``by_definition`` for a step before its fields are known: the batch of those that start from
    there, with what its requirements left in its memo, and the refusals by key. Nothing is locked while ``asking``.
    """
    machine = db.registry().machine(rows[0].workflow, rows[0].workflow_version)
    step = transition_of(machine, transition)
    programmes.resolve_ahead(rows, db.today())
    refusals = {row.id: refusal for row in rows if (refusal := stale_or_elsewhere(row, step, machine, None))}
    here = [row for row in rows if row.id not in refusals]
    batch = Batch(here, step, actor, {}, db.today(), programme_of(rows[0]), asking=asking)
    return batch, refusals | judge(machine, batch)


def by_definition(rows: Iterable[Any]) -> list[list[Any]]:
    """The rows in groups that run on one machine and belong to one programme.

    The groups stand in one order for everybody, as each locks its programme's funds: two lists cannot wait for each
    other.
    """
    groups: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.programme, row.workflow, row.workflow_version), []).append(row)
    return [groups[key] for key in sorted(groups)]


def lock_ahead(groups: Sequence[Sequence[Any]], transition: str) -> None:
    """Take what the rules of the step will lock for any of the groups; one chunk after the other would take it in the
    order of the list.
    """
    programmes_of: dict[Callable[[Sequence[str]], None], set[str]] = {}
    for first, *_ in groups:
        step = transition_of(db.registry().machine(first.workflow, first.workflow_version), transition)
        if rules_gone(step, programme_of(first)):
            continue
        for rule in (*(db.registry().requirements[code] for code in step.requirements), *effects_of(step)):
            if rule.lock is not None:
                programmes_of.setdefault(rule.lock, set()).add(first.programme)
    for lock, codes in programmes_of.items():
        lock(sorted(codes))


def effects_of(step: Transition) -> list[Effect]:
    """What follows the step: what its row names, then what follows every step."""
    known = db.registry().effects
    return [*(known[code] for code in step.effects), *(each for each in known.values() if each.always)]
