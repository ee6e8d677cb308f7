"""Administrative units as a person writes them."""

from __future__ import annotations

from datetime import date

from core import db
from core.domain import access, units
from core.errors import BadInput, NotFound, Reason
from core.text import Text, fold


def unit_named(text: str, on: date | None = None) -> units.Unit:
    """The unit a person wrote: a code, a name, or "code – name" as a list offers it; on ``on`` (default today).

    Raises ``NotFound`` or, when several bear the name, ``BadInput`` with their codes (field ``unit``).
    """
    on = on or db.today()
    code = text.strip().upper().split(" ", 1)[0]
    if code.isdecimal() or code == "VN":
        return units.unit_by_code(code, on)
    found = units.search_units(text, on, limit=6)
    found = tuple(unit for unit in found if fold(unit.name) == fold(text)) or found
    if len(found) == 1:
        return found[0]
    if not found:
        unknown = Text("Không có đơn vị nào tên như vậy.", "No unit bears that name.")
        raise NotFound(Reason("unit_not_found", unknown, seen=text, field="unit"))
    listed = "; ".join(f"{unit.code} – {units.path_names(unit.id, on)}" for unit in found[:5])
    several = Text(
        "Có nhiều đơn vị tên như vậy, hãy ghi mã: {listed}.", "Several units bear that name, write the code: {listed}."
    )
    raise BadInput(Reason("unit_ambiguous", several.format(listed=listed), seen=text, field="unit"))


def units_to_offer(actor: access.Actor, permission: str) -> list[units.Unit]:
    """The units an actor may choose among: those where they hold a permission, and what lies directly below them."""
    roles = access.PERMISSIONS[permission]
    held = dict.fromkeys(each.unit_id for each in actor.grants if each.role in roles)
    found: dict[int, units.Unit] = {}
    for unit in map(units.unit_by_id, held):
        for each in (unit, *(units.children(unit.id) if unit.level < 3 else ())):
            found.setdefault(each.id, each)
    return list(found.values())
