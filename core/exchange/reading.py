"""The rows of a household list as they stand in a file: found, read cell by cell, told apart by household.

Nothing here knows the register. What cannot be read is a finding of its row; who judges it decides what is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from core.domain.people import Finding
from core.domain.people.values import Unreadable, said
from core.exchange import workbook
from core.exchange.columns import Header, read_header, recognised
from core.text import Text

_LOOKED_AT = 50  # rows among which the header is looked for
_FEW = 4  # headers that make a row the header row

_NO_HEADER = Text("Không thấy hàng tiêu đề: cần một hàng có Mã hộ, Họ và tên, Quan hệ với chủ hộ … (xem tệp mẫu)",
                  "No header row: one row must say Mã hộ, Họ và tên, Quan hệ với chủ hộ … (see the template)")


@dataclass(slots=True)
class Row:
    """One row as read: its number, what its cells said (an empty one nothing), and what could not be read.

    Rows of one commune with the same ``group`` are one household: the household's code, or a number where the list
    gives it none (``values`` then has no "code", and its household is known by its head).
    """

    number: int
    values: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    group: str | int = 0


@dataclass(slots=True)
class Listed:
    """A list that was found in a file. ``rows`` are read as they are asked for; ``notes`` are whole after the last."""

    header: Header
    rows: Iterator[Row]
    notes: list[Finding] = field(default_factory=list)


def read_list(content: bytes, commune_needed: bool) -> Listed:
    """The list in a file: on the first sheet that has one. Raises ``BadInput`` for no list."""
    rows, header = _find_list(content, commune_needed)
    return Listed(header, _grouped(_read(rows, header)))


def _grouped(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        row.group = row.values.get("code") or 0
        yield row


class _Cells(dict[Any, Any]):
    """What the cells of one column mean; each way of writing is read once, what cannot be read kept as exception."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read
        super().__init__()

    def __missing__(self, key: Any) -> Any:
        if len(self) > 10_000:  # names and numbers hardly repeat
            self.clear()
        cell = key[1] if key.__class__ is tuple else key
        try:
            self[key] = found = self.read(cell)
        except Unreadable as unreadable:
            self[key] = found = unreadable
        return found

def _find_list(content: bytes, commune_needed: bool) -> tuple[Iterator[tuple[int, list[Any]]], Header]:
    """The rows below the header, on the first sheet that has one: the row near the top with most known titles."""
    for sheet in workbook.sheets(content):
        rows = workbook.rows(sheet)
        top = [cells for _, cells in islice(rows, _LOOKED_AT)]
        if not top:
            continue
        best = max(range(len(top)), key=lambda place: recognised(top[place]))
        if recognised(top[best]) >= _FEW:
            header = read_header(top[best], commune_needed)
            return _below(top, best, rows), header
    raise workbook.refuse("no_header", _NO_HEADER)

def _below(top: list[list[Any]], best: int, rows: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Any]]]:
    yield from ((place + 1, top[place]) for place in range(best + 1, len(top)))
    yield from rows

def _read(rows: Iterable[tuple[int, list[Any]]], header: Header) -> Iterator[Row]:
    columns = [(place, column.name, _Cells(column.read)) for place, column in header.places if column.of != "nothing"]
    for number, cells in rows:
        values: dict[str, Any] = {}
        findings = []
        for place, name, meanings in columns:
            cell = cells[place]
            if cell == "":
                continue
            value = meanings[cell if cell.__class__ is str else (cell.__class__, cell)]
            if value.__class__ is Unreadable:
                findings.append(Finding(number, name, said(cell)[:200], value.sentence))
            elif value is not None:
                values[name] = value
        if findings or any(values.values()):
            yield Row(number, values, findings)

