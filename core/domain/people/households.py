"""Finding and reading households, within a person's reach."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_

from core import db
from core.domain import access, reads, units
from core.domain.people.records import Record, records
from core.domain.people.tables import household, household_category, membership, person, registry_change, valid_on
from core.errors import BadInput, NotFound, Reason
from core.text import Text, fold, sought

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud and typed without mistakes

_NOT_FOUND = Text("Không có hộ {number}, hoặc hộ ở ngoài địa bàn của bạn",
                  "No household {number}, or it lies out of your reach")


def household_number(household_id: int) -> str:
    """The opaque number of a household for addresses and commands: "H" and its key in base 32."""
    digits = ""
    while household_id:
        household_id, digit = divmod(household_id, 32)
        digits = _DIGITS[digit] + digits
    return "H" + digits


def household_id(number: str) -> int | None:
    """The key behind a household's number; None for what is no such number."""
    digits = number.strip().upper()[1:14]
    if not number.strip().upper().startswith("H") or not digits or set(digits) - set(_DIGITS):
        return None
    found = 0
    for digit in digits:
        found = found * 32 + _DIGITS.index(digit)
    return found if found < 1 << 63 and household_number(found) == number.strip().upper() else None


def household_of(actor: access.Actor, number: str, permission: str = "household.view",
                 on: date | None = None) -> Record:
    """The household of a number, with all that holds on a day (default today).

    Raises ``NotFound`` when there is none within the actor's reach, ``NotAllowed`` when it may be seen but not edited.
    """
    key = household_id(number)
    found = {} if key is None else records(
        and_(household.c.id == key, access.within_reach(actor, household, "household.view")), on or db.today())
    if not found:
        raise NotFound(Reason("household_not_found", _NOT_FOUND.format(number=number), seen=number))
    record = next(iter(found.values()))
    if permission != "household.view":
        access.require(actor, permission, record.row)
    reads.handed_out("household", household_id=record.row.id, unit_id=record.row.unit_id)
    return record


def household_by_code(actor: access.Actor, code: str, unit_id: int | None = None) -> int:
    """The id of the household with a code (or with a number) within reach.

    Codes are unique per commune only: ``unit_id`` names the commune where several are in reach. Raises ``NotFound``
    for none and for several.
    """
    within = access.within_reach(actor, household, "household.view")
    same = or_(household.c.code == code.strip(), household.c.id == (household_id(code) or -1))
    here = household.c.unit_id == unit_id if unit_id is not None else None
    query = select(household.c.id).where(within, same).limit(2)
    found = db.execute(query if here is None else query.where(here)).scalars().all()
    if len(found) == 1:
        key: int = found[0]
        return key
    sentence = _NOT_FOUND if not found else Text(
        "Có nhiều hộ mang mã {number} ở các xã khác nhau: chọn xã hoặc dùng số hộ (H…)",
        "Several communes have a household {number}: name the commune or use its number (H…)")
    raise NotFound(Reason("household_not_found", sentence.format(number=code), seen=code))


def member_named(actor: access.Actor, written: str, on: date | None = None) -> tuple[str, int]:
    """The household's number and the person's key behind a 12-digit ID number or a key, within reach on a day.

    Raises ``NotFound`` for nobody and for several.
    """
    digits = "".join(written.split())
    known = digits.isascii() and digits.isdecimal() and len(digits) < 19
    this = person.c.id_number == digits if len(digits) == 12 else person.c.id == (int(digits) if known else -1)
    found = db.execute(
        select(membership.c.household_id, membership.c.person_id)
        .join(person, person.c.id == membership.c.person_id)
        .join(household, household.c.id == membership.c.household_id)
        .where(this, valid_on(membership, on or db.today()), access.within_reach(actor, household, "household.view"))
        .limit(2)).all()
    if len(found) == 1:
        return household_number(found[0].household_id), found[0].person_id
    sentence = Text("Không có người {person} trong địa bàn của bạn", "There is no person {person} within your reach")
    if found:
        sentence = Text("Nhiều người mang số {person}: hãy dùng khóa của người (person) trong hộ",
                        "Several people bear the number {person}: use the person's key as the household shows it")
    raise NotFound(Reason("person_not_found", sentence.format(person=written[:40]), seen=written[:40], field="person"))


def subject_named(actor: access.Actor, code: str | None, person: str | None = None,
                  unit_id: int | None = None) -> tuple[str, int | None]:
    """The household's number and the person's key, named by the household's number or code, by the person, or by both.

    Raises ``BadInput`` when neither is named, ``NotFound`` for what is not within reach.
    """
    member = member_named(actor, person) if person else None
    if code:
        return household_number(household_by_code(actor, code, unit_id)), member[1] if member else None
    if member is None:
        sentence = Text("Cần nêu một hộ hoặc một người", "A household or a person has to be named")
        raise BadInput(Reason("subject_missing", sentence, field="household"))
    return member


