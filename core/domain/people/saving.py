"""One household entered or corrected by hand, and one category recorded by decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core import db
from core.domain import access, units
from core.domain.people import codes, id_numbers, values
from core.domain.people.changes import compare
from core.domain.people.entries import Finding, HouseholdEntry, PersonEntry, Place, refusals, warnings
from core.domain.people.households import household_number, household_of
from core.domain.people.records import Record
from core.domain.people.tables import household
from core.domain.people.writing import write
from core.errors import BadInput, NotFound, Reason, Stale
from core.text import Text

Reader = Callable[[Any], Any]

_HOUSEHOLD: dict[str, Reader] = {
    "code": values.read_code, "village": values.read_text, "address": values.read_address, "phone": values.read_phone,
    "set_up_on": values.read_day, "residence": values.read_residence, "resident_since": values.read_day,
    "category": values.read_category, "line": values.read_line, "score_a": values.read_score,
    "score_b": values.read_score,
    "decision_number": values.read_code, "decided_on": values.read_day, "category_until": values.read_day,
    "decision_issuer": values.read_text,
    "marks": values.read_marks, "demands": values.read_demands, "causes": values.read_causes,
}
_PERSON: dict[str, Reader] = {
    "name": values.read_name, "relation": values.read_relation, "birth": values.read_birth, "sex": values.read_sex,
    "ethnic": values.read_ethnic, "id_number": id_numbers.read_id_number, "marks": values.read_marks,
    "demands": values.read_demands,
}
READERS: Mapping[str, Mapping[str, Reader]] = {"household": _HOUSEHOLD, "person": _PERSON}  # what a form may say
_REQUIRED = Text("Bắt buộc ghi", "This must be filled in")
_OLD_PAGE = Text("Hộ này đã được sửa sau khi bạn mở trang: xem lại rồi lưu lần nữa",
                 "This household was changed after you opened the page: look again and save once more")
_TAKEN = Text("Xã này đã có hộ mang mã đó (số {number}): sửa hộ ấy, hoặc ghi mã khác",
              "A household of this commune has that code (number {number}): correct that one, or write another code")
_NO_COMMUNE = Text("Hộ phải thuộc một xã, phường hoặc đặc khu", "A household belongs to a commune")


def place_of(unit: Any) -> Place:
    """A commune (of ``units``) as the place of what lies in it. Raises ``BadInput`` for any other level."""
    if unit.level != 3:
        raise BadInput(Reason("not_a_commune", _NO_COMMUNE, seen=unit.code, field="unit"))
    return Place(unit.id, unit.district_id, unit.province_id)


def save_household(actor: access.Actor, data: Mapping[str, Any], number: str | None = None,
                   version: int | None = None) -> tuple[int, list[Reason]]:
    """Add a household by hand, or correct the one of ``number`` as it was seen in ``version``; returns its id and
    warnings.

    ``data`` is what a form posts: the text of each field by the names of ``HouseholdEntry``, ``unit`` (the id of a
    commune, for a new household), ``deprivations`` (numbers 1 to 12) and ``members``, a list of the same by the names
    of ``PersonEntry``; who is not in it leaves the household today. Of a household whose list named its head alone,
    ``members_known`` says that all its members are written now. Raises ``BadInput`` with every reason, its
    ``field`` as "phone" or "members-0-birth"; ``NotAllowed``; ``NotFound``; ``Stale``.
    """
    record = household_of(actor, number, "household.edit") if number is not None else None
    if record is not None and version is not None and version != record.row.version:
        raise Stale(Reason("household_changed", _OLD_PAGE, seen=version, needed=record.row.version))
    place = _place(actor, data, record)
    entry = _entry(data, place, record)
    today = db.today()
    _refuse_taken(entry, record)
    change = compare(entry, record, today)
    refused = [*refusals(entry, today), *change.refused]
    if refused:
        raise BadInput([_reason(finding) for finding in refused])
    key = write([change], actor.id, today)[0]
    return key, [_reason(finding) for finding in (*warnings(entry), *change.warned)]


def record_category(actor: access.Actor, number: str, category: str, decided_on: date, decision_number: str, *,
                    line: str = "national", issuer: str | None = None, score_a: int | None = None,
                    score_b: int | None = None, deprivations: int | None = None, until: date | None = None) -> int:
    """Record the category that a decision gave a household from its date on, to a last day where it says one.

    Raises ``BadInput``, ``NotAllowed``, ``NotFound``.
    """
    if category not in codes.CATEGORIES or line not in codes.LINES:
        raise BadInput(Reason("category_unknown", values.read_category.needed, seen=[line, category], field="category"))
    record = household_of(actor, number, "household.edit")
    entry = HouseholdEntry(record.row.code, Place(record.row.unit_id, record.row.district_id, record.row.province_id), [
        PersonEntry(member.row.name, member.row.relation, person_id=member.row.id) for member in record.members],
        category=category, line=line, score_a=score_a, score_b=score_b, deprivations=deprivations,
        members_known=bool(record.row.members_known), decided_on=decided_on, decision_number=decision_number,
        decision_issuer=issuer, category_until=until)
    change = compare(entry, record, db.today())
    refused = [finding for finding in (*refusals(entry, db.today()), *change.refused)
               if finding.field in ("decided_on", "decision_number", "category_until")]
    if refused:
        raise BadInput([_reason(finding) for finding in refused])
    return write([change], actor.id, db.today())[0]


def doubts(record: Record) -> list[tuple[str, Text]]:
    """What looks wrong in a household as it stands and was taken all the same: a member's name, and why."""
    members = [
        PersonEntry(member.row.name, member.row.relation, member.row.birth_date or member.row.birth_year,
                    member.row.sex, id_number=member.row.id_number, row=place)
        for place, member in enumerate(record.members, 1)]
    place = Place(record.row.unit_id, record.row.district_id, record.row.province_id)
    return [(members[finding.row - 1].name, finding.sentence)
            for finding in warnings(HouseholdEntry(record.row.code, place, members))]


