"""The rows of a household list, judged one by one before anything is written.

A row that cannot be taken refuses its household and no other. Judging reads the register and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.domain import people, units
from core.domain.people import Change, Finding, HouseholdEntry, PersonEntry, Place
from core.domain.people.entries import refusals, warnings
from core.domain.people.values import said
from core.errors import NotFound
from core.exchange import workbook
from core.exchange.columns import BY_NAME, COLUMNS, Column, Header
from core.exchange.reading import Row, read_list
from core.text import Text

_NO_ROWS = Text("Tệp không có dòng nào dưới hàng tiêu đề", "The file has no row below its headers")
_EMPTY = Text("Để trống: ghi {title}, ví dụ {example}", "Empty: write {title}, for example {example}")
_ELSEWHERE = Text("{commune} không thuộc {unit}, nơi tệp này được nhập",
                  "{commune} does not lie in {unit}, which this file is for")
_NO_COMMUNE = Text("{name} không phải xã, phường hay đặc khu: ghi mã 5 chữ số của xã",
                   "{name} is no commune: write a commune's 5 digits")
_CONTRADICTS = Text("Khác với dòng {row} của chủ hộ ({value}): thông tin của hộ chỉ ghi một lần, ở dòng chủ hộ",
                    "Unlike row {row} of the head ({value}): what is true of the household is written once, in the "
                    "head's row")
_NOBODY = Text("Dòng này không có mã hộ và họ tên nên được bỏ qua",
               "This row has no household code and no name; it was passed over")
_ALSO_IN_FILE = Text("Số định danh này cũng ở dòng {row}, hộ {code}: kiểm tra lại",
                     "Row {row}, household {code}, has this number too: check it")
_NOT_YET = Text("Chưa ghi ngày hoặc số quyết định công nhận: phân loại được ghi nhận là chưa rõ từ ngày nào",
                "No date or number of the decision: the category is recorded as holding since an unknown day")


@dataclass(slots=True)
class Judgement:
    """Every household of a file beside what is known, and every finding. Nothing is written yet."""

    rows: int = 0
    header: Header = field(default_factory=lambda: Header((), ()))
    changes: list[Change] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    refused_households: int = 0
    warned: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # codes in the register that the file does not have


def judge(content: bytes, unit: units.Unit, on: date) -> Judgement:
    """Judge the list of a workbook for a commune, or for those below a unit. Raises ``BadInput`` for no list."""
    listed = read_list(content, unit.level != 3)
    found = Judgement(header=listed.header)
    places = _places(unit, on)
    groups: dict[tuple[int, str], list[Row]] = {}
    for row in listed.rows:
        if not row.values.get("code") and not row.values.get("name") and not row.findings:
            found.warned.append(Finding(row.number, "", "", _NOBODY))
            continue
        found.rows += 1
        place = _place(row, places, unit)
        if place is None or not row.values.get("code"):
            found.refused += row.findings or [_empty(row, BY_NAME["code"])]
            continue
        groups.setdefault((place.unit_id, row.values["code"]), []).append(row)
    if not found.rows:
        raise workbook.refuse("no_rows", _NO_ROWS)
    by_unit = {place.unit_id: place for place in places.values() if isinstance(place, Place)}
    _judge_households(found, groups, by_unit, on)
    return found


def _empty(row: Row, column: Column) -> Finding:
    return Finding(row.number, column.name, "", _EMPTY.format(title=column.title, example=column.example))


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
        return _EMPTY.format(title=BY_NAME["commune"].title, example=BY_NAME["commune"].example)
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


# Households


def _judge_households(found: Judgement, groups: dict[tuple[int, str], list[Row]], places: dict[int, Place],
                      on: date) -> None:
    known = {(record.row.unit_id, record.row.code): record
             for record in people.records(people.household.c.unit_id.in_(places), on).values()}
    seen: dict[str, tuple[int, str]] = {}
    for key, rows in groups.items():
        refused = [finding for row in rows for finding in row.findings]
        refused += [_empty(row, BY_NAME[name]) for row in rows for name in ("name", "relation") if _is_blank(row, name)]
        entry = _entry(key[1], places[key[0]], rows, refused)
        change = None
        if not refused:
            refused += refusals(entry, on)
            change = people.compare(entry, known.get(key), on)
            refused += change.refused
        if refused or change is None:
            found.refused += refused
            found.refused_households += 1
            continue
        found.changes.append(change)
        found.warned += warnings(entry)
        found.warned += change.warned
        found.warned += _seen_before(entry, seen)
        if change.record is None and entry.category != "none" and not (entry.decided_on and entry.decision_number):
            found.warned.append(Finding(entry.row, "decided_on", "", _NOT_YET))
    found.missing = sorted(record.row.code for key, record in known.items()
                           if key not in groups and record.row.ended_on is None)


def _is_blank(row: Row, name: str) -> bool:
    return not row.values.get(name) and not any(finding.field == name for finding in row.findings)


_OF_HOUSEHOLD = tuple(column.name for column in COLUMNS if column.of == "household")
_PLAIN = tuple(name for name in _OF_HOUSEHOLD if not name.startswith("deprived_"))
_TICKS = tuple(name for name in _OF_HOUSEHOLD if name.startswith("deprived_"))


def _entry(code: str, place: Place, rows: list[Row], refused: list[Finding]) -> HouseholdEntry:
    """The household that some rows say, the head's row first; what contradicts that row goes to ``refused``."""
    rows.sort(key=lambda row: row.values.get("relation") != "head")
    head = rows[0]
    for row in rows[1:]:
        for name in _OF_HOUSEHOLD:
            value = row.values.get(name)
            if value and value != head.values.get(name):
                refused.append(Finding(row.number, name, _shown(value), _CONTRADICTS.format(
                    row=head.number, value=_shown(head.values.get(name)) or "…")))
    values = head.values
    if _is_blank(head, "category"):
        refused.append(_empty(head, BY_NAME["category"]))
    members = []
    household_marks: set[str] = set()
    for row in rows:
        marks = row.values.get("marks") or ()
        household_marks.update(mark for mark in marks if mark in people.HOUSEHOLD_MARKS)
        members.append(PersonEntry(
            row.values.get("name") or "", row.values.get("relation") or "", row.values.get("birth"),
            row.values.get("sex"),
            row.values.get("ethnic"), row.values.get("id_number"),
            tuple(mark for mark in marks if mark in people.PERSON_MARKS),
            () if row is head else row.values.get("demands") or (), None, row.number))
    said_plain = {name: values[name] for name in _PLAIN if name in values}
    said_plain["line"] = said_plain.get("line") or "national"
    said_plain["causes"] = said_plain.get("causes") or ()
    return HouseholdEntry(
        code, place, members, **said_plain,
        deprivations=sum(1 << bit for bit, name in enumerate(_TICKS) if values.get(name)),
        marks=tuple(sorted(household_marks)), demands=values.get("demands") or (), row=head.number)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(" ".join(part) if isinstance(part, tuple) else str(part) for part in value)
    return "x" if value is True else said(value)


def _seen_before(entry: HouseholdEntry, seen: dict[str, tuple[int, str]]) -> Iterator[Finding]:
    """Numbers that another household of the file has too."""
    for member in entry.members:
        if member.id_number:
            row, code = seen.setdefault(member.id_number, (member.row, entry.code))
            if code != entry.code:
                yield Finding(member.row, "id_number", member.id_number, _ALSO_IN_FILE.format(row=row, code=code))
