"""Cases: listed, opened, read, edited, moved; papers, visits and payments."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from core import db, shapes
from core.api.acts import act, version
from core.api.asking import answer, body, cursor, limit, members, next_cursor, parameters
from core.api.problems import language
from core.domain import access, cases, disbursement, documents, monitoring, people, reads, units
from core.errors import BadInput, NotFound, Reason
from core.text import Text


def index() -> Response:
    """A page of the cases within reach, latest change first; ``cursor`` is the ``next`` of the page before."""
    asked = parameters("state", "programme", "text", "unit", "household")
    unit = units.unit_by_code(asked["unit"], db.today()) if asked["unit"] else None
    household = people.household_of(g.actor, asked["household"]).row.id if asked["household"] else None
    statement = cases.cases(
        g.actor,
        state=asked["state"],
        programme=asked["programme"],
        text=asked["text"],
        unit=unit,
        household_id=household,
    )
    if g.token.programmes:
        statement = statement.where(cases.case.c.programme.in_(g.token.programmes))
    place = cursor(datetime, int)
    if place is not None:
        statement = statement.where(cases.older_than(*place))
    most = limit()
    rows = db.execute(statement.limit(most + 1)).all()
    last = rows[most - 1] if len(rows) > most else None
    reads.listed(len(rows[:most]))
    return answer(
        {
            "cases": [shapes.line(row) for row in rows[:most]],
            "next": next_cursor(last.changed_at, last.id) if last is not None else None,
        }
    )


@act("edit")
def open_() -> Response:
    """Open a case of ``programme`` for a ``household`` (number, or code with ``unit``) or a ``person``."""
    sent = body(("programme",), programme=str, household=str, person=(str, int), unit=str, answers=dict)
    g.token.require_programme(sent["programme"])
    number, person_id = _subject(sent)
    opened = cases.open_case(g.actor, sent["programme"], number, sent.get("answers"), person_id)
    return answer(
        shapes.outcome(opened, True, language=language()), 201, Location=url_for("api.show_case", number=opened.number)
    )


def _subject(sent: dict[str, Any]) -> tuple[str, int | None]:
    unit = units.unit_by_code(sent["unit"], db.today()).id if "unit" in sent else None
    return people.subject_named(g.actor, sent.get("household"), _text(sent.get("person")), unit)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def show(number: str) -> Response:
    """A case with answers, papers, money, visits, history, and what this person can do with it and why not."""
    row = cases.find(g.actor, number)
    g.token.require_programme(row.programme)
    return answer(shapes.case(g.actor, row, language()))


def reveal(number: str) -> Response:
    """The case with one privacy class whole that is masked otherwise; the ``reason`` is logged."""
    sent = body(("privacy", "reason"), privacy=str, reason=str, note=str)
    row = cases.find(g.actor, number)
    g.token.require_programme(row.programme)
    sight = reads.reveal(
        g.actor,
        row,
        [sent["privacy"]],
        sent["reason"],
        sent.get("note", ""),
        case_id=row.id,
        household_id=row.household_id,
    )
    return answer(shapes.case(g.actor, row, language(), sight))


reveal.operation = "reveal"  # type: ignore[attr-defined]  # no ``act``: what it answers is not kept for a repetition


@act("edit")
def replace(number: str) -> Response:
    """Replace the answers of a case, which must still be at ``version``."""
    sent = body(("answers",), answers=dict, version=int)
    return _saved(number, sent["answers"], version(sent))


@act("edit")
def amend(number: str) -> Response:
    """Change some answers of a case, which must still be at ``version``; null takes an answer away."""
    sent = body(("answers",), answers=dict, version=int)
    return _saved(number, json.loads(g.case.answers) | sent["answers"], version(sent))


def _saved(number: str, answers: dict[str, Any], at: int) -> Response:
    row = cases.save_answers(g.actor, number, answers, at)
    answers = access.MASKING.answers(cases.form_of(row).fields, json.loads(row.answers))
    return answer(shapes.outcome(row, False, language=language()) | {"answers": answers})


@act("move")
def move(number: str, name: str) -> Response:
    """Take a case one step on. ``data`` answers what the step asks, ``note`` is its comment or reason."""
    sent = body(data=dict, note=str, version=int)
    outcome = cases.move(g.actor, number, name, sent.get("data"), sent.get("version"), sent.get("note", ""))
    return answer(shapes.outcome(outcome, outcome.moved, language=language()))


@act("edit")
def attach(number: str) -> Response:
    """Attach the ``file`` of a multipart form to a case as a paper of ``kind``."""
    file = request.files.get("file")
    kind = request.form.get("kind", "")
    if file is None or not kind:
        sentence = Text("Gửi biểu mẫu multipart có «file» và «kind»", "Send a multipart form with “file” and “kind”")
        raise BadInput(Reason("missing", sentence, field="kind" if file else "file"))
    document = cases.attach_paper(g.actor, number, kind, file.filename or "", file.read())
    row = cases.find(g.actor, number)
    return answer(shapes.outcome(row, False, language=language(), document=document, kind=kind), 201)


@act("visit")
def visit(number: str) -> Response:
    """Record a planned visit: JSON, or a multipart form with the JSON in ``visit`` and pictures in ``photos``."""
    types: dict[str, Any] = {"step": str, "data": dict, "version": int}
    if request.mimetype == "multipart/form-data":
        sent = members(shapes.parse(request.form.get("visit", "{}"), "visit"), ("step",), **types)
        photos = [_read(file) for file in request.files.getlist("photos")]
    else:
        sent, photos = body(("step",), **types), []
    before = cases.find(g.actor, number)
    recorded = monitoring.record_visit(g.actor, number, sent["step"], sent.get("data", {}), photos, sent.get("version"))
    row = recorded.case
    more = {"step": sent["step"], "passed": recorded.passed}
    return answer(shapes.outcome(row, row.state != before.state, recorded.reasons, language(), **more), 201)


def _read(file: FileStorage) -> tuple[str, bytes]:
    return file.filename or "", file.read()


@act("pay")
def pay(number: str) -> Response:
    """Record that an instalment was paid: the next one, or ``instalment``."""
    sent = body(instalment=str, data=dict, version=int)
    before = cases.find(g.actor, number)
    due = sent.get("instalment") or getattr(disbursement.next_payment(before.id), "code", None)
    row = disbursement.pay(g.actor, number, sent.get("instalment"), sent.get("data"), sent.get("version"))
    paid = next(each for each in disbursement.of_case(row.id) if each.code == due)
    more = {"instalment": paid.code, "amount": paid.amount}
    return answer(shapes.outcome(row, row.state != before.state, language=language(), **more), 201)


def papers(number: str) -> Response:
    """The papers of a case, oldest first, each with the address of its bytes."""
    row = cases.find(g.actor, number)
    g.token.require_programme(row.programme)
    return answer({"papers": shapes.papers(row, language())})


def paper(number: str, document_id: int) -> Response:
    """The bytes of one paper."""
    document, row = cases.paper_of(g.actor, document_id)
    if row.number != cases.find(g.actor, number).number:
        raise NotFound(Reason("document_unknown", Text("Hồ sơ không có giấy tờ này", "The case has no such paper")))
    g.token.require_programme(row.programme)
    response: Response = send_file(
        documents.kept(document.sha256),
        document.type,
        as_attachment=True,
        download_name=document.name,
        etag=document.sha256,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def register(blueprint: Blueprint) -> None:
    """The addresses of cases."""
    one = "/cases/<number>"
    blueprint.add_url_rule("/cases", "list_cases", index, methods=["GET"])
    blueprint.add_url_rule("/cases", "open_case", open_, methods=["POST"])
    blueprint.add_url_rule(one, "show_case", show, methods=["GET"])
    blueprint.add_url_rule(f"{one}/reveal", "reveal_case", reveal, methods=["POST"])
    blueprint.add_url_rule(one, "replace_answers", replace, methods=["PUT"])
    blueprint.add_url_rule(one, "amend_answers", amend, methods=["PATCH"])
    blueprint.add_url_rule(f"{one}/transitions/<name>", "move_case", move, methods=["POST"])
    blueprint.add_url_rule(f"{one}/documents", "attach_paper", attach, methods=["POST"])
    blueprint.add_url_rule(f"{one}/documents", "list_papers", papers, methods=["GET"])
    blueprint.add_url_rule(f"{one}/documents/<int:document_id>", "show_paper", paper, methods=["GET"])
    blueprint.add_url_rule(f"{one}/visits", "record_visit", visit, methods=["POST"])
    blueprint.add_url_rule(f"{one}/payments", "pay_instalment", pay, methods=["POST"])
