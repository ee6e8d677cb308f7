"""What a movement does to the facts of the register: dated rows, ended or no longer believed; identities stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.domain.movements.saying import Said
from core.domain.people import HouseholdEntry, Place, Record
from core.domain.people.changes import Change, Membership
from core.domain.people.tables import cause, demand, household_category, mark, membership, residence
from core.errors import Reason
from core.text import Text

_POOR = ("poor", "near_poor")

_NOT_POOR = Text("{head} đang không phải hộ nghèo hay cận nghèo nên không có gì để thoát",
                 "{head} is neither poor nor near-poor: there is nothing to escape")
_EARLIER = Text("Quyết định ngày {day} trước ngày phân loại đang ghi ({known}): kiểm tra lại ngày",
                "The decision of {day} is before the category that holds began ({known}): check the date")


def change_of(record: Record) -> Change:
    """A change of a household in which nothing is changed yet."""
    row = record.row
    change = Change(HouseholdEntry(row.code, Place(row.unit_id, row.district_id, row.province_id), []), record)
    change.after = [Membership(member.row.id, member.row.name, member.row.relation) for member in record.members]
    return change


def apply(said: Said, change: Change, into: Change | None) -> list[Reason]:
    """Put what a movement does into the change of its household, and into that of the one it is merged into."""
    assert change.record is not None
    if said.kind == "escaped":
        return _escape(said, change, change.record)
    if said.kind != "stays":
        change.household["ended_on"] = said.on
        _ENDS[said.kind](said, change, change.record)
    if said.kind == "merged" and into is not None:
        _join(said, change.record, into)
    return []


def _escape(said: Said, change: Change, record: Record) -> list[Reason]:
    known = next((record.categories[line] for line in ("national", "provincial")
                  if line in record.categories and record.categories[line].category in _POOR), None)
    field = f"kind-{said.household_id}"
    if known is None:
        return [Reason("not_poor", _NOT_POOR.format(head=record.row.head_name), field=field)]
    assert said.decided_on is not None
    if known.valid_from is not None and said.decided_on <= known.valid_from:
        return [Reason("decision_too_early", _EARLIER.format(
            day=f"{said.decided_on:%d/%m/%Y}", known=f"{known.valid_from:%d/%m/%Y}"), field="decided_on")]
    values: dict[str, Any] = {
        **dict.fromkeys(("score_a", "score_b", "deprivations", "indicator_set", "decision_issuer")),
        "household_id": record.row.id, "line": known.line, "category": "newly_escaped",
        "decision_number": said.decision_number, "decided_on": said.decided_on}
    change.replace(household_category, known, values, said.decided_on)
    return []


def _leave(said: Said, change: Change, record: Record) -> None:
    if record.residence is not None:
        change.end(residence, record.residence, said.on)


def _end(said: Said, change: Change, record: Record) -> None:
    _leave(said, change, record)
    for fact in record.categories.values():
        change.end(household_category, fact, said.on)
    for member in record.members:
        change.end(membership, member.row, said.on)


def _die(said: Said, change: Change, record: Record) -> None:
    _end(said, change, record)
    change.persons += [(member.row.id, {"died_on": said.on}) for member in record.members]


def _never(said: Said, change: Change, record: Record) -> None:
    """Everything said of the household is believed no longer; nothing takes its place."""
    closed = [(household_category, fact.id) for fact in record.categories.values()]
    closed += [(membership, member.row.membership_id) for member in record.members]
    closed += [(residence, record.residence.id)] if record.residence else []
    closed += [(mark, fact.id) for fact in record.marks.values()]
    closed += [(demand, fact.id) for fact in record.demands] + [(cause, fact.id) for fact in record.causes]
    change.closed += closed


_ENDS: dict[str, Callable[[Said, Change, Record], None]] = {
    "moved": _leave, "merged": _end, "died": _die, "error": _never}


def _join(said: Said, record: Record, into: Change) -> None:
    assert into.record is not None
    for member in record.members:
        into.facts.append((membership, {
            "household_id": into.record.row.id, "person_id": member.row.id, "relation": "other",
            "position": len(into.after), "valid_from": said.on}))
        into.after.append(Membership(member.row.id, member.row.name, "other"))
