"""Unknown facts of many households filled in at once: every readable cell is kept, every other one says why not.

A cell only fills what is unknown. What somebody else filled in meanwhile is never overwritten: the same value again
changes nothing, another one is refused and named. So a page sent twice is saved once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import func, select

from core import db
from core.domain import access
from core.domain.people import codes, ethnic
from core.domain.people.changes import Change, compare
from core.domain.people.entries import Finding, HouseholdEntry, PersonEntry, Place, refusals, warnings
from core.domain.people.households import household_id
from core.domain.people.lacking import LACKING, Fact
from core.domain.people.records import Member, Record, records_by_id
from core.domain.people.saving import READERS
from core.domain.people.tables import household, person
from core.domain.people.values import Unreadable, said as written
from core.domain.people.writing import write
from core.errors import BadInput, Reason
from core.text import Text

MOST_CELLS = 2000  # of one page; a form that names more was not made by the grid


@dataclass
class Filled:
    """What became of a page: how many ``cells`` of how many ``subjects`` were kept; why the others were not.

    Of every reason the ``field`` is the cell ("phone.H3K9", "depth.BN-26-00017"); ``warnings`` were kept all the same.
    """

    cells: int = 0
    subjects: int = 0
    refused: list[Reason] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)


class _Cell(NamedTuple):
    name: str  # as the form calls it
    fact: Fact
    member: Member | None
    value: Any


_GONE = Text("Không còn trong sổ của bạn: hộ đã chuyển đi hoặc người này không còn ở hộ",
             "No longer in your register: the household moved, or the person left it")
_KNOWN = Text("{who} đã ghi «{known}» lúc {at}; ô của bạn («{said}») không được ghi đè. Muốn đổi thì sửa tại trang hộ.",
              "{who} wrote “{known}” at {at}; your cell (“{said}”) does not overwrite it. Change it on the page of the "
              "household.")
_TWICE = Text("Số này đã ghi cho {n} người trong sổ: kiểm tra lại", "This number stands with {n} persons: check it")
_TOO_MANY = Text("Một trang có nhiều nhất {n} ô", "A page has at most {n} cells")


def fill(actor: access.Actor, said: Mapping[str, Mapping[str, str]]) -> Filled:
    """Keep what was written into the cells of ``lacking``: texts by fact, by the key of the line.

    The facts are dated and kept as the household's page keeps them; empty cells are passed over. Raises ``BadInput``
    only for more than ``MOST_CELLS``.
    """
    if sum(map(len, said.values())) > MOST_CELLS:
        raise BadInput(Reason("grid_too_large", _TOO_MANY.format(n=MOST_CELLS), needed=MOST_CELLS))
    found, done = _locked(actor, said), Filled()
    changes: list[Change] = []
    kept: list[_Cell] = []
    overtaken: list[tuple[_Cell, Record]] = []
    for key, texts in _by_household(said).items():
        record = found.get(key)
        cells, late = _read(record, texts, done)
        overtaken += [(cell, record) for cell in late if record]
        if record is not None and cells:
            change, good = _compared(record, cells, done)
            if change.state == "changed":
                changes.append(change)
                kept += good
    _tell_overtaken(overtaken, done)
    write(changes, actor.id, db.today())
    done.cells, done.subjects = len(kept), len(changes)
    done.warnings += _doubts(kept)
    return done


def _by_household(said: Mapping[str, Mapping[str, str]]) -> dict[int, dict[str, Mapping[str, str]]]:
    """The texts by household and line; a line whose key nobody gave out belongs to household 0."""
    found: dict[int, dict[str, Mapping[str, str]]] = defaultdict(dict)
    for key, texts in said.items():
        found[household_id(key.partition("-")[0]) or 0][key] = texts
    return dict(sorted(found.items()))


def _locked(actor: access.Actor, said: Mapping[str, Any]) -> dict[int, Record]:
    """The households that were named and may be edited, held until the end of the work, always in one order."""
    keys = [key for key in _by_household(said) if key]
    home = household.c
    within = access.within_reach(actor, household, "household.edit")
    mine = select(home.id).where(home.id.in_(keys), within, home.ended_on.is_(None)).order_by(home.id)
    return records_by_id(db.execute(mine.with_for_update()).scalars().all(), db.today()) if keys else {}


def _read(record: Record | None, lines: Mapping[str, Mapping[str, str]], done: Filled) -> tuple[
        list[_Cell], list[_Cell]]:
    """The cells that can be read and fill something unknown, and those that somebody else filled otherwise."""
    fresh: list[_Cell] = []
    late: list[_Cell] = []
    members = {str(member.row.id): member for member in record.members} if record else {}
    for key, texts in lines.items():
        member = members.get(key.partition("-")[2])
        for name, text in texts.items():
            fact, cell = LACKING.get(name), f"{name}.{key}"
            if fact is None or not written(text):
                continue
            if record is None or (fact.subject == "person") != (member is not None):
                done.refused.append(Reason("line_gone", _GONE, seen=text[:200], field=cell))
                continue
            try:
                value = READERS[fact.subject][name](text)
            except Unreadable as wrong:
                done.refused.append(Reason("unreadable", wrong.sentence, seen=text[:200], field=cell))
                continue
            known = _known(fact, record, member)
            if known is None:
                fresh.append(_Cell(cell, fact, member, value))
            elif known != value:
                late.append(_Cell(cell, fact, member, value))
    return fresh, late


def _known(fact: Fact, record: Record, member: Member | None) -> Any:
    if fact.name == "ethnic" and member is not None:
        return ethnic.current_code(member.row.ethnic_code, member.row.ethnic_list)
    return fact.value(record, member) or None


def _compared(record: Record, cells: list[_Cell], done: Filled) -> tuple[Change, list[_Cell]]:
    """What the cells change, without those that cannot be; each of these is refused by itself."""
    while True:
        entry = _entry(record, cells)
        change = compare(entry, record, db.today())
        wrong = {cell.name: finding for finding in (*refusals(entry, db.today()), *change.refused)
                 for cell in [_cell_of(finding, record, cells)] if cell is not None}
        if not wrong:
            done.warnings += [Reason("household_entry", finding.sentence, seen=finding.value, field=cell.name)
                              for finding in warnings(_entry(record, cells, whole=True))
                              for cell in [_cell_of(finding, record, cells)] if cell is not None]
            return change, cells
        done.refused += [Reason("household_entry", finding.sentence, seen=finding.value, field=name)
                         for name, finding in wrong.items()]
        cells = [cell for cell in cells if cell.name not in wrong]


def _entry(record: Record, cells: list[_Cell], *, whole: bool = False) -> HouseholdEntry:
    """The household as the cells say it: everybody in it, nothing else said; ``whole`` with what is known of them."""
    own: dict[str, Any] = {cell.fact.name: cell.value for cell in cells if cell.member is None}
    of_person: dict[int, dict[str, Any]] = defaultdict(dict)
    for cell in cells:
        if cell.member is not None:
            of_person[cell.member.row.id][cell.fact.name] = cell.value
    for row in [member.row for member in record.members] if whole else ():
        known = {"birth": row.birth_date or row.birth_year, "sex": row.sex, "id_number": row.id_number}
        of_person[row.id] = known | of_person[row.id]
    members = [
        PersonEntry(member.row.name, member.row.relation, person_id=member.row.id, row=place,
                    **of_person.get(member.row.id, {}))
        for place, member in enumerate(record.members, 1)
    ]
    place = Place(record.row.unit_id, record.row.district_id, record.row.province_id)
    return HouseholdEntry(record.row.code, place, members, **own)


def _cell_of(finding: Finding, record: Record, cells: list[_Cell]) -> _Cell | None:
    """The cell that a finding is about; one about something not written here stops nothing."""
    names = {finding.field, "resident_since"} if finding.field == "residence" else {finding.field}
    for cell in cells:
        here = cell.member is None or record.members[finding.row - 1 if finding.row else 0] is cell.member
        if cell.fact.name in names and here:
            return cell
    return None


def _tell_overtaken(overtaken: list[tuple[_Cell, Record]], done: Filled) -> None:
    names = access.names({record.row.changed_by for _, record in overtaken if record.row.changed_by})
    for cell, record in overtaken:
        who = names.get(record.row.changed_by, "")
        at = record.row.changed_at.astimezone(db.HANOI)
        sentence = _KNOWN.format(
            who=who or Text("Người khác", "Somebody else"), at=f"{at:%H:%M %d/%m/%Y}",
            said=_shown(cell.fact, cell.value),
            known=_shown(cell.fact, _known(cell.fact, record, cell.member)))
        done.refused.append(Reason("filled_already", sentence, seen=_plain(cell.value), field=cell.name))


def _shown(fact: Fact, value: Any) -> str:
    if fact.name == "ethnic":
        group = ethnic.groups().get(str(value))
        return group.title.vi if group else str(value)
    known = {"residence": codes.RESIDENCES, "sex": codes.SEXES}.get(fact.name, {})
    return known[value].title.vi if value in known else written(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else written(value)


def _doubts(kept: list[_Cell]) -> list[Reason]:
    """ID numbers just kept that now stand with several persons."""
    numbers = {cell.name: cell.value for cell in kept if cell.fact.name == "id_number"}
    if not numbers:
        return []
    several = select(person.c.id_number, func.count().label("n")).where(person.c.id_number.in_(set(numbers.values())))
    found = {row.id_number: row.n for row in db.execute(several.group_by(person.c.id_number).having(func.count() > 1))}
    return [Reason("id_twice", _TWICE.format(n=found[number]), seen=number, field=cell)
            for cell, number in numbers.items() if number in found]
