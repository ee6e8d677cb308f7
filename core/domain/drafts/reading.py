"""Finding drafts, within a person's reach, and what stands in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from core import db
from core.domain import access, budget
from core.domain.access import Actor
from core.domain.cases import case
from core.domain.drafts.tables import decision_draft
from core.errors import NotFound, Reason
from core.text import Text
from core.workflow import Machine, Transition


def approving(machine: Machine, state: str) -> Transition | None:
    """The step by which an authority approves from a state: it commits money and names a decision."""
    return next(
        (
            step
            for step in machine.leaving(state)
            if not step.automatic and {"commit_budget", "cover_by_decision"} <= set(step.effects)
        ),
        None,
    )


def drafts(actor: Actor) -> Select[Any]:
    """A statement of the open drafts within reach, latest change first; page it by (changed_at, id).

    A draft lies within reach of whoever made it and of whoever sees a case in it. Columns: those of
    ``decision_draft``; ``cases`` and ``amount`` (đồng) of those within reach.
    """
    return _listed(actor).where(decision_draft.c.ended_at.is_(None))


def _listed(actor: Actor) -> Select[Any]:
    seen = and_(case.c.draft_id == decision_draft.c.id, access.visible_to(actor, case))
    return (
        select(decision_draft, func.count(case.c.id).label("cases"), func.sum(case.c.amount).label("amount"))
        .outerjoin(case, seen)
        .where(or_(case.c.id.is_not(None), decision_draft.c.created_by == actor.id))
        .group_by(decision_draft.c.id)
        .order_by(decision_draft.c.changed_at.desc(), decision_draft.c.id.desc())
    )


def find(actor: Actor, draft_id: int) -> Any:
    """A draft within reach, open or ended, with the columns of ``drafts``. Raises ``NotFound`` when there is none."""
    row = db.execute(_listed(actor).where(decision_draft.c.id == draft_id)).first()
    if row is None:
        raise NotFound(
            Reason(
                "draft_unknown",
                Text("Không có dự thảo này trong phạm vi của bạn", "There is no such draft within your reach"),
            )
        )
    return row


def latest_of(actor: Actor, programme: str) -> Any | None:
    """The open draft of a programme that this person changed or made last, for the next case to join; None without."""
    mine = drafts(actor).where(decision_draft.c.programme == programme, decision_draft.c.created_by == actor.id)
    return db.execute(mine.limit(1)).first()


def cases_of(actor: Actor, draft_id: int) -> Select[Any]:
    """A statement of the cases within reach that stand in a draft, by commune and name, as its list prints them."""
    return (
        select(case)
        .where(case.c.draft_id == draft_id, access.visible_to(actor, case))
        .order_by(case.c.unit_id, case.c.subject_sort_key, case.c.id)
    )


def sources_of(rows: Iterable[Any]) -> list[tuple[Text, int]]:
    """What cases of one programme ask of each source, in đồng, in the order in which the programme names them."""
    totals: dict[Any, int] = {}
    programme = None
    for row in rows:
        programme = programme or db.registry().programme(row.programme).programme
        for support, amount in budget.asked(programme, row):
            totals[support] = totals.get(support, 0) + amount
    named = budget.SOURCES
    return [
        (named.get(support.source, support.title), totals[support])
        for support in (programme.supports if programme else ())
        if support in totals
    ]
