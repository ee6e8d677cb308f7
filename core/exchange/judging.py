"""The rows of a household list, judged one by one before anything is written.

A row that cannot be taken refuses its household and no other. Judging reads the register and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.domain import people, units
from core.domain.people import Finding, Place
from core.errors import NotFound
from core.exchange import workbook
from core.exchange.columns import BY_NAME
from core.exchange.households import EMPTY, empty, judge_groups
from core.exchange.judgement import Choices, Judgement, Refusal
from core.exchange.reading import Row, read_list
from core.text import Text

_NO_ROWS = Text("Tệp không có dòng nào dưới hàng tiêu đề", "The file has no row below its headers")
_ELSEWHERE = Text("{commune} không thuộc {unit}, nơi tệp này được nhập",
                  "{commune} does not lie in {unit}, which this file is for")
_NO_COMMUNE = Text("{name} không phải xã, phường hay đặc khu: ghi mã 5 chữ số của xã",
                   "{name} is no commune: write a commune's 5 digits")


def judge(content: bytes, unit: units.Unit, on: date, choices: Choices | None = None,
          given: Mapping[str, Any] | None = None, mapping: Mapping[str, str] | None = None) -> Judgement:
    """Judge the list of a file for a commune, or for those below a unit. Raises ``BadInput`` for no list.

    ``given`` and ``mapping`` as ``reading.read_list`` takes them.
    """
    listed = read_list(content, unit.level != 3, given, mapping)
    found = Judgement(header=listed.header)
    places = _places(unit, on)
    groups: dict[tuple[int, str | int], list[Row]] = {}
    for row in listed.rows:
        found.rows += 1
        place = _place(row, places, unit)
        if place is None or not row.group:
            name, village = row.values.get("name") or "", row.values.get("village") or ""
            found.refusals.append(Refusal(row.number, row.values.get("code") or "", name, village, [row.number],
                                          row.findings or [empty(row, BY_NAME["code"])]))
            continue
        groups.setdefault((place.unit_id, row.group), []).append(row)
    if not found.rows:
        raise workbook.refuse("no_rows", _NO_ROWS)
    by_unit = {place.unit_id: place for place in places.values() if isinstance(place, Place)}
    judge_groups(found, groups, by_unit, on, choices or {})
    found.notes = listed.notes
    found.warned += listed.passed
    return found


# Communes


def _places(unit: units.Unit, on: date) -> dict[str | None, Place | Text]:
    """What a commune's code means, asked for once a code. No code means the unit itself, when that is a commune."""
    class Places(dict[str | None, Place | Text]):
        def __missing__(self, code: str | None) -> Place | Text:
            self[code] = found = _resolve(code, unit, on)
            return found

    found = Places()
    if unit.level == 3:
        found[None] = people.place_of(unit)
    return found


def _resolve(code: str | None, unit: units.Unit, on: date) -> Place | Text:
    if code is None:
        return EMPTY.format(title=BY_NAME["commune"].title, example=BY_NAME["commune"].example)
    try:
        commune = units.unit_by_code(code, on)
    except NotFound as unknown:
        return unknown.reasons[0].sentence
    if commune.level != 3:
        return _NO_COMMUNE.format(name=commune.name)
    if unit.level and unit.id not in (commune.id, commune.district_id, commune.province_id):
        return _ELSEWHERE.format(commune=commune.name, unit=unit.name)
    return people.place_of(commune)


def _place(row: Row, places: dict[str | None, Place | Text], unit: units.Unit) -> Place | None:
    """The commune a row lies in; None, with a finding, when its code names none in the unit."""
    if any(finding.field == "commune" for finding in row.findings):
        return None
    code = row.values.get("commune")
    found = places[code]
    if isinstance(found, Text):
        row.findings.append(Finding(row.number, "commune", code or "", found))
        return None
    return found
