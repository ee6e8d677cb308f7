"""Whether a commune is rural or urban, as the poverty line asks; recorded by its manager or an administrator."""

from __future__ import annotations

from datetime import date

from core import db
from core.domain import access, units
from core.domain.access import Actor
from core.errors import BadInput, NotAllowed, Reason
from core.text import Text, nfc

SETTLEMENTS = {
    "rural": Text("Nông thôn", "Rural"),
    "urban": Text("Thành thị", "Urban"),
}
_LONGEST = 200


def unclassed(actor: Actor, province: units.Unit) -> list[units.Unit]:
    """The communes of a province, within reach, of which nothing says today whether they are rural or urban."""
    reach = [each for each in units.children(province.id) if access.may(actor, "unit.classify", each.place)]
    known = units.settlements([each.id for each in reach], db.today())
    return [each for each in reach if known[each.id] is None]


def class_unit(actor: Actor, unit: units.Unit, value: str, valid_from: date, source: str, *, verified: bool) -> int:
    """Record that a commune is rural or urban from a day on, by a document; gives the key of the row.

    Raises ``NotAllowed`` without the role there, ``BadInput`` for no document, another value, a unit that is no commune
    or a period in which a class holds already.
    """
    if not access.may(actor, "unit.classify", unit.place):
        roles = access.PERMISSIONS["unit.classify"]
        raise NotAllowed(access.role_missing(roles, Text(unit.name, unit.name)))
    document, wrong = nfc(source), []
    if not document or len(document) > _LONGEST:
        sentence = Text(f"Ghi văn bản làm căn cứ, nhiều nhất {_LONGEST} ký tự",
                        f"Name the document it rests on, in at most {_LONGEST} characters")
        wrong.append(Reason("source_missing", sentence, field="source"))
    if value not in SETTLEMENTS or unit.level != 3:
        sentence = Text("Chọn Nông thôn hoặc Thành thị cho một xã, phường", "Choose rural or urban for a commune")
        wrong.append(Reason("unit_class", sentence, seen=value[:40], needed=list(SETTLEMENTS), field="value"))
    if wrong:
        raise BadInput(wrong)
    return units.classify(
        unit.id, "settlement", value, valid_from, source=document, verified=verified, recorded_by=actor.id
    )
