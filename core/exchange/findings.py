"""What goes back to the office: its own list with a column that says what became of each row, and the refused rows
alone, to be corrected and sent again.

Both have the columns of the file that was sent, in its order. Rows are written as they are made, so that memory does
not grow with the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy import Row
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core import db
from core.domain import units
from core.exchange import lines, marking, reading
from core.exchange.headers import Header
from core.exchange.imports import kept_file
from core.exchange.judged import report_in
from core.exchange.mapping import remembered
from core.text import Text

_LATER = {"new": Text("Sẽ thêm mới", "Will be added"), "changed": Text("Sẽ sửa", "Will be changed")}
_STATES = {
    "new": Text("Đã thêm mới", "Added"), "changed": Text("Đã sửa", "Changed"),
    "unchanged": Text("Không đổi", "Unchanged"), "doubtful": Text("Chưa rõ là hộ nào", "In doubt"),
    "refused": Text("Bị từ chối", "Refused")}
_NOT_TAKEN = ("refused", "doubtful")
_CODE = Text("mã mới tạo {code}", "code made here {code}")
_WHOLE = Text("Cả hộ bị từ chối vì dòng khác của hộ có lỗi", "The household is refused for another of its rows")
_SHEET = Text("Danh sách", "List")
_WRONG, _WIDEST = "#F8D0CB", 60


@dataclass
class _Row:
    """What is said of one row of the file."""

    state: str
    shown: str
    told: list[str] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by column's name


def write_report(row: Row[Any], language: str = "vi") -> BytesIO:
    """The list of an import with two columns more: what became of each row, and what was changed or repaired.

    An .xlsx, at its beginning. Raises ``NotFound`` when the list itself is lost.
    """
    return _write(row, language, refused_only=False)


def write_refused(row: Row[Any], language: str = "vi") -> BytesIO:
    """Only the rows of refused and doubtful households: wrong cells coloured, each with a comment that says why.

    The file knows which import it corrects (``marking``): sent back, the other households are not missing.
    """
    return _write(row, language, refused_only=True)


def _write(row: Row[Any], language: str, refused_only: bool) -> BytesIO:
    content = kept_file(row).read_bytes()
    header, rows = reading.raw(content, remembered(units.unit_by_id(row.for_unit_id, row.on_date)))
    said = _said(row, language)
    file = BytesIO()  # the rows themselves pass through files of the folder below
    folder = db.settings().instance / "tmp"
    folder.mkdir(exist_ok=True)
    with xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False,
                                    "default_date_format": "dd/mm/yyyy"}) as book:
        if refused_only:
            book.set_custom_property(marking.PROPERTY, str(row.id), "text")
        sheet = _Sheet(book.add_worksheet(_SHEET.to(language)), book, header, language, refused_only)
        for number, cells in rows:
            found = said.get(number)
            if not refused_only or (found is not None and found.state in _NOT_TAKEN):
                sheet.write(cells, found)
    file.seek(0)
    return file


class _Sheet:
    """The sheet that is written, a row after the other."""

    def __init__(self, sheet: Worksheet, book: Any, header: Header, language: str, refused_only: bool) -> None:
        self.sheet, self.language, self.refused_only = sheet, language, refused_only
        self.places = {column.name: place for place, column in header.places}
        self.width = max((title.place for title in header.titles), default=-1) + 1
        self.next = 1
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.wrong = book.add_format({"bg_color": _WRONG})
        self.wrong_day = book.add_format({"bg_color": _WRONG, "num_format": "dd/mm/yyyy"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1})
        more = [marking.TO_CORRECT] if refused_only else [marking.RESULT, marking.DONE]
        sheet.set_column(self.width, self.width + len(more) - 1, _WIDEST)
        sheet.freeze_panes(1, 0)
        names = {place: column.title for place, column in header.places}
        for title in header.titles:
            known = names.get(title.place, "")
            several = "/" in title.key or "\n" in title.written  # one row says what two or three did
            sheet.write_string(0, title.place, known if known and several else title.written, bold)
        for place, text in enumerate(more, self.width):
            sheet.write_string(0, place, text.to(language), bold)

    def write(self, cells: Sequence[Any], said: _Row | None) -> None:
        """One row as it was sent, with what is said of it."""
        wrong = {self.places[name]: why for name, why in said.wrong.items() if name in self.places} if said else {}
        for place in range(self.width):
            cell = cells[place] if place < len(cells) else ""
            self._cell(place, cell, place in wrong)
        for place, why in wrong.items():
            self.sheet.write_comment(self.next, place, "\n".join(why), {"x_scale": 2.2})
        for place, text in enumerate(self._told(said), self.width):
            if text:
                self.sheet.write_string(self.next, place, text[:32_000], self.wrapped)
        self.next += 1

    def _told(self, said: _Row | None) -> list[str]:
        if said is None:
            return []
        if self.refused_only:
            return ["; ".join(said.told) or _WHOLE.to(self.language)]
        return [said.shown, "; ".join(said.told)]

    def _cell(self, place: int, cell: Any, wrong: bool) -> None:
        shade: Format | None = self.wrong if wrong else None
        if cell == "" or cell is None:
            if wrong:
                self.sheet.write_blank(self.next, place, None, shade)
        elif isinstance(cell, bool):
            self.sheet.write_boolean(self.next, place, cell, shade)
        elif isinstance(cell, int | float):
            self.sheet.write_number(self.next, place, cell, shade)
        elif isinstance(cell, date | datetime) and cell.year >= 1900:
            self.sheet.write_datetime(self.next, place, cell, self.wrong_day if wrong else self.day)
        else:
            self.sheet.write_string(self.next, place, str(cell), shade)  # never a formula, whatever was written


def _said(row: Row[Any], language: str) -> dict[int, _Row]:
    """By row of the file what became of it."""
    english = language == "en"
    found: dict[int, _Row] = {}
    states = _STATES if row.accepted_at else {**_STATES, **_LATER}
    for line in lines.all_lines(row.id):
        details, state = line["details"], line["state"]
        if state == "missing":
            continue
        shown = states[state].to(language)
        for number in details["rows"]:
            found[number] = _Row(state, shown)
        told = found.setdefault(line["row"], _Row(state, shown)).told
        if details.get("made"):
            told.append(_CODE.to(language).format(code=line["code"]))
        if details.get("how"):
            told.append(details["how"][english])
        told += _changes(details.get("cells") or ())
        if state == "doubtful":
            _doubt(found[line["row"]], details, english)
        for number, name, title, _, why in details.get("findings") or ():
            each = found.setdefault(number, _Row(state, shown))
            each.wrong[name].append(why[english])
            each.told.append(f"{title}: {why[english]}" if title else why[english])
    for warning in report_in(row.report, language)["warnings"]:
        if warning["row"] in found and found[warning["row"]].state not in _NOT_TAKEN:
            found[warning["row"]].told.append(warning["reason"])
    return found


def _changes(cells: Iterable[Sequence[str]]) -> list[str]:
    return [f"{f'{who}, ' if who else ''}{column}: {before or '–'} → {after or '–'}"
            for who, column, before, after in cells]


def _doubt(said: _Row, details: dict[str, Any], english: bool) -> None:
    codes = "; ".join(f"{one['code']} ({one['head']})" for one in details["candidates"])
    why = f"{details['why'][english]}: {codes}"
    said.told.append(why)
    said.wrong["code"].append(why)
