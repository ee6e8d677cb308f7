"""Units and households."""

from __future__ import annotations

from typing import Any

from core.domain import access, people, units
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


def household(record: people.Record, sight: access.Sight = access.MASKING) -> dict[str, Any]:
    """A household with all that holds of it on the day it was read for, private values as they are seen."""
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
                "deprivations": people.deprivations_seen(sight, people.deprivation_list(each.deprivations)),
            }
            for kind, each in record.categories.items()
        },
        "phone": people.column_seen(sight, "phone", row.phone),
        "marks": people.codes_seen(sight, record.all_marks(), people.MARKS),
        "demands": record.all_demands(),
        "causes": people.codes_seen(sight, [each.code for each in record.causes], people.CAUSES),
        "members": [_member(each, sight) for each in record.members],
    }


def _member(member: people.Member, sight: access.Sight) -> dict[str, Any]:
    row = member.row
    return {
        "person": row.id,
        "name": row.name,
        "relation": row.relation,
        "sex": row.sex,
        "birth_date": iso(row.birth_date),
        "birth_year": row.birth_year,
        "id_number": people.column_seen(sight, "id_number", row.id_number),
        "ethnic_code": row.ethnic_code,
        "ethnic_list": row.ethnic_list,
        "marks": people.codes_seen(sight, sorted(member.marks), people.PERSON_MARKS),
    }
