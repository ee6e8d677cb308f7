"""The QR of a chip identity card: read, held against the register, and taken over where somebody says so.

The code holds ``number|old number|name|ddmmyyyy|sex|address|ddmmyyyy of issue``; the field of the old number may be
empty or missing, and newer cards add fields behind. This is what cards in circulation show; no text that lays it down
was seen, so whatever does not fit is refused with a sentence and never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from core import db
from core.domain import access
from core.domain.people.changes import compare
from core.domain.people.entries import HouseholdEntry, PersonEntry, Place, refusals
from core.domain.people.households import household_number, household_of
from core.domain.people.tables import household, membership, person, person_alias, valid_on
from core.domain.people.values import FIRST_YEAR, Unreadable, read_name, said
from core.domain.people.writing import write
from core.errors import BadInput, NotFound, Reason
from core.text import Text, fold, nfc

_NUMBER = re.compile(r"[0-9]{12}")
_OLD = re.compile(r"(?:[0-9]{9}|[0-9]{12})?")
_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_LONGEST = 1000
_MOST = 10  # persons shown for one card

_NO_CARD = Text("Không phải mã QR trên thẻ căn cước: {why}. Hãy quét lại, hoặc nhập tay số định danh.",
                "Not the QR of an identity card: {why}. Scan again, or type the number.")
_WHY = {
    "number": Text("không bắt đầu bằng số định danh 12 chữ số", "it does not begin with a 12-digit number"),
    "parts": Text("thiếu phần trong mã", "parts are missing"),
    "name": Text("phần họ tên không đọc được", "the name cannot be read"),
    "birth": Text("ngày sinh không đọc được", "the date of birth cannot be read"),
    "sex": Text("giới tính không đọc được", "the sex cannot be read"),
}


@dataclass(frozen=True)
class Card:
    """What a card says. ``birth`` is a year where the card gives no day; ``sex`` a code of ``SEXES``."""

    number: str
    name: str
    birth: date | int
    sex: str
    old_number: str = ""
    address: str = ""
    issued_on: date | None = None


class Difference(NamedTuple):
    """A fact of a person that a card says otherwise; ``known`` is None where the register does not know it."""

    field: str
    known: Any
    card: Any


@dataclass(frozen=True)
class Found:
    """A person within reach whom a card may belong to; ``sure`` when the number says so."""

    household: str
    head: str
    village: str
    person_id: int
    name: str
    sure: bool
    differences: tuple[Difference, ...]


def read_card(text: str) -> Card:
    """The card behind the text of a QR. Raises ``BadInput`` (field ``card``) that says what is wrong with it."""
    parts = [nfc(part) for part in said(_repaired(text[:_LONGEST])).split("|")]
    if not _NUMBER.fullmatch(parts[0]):
        raise _refused("number")
    rest = parts[1:]
    old = rest.pop(0) if rest and _OLD.fullmatch(rest[0]) else ""
    if len(rest) < 3:
        raise _refused("parts")
    return Card(parts[0], _name(rest[0]), _birth(rest[1]), _sex(rest[2]), old, rest[3] if len(rest) > 3 else "",
                _day(rest[4]) if len(rest) > 4 else None)


def _refused(why: str) -> BadInput:
    return BadInput(Reason("no_card", _NO_CARD.format(why=_WHY[why]), field="card"))


def _repaired(text: str) -> str:
    """A scanner set to another code page gives each byte of UTF-8 as a letter of its own: put together again."""
    for page in ("cp1252", "latin-1"):
        try:
            whole = text.encode(page).decode("utf-8")
        except UnicodeError:
            continue
        return whole
    return text


def _name(words: str) -> str:
    try:
        name = read_name(words)
    except Unreadable:
        name = None
    if name is None:
        raise _refused("name")
    return name


def _birth(digits: str) -> date | int:
    day = _day(digits)
    if day is not None:
        return day
    if re.fullmatch(r"0000[0-9]{4}", digits) and FIRST_YEAR <= int(digits[4:]) < 2200:
        return int(digits[4:])
    raise _refused("birth")


def _day(digits: str) -> date | None:
    found = _DAY.fullmatch(digits)
    if not found:
        return None
    try:
        day = date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < 2200 else None


def _sex(word: str) -> str:
    found = {"nam": "male", "nu": "female"}.get(fold(word))
    if found is None:
        raise _refused("sex")
    return found


def differences(card: Card, name: str, birth: date | int | None, sex: str | None, number: str | None) -> tuple[
        Difference, ...]:
    """Where a person, as known or as typed, is not what the card says."""
    pairs = (
        ("name", name or None, card.name),
        ("birth", birth, card.birth),
        ("sex", sex, card.sex),
        ("id_number", number, card.number),
    )
    return tuple(Difference(field, known, told) for field, known, told in pairs
                 if _comparable(known) != _comparable(told))


def _comparable(value: Any) -> Any:
    return nfc(value).casefold() if isinstance(value, str) else value


def persons_of(actor: access.Actor, card: Card) -> list[Found]:
    """The persons within reach whom a card may belong to: by its number or the old one, else by name and birth year
    where the register has no number yet.
    """
    former = person_alias.c.value.in_([card.number, *filter(None, (card.old_number,))])
    sure = _persons(actor, or_(person.c.id_number == card.number,
                               person.c.id.in_(select(person_alias.c.person_id).where(former))))
    year = card.birth if isinstance(card.birth, int) else card.birth.year
    alike = and_(person.c.id_number.is_(None), person.c.name_folded == fold(card.name),
                 or_(person.c.birth_year == year, person.c.birth_year.is_(None)))
    rows = sure or _persons(actor, alike)
    return [
        Found(household_number(row.household_id), row.head_name, row.village, row.id, row.name, bool(sure),
              differences(card, row.name, row.birth_date or row.birth_year, row.sex, row.id_number))
        for row in rows
    ]


def _persons(actor: access.Actor, which: ColumnElement[bool]) -> list[Any]:
    return list(db.execute(
        select(*person.c, membership.c.household_id, household.c.head_name, household.c.village)
        .join(membership, membership.c.person_id == person.c.id)
        .join(household, household.c.id == membership.c.household_id)
        .where(which, valid_on(membership, db.today()), access.within_reach(actor, household, "household.view"))
        .order_by(person.c.sort_key, person.c.id).limit(_MOST)))


TAKEN = ("name", "birth", "sex", "id_number")


def take_from_card(actor: access.Actor, number: str, person_id: int, card: Card, fields: Collection[str]) -> int:
    """Correct the named facts (of ``TAKEN``) of a household's member by a card; gives how many changed.

    Raises ``NotFound``, ``NotAllowed`` and ``BadInput`` as the household's page does.
    """
    record = household_of(actor, number, "household.edit")
    if person_id not in {member.row.id for member in record.members}:
        gone = Text("Người này không còn ở hộ", "This person is no longer of the household")
        raise NotFound(Reason("member_gone", gone))
    told = {"name": card.name, "birth": card.birth, "sex": card.sex, "id_number": card.number}
    wanted = {field: told[field] for field in fields if field in TAKEN}
    members = [
        PersonEntry(**{"name": member.row.name, "relation": member.row.relation, "person_id": member.row.id, "row": row,
                       **(wanted if member.row.id == person_id else {})})
        for row, member in enumerate(record.members, 1)
    ]
    place = Place(record.row.unit_id, record.row.district_id, record.row.province_id)
    entry = HouseholdEntry(record.row.code, place, members)
    wrong = [finding for finding in refusals(entry, db.today()) if finding.field in TAKEN]
    if wrong:
        raise BadInput([Reason("household_entry", finding.sentence, seen=finding.value, field=finding.field)
                        for finding in wrong])
    change = compare(entry, record, db.today())
    write([change], actor.id, db.today())
    return sum(len(values.keys() - {"birth_year"}) for _, values in change.persons)


