"""What waits for a person's decision, in two piles: clean, and to be looked at more closely.

A case is clean when approving it now would need nothing but the decision: every criterion is known to hold, the papers
are there, nobody of it has support already, and the funds have its money after those of the cases before it. All of
that is judged when it is asked, for the whole queue in a bounded number of statements; so it is never out of date, and
there is nothing to refresh when a fact, a legal value or a fund changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from core import db
from core.domain import cases, tasks
from core.domain.access import Actor, visible_to
from core.domain.cases import case
from core.domain.drafts import approving
from core.domain.reviews.duplicates import duplicates
from core.errors import Reason

MOST = 1000  # cases judged together; the rest of a longer queue comes when these are done

CLEAN, CLOSER = "clean", "closer"


@dataclass(frozen=True)
class Waiting:
    """A case that waits for a decision, and what to look at in it; ``row`` has the columns of ``case`` and
    ``due_on``.
    """

    row: Any
    reasons: tuple[Reason, ...]

    @property
    def kind(self) -> str:
        """The pile it lies in."""
        return CLOSER if self.reasons else CLEAN


def waiting(actor: Actor) -> Select[Any]:
    """A statement of the cases that wait for this person's decision and stand in no draft, most urgent first.

    Columns: those of ``case``, and of the task ``due_on``, ``since`` and ``task_id``.
    """
    task = tasks.task
    return (
        select(case, task.c.due_on, task.c.since, task.c.id.label("task_id"))
        .join(task, task.c.case_id == case.c.id)
        .where(
            task.c.kind == "state",
            case.c.state.in_(_deciding_states()),
            case.c.draft_id.is_(None),
            tasks.waiting_for(actor),
            visible_to(actor, case),
        )
        .order_by(task.c.due_on, task.c.id)
    )


def _deciding_states() -> list[str]:
    """The states from which an authority approves, in any workflow that a case runs on."""
    return sorted(
        {
            state.code
            for machine in db.registry().versions.values()
            for state in machine.workflow.states
            if approving(machine, state.code)
        }
    )


def judged(actor: Actor, most: int = MOST) -> list[Waiting]:
    """The first cases of the queue, each with what keeps it from being clean; money is shared in their order."""
    rows = list({row.id: row for row in db.execute(waiting(actor).limit(most))}.values())
    reasons = reasons_of(actor, rows)
    return [Waiting(row, reasons[row.id]) for row in rows]


def reasons_of(actor: Actor, rows: Sequence[Any]) -> dict[int, tuple[Reason, ...]]:
    """What keeps each case from being clean, in a number of statements that does not grow with the cases."""
    doubled = duplicates(rows)
    found: dict[int, tuple[Reason, ...]] = {}
    for group in cases.by_definition(rows):
        machine = db.registry().machine(group[0].workflow, group[0].workflow_version)
        step = approving(machine, group[0].state)
        if step is None:
            continue
        # a case that has to be looked at anyway takes no money from the next one
        for part in ([row for row in group if row.id not in doubled], [row for row in group if row.id in doubled]):
            if part:
                _, refusals = cases.judge_group(actor, part, step.code, asking=True)
                found |= {row.id: refusals[row.id].reasons for row in part if row.id in refusals}
    return {row.id: (*doubled.get(row.id, ()), *found.get(row.id, ())) for row in rows}
