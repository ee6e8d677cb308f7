"""Pages of a long list by keyset: where a page begins is said by the row before it, never by a number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from flask import request, url_for
from sqlalchemy import Column, Select, func, literal, select, tuple_

from core import db
from core.domain import reads
from core.web.present import language, number


class Page(NamedTuple):
    """The rows of one page and the addresses of its neighbours ("" when there is none)."""

    rows: list[Any]
    newer: str
    older: str


def page(statement: Select[Any], first: Column[Any], last: Column[Any], size: int, *, descending: bool = False) -> Page:
    """The page that the request asks for by ``?after=`` or ``?before=``; the first one when these cannot be read.

    ``first`` (a date or a moment) and ``last`` (a key) are columns of ``statement`` and order it.
    """
    after, before = (_read(request.args.get(name, ""), first) for name in ("after", "before"))
    backwards = before is not None and after is None
    edge, upwards = before if backwards else after, descending == backwards
    if edge is not None:
        place, start = tuple_(first, last), tuple_(literal(edge[0], first.type), literal(edge[1], last.type))
        statement = statement.where(place > start if upwards else place < start)
    order = [column.asc() if upwards else column.desc() for column in (first, last)]
    rows = list(db.execute(statement.order_by(None).order_by(*order).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    newer, older = (more, True) if backwards else (after is not None, more)
    reads.listed(len(rows))
    return Page(
        rows,
        _address(before=_written(rows[0], first, last)) if rows and newer else "",
        _address(after=_written(rows[-1], first, last)) if rows and older else "",
    )


def count(statement: Select[Any], key: Column[Any], most: int = 1000) -> str:
    """How many rows there are, as "37"; counting stops at ``most``, which is then said as "1.000+"."""
    counted = statement.with_only_columns(key, maintain_column_froms=True).order_by(None).limit(most + 1).subquery()
    found = db.execute(select(func.count()).select_from(counted)).scalar_one()
    return f"{number(most, language())}+" if found > most else number(found, language())


def _written(row: Any, first: Column[Any], last: Column[Any]) -> str:
    return f"{row._mapping[first].isoformat()}~{row._mapping[last]}"


def _read(text: str, first: Column[Any]) -> tuple[date, int] | None:
    kind = datetime if isinstance(first.type, db.Moment) else date
    where, _, key = text.partition("~")
    try:
        found = kind.fromisoformat(where)
        if kind is datetime and found.tzinfo is None:  # type: ignore[attr-defined]
            return None
        if isinstance(found, datetime):
            found = found.astimezone(UTC)  # as it is asked for; a moment at the end of time has none
        return (found, int(key)) if 0 <= int(key) < 1 << 63 else None
    except (ValueError, OverflowError):
        return None


def _address(**edge: str) -> str:
    kept = {name: values for name, values in request.args.lists() if name not in ("after", "before")}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **kept, **edge})
