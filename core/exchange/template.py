"""The empty workbook an office fills in: the columns a list must and may have, each with a note and an example."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter

from core import db
from core.domain import people
from core.exchange.columns import COLUMNS, Column
from core.text import Text

_ROWS = 5_000  # rows prepared with text format and lists to choose from

_TITLE = Text("DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO (mỗi người một dòng, chủ hộ trước)",
              "LIST OF POOR AND NEAR-POOR HOUSEHOLDS (one row a person, the head first)")
_REQUIRED = Text("Bắt buộc có cột này.", "This column must be there.")
_OPTIONAL = Text("Có thể bỏ cột này.", "This column may be left out.")
_EXAMPLE = Text("Ví dụ: {example}", "Example: {example}")

_CHOICES: dict[str, list[str]] = {
    "sex": [code.title.vi for code in people.SEXES.values()],
    "category": [code.title.vi for code in people.CATEGORIES.values()],
    "residence": [code.title.vi for code in people.RESIDENCES.values()],
    "line": ["Quốc gia", "Tỉnh"],
}


def sample_file() -> Path:
    """Where a demo leaves a list to try with; on any other instance there is none."""
    return db.settings().instance / "demo" / "danh-sach-ho.xlsx"


def write_template(language: str = "vi") -> bytes:
    """An .xlsx with the header row that ``judge_households`` reads; each header bears a note: its rule, an example."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        text = book.add_format({"num_format": "@"})
        must = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#D9E8DC", "border": 1,
                                "valign": "vcenter"})
        may = book.add_format({"italic": True, "text_wrap": True, "bg_color": "#F1F1EC", "border": 1,
                               "valign": "vcenter"})
        sheet.write(0, 0, _TITLE.to(language), book.add_format({"bold": True, "font_size": 13}))
        sheet.set_row(2, 32)
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, max(7, min(24, len(column.title) + 3)), text)
            sheet.write_string(2, place, column.title, must if column.required else may)
            sheet.write_comment(2, place, _note(column, language), {"x_scale": 2})
            if column.name in _CHOICES:
                sheet.data_validation(3, place, _ROWS, place, {
                    "validate": "list", "source": _CHOICES[column.name], "error_type": "warning"})
        sheet.freeze_panes(3, 0)
    return file.getvalue()


def _note(column: Column, language: str) -> str:
    parts = [_REQUIRED if column.required else _OPTIONAL, column.hint, _EXAMPLE.format(example=column.example)]
    return "\n".join(part.to(language) for part in parts if part.vi)
