"""Legal values by date, place and source: what a decree, a plan or a resolution can change is a row here, no literal.

A value that no source gives is *not set*. Whoever asks gets ``None`` (or a row whose value is ``None``) and has to
refuse; there is no default, no zero and no nearest row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from core.errors import BadInput, Reason
from core.text import Text

Value = int | str | bool | tuple[str, ...] | None
NOTHING = Text("", "")
ParameterType = Literal["integer", "money", "date", "yes_no", "code", "codes", "text"]

PARAMETER_TYPES: Mapping[str, Text] = MappingProxyType({
    "integer": Text("số nguyên", "a whole number"),
    "money": Text("số đồng nguyên", "a whole number of đồng"),
    "date": Text("ngày dạng YYYY-MM-DD", "a date as YYYY-MM-DD"),
    "yes_no": Text("có hoặc không (true, false)", "yes or no (true, false)"),
    "code": Text("một mã", "one code"),
    "codes": Text("danh sách mã", "a list of codes"),
    "text": Text("văn bản", "text"),
})


@dataclass(frozen=True)
class ParameterDeclaration:
    """What a name stands for.

    ``unit`` is the unit of measure ("m²"); ``choices`` the codes that a "code" or "codes" value may take (empty: any).
    """

    name: str
    label: Text
    type: ParameterType
    unit: Text = NOTHING
    help: Text = NOTHING
    choices: Mapping[str, Text] = field(default_factory=dict, hash=False)

    def fits(self, value: Value) -> bool:
        """Whether ``value`` is of the declared type; *not set* (None) always is."""
        if value is None:
            return True
        if self.type in ("integer", "money"):
            return isinstance(value, int) and not isinstance(value, bool)
        if self.type == "yes_no":
            return isinstance(value, bool)
        if self.type == "codes":
            return isinstance(value, tuple) and all(isinstance(code, str) and self._has(code) for code in value)
        if not isinstance(value, str):
            return False
        return self._has(value) if self.type == "code" else self.type == "text" or _is_iso_date(value)

    def _has(self, code: str) -> bool:
        return not self.choices or code in self.choices


@dataclass(frozen=True)
class ParameterRow:
    """One value of one name, from ``valid_from`` to ``valid_to``, both days included; ``None`` leaves that side open.

    ``place_id`` is the unit whose territory it holds in (1: the country), ``area_kind`` a class of difficulty or
    ``None`` for every kind. ``value`` is an int, text, bool, ISO date text, a list of codes, or ``None``: *expressly
    not set* here, whatever a larger place says. ``source`` names the document and clause; ``verified`` says that
    somebody has read it there.
    """

    name: str
    value: Value
    valid_from: date | None
    valid_to: date | None
    place_id: int
    area_kind: str | None
    source: str
    verified: bool
    note: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.value, list):  # rows are read from JSON; a frozen row holds a tuple
            object.__setattr__(self, "value", tuple(self.value))

    def holds_on(self, on: date) -> bool:
        """Whether the row is in force on the day ``on``."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def as_json(self) -> dict[str, Any]:
        """The row as a decision stores it beside the amounts that were computed from it."""
        return {
            "name": self.name,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "place_id": self.place_id,
            "area_kind": self.area_kind,
            "source": self.source,
            "verified": self.verified,
            "note": self.note,
        }


class Parameters:
    """Every row in force in this process, immutable, found by name, place and area kind."""

    def __init__(self, rows: Iterable[ParameterRow], declarations: Iterable[ParameterDeclaration]) -> None:
        """Raises ``BadInput`` with every reason at once: names declared twice or never, values of another type, periods
        that end before they begin, and every pair of rows of one name, place and area kind that share a day.
        """
        declared = tuple(declarations)
        self.declarations: Mapping[str, ParameterDeclaration] = MappingProxyType({each.name: each for each in declared})
        self.rows: tuple[ParameterRow, ...] = tuple(sorted(rows, key=_order))
        groups: dict[tuple[str, int, str | None], list[ParameterRow]] = defaultdict(list)
        for row in self.rows:
            groups[row.name, row.place_id, row.area_kind].append(row)
        reasons = [*_declared_twice(declared)]
        for row in self.rows:
            reasons += _faults(row, self.declarations.get(row.name))
        for group in groups.values():
            reasons += _overlaps(group)
        if reasons:
            raise BadInput(reasons)
        self._found = {key: tuple(group) for key, group in groups.items()}

    def lookup(self, name: str, on: date, places: Sequence[int], area_kinds: Sequence[str] = ()) -> ParameterRow | None:
        """The row of ``name`` in force on ``on``, or ``None``: not set.

        ``places`` is the territory, smallest first, each unit followed by its predecessors (commune, old communes,
        province, old provinces, country): so the row of a unit that was merged away holds there until a unit of today
        has its own. Within one place a row that states an area kind goes before one that does not; ``area_kinds`` are
        those of the territory, the one that counts first at the front. Raises ``KeyError`` for a name nobody declared.
        """
        if name not in self.declarations:
            raise KeyError(f"no parameter is declared under the name {name!r}")
        for place in places:
            for kind in (*area_kinds, None):
                for row in self._found.get((name, place, kind), ()):
                    if row.holds_on(on):
                        return row
        return None

    def resolve(self, on: date, places: Sequence[int], area_kinds: Sequence[str] = ()) -> Resolved:
        """The parameters of one territory on one day, as a function of the name."""
        return Resolved(self, on, tuple(places), tuple(area_kinds))


