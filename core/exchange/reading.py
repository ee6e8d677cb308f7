"""The rows of a household list as they stand in a file: found, read cell by cell, told apart by household.

Nothing here knows the register. What cannot be read is a finding of its row; who judges it decides what is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from core.domain.people import Finding
from core.domain.people.values import Unreadable, said
from core.errors import BadInput, Reason
from core.exchange import encodings, headers, passing, workbook
from core.exchange.columns import BY_NAME, Column
from core.exchange.encodings import Scheme
from core.exchange.headers import Header
from core.exchange.settling import settle
from core.exchange.sheets import ERROR_CELL, Cells, Sheet
from core.text import Text

# what may be said once for a whole list
GIVEN = ("line", "category", "decided_on", "decision_number", "decision_issuer", "village", "commune")
_SAMPLE = 1_000  # rows by which it is told how a column was typed
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})

_NO_HEADER = Text("Không thấy hàng tiêu đề: cần một hàng có Họ và tên, Quan hệ với chủ hộ, Phân loại … (xem tệp mẫu)",
                  "No header row: one row must say Họ và tên, Quan hệ với chủ hộ, Phân loại … (see the template)")
_CHANGED = Text("Cột này gõ bằng {scheme}, đã đổi sang Unicode, ví dụ «{before}» thành «{after}»: xem lại vài dòng",
                "This column was typed in {scheme} and was turned into Unicode, “{before}” into “{after}”: check some "
                "rows")
_COMPOSED = Text("Cột này gõ bằng {scheme}, đã đổi sang Unicode dựng sẵn", "This column was typed in {scheme} and was "
                 "turned into composed Unicode")
_ABSENT = Text("Danh sách không có các cột {columns}: những mục này được để là chưa rõ",
               "The list has no columns {columns}: what they would say stays unknown")


@dataclass(slots=True)
class Row:
    """One row as read: its number, what its cells said (an empty one nothing), and what could not be read.

    Rows of one commune with the same ``group`` are one household: the household's code, or a number where the list
    gives it none (``values`` then has no "code", and its household is known by its head). ``alone`` tells that the list
    has no relations: one row is a household and names its head.
    """

    number: int
    values: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    group: str | int = 0
    alone: bool = False


@dataclass(slots=True)
class Listed:
    """A list that was found in a file. ``rows`` are read as they are asked for; the rest is whole after the last.

    ``notes`` tell what was changed or assumed in reading, of the file or of a column; ``passed`` are rows that are
    nobody.
    """

    header: Header
    rows: Iterator[Row]
    notes: list[Finding] = field(default_factory=list)
    passed: list[Finding] = field(default_factory=list)


def read_list(content: bytes, commune_needed: bool, given: Mapping[str, Any] | None = None,
              mapping: Mapping[str, str] | None = None) -> Listed:
    """The list in a file: on the first sheet that has one.

    ``given`` are values said once for the file, by column (see ``read_given``); ``mapping`` is what headers mean, by
    ``headers.key_of``. Raises ``BadInput`` for no list.
    """
    given = given or {}
    place = _find(content, mapping or {})
    if place is None:
        raise workbook.refuse("no_header", _NO_HEADER)
    header, top, sheet = place
    header = headers.checked(header, commune_needed, given)
    if header.wrong:
        raise BadInput(header.wrong)
    notes = [Finding(header.last + 1, "", "", told) for told in sheet.told]
    if absent := [column.title for column in header.absent if column.name not in given]:
        notes.append(Finding(header.last + 1, "", "", _ABSENT.format(columns=_shortly(absent))))
    rows = chain(top[header.last + 1:], sheet.rows)
    sample = [cells for _, cells in top]
    found = Listed(header, iter(()), notes)
    found.rows = _rows(rows, found, sheet, sample, given)
    return found


def raw(content: bytes, mapping: Mapping[str, str] | None = None) -> tuple[Header, Iterator[tuple[int, Cells]]]:
    """The header of a list and the cells of every row below it as they were sent. Raises ``BadInput`` for no list."""
    place = _find(content, mapping or {})
    if place is None:
        raise workbook.refuse("no_header", _NO_HEADER)
    header, top, sheet = place
    return header, chain(top[header.last + 1:], sheet.rows)


def look(content: bytes, commune_needed: bool, given: Mapping[str, Any] | None = None,
         mapping: Mapping[str, str] | None = None) -> Header:
    """The header of a list that perhaps cannot be read yet: its titles, some cells of each, and what stands in the way.

    Raises ``BadInput`` for what is no list at all.
    """
    found = _find(content, mapping or {}) or _find(content, mapping or {}, guess=True)
    if found is None:
        raise workbook.refuse("no_header", _NO_HEADER)
    return headers.checked(found[0], commune_needed, given or {})


def read_given(given: Mapping[str, str]) -> dict[str, Any]:
    """What was said once for the whole file, read as a cell of each column is; blank ones are left out.

    Raises ``BadInput`` with every reason, its ``field`` the column's name.
    """
    found, wrong = {}, []
    for name, written in given.items():
        try:
            value = BY_NAME[name].read(written)
        except Unreadable as unreadable:
            wrong.append(Reason("unreadable", unreadable.sentence, seen=written[:200], field=name))
            continue
        if value:
            found[name] = value
    if wrong:
        raise BadInput(wrong)
    return found


# Finding the list

Top = list[tuple[int, Cells]]


def _find(content: bytes, mapping: Mapping[str, str], guess: bool = False) -> tuple[Header, Top, Sheet] | None:
    """The list on the first sheet whose header is plain; else on the first that names persons at all, be it only
    because somebody said so."""
    for finding in (_guessed,) if guess else (headers.find_header, _short_header, _said_header):
        for sheet in workbook.sheets(content):
            top = list(islice(sheet.rows, _SAMPLE))
            header = finding([cells for _, cells in top], mapping)
            if header is not None:
                return header, top, sheet
    return None


def _short_header(rows: Sequence[Cells], mapping: Mapping[str, str]) -> Header | None:
    header = headers.find_header(rows, mapping, least=2)
    return header if header and header.names & {"name", "head_name"} else None


def _said_header(rows: Sequence[Cells], mapping: Mapping[str, str]) -> Header | None:
    names = {key: column for key, column in mapping.items() if column in ("name", "head_name")}
    header = headers.find_header(rows, mapping, least=1) if names else None
    return header if header and any(title.key in names for title in header.titles) else None


def _guessed(rows: Sequence[Cells], mapping: Mapping[str, str]) -> Header | None:
    return headers.guess_header(rows, mapping)


def _shortly(titles: Sequence[str]) -> str:
    """The titles with the twelve indicators as one."""
    plain = [title for title in titles if not title.startswith("Thiếu hụt")]
    return ", ".join([*plain, *(["Thiếu hụt 1 đến 12"] if len(plain) < len(titles) else [])])


# Reading the rows


class _Meanings(dict[Any, Any]):
    """What the cells of one column mean; each way of writing is read once, what cannot be read kept as exception."""

    def __init__(self, column: Column, scheme: Scheme | None) -> None:
        self.column, self.scheme = column, scheme
        self.read: Callable[[Any], Any] = column.read
        self.changed: dict[str, tuple[str, str]] = {}  # how it was typed -> one cell before and after
        super().__init__()

    def __missing__(self, key: Any) -> Any:
        if len(self) > 10_000:  # names and numbers hardly repeat
            self.clear()
        cell = key[1] if key.__class__ is tuple else key
        try:
            if cell.__class__ is str and (not cell.isascii() or cell[0] == "#"):
                cell = self._as_unicode(cell)
            self[key] = found = self.read(cell)
        except Unreadable as unreadable:
            self[key] = found = unreadable
        return found

    def _as_unicode(self, cell: str) -> str:
        if cell.strip() in _ERRORS or not cell.strip().strip("#"):
            raise Unreadable(ERROR_CELL.format(seen=cell.strip()[:20]))
        if encodings.is_proper(cell):
            if not unicodedata.is_normalized("NFC", cell):
                self.changed.setdefault("nfd", (cell, cell))
            return cell
        scheme = self.scheme
        if scheme is None and not cell.isascii():  # one of a few that were pasted from an old file
            scheme = encodings.scheme_of([cell])
        if scheme is None:
            return cell
        read = encodings.repaired(cell, scheme, self.column.of_name)
        if read != cell:
            self.changed.setdefault(scheme, (cell, read))
        return read


def _rows(rows: Iterable[tuple[int, Cells]], listed: Listed, sheet: Sheet, sample: list[Cells],
          given: Mapping[str, Any]) -> Iterator[Row]:
    header = listed.header
    columns = _columns(header, sample[header.last + 1:])
    width = max((place for place, _, _ in columns), default=0) + 1
    faulty_rows = {number for number, _ in sheet.faulty}
    passed = passing.Passed(header, sample, listed.passed)
    groups = _Groups(header, given)
    for number, cells in rows:
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))  # a row of text ends with its last cell
        values: dict[str, Any] = {}
        findings: list[Finding] = []
        for place, name, meanings in columns:
            cell = cells[place]
            if cell == "":
                continue
            value = meanings[cell if cell.__class__ is str else (cell.__class__, cell)]
            if value.__class__ is Unreadable:
                findings.append(Finding(number, name, said(cell)[:200], value.sentence))
            elif value is not None:
                values[name] = value
        if number in faulty_rows:
            findings += [Finding(number, name, "", sheet.faulty[number, place]) for place, name, _ in columns
                         if (number, place) in sheet.faulty]
        if not (findings or any(values.values())) and not groups.may_head(cells):
            continue
        if "relation" not in values and "id_number" not in values and passed.over(number, cells, values):
            continue
        if findings or any(values.values()):
            row = Row(number, values, findings)
            settle(row.values, row.findings, number)
            yield groups.taken(row, passed.village)
    listed.notes += _told(columns, header)


def _columns(header: Header, sample: list[Cells]) -> list[tuple[int, str, _Meanings]]:
    """Each column that is read, with how its cells were typed as the first rows tell."""
    old = [[cell for cell in dict.fromkeys(row[place] for row in sample if len(row) > place)
            if cell.__class__ is str and not cell.isascii()] for place, _ in header.places]
    of_file = encodings.scheme_of((cell for cells in old for cell in cells), least=3)
    found = []
    for (place, column), cells in zip(header.places, old, strict=True):
        if column.of == "nothing":
            continue
        scheme = encodings.scheme_of(cells)
        if scheme is None and of_file and not any(map(encodings.is_proper, cells)):
            scheme = of_file
        found.append((place, column.name, _Meanings(column, scheme)))
    return found


def _told(columns: Iterable[tuple[int, str, _Meanings]], header: Header) -> Iterator[Finding]:
    for _, name, meanings in columns:
        for typed, (before, after) in meanings.changed.items():
            sentence = (_COMPOSED if typed == "nfd" else _CHANGED).format(
                scheme=encodings.TITLES[typed], before=before[:60], after=after[:60])
            yield Finding(header.last + 1, name, "", sentence)


class _Groups:
    """Tells households apart: by their code, else a new one begins with every head."""

    def __init__(self, header: Header, given: Mapping[str, Any]) -> None:
        self.alone = "relation" not in header.names  # one row is one household, and names its head
        self.given = {name: value for name, value in given.items() if BY_NAME[name].of == "household"}
        self.commune = given.get("commune")
        self.counted = 0
        self.current: str | int = 0

    def may_head(self, cells: Cells) -> bool:
        """Whether a row that says nothing may still be the heading of the rows below."""
        return any(cell.__class__ is str and cell for cell in cells)

    def taken(self, row: Row, village: str | None) -> Row:
        """The row with its household, and with what was said once for many rows."""
        values = row.values
        code = values.get("code")
        if self.alone:
            # a second row under a code is somebody of that household, nobody has said who
            row.alone = True
            values["relation"] = "other" if code and code == self.current else "head"
        if code:
            self.current = code
        elif values.get("relation") == "head" or not self.current:
            self.counted += 1
            self.current = self.counted
        row.group = self.current
        if self.commune:
            values.setdefault("commune", self.commune)
        if values.get("relation") == "head":
            if village:
                values.setdefault("village", village)
            for name, value in self.given.items():
                values.setdefault(name, value)
        return row


def members_said(rows: Sequence[Row]) -> tuple[bool, int | None]:
    """Whether the rows of a household name all its members, and how many members its list counts.

    A single row of a list without relations names the head alone, unless the list says that nobody else is there.
    """
    size = next((row.values["size_said"] for row in rows if row.values.get("size_said")), None)
    if size is not None:
        return len(rows) >= size, size
    return len(rows) > 1 or not rows[0].alone, None
