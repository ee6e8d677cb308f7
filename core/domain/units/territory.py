"""Whose legal rows apply to a unit: a row follows the territory of the unit that issued it, through successors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from core import db
from core.domain.units.tables import COUNTRY, loaded_data, unit, unit_successor


class _Place(NamedTuple):
    code: str
    level: int
    district_id: int | None
    province_id: int | None


class _Lineage(NamedTuple):
    """The whole country in memory: every unit, and what each was made of, the most telling predecessor first."""

    places: dict[int, _Place]
    predecessors: dict[int, tuple[int, ...]]


# By digest of the stored units: whatever changes units or successors must change loaded_data too. A process sees one.
_lineages: dict[str, _Lineage] = {}
_KEPT = 4


def territory(unit_id: int) -> tuple[int, ...]:
    """Units whose legal rows apply to ``unit_id``, smallest place first; at one level the present unit, then its past.

    For a commune: itself, the communes it was made of (same code first, then whole ones, then parts), its district,
    their districts, its province, their provinces, the country. So a commune of today's Bắc Ninh has old Bắc Ninh (27)
    or old Bắc Giang (24) in it, never both. A merged province has no such past: a rule of old Bắc Ninh never was a rule
    for the whole of today's, so its territory is itself and the country.
    """
    lineage = _lineage()
    place = lineage.places.get(unit_id)
    if place is None:
        return (unit_id, COUNTRY)
    if place.level == 3:
        selves = [unit_id, *_past(unit_id, lineage)]
    else:
        selves = [unit_id]
        while len(before := lineage.predecessors.get(selves[-1], ())) == 1:
            selves.append(before[0])
    found: dict[int, None] = dict.fromkeys(selves)
    for past in [lineage.places[key] for key in selves]:  # districts and provinces in the order of what lay in them
        found |= dict.fromkeys(above for above in (past.district_id, past.province_id) if above is not None)
    return tuple(sorted(dict.fromkeys((*found, COUNTRY)), key=lambda key: -lineage.places[key].level))


def _past(unit_id: int, lineage: _Lineage) -> Iterable[int]:
    for key in lineage.predecessors.get(unit_id, ()):
        yield key
        yield from _past(key, lineage)


def _lineage() -> _Lineage:
    memo = db.work().memo
    if "lineage" not in memo:
        digest = db.execute(select(loaded_data.c.digest).where(loaded_data.c.name == "units")).scalar()
        found = _lineages.get(digest or "") or _read_lineage()
        if digest is not None:  # units that did not come from the files have no name to be remembered by
            while len(_lineages) >= _KEPT and digest not in _lineages:
                _lineages.pop(next(iter(_lineages)))
            _lineages[digest] = found
        memo["lineage"] = found
    known: _Lineage = memo["lineage"]
    return known


def _read_lineage() -> _Lineage:
    places = {row.id: _Place(row.code, row.level, row.district_id, row.province_id) for row in db.execute(
        select(unit.c.id, unit.c.code, unit.c.level, unit.c.district_id, unit.c.province_id))}
    made_of: dict[int, list[tuple[bool, bool, bool, int]]] = defaultdict(list)
    for row in db.execute(select(unit_successor)):
        made_of[row.to_id].append((places[row.from_id].code != places[row.to_id].code, row.share != "whole",
                                   not row.is_default, row.from_id))
    return _Lineage(places, {key: tuple(item[-1] for item in sorted(items)) for key, items in made_of.items()})
