"""Draft decisions: cases gathered, taken out, issued together, or let go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, url_for
from sqlalchemy import tuple_

from core import db, shapes
from core.api.acts import act
from core.api.asking import answer, body, cursor, limit, next_cursor, parameters
from core.api.problems import language
from core.domain import drafts
from core.errors import BadInput, Reason
from core.text import Text


def index() -> Response:
    """A page of the open drafts within reach, latest change first."""
    parameters()
    columns, most = drafts.decision_draft.c, limit()
    statement, place = drafts.drafts(g.actor), cursor(datetime, int)
    if place is not None:
        statement = statement.where(tuple_(columns.changed_at, columns.id) < place)
    rows = db.execute(statement.limit(most + 1)).all()
    last = rows[most - 1] if len(rows) > most else None
    return answer(
        {
            "drafts": [shapes.draft_line(row) for row in rows[:most]],
            "next": next_cursor(last.changed_at, last.id) if last is not None else None,
        }
    )


def show(draft_id: int) -> Response:
    """A draft with its cases and its money by source."""
    return answer(_told(draft_id))


def _told(draft_id: int) -> dict[str, Any]:
    row = drafts.find(g.actor, draft_id)
    return shapes.draft(row, db.execute(drafts.cases_of(g.actor, draft_id)), language())


@act("move")
def create() -> Response:
    """Draft a decision for ``numbers``, of one programme; those that cannot come in are named with their reasons."""
    sent = body(("numbers",), numbers=list, texts=dict)
    draft_id, added = drafts.start(g.actor, _numbers(sent["numbers"]), sent.get("texts"))
    _of_my_programmes(draft_id)
    told = {**_told(draft_id), **shapes.kept_out(added, language())}
    return answer(told, 201, Location=url_for("api.show_draft", draft_id=draft_id))


@act("move")
def change(draft_id: int) -> Response:
    """Add cases to a draft (``add``) and take cases out of it (``leave_out``)."""
    sent = body(add=list, leave_out=list, version=int)
    _of_my_programmes(draft_id)
    if sent.get("leave_out"):
        drafts.leave_out(g.actor, draft_id, _numbers(sent["leave_out"]), sent.get("version"))
    added = drafts.add(g.actor, draft_id, _numbers(sent["add"])) if sent.get("add") else {}
    return answer({**_told(draft_id), **shapes.kept_out(added, language())})


@act("move")
def issue(draft_id: int) -> Response:
    """Issue a draft: ``data`` is the decision's number, date, issuer and signer; ``without`` cases to leave out."""
    sent = body(("data",), data=dict, without=list, version=int)
    _of_my_programmes(draft_id)
    without = _numbers(sent.get("without", []))
    decision_id = drafts.issue(g.actor, draft_id, sent["data"], None, sent.get("version"), without)
    return answer({"draft": str(draft_id), "decision": str(decision_id)})


@act("move")
def undo(draft_id: int) -> Response:
    """Undo a draft that was not issued."""
    sent = body(version=int)
    _of_my_programmes(draft_id)
    drafts.undo(g.actor, draft_id, sent.get("version"))
    return answer({"draft": str(draft_id), "decision": None})


def _of_my_programmes(draft_id: int) -> None:
    g.token.require_programme(drafts.find(g.actor, draft_id).programme)


def _numbers(sent: list[Any]) -> list[str]:
    if not all(isinstance(each, str) for each in sent):
        texts = Text("Mỗi số hồ sơ là một chuỗi", "Each case number is a string")
        raise BadInput(Reason("wrong_type", texts, field="numbers"))
    return sent


def register(blueprint: Blueprint) -> None:
    """The addresses of draft decisions."""
    one = "/drafts/<int:draft_id>"
    blueprint.add_url_rule("/drafts", "list_drafts", index, methods=["GET"])
    blueprint.add_url_rule("/drafts", "start_draft", create, methods=["POST"])
    blueprint.add_url_rule(one, "show_draft", show, methods=["GET"])
    blueprint.add_url_rule(f"{one}/cases", "change_draft", change, methods=["POST"])
    blueprint.add_url_rule(f"{one}/issue", "issue_draft", issue, methods=["POST"])
    blueprint.add_url_rule(f"{one}/undo", "undo_draft", undo, methods=["POST"])
