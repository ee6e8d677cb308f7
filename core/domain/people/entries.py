"""What somebody says about a household: the rows of a list, or a form. Not yet compared with what is known.

None is "not said", which leaves alone what is known; only an entry that is ``complete`` (a form that showed everything)
empties what it leaves out. Nothing said changes a category without the decision that did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from core.domain.people.id_numbers import check_id_number
from core.text import Text


class Place(NamedTuple):
    """A commune with what it lies in: the columns by which reach is decided."""

    unit_id: int
    district_id: int | None
    province_id: int | None


class Finding(NamedTuple):
    """Something to correct or to look at: the row (in a form the member's place), the field, what was written there."""

    row: int
    field: str
    value: str
    sentence: Text


@dataclass(slots=True)
class PersonEntry:
    """One member as said. ``birth`` is a day or a year, ``ethnic`` a code of list 1019/2008."""

    name: str
    relation: str
    birth: date | int | None = None
    sex: str | None = None
    ethnic: str | None = None
    id_number: str | None = None
    marks: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    person_id: int | None = None  # when a form names the person it shows
    row: int = 0


@dataclass(slots=True)
class HouseholdEntry:
    """One household as said, with its members in the order said."""

    code: str
    place: Place
    members: list[PersonEntry]
    village: str | None = None
    address: str | None = None
    phone: str | None = None
    set_up_on: date | None = None
    residence: str | None = None
    resident_since: date | None = None
    category: str | None = None
    line: str = "national"
    score_a: int | None = None
    score_b: int | None = None
    deprivations: int | None = None  # bit mask, as household_category keeps it
    decision_number: str | None = None
    decided_on: date | None = None
    category_until: date | None = None  # the last day, where the decision says one ("newly escaped" has its own end)
    decision_issuer: str | None = None
    marks: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    causes: tuple[tuple[str, str], ...] = ()  # code and, where it is "other", the words said
    complete: bool = False
    members_known: bool = True  # False: the list names the head and says nothing of the others
    size_said: int | None = None  # how many members such a list counts
    row: int = 0

    @property
    def head(self) -> PersonEntry:
        """The first member who is the head. Raises ``StopIteration`` when ``refusals`` was not heeded."""
        return next(member for member in self.members if member.relation == "head")


_NO_HEAD = Text("Hộ không có chủ hộ: ghi Chủ hộ ở cột quan hệ của một người",
                "The household has no head: write Chủ hộ as the relation of one person")
_TWO_HEADS = Text("Hộ có hai chủ hộ (dòng {first} và dòng này): một mã hộ chỉ có một chủ hộ",
                  "The household has two heads (row {first} and this one): one household code has one head")
_FUTURE = Text("Ngày {day} còn ở tương lai: kiểm tra lại ngày, tháng, năm",
               "{day} lies in the future: check day, month and year")
_ENDS_FIRST = Text("Ngày hết hạn phân loại trước ngày công nhận: kiểm tra lại hai ngày",
                   "The category would end before it is recognised: check both days")
_TWICE = Text("Số định danh này ghi cho hai người trong hộ (dòng {first} và dòng này): kiểm tra lại",
              "Two persons of the household have this personal number (row {first} and this one): check it")


def refusals(entry: HouseholdEntry, on: date) -> Iterator[Finding]:
    """What in an entry cannot be, whatever is known of the household; ``on`` is the day it was said."""
    heads = [member for member in entry.members if member.relation == "head"]
    if not heads:
        yield Finding(entry.row, "relation", "", _NO_HEAD)
    for second in heads[1:]:
        yield Finding(second.row, "relation", second.name, _TWO_HEADS.format(first=heads[0].row))
    for name in ("set_up_on", "resident_since", "decided_on"):
        day = getattr(entry, name)
        if day is not None and day > on:
            yield _future(entry.row, name, day)
    if entry.category_until and entry.decided_on and entry.category_until < entry.decided_on:
        yield Finding(entry.row, "category_until", f"{entry.category_until:%d/%m/%Y}", _ENDS_FIRST)
    for member in entry.members:
        birth = member.birth
        if birth is not None and (birth > on.year if isinstance(birth, int) else birth > on):
            yield _future(member.row, "birth", birth)


def warnings(entry: HouseholdEntry) -> Iterator[Finding]:
    """What in an entry looks wrong and is taken all the same."""
    numbers = Counter(member.id_number for member in entry.members if member.id_number)
    for member in entry.members:
        for reason in check_id_number(member.id_number, member.birth, member.sex):
            yield Finding(member.row, "id_number", member.id_number or "", reason.sentence)
        if member.id_number and numbers[member.id_number] > 1:
            first = next(other for other in entry.members if other.id_number == member.id_number)
            if first is not member:
                yield Finding(member.row, "id_number", member.id_number, _TWICE.format(first=first.row))


def _future(row: int, name: str, day: date | int) -> Finding:
    written = str(day) if isinstance(day, int) else f"{day:%d/%m/%Y}"
    return Finding(row, name, written, _FUTURE.format(day=written))


def born(birth: date | int | None) -> dict[str, Any]:
    """A birth as the columns of ``person`` keep it."""
    if isinstance(birth, date):
        return {"birth_date": birth, "birth_year": birth.year}
    return {"birth_date": None, "birth_year": birth}


__all__ = ["Finding", "HouseholdEntry", "PersonEntry", "Place", "born", "refusals", "warnings"]
