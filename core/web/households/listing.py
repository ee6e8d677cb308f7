"""Households of one's own area: found by name, code or ID number, in the order of given names."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Column, Row, Select, func, select

from core import db
from core.domain import access, cases, people, reads, units
from core.errors import NotFound, Reason
from core.text import Text, fold, money
from core.web.admission import needs
from core.web.households.blueprint import blueprint
from core.web.present import language
from core.web.units import units_to_offer

PAGE, MOST = 50, 1000
_order: tuple[Column[Any], ...] = (people.household.c.head_sort_key, people.household.c.id)


class Asked(NamedTuple):
    """What the list is narrowed to, as its address says it."""

    q: str
    unit: str
    village: str
    category: str


@blueprint.get("")
@needs("household.view")
def index() -> ResponseReturnValue:
    """The households within reach that are asked for; ``?print=1`` puts as many on one page as are counted."""
    asked = Asked(*(request.args.get(name, "").strip()[:200] for name in Asked._fields))
    offered = units_to_offer(g.actor, "household.view")
    unit = _place(asked.unit, offered)
    commune = unit if unit and unit.level == 3 else offered[0] if [each.level for each in offered] == [3] else None
    category = asked.category if asked.category in people.CATEGORIES else None
    size = MOST if request.args.get("print") else PAGE
    query = people.find_households(g.actor, asked.q, unit, category, asked.village if commune else None)
    rows, earlier, later = _page(query, request.args.get("after", ""), request.args.get("before", ""), size)
    reads.listed(len(rows))
    keys = [row.id for row in rows]
    others = [row.id for row in rows if fold(asked.q) not in fold(row.head_name)]
    return render_template(
        "households/index.html",
        rows=rows,
        asked=asked,
        narrowed=any(asked),
        count=_count(query) if rows else "",
        members=people.member_counts(keys),
        met=people.members_met(others, asked.q) if others else {},
        open_cases=cases.open_counts(g.actor, keys),
        places=units.names({row.unit_id for row in rows}),
        offered=offered,
        villages=people.villages(g.actor, commune.id) if commune else [],
        editor=bool(g.actor.roles & set(access.PERMISSIONS["household.edit"])),
        here=commune or (unit if unit and unit.level else None),
        people=people,
        today=db.today(),
        printed=size == MOST,
        print_url=_address(asked, print="1"),
        newer=_address(asked, before=rows[0].id) if rows and earlier else "",
        older=_address(asked, after=rows[-1].id) if rows and later else "",
    )


def _place(code: str, offered: list[units.Unit]) -> units.Unit | None:
    """The unit of a code; one that was not offered may lie below one that was (a commune of a province)."""
    if not code:
        return None
    return next((each for each in offered if each.code == code), None) or units.unit_by_code(code, db.today())


def _page(query: Select[Any], after: str, before: str, size: int) -> tuple[list[Row[Any]], bool, bool]:
    """A page behind or in front of a household's number, and whether others lie before and behind it."""
    backwards = bool(before and not after)
    if number := before if backwards else after:
        edge = _edge(number)
        query = query.where(people.before(*edge) if backwards else people.after(*edge))
    if backwards:
        query = query.order_by(None).order_by(*(column.desc() for column in _order))
    found = list(db.execute(query.limit(size + 1)))
    more, rows = len(found) > size, found[:size]
    if backwards:
        return rows[::-1], more, True
    return rows, bool(after), more


def _edge(number: str) -> tuple[bytes, int]:
    row = db.execute(select(*_order).where(people.household.c.id == (people.household_id(number) or -1))).first()
    if row is None:
        raise NotFound(
            Reason(
                "page_unknown",
                Text(
                    "Trang này của danh sách không còn: hãy tìm lại từ đầu",
                    "This page of the list is gone: search again",
                ),
                seen=number[:20],
            )
        )
    return row.head_sort_key, row.id


def _count(query: Select[Any]) -> str:
    """How many households there are; counting stops at a thousand."""
    inner = query.with_only_columns(people.household.c.id, maintain_column_froms=True).order_by(None).limit(MOST + 1)
    found = db.execute(select(func.count()).select_from(inner.subquery())).scalar_one()
    return f"{money(MOST, language())}+" if found > MOST else money(found, language())


def _address(asked: Asked, **more: int | str) -> str:
    """The list as it is narrowed, from a household (by its key) on or back, or for the printer."""
    kept: dict[str, Any] = {name: value for name, value in asked._asdict().items() if value}
    said = {name: people.household_number(value) if isinstance(value, int) else value for name, value in more.items()}
    return url_for(".index", **kept | said)
