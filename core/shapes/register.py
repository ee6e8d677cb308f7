"""Units and households."""

from __future__ import annotations

from typing import Any

from core.domain import people, units
from core.shapes.times import iso


def unit(found: units.Unit) -> dict[str, Any]:
    """An administrative unit."""
    return {"code": found.code, "name": found.name, "level": found.level}


def household_line(row: Any) -> dict[str, Any]:
    """A household as lists show it (a row of ``people.find_households``)."""
    return {
        "number": people.household_number(row.id),
        "code": row.code,
        "head": row.head_name,
        "village": row.village,
        "category": row.category,
    }


def household(record: people.Record) -> dict[str, Any]:
    """A household with all that holds of it on the day it was read for."""
    row = record.row
    return {
        "number": people.household_number(row.id),
        "code": row.code,
        "head": row.head_name,
        "village": row.village,
        "unit": unit(units.unit_by_id(row.unit_id)),
        "categories": {
            kind: {
                "category": each.category,
                "valid_from": iso(each.valid_from),
                "valid_to": iso(each.valid_to),
                "decision": each.decision_number,
                "score_a": each.score_a,
                "score_b": each.score_b,
                "deprivations": people.deprivation_list(each.deprivations),
            }
            for kind, each in record.categories.items()
        },
        "marks": record.all_marks(),
        "demands": record.all_demands(),
        "causes": [each.code for each in record.causes],
        "members": [_member(each) for each in record.members],
    }


def _member(member: people.Member) -> dict[str, Any]:
    row = member.row
    return {
        "person": row.id,
        "name": row.name,
        "relation": row.relation,
        "sex": row.sex,
        "birth_date": iso(row.birth_date),
        "birth_year": row.birth_year,
        "id_number": row.id_number,
        "ethnic_code": row.ethnic_code,
        "ethnic_list": row.ethnic_list,
        "marks": sorted(member.marks),
    }
