"""What the headers of an office's own lists mean: said once, remembered for the unit and for the units below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select

from core import db
from core.domain import access, people, units
from core.domain.people import Place, import_mapping
from core.errors import BadInput, Reason
from core.exchange.columns import ALL_COLUMNS, BY_NAME
from core.exchange.headers import IGNORE, LONGEST_KEY, folded, written_key
from core.text import Text

_MOST = 500  # headers that a unit may have said

IGNORED = Text("Không đọc cột này", "Do not read this column")
_UNKNOWN = Text("Không có cột «{column}»: chọn một trong {known}, hoặc ignore",
                "There is no column “{column}”: choose one of {known}, or ignore")
_NO_PAIR = Text("Ghi «Tiêu đề=cột», ví dụ «Tên người đại diện=name»", "Write “Header=column”, as “Representative=name”")

_BY_WORDS = {folded(word): column.name for column in reversed(ALL_COLUMNS) for word in (column.title, column.name)}


def remembered(unit: units.Unit) -> dict[str, str]:
    """What headers mean in lists of a unit: by ``headers.key_of``, a column's name or "ignore".

    What the unit itself said goes before what was said above it.
    """
    above = [1, unit.province_id, unit.district_id, unit.id]
    rows = db.execute(select(import_mapping).where(import_mapping.c.unit_id.in_([key for key in above if key])))
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: above.index(row.unit_id)):
        if row.column == IGNORE or row.column in BY_NAME:
            found[row.header] = row.column
    return found


def remember(actor: access.Actor, unit: units.Unit, said: Mapping[str, str]) -> None:
    """Remember for a unit what headers mean; "" forgets what it said of one.

    Raises ``BadInput`` for a column that does not exist, ``NotAllowed`` for who does not edit households there.
    """
    access.require(actor, "household.edit", Place(
        unit.id if unit.level == 3 else None, unit.district_id, unit.province_id))  # type: ignore[arg-type]
    said = {header[:LONGEST_KEY]: column for header, column in said.items() if header}
    unknown = [column for column in said.values() if column and column != IGNORE and column not in BY_NAME]
    if unknown or len(said) > _MOST:
        raise BadInput([_unknown(column) for column in unknown] or [Reason("mapping_too_long", _NO_PAIR)])
    known = {row.header: row.column for row in db.execute(
        select(import_mapping).where(import_mapping.c.unit_id == unit.id))}
    changed = {header: column for header, column in said.items() if known.get(header, "") != column}
    if not changed:
        return
    db.execute(delete(import_mapping).where(import_mapping.c.unit_id == unit.id, import_mapping.c.header.in_(changed)))
    rows = [{"unit_id": unit.id, "header": header, "column": column, "said_by": actor.id, "said_at": db.now()}
            for header, column in changed.items() if column]
    if rows:
        db.execute(people.import_mapping.insert(), rows)


def read_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Pairs as a terminal or another system writes them, "Năm sinh / Nam=birth_male", by key.

    The column is its name, its title, or "ignore". Raises ``BadInput`` with every reason (field ``map``).
    """
    found, wrong = {}, []
    for pair in pairs:
        header, equals, column = pair.rpartition("=")
        name = IGNORE if folded(column) == IGNORE else BY_NAME[column].name if column in BY_NAME else _BY_WORDS.get(
            folded(column))
        if not equals or not written_key(header):
            wrong.append(Reason("mapping_unreadable", _NO_PAIR, seen=pair[:200], field="map"))
        elif name is None:
            wrong.append(_unknown(column))
        else:
            found[written_key(header)] = name
    if wrong:
        raise BadInput(wrong)
    return found


def _unknown(column: str) -> Reason:
    return Reason("mapping_column_unknown", _UNKNOWN.format(column=column[:60], known=", ".join(BY_NAME)),
                  seen=column[:60], field="map")
