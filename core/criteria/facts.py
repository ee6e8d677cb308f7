"""What a written criterion may read: facts with a name, a type and a label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from core.parameters import ParameterDeclaration
from core.text import Text

FactType = Literal["integer", "money", "date", "yes_no", "code", "codes", "text", "table"]
ORDERED = frozenset({"integer", "money", "date"})

NOTHING = Text("", "")


@dataclass(frozen=True)
class DateRange:
    """A day of which only the bounds are known, both included: a birth date, when a paper gives the year alone."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a range of days cannot end ({self.last}) before it begins ({self.first})")

    @classmethod
    def of_year(cls, year: int) -> DateRange:
        """Some day of ``year``."""
        return cls(date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True)
class Fact:
    """One name that an expression may read.

    ``name`` is dotted ("household.category", "answers.area"); of a column it is the last part alone. Values are int
    (integer, money in đồng), ``date``, ISO text or ``DateRange`` (date), bool (yes_no), text (code, text), a list of
    codes (codes) or a list of mappings (table); ``None`` or an absent name is *unknown*. ``choices`` names the codes,
    ``unit`` the unit of measure, ``columns`` the facts of each row of a table.
    """

    name: str
    type: FactType
    label: Text
    columns: tuple[Fact, ...] = ()
    choices: Mapping[str, Text] = field(default_factory=dict, hash=False)
    unit: Text = NOTHING


Vocabulary = Mapping[str, Fact]

ON = Fact("on", "date", Text("Ngày xét", "Date of judging"))


def vocabulary(facts: Iterable[Fact], parameters: Iterable[ParameterDeclaration] = ()) -> Vocabulary:
    """The facts by name, with ``on`` (the date of judging) and every parameter as ``params.NAME``: all that an
    expression may read.

    Raises ``ValueError`` for two facts of one name, a name inside a name ("m" and "m.birth"), a table without columns,
    a column that is itself a table.
    """
    found: dict[str, Fact] = {}
    declared = [Fact(f"params.{p.name}", p.type, p.label, choices=p.choices, unit=p.unit) for p in parameters]
    for fact in [ON, *facts, *declared]:
        if fact.name in found:
            raise ValueError(f"two facts are called {fact.name}")
        if (fact.type == "table") != bool(fact.columns):
            raise ValueError(f"{fact.name}: a table, and nothing else, has columns")
        if any(column.type == "table" for column in fact.columns):
            raise ValueError(f"{fact.name}: a column cannot be a table")
        found[fact.name] = fact
    for name in found:
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            raise ValueError(f"{name!r} cannot be written in an expression")
        if any(".".join(parts[:n]) in found for n in range(1, len(parts))):
            raise ValueError(f"{name} lies inside another fact")
    return MappingProxyType(found)


def gather(**groups: Any) -> dict[str, Any]:
    """Facts as ``judge`` takes them, from groups: ``gather(on=d, household={"category": "N"}, members=[...])`` gives
    ``{"on": d, "household.category": "N", "members": [...]}``."""
    found: dict[str, Any] = {}
    for name, value in groups.items():
        if isinstance(value, Mapping):
            found.update({f"{name}.{inner}": each for inner, each in value.items()})
        else:
            found[name] = value
    return found
