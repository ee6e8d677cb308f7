"""A workbook of today (.xlsx), opened with care: what it would take to read is known before any of it is.

It is a zip of XML. A small one may unpack to terabytes, one cell in the last row and column makes a reader allocate
every cell before it, and one long text may be meant by a million cells. All of it is refused from the zip's directory
and one pass over the text, which also finds what the reader would pass over in silence: cells that show an error, and
formulas whose result nobody saved.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.exchange.sheets import (
    BOMB,
    ERROR_CELL,
    MOST_ROWS,
    NO_VALUE,
    NO_WORKBOOK,
    TITLE_ROWS,
    TOO_MANY_ROWS,
    TOO_WIDE,
    Sheet,
    refuse,
)
from core.text import Text

LARGEST_UNPACKED = 700 * 1024 * 1024
_SUSPICIOUS = 64 * 1024 * 1024  # a part that unpacks to more than this …
_MOST_SHRUNK = 250  # … and was packed to less than one part in so many is no list
_MOST_PARTS = 2_000
_MOST_CELLS = 9_000_000  # a reader takes some thirty bytes a cell
_LONGEST_TEXT = 150_000  # bytes; Excel takes 32,767 letters
_MOST_TEXT = 400_000_000  # bytes that the cells would hold if each had the longest of the shared texts
_MOST_FAULTY = 100_000
_CHUNK = 1 << 20
_OVERLAP = 64
_LONGEST_CELL = 1 << 16

# Cells by their reference. Beyond column CZ; beyond the rows taken; beyond AS and beyond row 100,000.
_FAR_COLUMN = re.compile(rb'r="(?:[D-Z][A-Z]|[A-Z]{3,})\d')
_FAR_ROW = re.compile(rb'r="[A-Z]{0,3}(?:20[1-9]\d{3}|2[1-9]\d{4}|[3-9]\d{5}|\d{7,})"')
_WIDE = re.compile(rb'r="(?:A[T-Z]|[B-Z][A-Z]|[A-Z]{3,})\d')
_LONG = re.compile(rb'r="[A-Z]{0,3}\d{6}')
_LOOSE = re.compile(rb"\br\s*=\s*([\"'])([^\"']*)\1")
_LOOSELY = (b"\n", b"\r", b"\t", b"='", b" =", b"= ")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_FORMULA_ALONE = re.compile(rb"\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
                            rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")

_TOO_FULL = Text("Trang tính có quá nhiều ô: chỉ giữ lại các cột và các dòng của danh sách rồi lưu lại",
                 "The sheet has too many cells: keep only the columns and rows of the list and save again")
_TOO_LONG = Text("Có ô chứa quá nhiều chữ: xóa nội dung không thuộc danh sách rồi lưu lại",
                 "A cell holds too much text: delete what does not belong to the list and save again")
_ALL_FAULTY = Text("Hầu hết các ô là công thức chưa có kết quả hoặc báo lỗi: mở tệp bằng Excel, dán thành giá trị rồi "
                   "lưu lại",
                   "Most cells are formulas without results, or errors: open the file in Excel, paste them as values "
                   "and save")

Faulty = dict[tuple[int, int], Text]


@dataclass(slots=True)
class _Scan:
    """What one pass over the parts of a workbook has found."""

    cells: int = 0
    longest: int = 0
    faulty: dict[str, Faulty] = field(default_factory=dict)


def open_zipped(content: bytes) -> Iterator[Sheet]:
    """The visible sheets of an .xlsx, each read when its turn comes. Raises ``BadInput``."""
    faulty = _check(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for place, sheet in enumerate(book.sheets_metadata):
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
                yield _sheet(book.get_sheet_by_name(sheet.name), faulty(place))
    except (CalamineError, OSError, ValueError) as error:
        raise refuse("no_workbook", NO_WORKBOOK) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the reader does where it meets what it never expected
            raise
        raise refuse("no_workbook", NO_WORKBOOK) from error


def _sheet(sheet: CalamineSheet, faulty: Faulty) -> Sheet:
    if sheet.total_height > MOST_ROWS + TITLE_ROWS:
        raise refuse("too_many_rows", TOO_MANY_ROWS, sheet.total_height, MOST_ROWS)
    return Sheet(enumerate(sheet.iter_rows(), 1), tuple(sheet.merged_cell_ranges or ()), faulty)


class _Faulty:
    """The faulty cells of the sheets by their place in the workbook; of all sheets where the parts do not tell."""

    def __init__(self, by_part: dict[str, Faulty], parts: list[str]) -> None:
        self.by_part, self.parts = by_part, parts

    def __call__(self, place: int) -> Faulty:
        if place < len(self.parts):
            return self.by_part.get(self.parts[place], {})
        return {cell: sentence for cells in self.by_part.values() for cell, sentence in cells.items()}


def _check(content: bytes) -> _Faulty:
    """Refuse what asks for too much; gives the faulty cells of the n-th sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise refuse("no_workbook", NO_WORKBOOK)
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED or any(
                    part.file_size > max(_SUSPICIOUS, part.compress_size * _MOST_SHRUNK) for part in parts):
                raise refuse("unpacks_too_large", BOMB)
            scan = _Scan()
            for part in parts:
                if part.filename.endswith(".xml"):  # a sheet may have any name
                    _scan(archive, part, scan)
            if scan.longest > _LONGEST_TEXT or scan.longest * scan.cells > max(_MOST_TEXT, LARGEST_UNPACKED):
                raise refuse("unpacks_too_large", _TOO_LONG)
            return _Faulty(scan.faulty, _order(archive) if scan.faulty else [])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise refuse("no_workbook", NO_WORKBOOK) from error


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, found: _Scan) -> None:
    """Look through one part. A size that the directory states wrongly fails here, by its checksum."""
    is_texts = part.filename.lower().endswith("sharedstrings.xml")
    faulty: Faulty = {}
    wide = long = False
    running = 0
    with archive.open(part) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            text = before + chunk
            if b"\x00" in text[:64]:  # not UTF-8: what the scan cannot read is not read at all
                raise refuse("no_workbook", NO_WORKBOOK)
            if is_texts:
                running = _longest(chunk, running, found)
                continue
            text = _plainly(text)
            if _refers(text, _WIDE):
                wide = True
                if _refers(text, _FAR_COLUMN):
                    raise refuse("too_wide", TOO_WIDE)
            if _refers(text, _LONG):
                long = True
                if _refers(text, _FAR_ROW):
                    raise refuse("too_many_rows", TOO_MANY_ROWS, needed=MOST_ROWS)
            found.cells += chunk.count(b"c>")
            if (wide and long) or found.cells > _MOST_CELLS:
                raise refuse("too_many_cells", _TOO_FULL, needed=_MOST_CELLS)
            if b't="e"' in text or b"<f" in text or (b"<x" in text and b":f" in text):
                _find_faulty(text, faulty)
            before = _rest(text)
    if faulty:
        found.faulty[part.filename] = faulty


