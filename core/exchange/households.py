"""The households of a list, each said by its rows, beside the households of the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.domain import people, units
from core.domain.people import Change, Finding, HouseholdEntry, PersonEntry, Place
from core.domain.people.entries import refusals, warnings
from core.domain.people.matching import Households, Match, strangers
from core.domain.people.values import said
from core.exchange.columns import BY_NAME, COLUMNS, Column
from core.exchange.judgement import Choices, Doubt, Judgement, Refusal
from core.exchange.reading import Row, members_said
from core.text import Text

Groups = dict[tuple[int, str | int], list[Row]]  # by commune and household

EMPTY = Text("Để trống: ghi {title}, ví dụ {example}", "Empty: write {title}, for example {example}")
_CONTRADICTS = Text("Khác với dòng {row} của chủ hộ ({value}): thông tin của hộ chỉ ghi một lần, ở dòng chủ hộ",
                    "Unlike row {row} of the head ({value}): what is true of the household is written once, in the "
                    "head's row")
_ALSO_IN_FILE = Text("Số định danh này cũng ở dòng {row}, hộ {code}: kiểm tra lại",
                     "Row {row}, household {code}, has this number too: check it")
_CHOSEN = Text("theo lựa chọn của cán bộ", "as an officer chose")
_NOT_YET = Text("Chưa ghi ngày hoặc số quyết định công nhận: phân loại được ghi nhận là chưa rõ từ ngày nào",
                "No date or number of the decision: the category is recorded as holding since an unknown day")


def empty(row: Row, column: Column) -> Finding:
    """What to write into a cell that is empty."""
    return Finding(row.number, column.name, "", EMPTY.format(title=column.title, example=column.example))


def judge_groups(found: Judgement, groups: Groups, places: dict[int, Place], on: date, choices: Choices) -> None:
    """Judge the households of a file, in communes by their keys, into ``found``."""
    _Judging(found, places, on, choices).judge(groups)


class _Judging:
    """The households of a file beside those of the register, one at a time."""

    def __init__(self, found: Judgement, places: dict[int, Place], on: date, choices: Choices) -> None:
        self.found, self.places, self.on, self.choices = found, places, on, choices
        here = people.household.c.unit_id.in_(places)
        self.known = people.records(here & people.household.c.superseded_at.is_(None), on)
        self.by_code = {(record.row.unit_id, record.row.code): record for record in self.known.values()}
        self.households = Households(self.known.values())
        self.met: set[int] = set()
        self.deprived = any(name.startswith("deprived") for name in found.header.names)
        self.codes = _Codes(frozenset(self.by_code), on)
        self.seen: dict[str, tuple[int, str]] = {}

    def judge(self, groups: Groups) -> None:
        """Judge them: those with a code first, so that one without is not taken for one of them."""
        self.codes.known |= {(unit_id, group) for unit_id, group in groups if isinstance(group, str)}
        for coded in (True, False):
            for (unit_id, group), rows in groups.items():
                if isinstance(group, str) is coded:
                    self._judge(self.places[unit_id], group if isinstance(group, str) else "", rows)
        found = self.found
        found.changes.sort(key=lambda change: change.entry.row)
        found.missing = sorted((record for key, record in self.known.items()
                                if key not in self.met and record.row.ended_on is None), key=lambda one: one.row.code)

    def _judge(self, place: Place, code: str, rows: list[Row]) -> None:
        refused = [finding for row in rows for finding in row.findings]
        refused += [empty(row, BY_NAME[name]) for row in rows for name in ("name", "relation") if _is_blank(row, name)]
        entry = _entry(code, place, rows, refused)
        if not self.deprived:
            entry.deprivations = None
        refused += [] if refused else refusals(entry, self.on)
        match = self._match(entry, not refused)
        if match.why is not None and not refused:
            self.found.doubts.append(Doubt(entry, match.why, match.candidates))
            self.met |= {record.row.id for record in match.candidates}
            return
        if match.record is not None:
            self.met.add(match.record.row.id)
            self.households.take(match.record)
        if refused:
            self._refuse(entry, rows, refused)
            return
        if match.record is None and (not code or (place.unit_id, code) in self.by_code):
            entry.code = self.codes.next(place.unit_id)
            self.found.coded.add(entry.row)
        elif match.record is not None and match.record.row.code != code:
            entry.code = match.record.row.code
        change = people.compare(entry, match.record, self.on)
        if change.refused:
            self._refuse(entry, rows, change.refused)
            return
        if match.how is not None:
            self.found.found_by[entry.row] = match.how
        self._take(change)

    def _match(self, entry: HouseholdEntry, readable: bool) -> Match:
        """The household that an entry means; where somebody has chosen, that one."""
        known = self.by_code.get((entry.place.unit_id, entry.code)) if entry.code else None
        if entry.row in self.choices and readable:
            chosen = self.choices[entry.row]
            record = self.known.get(chosen) if chosen is not None else None
            if chosen is None or (record is not None and record.row.unit_id == entry.place.unit_id):
                return Match(record, _CHOSEN if record else None)
        if entry.code:
            doubt = strangers(entry, known) if known is not None and readable else None
            return doubt or Match(known)
        headed = any(member.relation == "head" and member.name for member in entry.members)
        return self.households.find(entry) if headed else Match()

    def _refuse(self, entry: HouseholdEntry, rows: list[Row], findings: list[Finding]) -> None:
        head = rows[0].values
        self.found.refusals.append(Refusal(entry.row, entry.code, head.get("name") or "", head.get("village") or "",
                                           sorted(row.number for row in rows), findings))
        self.found.refused_households += 1

    def _take(self, change: Change) -> None:
        entry, warned = change.entry, self.found.warned
        self.found.changes.append(change)
        warned += warnings(entry)
        warned += change.warned
        warned += _seen_before(entry, self.seen)
        if change.record is None and entry.category != "none" and not (entry.decided_on and entry.decision_number):
            warned.append(Finding(entry.row, "decided_on", "", _NOT_YET))


class _Codes:
    """Codes for new households that came without: the commune's, the year's, and the next number nobody has."""

    def __init__(self, known: frozenset[tuple[int, str]], on: date) -> None:
        self.on, self.known = on, known
        self.last: dict[int, int] = {}

    def next(self, unit_id: int) -> str:
        """A code that no household of the commune has."""
        while True:
            number = self.last[unit_id] = self.last.get(unit_id, 0) + 1
            code = f"{units.unit_by_id(unit_id, self.on).code}-{self.on.year}-{number:04}"
            if (unit_id, code) not in self.known:
                return code


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
        refused.append(empty(head, BY_NAME["category"]))
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
    said_plain["members_known"], said_plain["size_said"] = members_said(rows)
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