def _place(actor: access.Actor, data: Mapping[str, Any], record: Record | None) -> Place:
    if record is not None:
        return Place(record.row.unit_id, record.row.district_id, record.row.province_id)
    try:
        place = place_of(units.unit_by_id(int(data.get("unit") or 0)))
    except (ValueError, NotFound):
        raise BadInput(Reason("not_a_commune", _NO_COMMUNE, seen=str(data.get("unit")), field="unit")) from None
    access.require(actor, "household.edit", place)
    return place


def _refuse_taken(entry: HouseholdEntry, record: Record | None) -> None:
    """Another household of the commune has this code."""
    found = db.execute(select(household.c.id).where(
        household.c.unit_id == entry.place.unit_id, household.c.code == entry.code)).scalar()
    if found is not None and (record is None or found != record.row.id):
        raise BadInput(Reason("code_taken", _TAKEN.format(number=household_number(found)), seen=entry.code,
                              field="code"))


def _entry(data: Mapping[str, Any], place: Place, record: Record | None) -> HouseholdEntry:
    wrong: list[Reason] = []
    said = _read(_HOUSEHOLD, data, "", ("code",), wrong)
    rows: Sequence[Mapping[str, Any]] = data.get("members") or ()
    members = [
        PersonEntry(**_read(_PERSON, row, f"members-{index}-", ("name", "relation"), wrong),
                    person_id=_person_id(row.get("person_id")), row=index + 1)
        for index, row in enumerate(rows)]
    deprivations = _deprivations(data.get("deprivations"), wrong)
    if wrong:
        raise BadInput(wrong)
    said["line"] = said["line"] or "national"
    known = record is None or bool(record.row.members_known) or bool(data.get("members_known"))
    return HouseholdEntry(place=place, members=members, deprivations=deprivations, complete=True, members_known=known,
                          **said)


def _read(readers: Mapping[str, Reader], data: Mapping[str, Any], prefix: str, required: Sequence[str],
          wrong: list[Reason]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, reader in readers.items():
        written = data.get(name)
        try:
            read[name] = reader(written)
        except values.Unreadable as unreadable:
            read[name] = None
            wrong.append(Reason("unreadable", unreadable.sentence, seen=values.said(written)[:200],
                                field=prefix + name))
            continue
        if name in required and not read[name]:
            wrong.append(Reason("required", _REQUIRED, field=prefix + name))
    return read


def _deprivations(written: Any, wrong: list[Reason]) -> int | None:
    if written is None:
        return None
    try:
        numbers = {int(number) for number in written}
    except (TypeError, ValueError):
        numbers = {0}
    if not numbers <= set(range(1, 13)):
        wrong.append(Reason("unreadable", Text("Chỉ số thiếu hụt có số từ 1 đến 12",
                                               "Indicators have the numbers 1 to 12"),
                            field="deprivations"))
    return sum(1 << number - 1 for number in numbers if number > 0)


def _person_id(written: Any) -> int | None:
    text = str(written or "")
    return int(text) if text.isascii() and text.isdigit() else None


def _reason(finding: Finding) -> Reason:
    of_member = finding.field in _PERSON and finding.field not in _HOUSEHOLD
    return Reason("household_entry", finding.sentence, seen=finding.value,
                  field=f"members-{max(finding.row - 1, 0)}-{finding.field}" if of_member else finding.field)