def _refers(text: bytes, far: re.Pattern[bytes]) -> bool:
    """Whether a cell's reference matches; a pattern that begins with its letter runs ten times as fast over blanks."""
    return any(text[found.start() - 1:found.start()].isspace() for found in far.finditer(text))


def _longest(chunk: bytes, running: int, found: _Scan) -> int:
    """Note the longest of the shared texts; gives how long the last one is so far."""
    first, *others = chunk.split(b"</si>")
    found.longest = max(found.longest, running + len(first), *map(len, others)) if others else max(
        found.longest, running + len(first))
    if found.longest > _LONGEST_TEXT:
        raise refuse("unpacks_too_large", _TOO_LONG)
    return len(others[-1]) if others else running + len(first)


def _plainly(text: bytes) -> bytes:
    """References written in one way: with double quotes and no blanks, as every program writes them."""
    return _LOOSE.sub(rb'r="\2"', text) if any(sign in text for sign in _LOOSELY) else text


def _rest(text: bytes) -> bytes:
    """The end of what was read, to be looked at with what follows: from the last cell on."""
    last = text.rfind(b"<c ")
    return text[last:] if last > max(0, len(text) - _LONGEST_CELL) else text[-_OVERLAP:]


def _find_faulty(text: bytes, faulty: Faulty) -> None:
    """Cells that show an error, and formulas without a result (one whose result is an empty text says so)."""
    for cell in _CELL.finditer(text):
        attributes, inner = cell.groups()
        is_error = b't="e"' in attributes
        if not is_error and (b"f" not in inner or b't="str"' in attributes or not _FORMULA_ALONE.fullmatch(inner)):
            continue
        where = _REFERENCE.search(attributes)
        if where is None:
            continue
        value = _VALUE.search(inner)
        shown = value[1].decode("utf-8", "replace")[:20] if value else "#"
        faulty[int(where[2]), _place(where[1])] = ERROR_CELL.format(seen=shown) if is_error else NO_VALUE
        if len(faulty) > _MOST_FAULTY:
            raise refuse("formulas_without_values", _ALL_FAULTY)


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _order(archive: zipfile.ZipFile) -> list[str]:
    """The parts of the sheets in the workbook's order; none where that cannot be told."""
    try:
        book, related = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return []
    targets = {}
    for relation in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", related):
        key, target = re.search(rb'\bId="([^"]*)"', relation), re.search(rb'\bTarget="([^"]*)"', relation)
        if key and target:
            path = target[1].decode("utf-8", "replace")
            targets[key[1]] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    keys = [re.search(rb'\br:id="([^"]*)"', sheet) for sheet in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", book)]
    found = [targets.get(key[1], "") if key else "" for key in keys]
    return found if all(found) else []
