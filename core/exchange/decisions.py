"""The list of a decision as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from core.domain import units
from core.text import Text

_COLUMNS = (
    (Text("TT", "No."), 5),
    (Text("Họ và tên", "Name"), 28),
    (Text("Thôn, tổ dân phố", "Village"), 24),
    (Text("Xã, phường", "Commune"), 24),
    (Text("Số hồ sơ", "Case"), 16),
    (Text("Số tiền (đồng)", "Amount (đồng)"), 18),
)
_TOTAL = Text("Cộng", "Total")


def decision_list(title: str, rows: Iterable[Any], language: str = "vi") -> bytes:
    """An .xlsx with the cases of a decision or of its draft, in their order, and the sum as a formula."""
    listed = list(rows)
    places = units.names({row.unit_id for row in listed})
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "align": "center"})
        text, money = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "#,##0"})
        sum_text, sum_money = (
            book.add_format({"border": 1, "bold": True}),
            book.add_format({"border": 1, "bold": True, "num_format": "#,##0"}),
        )
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 13}))
        for place, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(2, place, name.to(language), head)
        for line, row in enumerate(listed, 3):
            sheet.write_number(line, 0, line - 2, text)
            for place, value in enumerate((row.subject_name, row.village, places.get(row.unit_id, ""), row.number), 1):
                sheet.write_string(line, place, value, text)
            sheet.write_number(line, 5, row.amount, money)
        last = len(listed) + 3
        sheet.write_string(last, 1, _TOTAL.to(language), sum_text)
        total = sum(row.amount for row in listed)
        sheet.write_formula(last, 5, f"=SUM(F4:F{last})", sum_money, total)
        sheet.freeze_panes(3, 0)
        sheet.repeat_rows(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return file.getvalue()
