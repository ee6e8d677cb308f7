"""What was done to accounts, appended only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from core import db
from core.domain.access import Actor, access_event, user
from core.text import canonical


def write_event(actor: Actor | None, user_id: int, action: str, **detail: Any) -> None:
    """One act on the account ``user_id``; no actor is the terminal of the machine."""
    db.execute(
        insert(access_event).values(
            id=db.new_id(),
            at=db.now(),
            actor_id=actor.id if actor else None,
            user_id=user_id,
            action=action,
            detail=canonical(detail) if detail else "",
        )
    )


def events_of(user_id: int, limit: int = 20) -> Sequence[Row[Any]]:
    """The latest acts on an account, newest first: at, action, detail (JSON text), by (None is the terminal)."""
    return db.execute(
        select(access_event.c.at, access_event.c.action, access_event.c.detail, user.c.name.label("by"))
        .select_from(access_event.outerjoin(user, user.c.id == access_event.c.actor_id))
        .where(access_event.c.user_id == user_id)
        .order_by(access_event.c.id.desc())
        .limit(limit)
    ).all()
