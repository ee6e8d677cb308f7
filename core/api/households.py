"""Households within reach."""

from __future__ import annotations

from flask import Blueprint, Response, g

from core import db, shapes
from core.api.asking import answer, body, cursor, limit, next_cursor, parameters
from core.domain import cases, people, reads, units
from core.errors import BadInput, Reason
from core.text import Text


def index() -> Response:
    """A page of households in the order of their heads' names; ``text`` is a name, a code or an ID number."""
    asked = parameters("text", "unit", "category", "village")
    if asked["category"] and asked["category"] not in people.CATEGORIES:
        known = ", ".join(people.CATEGORIES)
        sentence = Text(f"category là một trong: {known}", f"category is one of: {known}")
        raise BadInput(Reason("category_unknown", sentence, seen=asked["category"][:40], field="category"))
    unit = units.unit_by_code(asked["unit"], db.today()) if asked["unit"] else None
    statement = people.find_households(
        g.actor, asked["text"], unit, asked["category"] or None, asked["village"] or None
    )
    place = cursor(bytes, int)
    if place is not None:
        statement = statement.where(people.after(*place))
    most = limit()
    rows = db.execute(statement.limit(most + 1)).all()
    reads.listed(len(rows[:most]))
    return answer(
        {
            "households": [shapes.household_line(row) for row in rows[:most]],
            "next": next_cursor(rows[most - 1].head_sort_key, rows[most - 1].id) if len(rows) > most else None,
        }
    )


def show(number: str) -> Response:
    """A household with its members, all that holds of it today, and its cases within reach."""
    record = people.household_of(g.actor, number)
    statement = cases.cases(g.actor, household_id=record.row.id).limit(100)
    if g.token.programmes:
        statement = statement.where(cases.case.c.programme.in_(g.token.programmes))
    rows = db.execute(statement)
    return answer(shapes.household(record) | {"cases": [shapes.line(row) for row in rows]})


def reveal(number: str) -> Response:
    """The household with one privacy class whole that is masked otherwise; the ``reason`` is logged."""
    sent = body(("privacy", "reason"), privacy=str, reason=str, note=str)
    record = people.household_of(g.actor, number)
    sight = reads.reveal(
        g.actor,
        record.row,
        [sent["privacy"]],
        sent["reason"],
        sent.get("note", ""),
        household_id=record.row.id,
    )
    return answer(shapes.household(record, sight))


reveal.operation = "reveal"  # type: ignore[attr-defined]  # no ``act``: what it answers is not kept for a repetition


def register(blueprint: Blueprint) -> None:
    """The addresses of households."""
    blueprint.add_url_rule("/households", "list_households", index, methods=["GET"])
    blueprint.add_url_rule("/households/<number>", "show_household", show, methods=["GET"])
    blueprint.add_url_rule("/households/<number>/reveal", "reveal_household", reveal, methods=["POST"])
