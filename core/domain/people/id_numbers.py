"""The personal number of twelve digits: read as it is written, and held against birth and sex."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from core.domain.people import codes
from core.domain.people.values import Unreadable, said
from core.errors import Reason
from core.text import Text

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")


def read_id_number(value: Any) -> str | None:
    """The personal number: 12 digits, as text, leading zeros included (Law 26/2023 on identification)."""
    written = said(value)
    if _SCIENTIFIC.fullmatch(written):
        raise Unreadable(Text(
            "Excel đã đổi số này thành dạng rút gọn và làm mất chữ số: đặt ô là kiểu Văn bản (Text) rồi ghi đủ 12 chữ "
            "số, ví dụ 027090001234",
            "Excel turned this number into its short form and lost digits: make the cell Text and write all 12 digits, "
            "as 027090001234"))
    digits = re.sub(r"[\s.\-'’]", "", written)
    if not digits:
        return None
    if digits.isascii() and digits.isdigit():
        if len(digits) == 12:
            return digits
        if len(digits) == 11:
            raise Unreadable(Text(
                "Chỉ có 11 chữ số, có thể Excel đã bỏ số 0 ở đầu: đặt ô là kiểu Văn bản (Text) rồi ghi đủ 12 chữ số, "
                "ví dụ 027090001234",
                "Only 11 digits; Excel may have dropped the leading 0: make the cell Text and write all 12 digits, as "
                "027090001234"))
        if len(digits) == 9:
            raise Unreadable(Text(
                "Số chứng minh nhân dân 9 số không còn giá trị: ghi số định danh cá nhân 12 chữ số, chưa có thì để "
                "trống",
                "An old 9-digit identity card is no longer valid: write the 12-digit personal number, or leave it "
                "empty"))
    raise Unreadable(Text("Số định danh cá nhân phải có đúng 12 chữ số, ví dụ 027090001234; chưa có thì để trống",
                          "A personal number has exactly 12 digits, as 027090001234; leave it empty when there is "
                          "none"))


def check_id_number(id_number: str | None, birth: date | int | None, sex: str | None) -> list[Reason]:
    """What in a 12-digit number contradicts the birth or the sex; to warn of, never to refuse: real data has errors.

    The 4th digit is century and sex (0 and 1 for men and women born in 1900–1999, 2 and 3 in 2000–2099 …), the 5th
    and 6th the year of birth. The first three tell where the birth was registered, never where the person lives.
    """
    if not id_number:
        return []
    century, female = divmod(int(id_number[3]), 2)
    warnings = []
    if sex and (sex == "female") != bool(female):
        warnings.append(Reason("id_sex", Text(
            "Chữ số thứ 4 của số định danh cho biết giới tính {seen}, khác với giới tính đã ghi",
            "The 4th digit of the personal number says {seen}, unlike the sex written").format(
                seen=codes.SEXES["female" if female else "male"].title),
            seen=id_number, needed=sex, field="id_number"))
    year = birth.year if isinstance(birth, date) else birth
    if year and year != 1900 + 100 * century + int(id_number[4:6]):
        warnings.append(Reason("id_birth", Text(
            "Số định danh cho biết năm sinh {seen}, khác với năm sinh {year} đã ghi",
            "The personal number says born in {seen}, unlike the birth year {year} written").format(
                seen=1900 + 100 * century + int(id_number[4:6]), year=year),
            seen=id_number, needed=year, field="id_number"))
    return warnings
