"""Lists that were sent and cannot be read before somebody says what their headers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import update

from core import db
from core.domain import access, people, units
from core.domain.people import import_batch
from core.errors import BadInput
from core.exchange import workbook
from core.exchange.imports import Judged, inside, keep, place_in
from core.exchange.judgement import Judgement
from core.exchange.mapping import remembered
from core.exchange.reading import look, read_given
from core.text import canonical, nfc


def keep_unread(actor: access.Actor, source: bytes, unit_id: int, on: date, file_name: str,
                given: Mapping[str, str], refused: BadInput) -> int | None:
    """Keep a list whose headers nobody knows yet, until somebody says what they mean; returns the import's key.

    None for a file that was refused for anything else.
    """
    if not {reason.code for reason in refused.reasons} <= {"no_header", "column_missing", "column_twice"}:
        return None
    unit = units.unit_by_id(unit_id, on)
    access.require(actor, "household.edit", place_in(unit))
    header = look(source, unit.level != 3, read_given(given), remembered(unit))
    register = people.standing(inside(unit))
    judged = Judged(nfc(file_name)[:200] or "danh-sach.xlsx", workbook.digest(source), source, unit, on, db.now(),
                    Judgement(header=header), register, given=given)
    key = keep(actor, judged)
    report = {**judged.stored_report(), "unread": [list(reason.sentence) for reason in refused.reasons]}
    db.execute(update(import_batch).where(import_batch.c.id == key).values(report=canonical(report)))
    return key
