"""What an entry changes in what is known of a household: rows to add, to close, to correct. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Table

from core.domain.people import codes, ethnic
from core.domain.people.entries import Finding, HouseholdEntry, PersonEntry, born
from core.domain.people.matching import match_members
from core.domain.people.records import Record
from core.domain.people.tables import cause, demand, household_category, mark, membership, residence
from core.text import Text

DAY = timedelta(days=1)
Values = dict[str, Any]

_AXES = ("id", "valid_from", "valid_to", "import_id", "recorded_at", "recorded_by", "superseded_at",
         "superseded_import_id")

_NO_DECISION = Text("Phân loại đổi từ {before} sang {after}: ghi Số quyết định và Ngày công nhận của quyết định đó",
                    "The category changes from {before} to {after}: write the number and the date of the decision "
                    "that did it")
_EARLIER = Text("Quyết định này ngày {day}, trước ngày {known} của phân loại đang ghi nhận: kiểm tra lại ngày công "
                "nhận",
                "This decision is of {day}, before {known}, since when the known category holds: check the date")
_OVER = Text("Phân loại trước đã hết hạn ngày {known}: ghi số và ngày của quyết định mới hơn",
             "The category before ended on {known}: write the number and date of a later decision")
_NO_KIND = Text("Ghi Thường trú hoặc Tạm trú cùng với ngày bắt đầu cư trú",
                "Write Thường trú or Tạm trú with the day it began")
_NOT_LISTED = Text("{name} đang là thành viên của hộ nhưng không có trong tệp: giữ nguyên; nếu đã chuyển đi hoặc mất "
                   "thì sửa tại trang hộ",
                   "{name} is a member but not in the file: left as is; correct it on the household's page if they "
                   "left or died")
_OLD_HEAD = Text("{name} không còn là chủ hộ và không có trong tệp: ghi quan hệ là Khác; nếu đã chuyển đi hoặc mất "
                 "thì sửa tại trang hộ",
                 "{name} is no longer the head and not in the file: kept as Khác; correct it on the household's page "
                 "if they left or died")


class Membership(NamedTuple):
    """A member as they will be: a known person by id, or one who joins."""

    person: int | PersonEntry
    name: str
    relation: str


@dataclass(slots=True)
class Change:
    """An entry beside the record it is about. Without a record everything it says is new."""

    entry: HouseholdEntry
    record: Record | None = None
    household: Values = field(default_factory=dict)
    persons: list[tuple[int, Values]] = field(default_factory=list)
    joining: list[PersonEntry] = field(default_factory=list)
    facts: list[tuple[Table, Values]] = field(default_factory=list)  # rows to add, without key and recording
    closed: list[tuple[Table, int]] = field(default_factory=list)  # rows that are no longer believed
    refused: list[Finding] = field(default_factory=list)
    warned: list[Finding] = field(default_factory=list)
    after: list[Membership] = field(default_factory=list)  # who is a member then, in order

    @property
    def state(self) -> str:
        """"new", "changed" or "unchanged"."""
        if self.record is None:
            return "new"
        touched = self.household or self.persons or self.joining or self.facts or self.closed
        return "changed" if touched else "unchanged"

    def replace(self, table: Table, known: Row[Any], values: Values, since: date | None) -> None:
        """Put ``values`` in the place of a known row: from a day on, or as its correction when that day is no later."""
        self.closed.append((table, _key(table, known)))
        if since is not None and (known.valid_from is None or known.valid_from < since):
            self.facts.append((table, {**_kept(known, table), "valid_from": known.valid_from, "valid_to": since - DAY}))
        else:
            since = since or known.valid_from
        self.facts.append((table, {"valid_to": None, **values, "valid_from": since}))

    def end(self, table: Table, known: Row[Any], on: date) -> None:
        """Let a known row hold up to the day before ``on``."""
        self.closed.append((table, _key(table, known)))
        if known.valid_from is None or known.valid_from < on:
            self.facts.append((table, {**_kept(known, table), "valid_from": known.valid_from, "valid_to": on - DAY}))


def compare(entry: HouseholdEntry, record: Record | None, on: date) -> Change:
    """What an entry said on a day changes. Facts that began on no stated day are taken to begin on ``on``."""
    change = Change(entry, record)
    if record is None:
        if entry.resident_since and not entry.residence:
            change.refused.append(Finding(entry.row, "residence", "", _NO_KIND))
        return change
    _compare_columns(change, entry, record.row)
    _compare_members(change, entry, record, on)
    _compare_category(change, entry, record)
    _compare_residence(change, entry, record.residence, on)
    subject = {"household_id": record.row.id, "person_id": None}
    _compare_set(change, mark, "code", record.marks, entry.marks, subject, on)
    _compare_set(change, demand, "wanted", {row.wanted: row for row in record.demands}, entry.demands, subject, on)
    known_causes = {(row.code, row.said): row for row in record.causes}
    for gone in known_causes.keys() - set(entry.causes) if entry.causes or entry.complete else ():
        change.end(cause, known_causes[gone], on)
    for code, words in set(entry.causes) - known_causes.keys():
        change.facts.append((cause, {"household_id": record.row.id, "code": code, "said": words, "valid_from": on}))
    return change


def _key(table: Table, known: Row[Any]) -> int:
    key: int = known.membership_id if table is membership else known.id
    return key


def _kept(known: Row[Any], table: Table) -> Values:
    mapping = known._mapping
    return {name: mapping[name] for name in table.c.keys() if name not in _AXES}  # noqa: SIM118


def _compare_columns(change: Change, entry: HouseholdEntry, known: Row[Any]) -> None:
    for name in ("village", "address", "phone"):
        value = getattr(entry, name)
        if value is None and entry.complete:
            value = ""
        if value is not None and value != known._mapping[name]:
            change.household[name] = value
    if entry.set_up_on != known.set_up_on and (entry.set_up_on or entry.complete):
        change.household["set_up_on"] = entry.set_up_on
    if entry.members_known != bool(known.members_known) and entry.members_known:
        change.household |= {"members_known": 1, "size_said": None}
    elif not entry.members_known and not known.members_known and entry.size_said not in (None, known.size_said):
        change.household["size_said"] = entry.size_said
    if entry.complete and entry.code != known.code:
        change.household["code"] = entry.code


def _compare_set(change: Change, table: Table, column: str, known: dict[str, Row[Any]], said: Iterable[str],
                 subject: Values, on: date) -> None:
    """A set of codes said at once replaces the known set; an empty one leaves it, unless the entry is complete."""
    wanted = set(said)
    if not wanted and not change.entry.complete:
        return
    for code in sorted(known.keys() - wanted):
        change.end(table, known[code], on)
    for code in sorted(wanted - known.keys()):
        change.facts.append((table, {**subject, column: code, "valid_from": on}))


def _compare_residence(change: Change, entry: HouseholdEntry, known: Row[Any] | None, on: date) -> None:
    if entry.residence is None and entry.resident_since is None:
        return
    kind = entry.residence or (known.kind if known else None)
    since = entry.resident_since or (known.valid_from if known and known.kind == kind else None)
    if kind is None:
        change.refused.append(Finding(entry.row, "residence", "", _NO_KIND))
        return
    assert change.record is not None
    values = {"household_id": change.record.row.id, "person_id": None, "kind": kind,
              "address": known.address if known else ""}
    if known is None:
        change.facts.append((residence, {**values, "valid_from": since}))
    elif kind != known.kind:
        change.replace(residence, known, values, since or on)
    elif since != known.valid_from:  # the same residence, its beginning told better
        change.closed.append((residence, known.id))
        change.facts.append((residence, {**values, "valid_from": since}))


def _compare_category(change: Change, entry: HouseholdEntry, record: Record) -> None:
    if entry.category is None:
        return
    known = record.categories.get(entry.line)
    values = category_values(entry, record.row.id)
    if known is None:
        if _outlived(change, entry, record.ended.get(entry.line)):
            return
        change.facts.append((household_category, {**values, "valid_from": entry.decided_on}))
        return
    changed = known.category != entry.category
    if changed and not (entry.decision_number and entry.decided_on):
        change.refused.append(Finding(
            entry.row, "decided_on" if entry.decision_number else "decision_number", "",
            _NO_DECISION.format(before=codes.CATEGORIES[known.category].title,
                                after=codes.CATEGORIES[entry.category].title)))
        return
    # what is not said stays as it was while the category does
    told = {name: value for name, value in values.items() if value is not None}
    if not changed and all(known._mapping[name] == value for name, value in told.items()):
        return
    if entry.decided_on and known.valid_from and entry.decided_on < known.valid_from:
        change.refused.append(Finding(entry.row, "decided_on", f"{entry.decided_on:%d/%m/%Y}", _EARLIER.format(
            day=f"{entry.decided_on:%d/%m/%Y}", known=f"{known.valid_from:%d/%m/%Y}")))
        return
    if not changed:
        values = {**_kept(known, household_category), **told}
    change.replace(household_category, known, values, entry.decided_on)


def _outlived(change: Change, entry: HouseholdEntry, over: Row[Any] | None) -> bool:
    """Whether what is said was known and is over: an old list does not give a household its old category back."""
    if over is None or (entry.decided_on and entry.decided_on > over.valid_to):
        return False
    if over.category != entry.category or entry.decided_on not in (None, over.decided_on):
        change.refused.append(Finding(entry.row, "decided_on",
                                      f"{entry.decided_on:%d/%m/%Y}" if entry.decided_on else "",
                                      _OVER.format(known=f"{over.valid_to:%d/%m/%Y}")))
    return True


def category_values(entry: HouseholdEntry, household_id: int) -> Values:
    """The columns of a category as an entry says it."""
    scored = entry.score_a is not None or entry.score_b is not None or entry.deprivations is not None
    return {
        "household_id": household_id, "line": entry.line, "category": entry.category,
        "score_a": entry.score_a, "score_b": entry.score_b, "deprivations": entry.deprivations,
        "indicator_set": codes.indicator_set(entry.decided_on) if scored and entry.decided_on else None,
        "decision_number": entry.decision_number, "decided_on": entry.decided_on,
        "decision_issuer": entry.decision_issuer, "valid_to": entry.category_until,
    }


# Members


def _compare_members(change: Change, entry: HouseholdEntry, record: Record, on: date) -> None:
    pairs, left = match_members(entry.members, record.members)
    for said, known in pairs:
        change.after.append(Membership(known.row.id if known else said, said.name, said.relation))
        if known is None:
            change.joining.append(said)
            continue
        _compare_person(change, said, known.row)
        if said.relation != known.row.relation:
            change.replace(membership, known.row, _as_member(known.row, said.relation), on)
        subject = {"household_id": None, "person_id": known.row.id}
        _compare_set(change, mark, "code", known.marks, said.marks, subject, on)
        subject = {"household_id": record.row.id, "person_id": known.row.id}
        _compare_set(change, demand, "wanted", {row.wanted: row for row in known.demands}, said.demands, subject, on)
    for gone in left:
        if entry.complete:
            change.end(membership, gone.row, on)
            continue
        relation = "other" if gone.row.relation == "head" else gone.row.relation
        change.after.append(Membership(gone.row.id, gone.row.name, relation))
        if relation != gone.row.relation:
            change.replace(membership, gone.row, _as_member(gone.row, relation), on)
            change.warned.append(Finding(entry.row, "name", gone.row.name, _OLD_HEAD.format(name=gone.row.name)))
        elif entry.members_known:
            change.warned.append(Finding(entry.row, "name", gone.row.name, _NOT_LISTED.format(name=gone.row.name)))


def _as_member(known: Row[Any], relation: str) -> Values:
    return {"household_id": known.household_id, "person_id": known.id, "position": known.position, "relation": relation}


def _compare_person(change: Change, said: PersonEntry, known: Row[Any]) -> None:
    complete = change.entry.complete
    values: Values = {}
    if said.name != known.name:
        values["name"] = said.name
    year_alone = isinstance(said.birth, int) and known.birth_year == said.birth and not complete
    if (said.birth is not None or complete) and not year_alone:
        values |= {name: value for name, value in born(said.birth).items() if value != known._mapping[name]}
    for name, value in (("sex", said.sex), ("id_number", said.id_number)):
        if value != known._mapping[name] and (value is not None or complete):
            values[name] = value
    if (said.ethnic or complete) and said.ethnic != ethnic.current_code(known.ethnic_code, known.ethnic_list):
        values |= {"ethnic_code": said.ethnic, "ethnic_list": ethnic.LIST if said.ethnic else None}
    if values:
        change.persons.append((known.id, values))
