"""What people write, as values: dates, numbers, ticks, identity numbers, from a cell of a workbook or a field of a
form.

Every function takes what was written (text, or the number or date a workbook cell holds), gives None where nothing
was, and raises ``Unreadable`` with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.domain.people import codes, ethnic
from core.text import Text, nfc


class Unreadable(Exception):
    """What was written cannot be a value of its kind."""

    def __init__(self, sentence: Text) -> None:
        self.sentence = sentence
        super().__init__(sentence.en)


_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}")
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_050  # days since 30/12/1899 as Excel counts them: 1927 to 2100
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_NO_NAME = re.compile(r"[<>{}\[\]=;|\\]")

FIRST_YEAR = 1900
_WRITE_DAY = Text("ghi dd/mm/yyyy, ví dụ 05/08/1968", "write dd/mm/yyyy, for example 05/08/1968")


def said(value: Any) -> str:
    """What a person sees in a cell, in normal form C; blank for an empty one. A whole number has no decimal point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return nfc(_CONTROL.sub(" ", value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    if isinstance(value, datetime | date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return str(value)


def read_text(value: Any, longest: int = 200) -> str | None:
    """Free text of at most ``longest`` characters."""
    words = said(value)
    if len(words) > longest:
        raise Unreadable(Text(f"Dài quá {longest} ký tự, hãy ghi ngắn hơn",
                              f"Longer than {longest} characters: write less"))
    return words or None


def read_code(value: Any) -> str | None:
    """A household code or the number of a decision: at most 64 characters, whatever the office writes."""
    return read_text(value, 64)


def read_address(value: Any) -> str | None:
    """An address of at most 500 characters."""
    return read_text(value, 500)


def read_name(value: Any) -> str | None:
    """A person's full name: any script and apostrophes (H’Mai Êban), no mark-up."""
    name = read_text(value)
    if name is None:
        return None
    if _NO_NAME.search(name) or not any(character.isalpha() for character in name):
        raise Unreadable(Text("Không phải họ tên: chỉ ghi chữ, ví dụ Nguyễn Văn Á",
                              "Not a name: write letters, as Nguyễn Văn Á"))
    return name


def read_day(value: Any) -> date | None:
    """A full date."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, int | float) and _FIRST_SERIAL <= value <= _LAST_SERIAL:
        return _in_range(date(1899, 12, 30) + timedelta(days=int(value)))
    words = said(value)
    if not words:
        return None
    if _SHORT_YEAR.fullmatch(words):
        raise Unreadable(Text(f"Năm chỉ có hai chữ số: {_WRITE_DAY.vi}", f"The year has two digits: {_WRITE_DAY.en}"))
    if found := _DAY.fullmatch(words):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DAY.fullmatch(words):
        year, month, day = map(int, found.groups())
    else:
        raise Unreadable(Text(f"Không phải ngày: {_WRITE_DAY.vi}", f"Not a date: {_WRITE_DAY.en}"))
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        raise Unreadable(Text(f"Không có ngày {words} trên lịch: {_WRITE_DAY.vi}",
                              f"No such day as {words} in the calendar: {_WRITE_DAY.en}")) from None


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year < 2200:
        raise Unreadable(Text(f"Năm {day.year} không đúng: {_WRITE_DAY.vi}",
                              f"The year {day.year} cannot be: {_WRITE_DAY.en}"))
    return day


def read_birth(value: Any) -> date | int | None:
    """A date of birth, or the year alone where only that is known."""
    words = said(value)
    if len(words) == 4 and words.isascii() and words.isdigit():
        if not FIRST_YEAR <= int(words) < 2200:
            raise Unreadable(Text(f"Năm sinh {words} không đúng: ghi bốn chữ số, ví dụ 1968",
                                  f"The birth year {words} cannot be: write four digits, as 1968"))
        return int(words)
    try:
        return read_day(value)
    except Unreadable as wrong:
        raise Unreadable(Text(f"{wrong.sentence.vi}; chỉ biết năm thì ghi 1968",
                              f"{wrong.sentence.en}; where only the year is known write 1968")) from None


def read_score(value: Any) -> int | None:
    """Points A or B: a whole number from 0 to 1,000."""
    words = said(value)
    if not words:
        return None
    if words.isascii() and words.isdigit() and len(words) <= 4 and int(words) <= 1000:
        return int(words)
    raise Unreadable(Text("Điểm phải là số nguyên từ 0 đến 1000", "Points are a whole number from 0 to 1000"))


def read_count(value: Any) -> int | None:
    """How many persons a household has: a whole number from 1 to 99."""
    words = said(value).lower().removesuffix("người").strip()
    if not words:
        return None
    if words.isascii() and words.isdigit() and 0 < int(words[:4]) < 100:
        return int(words[:4])
    raise Unreadable(Text("Số nhân khẩu là số nguyên từ 1 đến 99", "The number of members is a whole number, 1 to 99"))


_TICKS = {"x": True, "có": True, "co": True, "1": True, "true": True, "v": True, "✓": True, "✔": True, "yes": True,
          "☑": True, "√": True, "+": True, "đúng": True,
          "": False, "không": False, "khong": False, "0": False, "false": False, "-": False, "k": False, "no": False,
          "☐": False}


def read_tick(value: Any) -> bool:
    """A tick: x or có; empty or không where there is none."""
    ticked = _TICKS.get(said(value).lower())
    if ticked is None:
        raise Unreadable(Text("Ghi x nếu thiếu hụt, để trống nếu không",
                              "Write x where deprived, leave empty where not"))
    return ticked


def read_indicators(value: Any) -> int | None:
    """The numbers of the indicators a household is deprived in, «1; 7; 10», as a bit mask; 0 or «không» is none."""
    words = said(value).lower()
    if not words:
        return None
    if words in ("0", "không", "khong", "-"):
        return 0
    numbers = re.findall(r"\d+", words)
    if not numbers or re.sub(r"[\d\s;,.+/&và-]|chỉ số|cs", "", words) or any(
            not 1 <= int(number[:4]) <= len(codes.INDICATORS) for number in numbers):
        raise Unreadable(Text("Ghi số thứ tự các chỉ số thiếu hụt từ 1 đến 12, ví dụ 1; 7; 10",
                              "Write the numbers of the indicators, 1 to 12, as 1; 7; 10"))
    return codes.deprivation_mask([int(number) for number in numbers])


def read_phone(value: Any) -> str | None:
    """A phone number. A workbook that took it for a number dropped its leading zero, which is put back."""
    words = said(value)
    if isinstance(value, int | float) and words.isdigit() and len(words) == 9:
        words = "0" + words
    if len(words) > 32 or not set(words) <= set("0123456789 +-./();,"):
        raise Unreadable(Text("Ghi số điện thoại bằng chữ số, ví dụ 0912 345 678",
                              "Write a phone number in digits, as 0912 345 678"))
    return words or None


class Coded:
    """Reads a code of a closed list by any of its ways of writing."""

    def __init__(self, known: Mapping[str, codes.Code], needed: Text,
                 dictionary: Mapping[str, str] | None = None) -> None:
        self.words = dictionary or codes.words(known)
        self.needed = needed

    def __call__(self, value: Any) -> str | None:
        words = said(value)
        if not words:
            return None
        found = codes.recognise(self.words, words)
        if found is None:
            raise Unreadable(Text(f"Không hiểu «{words[:60]}»: {self.needed.vi}",
                                  f"“{words[:60]}” is not known: {self.needed.en}"))
        return found


read_category = Coded(codes.CATEGORIES, Text(
    "ghi Hộ nghèo, Hộ cận nghèo, Hộ mới thoát nghèo, Mức sống trung bình hoặc Không thuộc diện",
    "write Hộ nghèo, Hộ cận nghèo, Hộ mới thoát nghèo, Mức sống trung bình or Không thuộc diện"))
read_line = Coded(codes.LINES, Text("ghi Quốc gia hoặc Tỉnh", "write Quốc gia or Tỉnh"))
read_relation = Coded(codes.RELATIONS, Text("ghi Chủ hộ, Vợ, Chồng, Con, Bố, Mẹ, Ông, Bà, Cháu, Anh, Chị, Em hoặc Khác",
                                            "write Chủ hộ, Vợ, Chồng, Con, Bố, Mẹ, Ông, Bà, Cháu, Anh, Chị, Em or "
                                            "Khác"))
read_sex = Coded(codes.SEXES, Text("ghi Nam hoặc Nữ", "write Nam or Nữ"))
read_residence = Coded(codes.RESIDENCES, Text("ghi Thường trú hoặc Tạm trú", "write Thường trú or Tạm trú"))
read_ethnic = Coded({}, Text("ghi tên dân tộc, ví dụ Kinh, Tày, Nùng (không ghi mã số, vì hai bảng mã khác nhau)",
                             "write the group's name, as Kinh, Tày, Nùng (no number: the two official lists differ)"),
                    ethnic.group_words())

_mark_words = codes.words(codes.MARKS)
_cause_words = codes.words(codes.CAUSES)


def read_marks(value: Any) -> tuple[str, ...]:
    """Marks of priority, several between commas or semicolons: «NCC; BTXH»."""
    found = set()
    whole = codes.recognise(_mark_words, said(value))
    for part in [whole] if whole else _parts(value):
        code = codes.recognise(_mark_words, part)
        if code is None:
            raise Unreadable(Text(f"Không hiểu «{part[:60]}»: ghi một hoặc nhiều mã {', '.join(codes.MARKS)}",
                                  f"“{part[:60]}” is not known: write one or more of {', '.join(codes.MARKS)}"))
        found.add(code)
    return tuple(sorted(found))


def read_causes(value: Any) -> tuple[tuple[str, str], ...]:
    """Causes of poverty as (code, own words): words that are no known cause are kept under "other"."""
    read_text(value)
    whole = codes.recognise(_cause_words, said(value))  # some causes have a comma inside
    if whole:
        return ((whole, ""),)
    found = set()
    for part in _parts(value, ";"):
        code = codes.recognise(_cause_words, part)
        found.add((code, "") if code else ("other", part))
    return tuple(sorted(found))


def read_demands(value: Any) -> tuple[str, ...]:
    """What the household wants, several between semicolons or commas."""
    read_text(value, 500)
    parts = _parts(value)
    if any(len(part) > 200 for part in parts):
        raise Unreadable(Text("Mỗi nhu cầu dài không quá 200 ký tự", "Each demand has at most 200 characters"))
    return tuple(sorted(set(parts)))


def _parts(value: Any, separators: str = ";,") -> list[str]:
    return [part for part in (nfc(part) for part in re.split(f"[{separators}\n]", said(value))) if part]
