"""Recording what became of households, and taking it back with the list it came from."""

from __future__ import annotations

from sqlalchemy import update

from core import db
from core.domain.movements.tables import movement


def forget_import(import_id: int, by: int | None) -> None:
    """The movements recorded from an import are believed no longer; ``people.undo_import`` takes back what they did."""
    db.execute(update(movement).where(movement.c.import_id == import_id, movement.c.superseded_at.is_(None))
               .values(superseded_at=db.now(), superseded_by=by))
