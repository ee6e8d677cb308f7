"""The refused rows of an import as a workbook, to be corrected beside the list they came from."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from core.text import Text

_COLUMNS = (
    ("row", Text("Dòng", "Row"), 8),
    ("column", Text("Cột", "Column"), 20),
    ("value", Text("Đã ghi", "Written"), 28),
    ("reason", Text("Cần sửa", "To correct"), 80),
)


def write_refused(report: dict[str, Any], language: str = "vi") -> bytes:
    """An .xlsx of what ``report_in`` lists as refused: row, column, what was written, what to write instead."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(Text("Dòng cần sửa", "To correct").to(language))
        bold, wrapped = (
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        for place, (_, title, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width, wrapped)
            sheet.write_string(0, place, title.to(language), bold)
        for number, finding in enumerate(report["refused"], 1):
            sheet.write_number(number, 0, finding["row"], wrapped)
            for place, (name, _, _) in enumerate(_COLUMNS[1:], 1):
                sheet.write_string(number, place, finding[name], wrapped)  # never a formula, whatever was written
        sheet.freeze_panes(1, 0)
    return file.getvalue()
