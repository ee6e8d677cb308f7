"""Lists of households brought in by another system; the same judgement as on the page and at the terminal."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy import Row

from core import db, exchange
from core.api.acts import act
from core.api.asking import answer, body, cursor, limit, members, next_cursor, parameters
from core.api.problems import language
from core.domain import movements, people, units
from core.errors import BadInput, Reason
from core.text import Text


@act("edit")
def create() -> Response:
    """Judge the ``file`` of a multipart form for the ``unit`` (a code) and accept it, unless ``dry_run`` is "true".

    ``map`` (as often as needed, "Header=column") says what headers mean; ``exchange.GIVEN`` are said once for the file.
    """
    judged = _judged()
    if request.form.get("dry_run") == "true":
        return answer(_report(judged.report(language())))
    return answer({**_report(judged.report(language())), "import": exchange.accept(g.actor, judged)})


@act("edit")
def keep() -> Response:
    """Judge a list and keep it with its preview; nothing is in the register before it is accepted."""
    return answer(_shown(exchange.import_of(g.actor, exchange.keep(g.actor, _judged()))), 201)


def index() -> Response:
    """A page of the imports within reach, the latest first."""
    parameters()
    place = cursor(int)
    statement = exchange.imports(g.actor).order_by(None).order_by(people.import_batch.c.id.desc())
    if place is not None:
        statement = statement.where(people.import_batch.c.id < place[0])
    most = limit()
    rows = db.execute(statement.limit(most + 1)).all()
    more = next_cursor(rows[most - 1].id) if len(rows) > most else None
    return answer({"imports": [_line(row) for row in rows[:most]], "next": more})


def show(import_id: int) -> Response:
    """An import with its report."""
    return answer(_shown(exchange.import_of(g.actor, import_id)))


def lines(import_id: int) -> Response:
    """A page of the households of an import in one state, in the order of the file."""
    state = parameters("state")["state"] or "new"
    if state not in exchange.STATES:
        known = ", ".join(exchange.STATES)
        sentence = Text(f"state là một trong: {known}", f"state is one of: {known}")
        raise BadInput(Reason("state_unknown", sentence, seen=state[:40], needed=list(exchange.STATES), field="state"))
    exchange.import_of(g.actor, import_id)
    start, most = (cursor(int) or [0])[0], limit()
    found = exchange.page(import_id, state, start, most + 1)
    more = next_cursor(start + most) if len(found) > most else None
    return answer({"lines": [_household(line) for line in found[:most]], "next": more})


@act("edit")
def accept(import_id: int) -> Response:
    """Write a kept list as it was shown; ``accepted_at`` stays null where the register changed: look again."""
    return answer(_shown(exchange.accept_kept(g.actor, import_id)))


@act("edit")
def undo(import_id: int) -> Response:
    """Take back all that an accepted list wrote, while nothing was built on it."""
    return answer(_shown(exchange.undo(g.actor, import_id)))


@act("edit")
def choose(import_id: int) -> Response:
    """Whom doubtful rows mean: [{"row", "household"}], the number of a candidate, or null for a new household."""
    chosen: dict[int, int | None] = {}
    for each in body(("choices",), choices=list)["choices"]:
        said = members(each if isinstance(each, dict) else {}, ("row",), row=int, household=str)
        chosen[said["row"]] = (people.household_id(said["household"]) or -1) if "household" in said else None
    exchange.choose(g.actor, import_id, chosen)
    exchange.show_kept(g.actor, import_id, exchange.judge_kept(g.actor, import_id))
    return answer(_shown(exchange.import_of(g.actor, import_id)))


@act("edit")
def settle(import_id: int) -> Response:
    """What became of households that an accepted list does not have."""
    said, reasons = [], []
    for each in body(("movements",), movements=list)["movements"]:
        data = members(each if isinstance(each, dict) else {}, ("household", "kind"), **dict.fromkeys(_MOVEMENT, str))
        found, wrong = movements.read(people.household_id(data["household"]) or -1, {
            **data, **{name: _day(data.get(name)) for name in ("on", "decided_on")}})
        reasons += wrong
        said += [found] if found else []
    if reasons:
        raise BadInput(reasons)
    return answer({"recorded": len(exchange.settle_missing(g.actor, import_id, said))})


_MOVEMENT = ("household", "kind", "on", "decision_number", "decided_on", "into", "whereto", "note")


def _day(said: str | None) -> Any:
    """A day as other systems write it (2026-11-23), else as people do."""
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        return said


def _judged() -> exchange.Judged:
    file, unit = request.files.get("file"), request.form.get("unit", "")
    if file is None or not unit:
        sentence = Text("Gửi biểu mẫu multipart có «file» và «unit»", "Send a multipart form with “file” and “unit”")
        raise BadInput(Reason("missing", sentence, field="unit" if file else "file"))
    place = units.unit_by_code(unit, db.today())
    content = file.read(exchange.LARGEST_FILE + 1)
    given = {name: request.form[name] for name in exchange.GIVEN if request.form.get(name)}
    return exchange.judge_households(g.actor, content, place.id, file_name=file.filename or "",
                                     partial=request.form.get("partial") == "true",
                                     given=given, mapping=exchange.read_pairs(request.form.getlist("map")))


def _line(row: Row[Any]) -> dict[str, Any]:
    unit = units.unit_by_id(row.for_unit_id, row.on_date)
    moments = {name: getattr(row, name) for name in ("uploaded_at", "accepted_at", "undone_at")}
    return {"import": row.id, "file": row.file_name, "unit": unit.code, "on": row.on_date.isoformat(),
            "rows": row.rows, **{name: at and at.isoformat() for name, at in moments.items()}}


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {**_report(exchange.report_in(row.report, language())), **_line(row)}


def _report(report: dict[str, Any]) -> dict[str, Any]:
    """A report without the cells below its headers, which may be numbers of persons that stand masked elsewhere."""
    titles = [{name: value for name, value in title.items() if name != "samples"} for title in report.get("titles", ())]
    return {**report, "titles": titles}


def _household(line: dict[str, Any]) -> dict[str, Any]:
    number = people.household_number(line["household_id"]) if line["household_id"] else None
    return {"state": line["state"], "row": line["row"], "code": line["code"], "head": line["head"],
            "village": line["village"], "household": number, "differs": bool(line["differs"]),
            "details": _said(line["details"])}


def _said(found: Any) -> Any:
    """The details of a line with their sentences, stored in two languages, in the one that was asked for."""
    this = int(language() == "en")
    told = {name: value[this] for name, value in found.items() if name in ("why", "how")}
    if "findings" in found:
        told["findings"] = [{"row": row, "column": title, "value": value, "reason": why[this]}
                            for row, _, title, value, why in found["findings"]]
    if "cells" in found:
        names = ("who", "column", "before", "after")
        told["cells"] = [dict(zip(names, cell, strict=True)) for cell in found["cells"]]
    if "candidates" in found:
        told["candidates"] = [{name: value for name, value in one.items() if name not in ("id", "id_number")}
                              for one in found["candidates"]]
    return {**{name: value for name, value in found.items() if name != "said"}, **told}


def register(blueprint: Blueprint) -> None:
    """The addresses of lists."""
    for view in (create, keep):
        view.largest = exchange.LARGEST_SENT  # type: ignore[attr-defined]  # read where requests are admitted
    rules = (
        ("/imports/households", "import_households", create, "POST"),
        ("/imports", "keep_import", keep, "POST"),
        ("/imports", "list_imports", index, "GET"),
        ("/imports/<int:import_id>", "show_import", show, "GET"),
        ("/imports/<int:import_id>/lines", "list_import_lines", lines, "GET"),
        ("/imports/<int:import_id>/accept", "accept_import", accept, "POST"),
        ("/imports/<int:import_id>/undo", "undo_import", undo, "POST"),
        ("/imports/<int:import_id>/choices", "choose_households", choose, "POST"),
        ("/imports/<int:import_id>/missing", "settle_missing", settle, "POST"),
    )
    for address, name, view, method in rules:
        blueprint.add_url_rule(address, name, view, methods=[method])
