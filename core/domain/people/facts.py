"""The registry facts that criteria read: their vocabulary, and their values for households on a day.

Values are those that ``core.criteria`` takes: None is *unknown*, a birth of which only the year is known is a range
of days. A category, score or deprivation is only what a decision recorded; nothing here is computed from income or
from the house (a household's standing changes by decision alone, Decision 24/2021/QĐ-TTg).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from core.criteria import DateRange, Fact
from core.domain import units
from core.domain.people import codes, ethnic
from core.domain.people.records import Member, Record, records_by_id
from core.text import Text


def _choices(listed: Mapping[str, codes.Code]) -> dict[str, Text]:
    return {code.code: code.title for code in listed.values()}


_CATEGORIES, _MARKS, _ETHNIC = _choices(codes.CATEGORIES), _choices(codes.MARKS), _choices(ethnic.groups())
_POINTS = Text("điểm", "points")

_MEMBER_FACTS = (
    Fact("birth", "date", Text("Ngày sinh", "Date of birth")),
    Fact("sex", "code", Text("Giới tính", "Sex"), choices=_choices(codes.SEXES)),
    Fact("relation", "code", Text("Quan hệ với chủ hộ", "Relation to the head"), choices=_choices(codes.RELATIONS)),
    Fact("ethnic", "code", Text("Dân tộc", "Ethnic group"), choices=_ETHNIC),
    Fact("marks", "codes", Text("Diện ưu tiên của người này", "Marks of this person"), choices=_MARKS),
    Fact("residence", "code", Text("Cư trú của người này", "Residence of this person"),
         choices=_choices(codes.RESIDENCES)),
    Fact("demands", "codes", Text("Nhu cầu của người này", "What this person wants")),
)

_FACTS = (
    Fact("household.category", "code", Text("Phân loại theo chuẩn quốc gia", "Category by the national line"),
         choices=_CATEGORIES),
    Fact("household.category_since", "date", Text("Ngày công nhận phân loại", "Category recognised on")),
    Fact("household.provincial_category", "code",
         Text("Phân loại theo chuẩn của tỉnh", "Category by the provincial line"),
         choices=_CATEGORIES),
    Fact("household.provincial_category_since", "date",
         Text("Ngày công nhận theo chuẩn của tỉnh", "Provincial category recognised on")),
    Fact("household.score_a", "integer", Text("Điểm A (thu nhập)", "Points A (income)"), unit=_POINTS),
    Fact("household.score_b", "integer", Text("Điểm B (thiếu hụt)", "Points B (deprivation)"), unit=_POINTS),
    Fact("household.indicator_set", "text", Text("Bộ chỉ số rà soát", "Set of indicators")),
    Fact("household.deprivations", "integer", Text("Số chỉ số thiếu hụt", "Number of deprivations")),
    *(Fact(f"household.deprived_{indicator.fact}", "yes_no",
           Text(f"Thiếu hụt {number}: {indicator.title.vi}", f"Deprivation {number}: {indicator.title.en}"))
      for number, indicator in enumerate(codes.INDICATORS, 1)),
    Fact("household.residence", "code", Text("Cư trú", "Residence"), choices=_choices(codes.RESIDENCES)),
    Fact("household.resident_since", "date", Text("Cư trú từ ngày", "Resident since")),
    Fact("household.set_up_on", "date", Text("Ngày lập hộ", "Household set up on")),
    Fact("household.size", "integer", Text("Số nhân khẩu", "Number of members"), unit=Text("người", "persons")),
    Fact("household.ethnic", "code", Text("Dân tộc của chủ hộ", "Ethnic group of the head"), choices=_ETHNIC),
    Fact("household.marks", "codes", Text("Diện ưu tiên của hộ và thành viên",
                                          "Marks of the household and its members"),
         choices=_MARKS),
    Fact("household.causes", "codes", Text("Nguyên nhân nghèo", "Causes of poverty"), choices=_choices(codes.CAUSES)),
    Fact("household.demands", "codes", Text("Nhu cầu của hộ và thành viên", "What the household or a member wants")),
    Fact("members", "table", Text("Thành viên", "Members"), columns=_MEMBER_FACTS),
    Fact("unit.settlement", "code", Text("Nông thôn hay thành thị", "Rural or urban"), choices={
        "rural": Text("Nông thôn", "Rural"), "urban": Text("Thành thị", "Urban")}),
    Fact("unit.difficulty", "code", Text("Mức khó khăn của địa bàn", "Difficulty of the place"), choices={
        "specially_difficult": Text("Đặc biệt khó khăn", "Specially difficult"),
        "difficult": Text("Khó khăn", "Difficult"),
        "poor_commune": Text("Xã nghèo", "Poor commune"),
        "coastal_island": Text("Bãi ngang, ven biển, hải đảo", "Coastal or island"),
        "none": Text("Không", "None")}),
)

FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in _FACTS})


def household_facts(household_id: int, on: date) -> dict[str, Any]:
    """The facts of one household on a day. Raises ``KeyError`` for an id that is no household."""
    return facts_for_many([household_id], on)[household_id]


def facts_for_many(ids: Iterable[int], on: date) -> dict[int, dict[str, Any]]:
    """The facts of many households on a day, in a fixed number of queries a thousand of them."""
    return facts_of_records(records_by_id(dict.fromkeys(ids), on), on)


def facts_of_records(found: Mapping[int, Record], on: date) -> dict[int, dict[str, Any]]:
    """The facts of households that were read already."""
    places = {(record.row.unit_id, record.row.village) for record in found.values()}
    settlements = units.settlements({unit_id for unit_id, _ in places}, on)
    difficulties = units.difficulties(places, on)
    return {
        key: {**_household(record), "members": _members(record),
              "unit.settlement": settlements[record.row.unit_id],
              "unit.difficulty": difficulties[record.row.unit_id, record.row.village]}
        for key, record in found.items()
    }


def _household(record: Record) -> dict[str, Any]:
    national, provincial = record.categories.get("national"), record.categories.get("provincial")
    mask = national.deprivations if national else None
    head = record.head
    return {
        "household.category": national.category if national else None,
        "household.category_since": national.valid_from if national else None,
        # most provinces have no line of their own: no row there means on no such list
        "household.provincial_category": provincial.category if provincial else "none",
        "household.provincial_category_since": provincial.valid_from if provincial else None,
        "household.score_a": national.score_a if national else None,
        "household.score_b": national.score_b if national else None,
        "household.indicator_set": national.indicator_set if national else None,
        "household.deprivations": None if mask is None else mask.bit_count(),
        **{f"household.deprived_{indicator.fact}": None if mask is None else bool(mask >> bit & 1)
           for bit, indicator in enumerate(codes.INDICATORS)},
        "household.residence": record.residence.kind if record.residence else None,
        "household.resident_since": record.residence.valid_from if record.residence else None,
        "household.set_up_on": record.row.set_up_on,
        "household.size": len(record.members) if record.row.members_known else record.row.size_said,
        "household.ethnic": _ethnic(head) if head else None,
        "household.marks": record.all_marks() if record.row.members_known else None,
        "household.causes": sorted({row.code for row in record.causes}),
        "household.demands": record.all_demands() if record.row.members_known else None,
    }


def _members(record: Record) -> list[dict[str, Any]] | None:
    """The members; None (unknown) when a list named the head alone, for who else lives there nobody has said."""
    return [_member(member) for member in record.members] if record.row.members_known else None


def _member(member: Member) -> dict[str, Any]:
    row = member.row
    return {"birth": birth_of(row), "sex": row.sex, "relation": row.relation, "ethnic": _ethnic(member),
            "marks": sorted(member.marks), "residence": member.residence.kind if member.residence else None,
            "demands": sorted({row.wanted for row in member.demands})}


def birth_of(row: Any) -> date | DateRange | None:
    """A person's birth as criteria take it: a day, a range of days when only the year is known, or None."""
    return row.birth_date or (DateRange.of_year(row.birth_year) if row.birth_year else None)


def _ethnic(member: Member) -> str | None:
    """The group's code in the list of 2008, whichever list it was recorded by."""
    return ethnic.current_code(member.row.ethnic_code, member.row.ethnic_list)
