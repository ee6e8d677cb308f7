"""The header of a list: found among the first rows, one to three rows high, each title with the column it means.

A title is known by its words, by the words above it («Năm sinh» over «Nam» and «Nữ»), or because somebody of the unit
said once what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.domain.people import CATEGORIES
from core.domain.people.values import said
from core.errors import Reason
from core.exchange import encodings
from core.exchange.columns import ALL_COLUMNS, BY_NAME, COLUMNS, Column
from core.text import Text, fold, nfc

LOOKED_AT = 50  # rows among which the header is looked for
IGNORE = "ignore"  # what a mapping says of a column that is not to be read
LONGEST_KEY = 200
_FEW = 4  # titles that make a row the header row
_HIGHEST = 3  # rows of a header
_WORTH = 2  # titles more that another row must tell to belong to the header
_SAMPLES = 3

_TWICE = Text("Hai cột cùng là «{title}» (cột {first} và {second}): xóa hoặc đổi tên một cột",
              "Two columns are both “{title}” ({first} and {second}): delete or rename one")
_MISSING = Text("Thiếu cột «{title}»: thêm cột có tiêu đề này vào hàng tiêu đề, hoặc chỉ ra cột nào là cột ấy",
                "The column “{title}” is missing: add it to the header row, or say which column it is")


class Title(NamedTuple):
    """One title: its place, the key it is remembered by, its words as written, the column it means, some cells below.

    ``column`` is a column's name, "ignore", or "" for one that nobody knows.
    """

    place: int
    key: str
    written: str
    column: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The header of a list. ``last`` is the place of its last row; ``wrong`` is what stands in the way of reading."""

    titles: tuple[Title, ...] = ()
    last: int = 0
    wrong: tuple[Reason, ...] = ()

    @property
    def places(self) -> tuple[tuple[int, Column], ...]:
        """Which column stands where; of two that mean the same the first."""
        found = {title.column: title.place for title in reversed(self.titles) if title.column in BY_NAME}
        return tuple((place, BY_NAME[name]) for name, place in sorted(found.items(), key=lambda each: each[1]))

    @property
    def names(self) -> frozenset[str]:
        """What the columns fill."""
        return frozenset(title.column for title in self.titles) - {"", IGNORE}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The titles nobody knows, as written."""
        return tuple(title.written[:60] for title in self.titles if not title.column)

    @property
    def absent(self) -> tuple[Column, ...]:
        """The columns a list should have and this one has not, though it can be read."""
        named = self.names | {name for names in _STANDS_FOR.values() for name in names[1] if names[0] & self.names}
        return tuple(column for column in COLUMNS if column.required and column.name not in named)


# What other columns a column stands for: when one of the first is there, the second are not missing.
_STANDS_FOR: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "name": (frozenset({"head_name"}), ("name",)),
    "birth": (frozenset({"birth_male", "birth_female"}), ("birth", "sex")),
    "sex": (frozenset({"sex_male", "sex_female"}), ("sex",)),
    "category": (frozenset(column.name for column in ALL_COLUMNS if column.name.startswith("category_")),
                 ("category",)),
    "deprived": (frozenset({"deprived"}), tuple(f"deprived_{number}" for number in range(1, 13))),
}


def folded(written: Any) -> str:
    """Words as titles are compared: without marks, case and punctuation."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(said(written))).split())


def _bare(written: Any) -> str:
    """The same without what stands in brackets."""
    return folded(re.sub(r"\([^)]*\)", " ", said(written)))


_KNOWN = {folded(title): column for column in reversed(ALL_COLUMNS) for title in (*column.also, column.title)}

def _known(written: str) -> Column | None:
    return _KNOWN.get(folded(written)) or _KNOWN.get(_bare(written))


_ABOVE: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(r"\b(nam|ngay|thang)\b.*\bsinh\b"), {"nam": "birth_male", "nu": "birth_female"}),
    (re.compile(r"\bgioi\b"), {"nam": "sex_male", "nu": "sex_female"}),
    (re.compile(r"\bthieu hut\b|\bchi so\b"),
     {spelt: f"deprived_{number}" for number in range(1, 13)
      for spelt in (str(number), f"{number:02}", f"chi so {number}", f"cs {number}", f"cs{number}")}),
    (re.compile(r"\b(phan loai|loai ho|dien ho|ket qua|thuoc dien)\b"),
     {fold(word): column.name for column in ALL_COLUMNS if column.name.startswith("category_")
      for word in (column.also[0], {"category_poor": "HN", "category_near_poor": "HCN",
                                    "category_newly_escaped": "HMTN", "category_average": "TB"}[column.name])}),
    (re.compile(r"\bdiem\b"), {"a": "score_a", "b": "score_b", "b1": "score_a", "b2": "score_b"}),
    (re.compile(r"\b(quyet dinh|cong nhan)\b"),
     {"so": "decision_number", "ngay": "decided_on", "ngay thang": "decided_on", "ngay thang nam": "decided_on",
      "co quan": "decision_issuer", "co quan ban hanh": "decision_issuer"}),
)


def key_of(parts: Sequence[str]) -> str:
    """What a title is remembered by: its words and those above it, folded."""
    return "/".join(filter(None, map(folded, parts)))[:LONGEST_KEY]


def written_key(title: str) -> str:
    """The same of a title as somebody writes it, "Năm sinh / Nam"."""
    return key_of(nfc(title).split("/"))