def find_households(actor: access.Actor, text: str = "", unit: Any = None, category: str | None = None,
                    village: str | None = None) -> Select[Any]:
    """The households within reach that a text finds, in the order of their heads' names.

    ``text`` is a name or several words of one, with or without marks, of any member; a household code or its
    beginning; a number (H…); a 12-digit ID number of a member. ``unit`` (id and level) narrows it to a place,
    ``category`` to the national category of today. Columns: id, code, village, head_name, head_sort_key, unit_id,
    district_id, province_id, category, version. Page it with ``after`` and ``before``, never by OFFSET.
    """
    current = and_(household_category.c.household_id == household.c.id, household_category.c.line == "national",
                   valid_on(household_category, db.today()))
    query = (
        select(household.c.id, household.c.code, household.c.village, household.c.head_name, household.c.head_sort_key,
               household.c.unit_id, household.c.district_id, household.c.province_id, household.c.version,
               household_category.c.category)
        .join_from(household, household_category, current, isouter=True)
        .where(access.within_reach(actor, household, "household.view"), household.c.ended_on.is_(None))
        .order_by(household.c.head_sort_key, household.c.id)
    )
    if unit is not None and unit.level:
        query = query.where(household.c[units.LEVEL_COLUMNS[unit.level]] == unit.id)
    if village:
        query = query.where(household.c.village == village)
    if category:
        query = query.where(household_category.c.category == category)
    if wanted := text.strip():
        query = query.where(_matches(wanted))
    return query


def after(head_sort_key: bytes, household_id: int) -> ColumnElement[bool]:
    """The part of ``find_households`` behind a row: the next page."""
    return tuple_(household.c.head_sort_key, household.c.id) > (head_sort_key, household_id)


def before(head_sort_key: bytes, household_id: int) -> ColumnElement[bool]:
    """The part of ``find_households`` in front of a row; order it backwards to get the page before."""
    return tuple_(household.c.head_sort_key, household.c.id) < (head_sort_key, household_id)


def member_counts(household_ids: Collection[int]) -> dict[int, int]:
    """How many members each household has today; one with none is left out."""
    query: Select[Any] = (
        select(membership.c.household_id, func.count().label("number"))
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.household_id.in_(household_ids), valid_on(membership, db.today()),
               person.c.died_on.is_(None)).group_by(membership.c.household_id))
    return {row.household_id: row.number for row in db.execute(query)}


def members_met(household_ids: Collection[int], text: str) -> dict[int, str]:
    """By household the member, other than its head, whose name or ID number is why a search for ``text`` found it."""
    digits, name = text.replace(" ", ""), sought(text)
    this = person.c.id_number == digits if digits.isdigit() else person.c.name_folded.contains(name, autoescape=True)
    query = (
        select(membership.c.household_id, person.c.name).join(person, person.c.id == membership.c.person_id)
        .where(membership.c.household_id.in_(household_ids), membership.c.relation != "head", this,
               valid_on(membership, db.today())).order_by(membership.c.position.desc()))
    return {row.household_id: row.name for row in db.execute(query)} if name else {}


def _matches(text: str) -> ColumnElement[bool]:
    digits = text.replace(" ", "")
    if len(digits) == 12 and digits.isascii() and digits.isdigit():
        return household.c.id.in_(
            select(membership.c.household_id).join(person, person.c.id == membership.c.person_id)
            .where(person.c.id_number == digits, valid_on(membership, db.today())))
    named = household.c.search.contains(" " + sought(text), autoescape=True)
    key = household_id(text)  # an office may have codes that look like numbers of households
    return named if key is None else or_(named, household.c.id == key)


def villages(actor: access.Actor, unit_id: int) -> list[str]:
    """The villages that households of a commune name."""
    query = select(household.c.village).where(household.c.unit_id == unit_id, household.c.village != "",
                                              access.within_reach(actor, household, "household.view")).distinct()
    return sorted(db.execute(query).scalars(), key=fold)


def category_history(household_id: int) -> list[Row[Any]]:
    """Every category that is believed of a household now, the latest first."""
    return list(db.execute(
        select(household_category)
        .where(household_category.c.household_id == household_id, household_category.c.superseded_at.is_(None))
        .order_by(household_category.c.line, household_category.c.valid_from.desc(), household_category.c.id.desc())))


def standing(which: ColumnElement[bool]) -> str:
    """How the households of a condition stand: another text as soon as one was added or changed.

    No household is ever taken out of its table, and every change raises its version.
    """
    found = db.execute(select(func.count().label("households"), func.sum(household.c.version).label("versions"))
                       .where(which)).one()
    return f"{found.households}.{found.versions or 0}"


def registry_changes(household_id: int) -> list[Row[Any]]:
    """What was overwritten in a household and its members, the latest first."""
    return list(db.execute(select(registry_change).where(registry_change.c.household_id == household_id)
                           .order_by(registry_change.c.recorded_at.desc(), registry_change.c.id.desc())))
