"""Which person of a list or a form is which known member of the household."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from core.domain.people.entries import PersonEntry
from core.domain.people.records import Member
from core.text import fold


def match_members(said: Sequence[PersonEntry], known: Iterable[Member]) -> tuple[
        list[tuple[PersonEntry, Member | None]], list[Member]]:
    """Who of the said is who of the known: by the person a form names, by ID number, by name and birth year, by name
    alone.

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
    (lambda said: (fold(said.name), _birth_year(said.birth)),
     lambda known, said: (known.name_folded, known.birth_year)),
    (lambda said: fold(said.name),
     lambda known, said: None if said.id_number and known.id_number else known.name_folded),
)
