"""A sheet of cells, whatever kind of file it came in, and the limits that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import BadInput, Reason
from core.text import Text

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_SENT = LARGEST_FILE + 512 * 1024  # with what a form says beside it
MOST_ROWS = 200_000
MOST_COLUMNS = 104  # A to CZ
TITLE_ROWS = 1_000  # rows above and blank ones between that still do not count as too many

Cells = list[Any]  # text, a number, a date, True or False; "" for an empty one
Span = tuple[tuple[int, int], tuple[int, int]]  # first and last cell of merged ones, as (row, place) from 0

NO_WORKBOOK = Text("Tệp này không phải sổ Excel hay danh sách CSV: mở bằng Excel rồi lưu lại thành kiểu «Excel "
                   "Workbook (.xlsx)»",
                   "This file is no Excel workbook and no CSV list: open it in Excel and save it as “Excel Workbook "
                   "(.xlsx)”")
LOCKED = Text("Tệp có mật khẩu: mở bằng Excel, bỏ mật khẩu rồi lưu lại",
              "The file has a password: open it in Excel, take the password off and save it again")
BOMB = Text("Tệp giải nén ra quá lớn nên không được mở: chỉ giữ lại trang tính danh sách rồi lưu lại",
            "The file unpacks to too much and was not opened: keep only the sheet with the list and save it again")
TOO_MANY_ROWS = Text("Danh sách quá {most} dòng: tách thành nhiều tệp; nếu ít hơn, xóa các dòng trống có định dạng ở "
                     "cuối trang tính",
                     "More than {most} rows: split the file; if there are fewer, delete the formatted blank rows at "
                     "the end").format(most=f"{MOST_ROWS:,}".replace(",", "."))
TOO_WIDE = Text("Trang tính có ô ở cột quá xa (sau cột CZ): xóa các cột thừa bên phải rồi lưu lại",
                "The sheet has cells far to the right (beyond column CZ): delete the columns at the right and save "
                "again")

ERROR_CELL = Text("Ô đang báo lỗi của Excel ({seen}): sửa công thức hoặc ghi lại giá trị",
                  "The cell shows an error of Excel ({seen}): correct the formula or write the value")
NO_VALUE = Text("Ô là công thức chưa có kết quả: mở tệp bằng Excel, lưu lại, hoặc dán thành giá trị",
                "The cell is a formula without its result: open the file in Excel and save it, or paste it as a value")


@dataclass(slots=True)
class Sheet:
    """One sheet: its rows with the numbers that Excel shows beside them.

    ``merged`` is None where the kind of file does not say; ``faulty`` tells by (row number, place) what cannot be read
    off a cell; ``told`` is what had to be assumed to read the file.
    """

    rows: Iterator[tuple[int, Cells]]
    merged: tuple[Span, ...] | None = None
    faulty: Mapping[tuple[int, int], Text] = field(default_factory=dict)
    told: tuple[Text, ...] = ()


def refuse(code: str, sentence: Text, seen: Any = None, needed: Any = None) -> BadInput:
    """The refusal of a whole file."""
    return BadInput(Reason(code, sentence, seen=seen, needed=needed, field="file"))
