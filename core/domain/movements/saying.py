"""A movement as somebody says it: read from a form, not yet compared with the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import db
from core.domain.movements.kinds import KINDS
from core.domain.people import values
from core.errors import Reason
from core.text import Text

_KIND = Text("Chọn một trong: {kinds}", "Choose one of: {kinds}")
_DAY = Text("Ghi ngày hộ chuyển đi, nhập hộ hoặc mất", "Write the day it moved, was merged or died")
_FUTURE = Text("Ngày này còn ở tương lai", "This day lies in the future")
_DECISION = Text("Thoát nghèo phải có số và ngày của quyết định", "An escape needs the number and the date of its "
                 "decision")
_INTO = Text("Ghi mã của hộ mà hộ này nhập vào", "Write the code of the household it was merged into")


@dataclass(frozen=True)
class Said:
    """What became of one household. ``into`` is the code or number of another household of its commune."""

    household_id: int
    kind: str
    on: date
    decision_number: str | None = None
    decided_on: date | None = None
    into: str = ""
    whereto: str = ""
    note: str = ""


def read(household_id: int, data: Mapping[str, Any]) -> tuple[Said | None, list[Reason]]:
    """A movement from a form's texts ("kind", "on", "decision_number", "decided_on", "into", "whereto", "note").

    Returns it, or None and every reason, its ``field`` with the household's id behind a hyphen where it is the
    household's own ("kind-7"), else as named here.
    """
    reasons: list[Reason] = []
    kind = KINDS.get(str(data.get("kind") or ""))
    if kind is None:
        names = ", ".join(KINDS)
        return None, [Reason("movement_unknown", _KIND.format(kinds=names), seen=str(data.get("kind"))[:40],
                             field=f"kind-{household_id}")]
    on, decided_on = (_day(data.get(name), name, reasons) for name in ("on", "decided_on"))
    number = values.read_code(data.get("decision_number"))
    into = values.said(data.get("into"))
    if kind.asks == "decision" and not (number and decided_on):
        reasons.append(Reason("movement_decision", _DECISION, field="decided_on" if number else "decision_number"))
    if kind.asks == "into" and not into:
        reasons.append(Reason("movement_into", _INTO, field=f"detail-{household_id}"))
    if on is None and kind.code in ("moved", "merged", "died"):
        reasons.append(Reason("movement_day", _DAY, field="on"))
    if reasons:
        return None, reasons
    day = decided_on if kind.code == "escaped" else on
    decision = (number, decided_on) if kind.code == "escaped" else (None, None)
    return Said(household_id, kind.code, day or db.today(), *decision, into=into if kind.code == "merged" else "",
                whereto=values.said(data.get("whereto"))[:200] if kind.code == "moved" else "",
                note=values.said(data.get("note"))[:2000]), []


def _day(written: Any, field: str, reasons: list[Reason]) -> date | None:
    try:
        day = written if isinstance(written, date) else values.read_day(written)
    except values.Unreadable as unreadable:
        reasons.append(Reason("unreadable", unreadable.sentence, seen=values.said(written)[:40], field=field))
        return None
    if day is not None and day > db.today():
        reasons.append(Reason("future", _FUTURE, seen=day.isoformat(), field=field))
        return None
    return day
