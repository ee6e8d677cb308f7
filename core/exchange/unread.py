"""Lists that were sent and cannot be read before somebody says what their headers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update

from core import db
from core.domain import access, people, units
from core.domain.people import import_batch
from core.errors import BadInput
from core.exchange import marking, workbook
from core.exchange.imports import inside, keep, place_in
from core.exchange.judged import Judged
from core.exchange.judgement import Judgement
from core.exchange.mapping import remembered
from core.exchange.reading import look, read_given
from core.text import canonical, nfc


def keep_unread(actor: access.Actor, source: bytes, unit_id: int, on: date, file_name: str,
                given: Mapping[str, str], refused: BadInput, *, partial: bool = False) -> int | None:
    """Keep a list whose headers nobody knows yet, until somebody says what they mean; returns the import's key.

    None for a file that was refused for anything else, or has nothing below its headers.
    """
    if not {reason.code for reason in refused.reasons} <= {"no_header", "column_missing", "column_twice"}:
        return None
    unit = units.unit_by_id(unit_id, on)
    access.require(actor, "household.edit", place_in(unit))
    header = look(source, unit.level != 3, read_given(given), remembered(unit))
    if not any(title.samples for title in header.titles):
        return None
    register = people.standing(inside(unit))
    judged = Judged(nfc(file_name)[:200] or "danh-sach.xlsx", workbook.digest(source), source, unit, on, db.now(),
                    Judgement(header=header), register, partial, given=given)
    key = keep(actor, judged)
    report = {**judged.stored_report(), "unread": [list(reason.sentence) for reason in header.wrong or refused.reasons]}
    db.execute(update(import_batch).where(import_batch.c.id == key).values(report=canonical(report)))
    return key


def askable(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The headers of a stored report that somebody may say the meaning of: {"key", "written", "column", "samples"}.

    Those nobody knows come first. Headers that are remembered alike are one, and what only numbers the rows is none.
    """
    found: dict[str, dict[str, Any]] = {}
    for title in report.get("titles", ()):
        if title["key"] and title["column"] != "number" and title["written"] not in marking.TITLES:
            found.setdefault(title["key"], title)
    return sorted(found.values(), key=lambda title: bool(title["column"]))