def _meaning(parts: Sequence[str], mapping: Mapping[str, str]) -> str:
    """The column that a title means, by its words and those above; "" when nobody knows."""
    key = key_of(parts)
    if key in mapping:
        return mapping[key]
    above, last = folded(" ".join(parts[:-1])), folded(parts[-1])
    if above:
        for words, below in _ABOVE:
            if last in below and words.search(above):
                return below[last]
    if column := _known(" ".join(parts)):
        return column.name
    # below another title a single word is as likely a first cell: «Nam», «Chủ hộ»
    column = _known(parts[-1]) or (None if _bare(parts[-1]) else _known(parts[0]))
    return column.name if column and (column in COLUMNS or not above) else ""


def _read(parts: list[str], mapping: Mapping[str, str]) -> str:
    """The same, also of a title typed in an old font."""
    found = _meaning(parts, mapping)
    if not found and not all(map(str.isascii, parts)):
        for scheme in ("tcvn3", "vni"):
            found = found or _meaning([encodings.repaired(part, scheme) for part in parts], mapping)
    return found


def _titles(rows: Sequence[Sequence[Any]], mapping: Mapping[str, str]) -> list[Title]:
    """The titles of a header of these rows. Above the last row a blank cell belongs to what stands left of it."""
    width = max(map(len, rows))
    spread: list[list[str]] = []
    for depth, row in enumerate(rows):
        words = [said(cell) if cell.__class__ is str else "" for cell in row] + [""] * (width - len(row))
        if depth + 1 == len(rows):
            words = [said(cell) for cell in row] + [""] * (width - len(row))
        else:
            for place in range(1, width):
                below = any(len(other) > place and other[place] != "" for other in rows[depth + 1:])
                words[place] = words[place] or (words[place - 1] if below else "")
        spread.append(words)
    found = []
    for place in range(width):
        parts = list(dict.fromkeys(filter(None, (words[place] for words in spread))))
        if parts:
            found.append(Title(place, key_of(parts), " / ".join(parts), _read(parts, mapping)))
    return found


# titles that are cells as well: they do not tell a header from a row of the list
_ALSO_CELLS = frozenset(folded(word) for word in ("Nam", "Nữ", "Chủ hộ")) | frozenset(
    folded(word) for code in CATEGORIES.values() for word in (code.title.vi, *code.written))


def _score(titles: Iterable[Title]) -> int:
    return len({title.column for title in titles if title.column and title.key not in _ALSO_CELLS})


def titles_of(header: Header) -> list[dict[str, Any]]:
    """The titles as a report keeps them."""
    return [{"key": title.key, "written": title.written[:120], "column": title.column, "samples": list(title.samples)}
            for title in header.titles]


def find_header(top: Sequence[Sequence[Any]], mapping: Mapping[str, str], least: int = _FEW) -> Header | None:
    """The header among the first rows: where most titles are known, in as few rows as tell them."""
    best, rank = None, (least - 1, 0)
    for first in range(min(len(top), LOOKED_AT)):
        if not any(cell.__class__ is str and cell for cell in top[first]):
            continue
        told = 0
        for height in range(1, _HIGHEST + 1):
            if first + height > len(top):
                break
            titles = _titles(top[first:first + height], mapping)
            score = _score(titles)
            if height > 1 and score < told + _WORTH:
                continue
            told = score
            if (score, -height) > rank and score >= least:
                best, rank = Header(tuple(titles), first + height - 1), (score, -height)
    return best and Header(tuple(_sampled(best.titles, top[best.last + 1:])), best.last)


def guess_header(top: Sequence[Sequence[Any]], mapping: Mapping[str, str]) -> Header | None:
    """Where no title is known: the first row with the most words, for somebody to say what they mean."""
    def words(row: Sequence[Any]) -> int:
        return len({cell for cell in row if cell.__class__ is str and not cell.isdigit() and cell})

    best = max(range(min(len(top), LOOKED_AT)), key=lambda place: words(top[place]), default=0)
    if not top or words(top[best]) < 2:
        return None
    return Header(tuple(_sampled(_titles([top[best]], mapping), top[best + 1:])), best)


def _sampled(titles: Iterable[Title], below: Sequence[Sequence[Any]]) -> Iterable[Title]:
    for title in titles:
        cells = dict.fromkeys(said(row[title.place])[:60] for row in below[:LOOKED_AT]
                              if len(row) > title.place and row[title.place] != "")
        yield title._replace(samples=tuple(cells)[:_SAMPLES])


def checked(header: Header, commune_needed: bool, given: Iterable[str]) -> Header:
    """The header with what stands in the way of reading a list by it.

    A list must tell who and, unless that is ``given`` for the file, which category; of the twelve indicators all or
    none. What else it does not tell stays unknown.
    """
    first: dict[str, int] = {}
    wrong = []
    for title in header.titles:
        if title.column in BY_NAME and first.setdefault(title.column, title.place) != title.place:
            shown = BY_NAME[title.column].title
            wrong.append(Reason("column_twice", _TWICE.format(
                title=shown, first=first[title.column] + 1, second=title.place + 1), seen=shown, field="file"))
    needed = {"name", "category"} | ({"commune"} if commune_needed else set())
    if any(name.startswith("deprived_") for name in header.names):
        needed |= set(_STANDS_FOR["deprived"][1])
    told = header.names | set(given) | {
        each for stands, names in _STANDS_FOR.values() if stands & header.names for each in names}
    wrong += [Reason("column_missing", _MISSING.format(title=column.title), needed=column.title, field="file")
              for column in COLUMNS if column.name in needed - told]
    return Header(header.titles, header.last, tuple(wrong))
