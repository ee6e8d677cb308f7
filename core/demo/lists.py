"""The Excel lists of the demo: those the communes hand in each December, and one with mistakes for the officer."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter

from core import db
from core.demo import households
from core.demo.accounts import WARD, Commune
from core.demo.households import Household
from core.domain import units
from core.domain.access import Actor
from core.domain.people import CATEGORIES
from core.exchange import COLUMNS, accept, judge_households


def workbook(title: str, rows: Iterable[Mapping[str, Any]], made: date) -> bytes:
    """An .xlsx list with a title above its header row. The same rows on the same day give the same bytes."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "constant_memory": False}) as book:
        book.set_properties({"title": title, "created": datetime(made.year, made.month, made.day)})
        sheet = book.add_worksheet("Danh sách")
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#D9E8DC", "border": 1})
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 13}))
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, max(6, min(26, len(column.title) + 4)))
            sheet.write_string(2, place, column.title, head)
        for line, row in enumerate(rows, 3):
            for place, column in enumerate(COLUMNS):
                value = line - 2 if column.name == "number" else row.get(column.name, "")
                if value != "":
                    (sheet.write_number if isinstance(value, int) else sheet.write_string)(line, place, value)
        sheet.freeze_panes(3, 0)
    return file.getvalue()


def rows(household: Household, decided_on: date, decision: str, issuer: str) -> list[dict[str, Any]]:
    """The rows of a list, a person each and the head first, by the names of ``exchange.COLUMNS``."""
    found: list[dict[str, Any]] = []
    for person in household.members:
        birth = str(person.birth) if isinstance(person.birth, int) else f"{person.birth:%d/%m/%Y}"
        found.append(
            {
                "code": household.code,
                "village": household.village,
                "name": person.name,
                "relation": person.relation,
                "birth": birth,
                "sex": person.sex,
                "ethnic": person.group,
                "id_number": person.id_number,
                "marks": "; ".join(person.marks),
            }
        )
    found[0] |= {
        "category": CATEGORIES[household.category].title.vi,
        "score_a": household.score_a if household.score_a is not None else "",
        "score_b": household.score_b if household.score_b is not None else "",
        **{f"deprived_{number}": "x" for number in household.deprived},
        "decided_on": f"{decided_on:%d/%m/%Y}",
        "decision_number": decision,
        "decision_issuer": issuer,
        "residence": household.residence,
        "resident_since": f"{household.set_up_on:%d/%m/%Y}",
        "set_up_on": f"{household.set_up_on:%d/%m/%Y}",
        "causes": "; ".join(household.causes),
        "demands": "; ".join(household.demands),
        "phone": household.phone,
    }
    return found


def review_of(commune: Commune, year: int) -> tuple[date, str, str]:
    """The decision of a commune's yearly review: its date, number and issuer."""
    decided_on = date(year, 12, 12)
    then = units.unit_by_code(commune.code, decided_on).name  # before July 2025 another commune had the code
    return (
        decided_on,
        f"{80 + int(commune.code) % 100 + year % 10}/QĐ-UBND",
        f"Chủ tịch UBND {then[:1].lower()}{then[1:]}",
    )


def hand_in(officer: Actor, commune: Commune, listed: Sequence[Household], year: int) -> None:
    """Import the list of a commune's yearly review as its officer does; the decision is of that December.

    Raises ``AssertionError`` when a row is refused: the demo's own lists are right.
    """
    decision = review_of(commune, year)
    content = workbook(
        f"DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM {year} (dữ liệu thử)",
        (row for each in listed for row in rows(each, *decision)),
        decision[0],
    )
    unit = units.unit_by_code(commune.code, db.today())
    judged = judge_households(officer, content, unit.id, file_name=f"danh-sach-ho-{commune.code}-{year}.xlsx")
    assert not judged.judgement.refused, judged.judgement.refused[:3]
    accept(officer, judged)


def to_try(known: Sequence[Household], seed: int, year: int) -> bytes:
    """A list for the ward's officer: two known households, one of them changed, and five new ones, two with a mistake.

    The mistakes (a 31st of February, a personal number of eleven digits) each refuse their household and no other.
    """
    changed, *same = [each for each in known if each.since <= year][:2]
    fresh = [each for each in households.invent(seed + 1, 40, year, year, ()) if each.commune is WARD][:5]
    fresh = [replace(each, code=f"{WARD.prefix}-{9000 + number}") for number, each in enumerate(fresh, 1)]
    listed = [replace(changed, phone="0912 345 678", village=WARD.villages[-1]), *same, *fresh]
    decision = review_of(WARD, year)
    listed_rows = [rows(each, *decision) for each in listed]
    listed_rows[-1][0]["id_number"] = (listed_rows[-1][0]["id_number"] or "027068001234")[1:]
    listed_rows[-2][0]["birth"] = "31/02/1975"
    return workbook(
        "DANH SÁCH HỘ BỔ SUNG (dữ liệu thử, có hai dòng sai)", (row for one in listed_rows for row in one), decision[0]
    )
