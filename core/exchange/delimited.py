"""A list as text (.csv): its encoding and its separator are found out, since nothing in the file tells them."""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from core.exchange import encodings
from core.exchange.sheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    NO_WORKBOOK,
    TITLE_ROWS,
    TOO_MANY_ROWS,
    TOO_WIDE,
    Cells,
    Sheet,
    refuse,
)
from core.text import Text

_LOOKED_AT = 200_000  # bytes from which the encoding is told
_RECORDS = 80  # records from which the separator is told
_LONGEST_CELL = 40_000
_BINARY = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"PK", b"\xd0\xcf\x11\xe0")
_MARKED = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<script")

_READ_AS = Text("Tệp được đọc theo bảng mã {name}: kiểm tra dấu của vài họ tên",
                "The file was read as {name}: check the marks of some names")
_NO_ENCODING = Text("Không nhận ra bảng mã của tệp: mở bằng Excel rồi lưu lại kiểu «CSV UTF-8» hoặc .xlsx",
                    "The file's encoding is not known: open it in Excel and save it as “CSV UTF-8” or .xlsx")
_MARK_UP = Text("Tệp này là trang web mang đuôi Excel: mở bằng Excel rồi lưu lại thành .xlsx",
                "This is a web page with an Excel name: open it in Excel and save it as .xlsx")


def open_delimited(content: bytes) -> Iterator[Sheet]:
    """The one sheet of a text file. Raises ``BadInput`` for what is no text or no table."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(_BINARY):
        raise refuse("no_workbook", NO_WORKBOOK)
    if start.startswith(_MARKED):
        raise refuse("no_workbook", _MARK_UP)
    text, told = _decoded(content)
    if not text.strip():
        raise refuse("no_workbook", NO_WORKBOOK)
    separator = _separator(text)
    if separator is None:
        raise refuse("no_workbook", NO_WORKBOOK)
    yield Sheet(_records(text, separator), told=told)


def _decoded(content: bytes) -> tuple[str, tuple[Text, ...]]:
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
                       (codecs.BOM_UTF16_BE, "utf-16-be")):
        if content.startswith(mark):
            return _strictly(content[len(mark):], name), ()
    zeros = content[:2000].count(0)
    if zeros:
        little = content[1:2000:2].count(0) >= content[:2000:2].count(0)
        if zeros < len(content[:2000]) // 8:
            raise refuse("no_workbook", NO_WORKBOOK)
        return _strictly(content, "utf-16-le" if little else "utf-16-be"), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _single_bytes(content)


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise refuse("no_workbook", _NO_ENCODING) from error


def _single_bytes(content: bytes) -> tuple[str, tuple[Text, ...]]:
    """Windows-1258, or Latin letters that an old font drew as Vietnamese; those are repaired column by column."""
    if any(byte < 9 or 13 < byte < 32 for byte in set(content[:_LOOKED_AT])):
        raise refuse("no_workbook", NO_WORKBOOK)
    sample = content[:_LOOKED_AT]
    lines = sample.decode("latin-1").splitlines()
    scheme = encodings.scheme_of(lines)
    modern = unicodedata.normalize("NFC", sample.decode("cp1258", "replace"))
    if encodings.vietnamese(modern.splitlines()) >= (
            encodings.vietnamese(encodings.repaired(line, scheme) for line in lines) if scheme else 0.5):
        text = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
        return text, (_READ_AS.format(name="Windows-1258"),)
    if scheme is None:
        raise refuse("no_workbook", _NO_ENCODING)
    return content.decode("latin-1"), ()


def _separator(text: str) -> str | None:
    """The separator that cuts the beginning into the widest table; None where none cuts it."""
    first = text[:200].splitlines()[:1]
    if first and first[0].strip().lower().startswith("sep=") and len(first[0].strip()) == 5:
        return first[0].strip()[4]
    start = text[:_LOOKED_AT]

    def width(separator: str) -> int:
        try:
            records = list(islice(_parsed(start, separator), _RECORDS))
        except csv.Error:
            return 0
        widths = Counter(len(record) for record in records if len(record) > 1)
        return max((width * count for width, count in widths.items()), default=0)

    best = max(";\t,|", key=width)
    return best if width(best) else None


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(_lines(text), delimiter=separator)


def _lines(text: str) -> Iterable[str]:
    """The lines one by one; a copy of all of them at once would double a large file."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end + 1
        line = text[start:end]
        yield line.replace("\r", "\n") if "\r" in line[:-2] else line
        start = end


def _records(text: str, separator: str) -> Iterator[tuple[int, Cells]]:
    number = 0
    try:
        for number, record in enumerate(_parsed(text, separator), 1):
            if number > MOST_ROWS + TITLE_ROWS:
                raise refuse("too_many_rows", TOO_MANY_ROWS, needed=MOST_ROWS)
            if len(record) > MOST_COLUMNS and any(record[MOST_COLUMNS:]):
                raise refuse("too_wide", TOO_WIDE)
            if number == 1 and record and record[0].lower().startswith("sep="):
                record = []
            yield number, [cell.strip() for cell in record[:MOST_COLUMNS]]
    except csv.Error as error:
        raise refuse("no_workbook", NO_WORKBOOK, number) from error
