"""A workbook somebody sent, opened with care: what it would take to read is known before any of it is.

A workbook is a zip of XML. A small one may unpack to terabytes, and one cell in the last row and column makes a reader
allocate every cell before it; both are refused from the zip's directory and a scan of the sheet's text.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.errors import BadInput, Reason
from core.text import Text

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_UNPACKED = 700 * 1024 * 1024
MOST_ROWS = 200_000
_MOST_PARTS = 2_000
_TITLE_ROWS = 1_000  # rows above and blank ones between that still do not count as too many
_CHUNK = 1 << 20
_OVERLAP = 32

# A reference beyond column CZ, or beyond the rows taken.
_FAR_COLUMN = re.compile(rb"""\sr=["'](?:[D-Z][A-Z]|[A-Z]{3,})\d""")
_FAR_ROW = re.compile(rb"""\sr=["'][A-Z]{0,3}(?:20[1-9]\d{3}|2[1-9]\d{4}|[3-9]\d{5}|\d{7,})["']""")

_NO_WORKBOOK = Text("Tệp này không phải sổ Excel .xlsx: mở bằng Excel rồi lưu lại thành kiểu «Excel Workbook (.xlsx)»",
                    "This file is no .xlsx workbook: open it in Excel and save it as “Excel Workbook (.xlsx)”")
_OLD_OR_LOCKED = Text("Tệp là sổ Excel đời cũ (.xls) hoặc có mật khẩu: bỏ mật khẩu và lưu lại thành .xlsx",
                      "This is an old .xls workbook, or has a password: take the password off and save it as .xlsx")
_NOTHING = Text("Tệp trống, không có gì bên trong: chọn lại tệp danh sách", "The file is empty: choose the list again")
_TOO_LARGE = Text("Tệp nặng {size} MB, nhiều nhất là {most} MB: tách thành nhiều tệp",
                  "The file has {size} MB, at most {most} MB: split it into several")
_BOMB = Text("Tệp giải nén ra quá lớn nên không được mở: chỉ giữ lại trang tính danh sách rồi lưu lại",
             "The file unpacks to too much and was not opened: keep only the sheet with the list and save it again")
_TOO_MANY_ROWS = Text("Danh sách quá {most} dòng: tách thành nhiều tệp; nếu ít hơn, xóa các dòng trống có định dạng ở "
                      "cuối trang tính",
                      "More than {most} rows: split the file; if there are fewer, delete the formatted blank rows at "
                      "the end")
_TOO_WIDE = Text("Trang tính có ô ở cột quá xa (sau cột CZ): xóa các cột thừa bên phải rồi lưu lại",
                 "The sheet has cells far to the right (beyond column CZ): delete the columns at the right and save "
                 "again")


def refuse(code: str, sentence: Text, seen: Any = None, needed: Any = None) -> BadInput:
    """The refusal of a whole file."""
    return BadInput(Reason(code, sentence, seen=seen, needed=needed, field="file"))


def read_bytes(source: bytes | str | Path) -> bytes:
    """The file's content; refused by its size before it is read. Raises ``BadInput``."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if not size:
        raise refuse("no_workbook", _NOTHING, 0)
    if size > LARGEST_FILE:
        raise refuse("file_too_large", _TOO_LARGE.format(size=-(-size // 1024**2), most=LARGEST_FILE // 1024**2), size,
                     LARGEST_FILE)
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def digest(content: bytes) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return sha256(content).hexdigest()


def sheets(content: bytes) -> Iterator[CalamineSheet]:
    """The visible sheets of a workbook, each read when its turn comes.

    Raises ``BadInput`` for what is no workbook or asks for too much.
    """
    _check(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in book.sheets_metadata:
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
                yield book.get_sheet_by_name(sheet.name)
    except (CalamineError, OSError, ValueError) as error:
        raise refuse("no_workbook", _NO_WORKBOOK) from error


def rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """The rows of a sheet with the numbers Excel shows beside them."""
    if sheet.total_height > MOST_ROWS + _TITLE_ROWS:
        raise refuse("too_many_rows", _TOO_MANY_ROWS.format(most=f"{MOST_ROWS:,}".replace(",", ".")),
                     sheet.total_height, MOST_ROWS)
    return enumerate(sheet.iter_rows(), 1)


def _check(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("no_workbook", _OLD_OR_LOCKED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise refuse("no_workbook", _NO_WORKBOOK)
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise refuse("unpacks_too_large", _BOMB)
            for part in parts:
                if part.filename.endswith(".xml"):  # a sheet may have any name
                    _scan(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise refuse("no_workbook", _NO_WORKBOOK) from error


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a sheet with a cell far out. A size that the directory states wrongly fails here, by its checksum."""
    with archive.open(part) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            text = before + chunk
            if b"\x00" in text[:64]:  # not UTF-8: what the scan cannot read is not read at all
                raise refuse("no_workbook", _NO_WORKBOOK)
            if _FAR_COLUMN.search(text):
                raise refuse("too_wide", _TOO_WIDE)
            if _FAR_ROW.search(text):
                raise refuse("too_many_rows", _TOO_MANY_ROWS.format(most=f"{MOST_ROWS:,}".replace(",", ".")),
                             needed=MOST_ROWS)
            before = text[-_OVERLAP:]
