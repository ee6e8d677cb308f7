"""Rows of a sheet that are nobody of the list: totals, headers repeated on every page, signatures, headings."""

from __future__ import annotations

import re
from typing import Any

from core.domain.people import Finding
from core.domain.people.values import said
from core.exchange.headers import Header, folded
from core.exchange.sheets import Cells
from core.text import Text

_TOTAL = Text("Bỏ qua dòng cộng", "A row of totals was passed over")
_HEADER = Text("Bỏ qua dòng tiêu đề lặp lại", "A repeated header row was passed over")
_NUMBERS = Text("Bỏ qua dòng đánh số cột", "A row that numbers the columns was passed over")
_SIGNED = Text("Bỏ qua dòng ký tên hoặc ghi chú", "A row of signatures or remarks was passed over")
_VILLAGE = Text("Dòng này là tên thôn của các dòng bên dưới", "This row names the village of the rows below")
_NOBODY = Text("Dòng này không có mã hộ và họ tên nên được bỏ qua",
               "This row has no household code and no name; it was passed over")

_IS_TOTAL = re.compile(r"(tong )?cong( (\d+|ho|khau|nguoi|nhan khau|toan \w+|chung|thon.*|to .*|xa.*|phuong.*))*"
                       r"|tong( so| cong)?( .*)?")
_IS_SIGNED = re.compile(r".*\b(nguoi lap|lap bieu|chu tich|thu truong|ky ten|ky va dong dau|ghi chu|xac nhan|"
                        r"can bo|truong thon|truong ban|bieu so|mau so)\b.*|(tm|kt|t m) .*|.*\bngay .*thang .*nam\b.*")
_IS_VILLAGE = re.compile(r"(?:[ivxlc]+|\d+|[a-h])?[\s.)/:-]*((?:thôn|xóm|ấp|bản|buôn|làng|khóm|khu phố|khu dân cư|khu|"
                         r"tổ dân phố|tdp|tổ)\s+.{1,80})", re.IGNORECASE)
_IS_NUMBER = re.compile(r"[(\[]?(?:[a-z]|\d{1,2})[)\]]?(?:\s*=.*)?", re.IGNORECASE)
_PERSONAL = ("birth", "birth_male", "birth_female", "sex", "ethnic", "category")
_MANY = 2  # cells that a heading fills at most
_SAME = 3  # titles that make a row the header again


class Passed:
    """Looks at rows that may be nobody, and notes those that are. ``village`` is the heading above the present row."""

    def __init__(self, header: Header, sample: list[Cells], notes: list[Finding]) -> None:
        self.notes, self.village = notes, None
        self.titles = [{place: said(row[place]) for place in range(len(row)) if said(row[place])}
                       for row in sample[max(0, header.last - 2):header.last + 1]]
        self.first = True
        self.has_village = "village" in header.names

    village: str | None

    def over(self, number: int, cells: Cells, values: dict[str, Any]) -> bool:
        """Whether the row is nobody. Asked of rows without a relation and a personal number."""
        told = [said(cell) for cell in cells if cell != ""]
        kind = self._kind(cells, told, values)
        self.first = False
        if kind is None:
            return False
        if kind is _VILLAGE:
            found = _IS_VILLAGE.fullmatch(next(word for word in told if _IS_VILLAGE.fullmatch(word)))
            assert found is not None
            self.village = found[1]
        self.notes.append(Finding(number, "", " · ".join(told)[:120], kind))
        return True

    def _kind(self, cells: Cells, told: list[str], values: dict[str, Any]) -> Text | None:
        if not told:
            return None
        if self.first and len(told) > _SAME and all(map(_IS_NUMBER.fullmatch, told)):
            return _NUMBERS
        if any(sum(said(cells[place]) == words for place, words in titles.items() if place < len(cells)) >= min(
                _SAME, len(titles)) for titles in self.titles if titles):
            return _HEADER
        if any(name in values for name in _PERSONAL):
            return None
        words = [folded(word) for word in told if not word.replace(".", "").replace(",", "").isdigit()]
        first = next(filter(None, words), "")
        if _IS_TOTAL.fullmatch(first):
            return _TOTAL
        name = values.get("name") or values.get("head_name") or ""
        named = name and not _IS_VILLAGE.fullmatch(name)  # somebody, and the village they live in
        if len(told) <= _MANY and any(map(_IS_VILLAGE.fullmatch, told)) and not values.get("code") and not named:
            return _VILLAGE
        if _IS_SIGNED.fullmatch(first) and ("name" not in values or len(told) <= _MANY):
            return _SIGNED
        return None if values.get("name") or values.get("code") or values.get("head_name") else _NOBODY