class Resolved:
    """The parameters of one territory on one day.

    It remembers what it was asked for, so that a decision can store what it rests on.
    """

    def __init__(self, parameters: Parameters, on: date, places: tuple[int, ...], area_kinds: tuple[str, ...]) -> None:
        self.on = on
        self.places = places
        self.area_kinds = area_kinds
        self._parameters = parameters
        self._asked: dict[str, ParameterRow | None] = {}

    def __call__(self, name: str) -> ParameterRow | None:
        if name not in self._asked:
            self._asked[name] = self._parameters.lookup(name, self.on, self.places, self.area_kinds)
        return self._asked[name]

    @property
    def used(self) -> tuple[ParameterRow, ...]:
        """The rows given out so far, by name."""
        return tuple(row for _, row in sorted(self._asked.items()) if row is not None)

    @property
    def not_set(self) -> tuple[str, ...]:
        """The names asked for that have no value here, sorted."""
        return tuple(sorted(name for name, row in self._asked.items() if row is None or row.value is None))


def _order(row: ParameterRow) -> tuple[Any, ...]:
    return row.name, row.place_id, row.area_kind or "", row.valid_from or date.min, row.valid_to or date.max, repr(row)


def _is_iso_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _declared_twice(declarations: tuple[ParameterDeclaration, ...]) -> Iterable[Reason]:
    names = [each.name for each in declarations]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Reason("parameter_declared_twice", _DECLARED_TWICE.format(name=name), field=name)


def _faults(row: ParameterRow, declaration: ParameterDeclaration | None) -> Iterable[Reason]:
    if declaration is None:
        yield Reason("parameter_undeclared", _UNDECLARED.format(row=_title(row)), source=row.source, field=row.name)
    elif not declaration.fits(row.value):
        needed = PARAMETER_TYPES[declaration.type]
        if declaration.choices:
            codes = ", ".join(declaration.choices)
            needed = Text(f"{needed.vi} ({codes})", f"{needed.en} ({codes})")
        sentence = _WRONG_TYPE.format(row=_title(row), seen=repr(row.value), needed=needed)
        seen = row.as_json()["value"]
        yield Reason("parameter_type", sentence, seen, declaration.type, row.source, field=row.name)
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        yield Reason("parameter_period", _BACKWARDS.format(row=_title(row)), source=row.source, field=row.name)


def _overlaps(group: list[ParameterRow]) -> Iterable[Reason]:
    """Every pair that shares a day; ``group`` is one name, place and area kind in order of valid_from."""
    for index, earlier in enumerate(group):
        for later in group[index + 1:]:
            if earlier.valid_to is not None and later.valid_from is not None and earlier.valid_to < later.valid_from:
                break  # all that follow start later still
            sentence = _OVERLAP.format(one=_title(earlier), other=_title(later))
            yield Reason("parameter_overlap", sentence, source=f"{earlier.source}; {later.source}", field=earlier.name)


def _title(row: ParameterRow) -> Text:
    """A row as an author finds it again: name, place, area kind and period."""
    first = f"{row.valid_from:%d/%m/%Y}" if row.valid_from else "…"
    last = f"{row.valid_to:%d/%m/%Y}" if row.valid_to else "…"
    where = f"{row.place_id}, {row.area_kind}" if row.area_kind else f"{row.place_id}"
    return Text(f"{row.name} (đơn vị {where}, {first}–{last})", f"{row.name} (unit {where}, {first}–{last})")


_DECLARED_TWICE = Text("Tham số {name} được khai báo hai lần.", "Parameter {name} is declared twice.")
_UNDECLARED = Text("Tham số chưa được khai báo: {row}.", "Nobody declares this parameter: {row}.")
_WRONG_TYPE = Text("{row}: giá trị {seen} phải là {needed}.", "{row}: the value {seen} must be {needed}.")
_BACKWARDS = Text("{row}: ngày hết hiệu lực trước ngày bắt đầu.", "{row}: ends before it begins.")
_OVERLAP = Text("Hai dòng trùng thời gian: {one} và {other}.", "Two rows share days: {one} and {other}.")
