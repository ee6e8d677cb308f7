"""Looking into the log, within the reader's reach."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from core import db
from core.domain import access
from core.domain.access import Actor, user
from core.domain.reads.tables import read_event
from core.domain.units import unit
from core.text import Text

WAYS = {
    "page": Text("Xem trên trang", "Looked at a page"),
    "print": Text("Mở bản in", "Opened a print"),
    "export": Text("Tải tệp", "Downloaded a file"),
    "reveal": Text("Xem đủ", "Saw whole"),
    "api": Text("Qua API", "Through the API"),
    "terminal": Text("Dòng lệnh", "At a terminal"),
}

KINDS = {
    "case": Text("hồ sơ", "case"),
    "household": Text("hộ", "household"),
    "paper": Text("giấy tờ", "paper"),
    "list": Text("danh sách", "list"),
    "decision": Text("quyết định", "decision"),
    "import": Text("danh sách nhập", "imported list"),
    "reads": Text("sổ theo dõi đọc", "log of reads"),
    "identity": Text("số định danh", "ID numbers"),
    "bank": Text("tài khoản ngân hàng", "bank accounts"),
    "health": Text("sức khỏe", "health"),
    "contact": Text("điện thoại", "telephone"),
    "sensitive": Text("dữ liệu nhạy cảm", "sensitive data"),
}

_place = select(unit.c.id.label("unit_id"), unit.c.district_id, unit.c.province_id).subquery("place")


def reads(
    actor: Actor,
    *,
    who: str = "",
    case_id: int | None = None,
    household_id: int | None = None,
    kind: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Select[Any]:
    """A statement of the reads within reach, the latest first: the columns of ``read_event``, ``login`` and ``name``.

    ``who`` is a sign-in name, ``kind`` a key of ``WAYS`` or ``KINDS``, ``first`` and ``last`` are days, both included.
    Page it by (at, id). Raises ``NotAllowed`` for who is no auditor.
    """
    access.require(actor, "read.view")
    table = read_event.c
    found = (
        select(read_event, user.c.login, user.c.name)
        .join_from(read_event, user, user.c.id == table.actor_id)
        .order_by(table.at.desc(), table.id.desc())
    )
    if not any(held.level == 0 and held.role in access.PERMISSIONS["read.view"] for held in actor.grants):
        found = found.join(_place, _place.c.unit_id == table.unit_id).where(
            access.within_reach(actor, _place, "read.view")
        )
    if who:
        found = found.where(user.c.login == who.strip().lower())
    if case_id is not None:
        found = found.where(table.case_id == case_id)
    if household_id is not None:
        found = found.where(table.household_id == household_id)
    if kind in WAYS:
        found = found.where(table.way == kind)
    elif kind:
        found = found.where((" " + table.kinds + " ").contains(f" {kind} ", autoescape=True))
    if first is not None:
        found = found.where(table.at >= _midnight(first))
    if last is not None:
        found = found.where(table.at < _midnight(last) + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    """The moment at which a day begins in Hà Nội; days beyond what the database can hold are brought within."""
    within = min(max(day, date(1900, 1, 1)), date(9000, 1, 1))
    return datetime.combine(within, time(), db.HANOI)
