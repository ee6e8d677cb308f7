"""Whom a list or a form means: which known household an entry is about, which known member each person is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.domain.people.entries import HouseholdEntry, PersonEntry
from core.domain.people.records import Member, Record
from core.text import Text, fold

# Members of one household


def match_members(said: Sequence[PersonEntry], known: Iterable[Member]) -> tuple[
        list[tuple[PersonEntry, Member | None]], list[Member]]:
    """Who of the said is who of the known: by the person a form names, by ID number, by name, birth year and relation,
    by name and birth year, by name alone.

    By name alone only where not both have a number: those numbers differ. Returns the pairs in the order said, and the
    known who were not said.
    """
    free = {member.row.id: member for member in known}
    found: dict[int, Member] = {}
    for key_said, key_known in _KEYS:
        for index, person in enumerate(said):
            key = key_said(person) if index not in found else None
            match = next((id_ for id_, member in free.items() if key_known(member.row, person) == key),
                         None) if key else None
            if match is not None:
                found[index] = free.pop(match)
    return [(person, found.get(index)) for index, person in enumerate(said)], list(free.values())


def _birth_year(birth: date | int | None) -> int | None:
    return birth.year if isinstance(birth, date) else birth


_KEYS: tuple[tuple[Any, Any], ...] = (
    (lambda said: said.person_id, lambda known, said: known.id),
    (lambda said: said.id_number, lambda known, said: known.id_number),
    (lambda said: (fold(said.name), _birth_year(said.birth), said.relation),
     lambda known, said: (known.name_folded, known.birth_year, known.relation)),
    (lambda said: (fold(said.name), _birth_year(said.birth)),
     lambda known, said: (known.name_folded, known.birth_year)),
    (lambda said: fold(said.name),
     lambda known, said: None if said.id_number and known.id_number else known.name_folded),
)

# Households of a commune


_BY_NUMBER = Text("theo số định danh của chủ hộ", "by the ID number of the head")
_BY_NAME = Text("theo tên chủ hộ, năm sinh và thôn", "by the head's name, birth and village")
_MEMBER_THERE = Text("Số định danh này là của {name}, một thành viên của hộ đang ghi trong sổ, không phải chủ hộ",
                     "This number is {name}'s, a member of a household in the register and not its head")
_OTHER_NAME = Text("Số định danh giống nhau nhưng tên và năm sinh khác", "The same ID number, another name and birth")
_SEVERAL = Text("Có {n} hộ trùng tên chủ hộ, năm sinh và thôn", "{n} households have this head's name, birth and "
                "village")
_ALIKE = Text("Có hộ gần giống: trùng tên chủ hộ, nhưng năm sinh, thôn hoặc số định danh khác hay còn thiếu",
              "There is one much alike: the same name of the head, but birth, village or ID number differ or are not "
              "known")
_TAKEN = Text("Một dòng khác của tệp đã là hộ này", "Another row of the file is this household already")
_STRANGERS = Text("Mã này trong sổ là của hộ khác: không có ai trùng số định danh, tên hoặc năm sinh",
                  "In the register this code is another household's: nobody has the same number, name or birth")


@dataclass(slots=True)
class Match:
    """The household an entry is about: one (``how`` says by what), none, or a doubt (``why``) between some."""

    record: Record | None = None
    how: Text | None = None
    why: Text | None = None
    candidates: list[Record] = field(default_factory=list)


class Households:
    """The known households of some communes, to be found by their heads. Each is found for one entry only."""

    def __init__(self, known: Iterable[Record]) -> None:
        self._numbers: dict[tuple[int, str], list[tuple[Record, Member]]] = defaultdict(list)
        self._names: dict[tuple[int, str], list[Record]] = defaultdict(list)
        self._taken: set[int] = set()
        for record in known:
            if record.row.ended_on is not None:
                continue
            for member in record.members:
                if member.row.id_number:
                    self._numbers[record.row.unit_id, member.row.id_number].append((record, member))
            if record.head is not None:
                self._names[record.row.unit_id, record.head.row.name_folded].append(record)

    def take(self, record: Record) -> None:
        """This household is spoken of: a second entry that seems to mean it is doubtful."""
        self._taken.add(record.row.id)

    def find(self, entry: HouseholdEntry) -> Match:
        """The household of an entry without a code: by the head's ID number, else by name, birth and village."""
        found = self._by_number(entry) or self._by_name(entry)
        if found.record is not None and found.record.row.id in self._taken:
            return Match(why=_TAKEN, candidates=[found.record])
        return found

    def _by_number(self, entry: HouseholdEntry) -> Match | None:
        head = entry.head
        same = self._numbers.get((entry.place.unit_id, head.id_number), []) if head.id_number else []
        if not same:
            return None
        if len(same) > 1:
            return Match(why=_SEVERAL.format(n=len(same)), candidates=[record for record, _ in same])
        record, member = same[0]
        if member.row.relation != "head":
            return Match(why=_MEMBER_THERE.format(name=member.row.name), candidates=[record])
        if member.row.name_folded != fold(head.name) and not _born_alike(head.birth, member.row):
            return Match(why=_OTHER_NAME, candidates=[record])
        return Match(record, _BY_NUMBER)

    def _by_name(self, entry: HouseholdEntry) -> Match:
        head, exact, near = entry.head, [], []
        for record in self._names.get((entry.place.unit_id, fold(head.name)), ()):
            assert record.head is not None
            known = record.head.row
            born, lives = _born_alike(head.birth, known), _same_village(entry.village, record.row.village)
            numbers_differ = bool(head.id_number and known.id_number and head.id_number != known.id_number)
            if born and lives and not numbers_differ:
                exact.append(record)
            elif born or (born is None and lives is not False) or (lives and not numbers_differ):
                near.append(record)
        if len(exact) == 1:
            return Match(exact[0], _BY_NAME)
        if exact:
            return Match(why=_SEVERAL.format(n=len(exact)), candidates=exact)
        return Match(why=_ALIKE, candidates=near) if near else Match()


def strangers(entry: HouseholdEntry, record: Record) -> Match | None:
    """A doubt where a code of the list is known but nobody of the two households is the same person.

    Codes are unique per commune and period only: a new period may give an old code to somebody else.
    """
    if not record.members or not entry.members or any(pair[1] for pair in match_members(
            entry.members, record.members)[0]):
        return None
    born = any(_born_alike(said.birth, known.row) and said.sex == known.row.sex and said.relation == known.row.relation
               for said in entry.members for known in record.members)
    return None if born else Match(why=_STRANGERS, candidates=[record])


def _born_alike(said: date | int | None, known: Any) -> bool | None:
    """Whether two births may be one: the same day, or the same year where one is only a year; None: not known."""
    if said is None or known.birth_year is None:
        return None
    if isinstance(said, date) and known.birth_date is not None:
        return bool(said == known.birth_date)
    return bool(_birth_year(said) == known.birth_year)


def _same_village(said: str | None, known: str) -> bool | None:
    return fold(said) == fold(known) if said and known else None
