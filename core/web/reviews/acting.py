"""What is done with a case in review; whatever it is, the next case of the pile opens at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import cases, drafts, reviews
from core.errors import NotFound, Reason, Refused
from core.text import Text
from core.web.admission import needs
from core.web.cases.editing import typed_into, typed_version
from core.web.present import t
from core.web.reviews.blueprint import blueprint
from core.web.reviews.page import page, step_to


@blueprint.post("/<kind>/<number>/approve")
@needs("case.decide")
def approve(kind: str, number: str) -> ResponseReturnValue:
    """Agree: the case joins this person's draft decision of its programme, or begins one."""

    def agree(row: Any) -> None:
        cases.check_version(row, typed_version())
        there = drafts.latest_of(g.actor, row.programme)
        if there is None:
            drafts.start(g.actor, [row.number])
            return
        against = drafts.add(g.actor, there.id, [row.number])[row.number]
        if against:
            raise Refused(against)

    return _done(kind, number, "approve", agree, t("đã đưa vào dự thảo", "put into the draft"))


@blueprint.post("/<kind>/<number>/decide")
@needs("case.decide")
def decide(kind: str, number: str) -> ResponseReturnValue:
    """Approve at once, under a decision that is signed already."""
    return _move(kind, number, "decide", "approve", lambda step: typed_into(step.fields))


@blueprint.post("/<kind>/<number>/return")
@needs("case.decide")
def send_back(kind: str, number: str) -> ResponseReturnValue:
    """Send back: the phrases chosen and the words typed become one comment. May also keep the words as a phrase."""
    row = cases.find(g.actor, number)
    free = request.form.get("free", "")
    if request.form.get("keep") and free.strip():
        reviews.save_phrase(g.actor, row, free)
    chosen = [int(each) for each in request.form.getlist("phrase") if each.isdecimal() and len(each) < 19]
    comment = reviews.composed(g.actor, row, chosen, free)
    return _move(kind, number, "return", "return", lambda step: _into(step, comment))


@blueprint.post("/<kind>/<number>/reject")
@needs("case.decide")
def reject(kind: str, number: str) -> ResponseReturnValue:
    """Turn down, for a reason."""
    return _move(kind, number, "reject", "reject", lambda step: _into(step, request.form.get("free", "")))


def _into(step: Any, words: str) -> dict[str, str]:
    """Words as the answer to the step's one question of long text."""
    name = next((field.name for field in step.fields if field.type == "long_text"), "")
    return {name: words} if name else {}


def _move(
    kind: str, number: str, act: str, which: str, data: Callable[[Any], Mapping[str, Any]]
) -> ResponseReturnValue:
    def go(row: Any) -> None:
        step = step_to(row, which)
        if step is None:
            gone = Text("Hồ sơ {number} không còn chờ quyết định", "Case {number} waits for no decision any more")
            raise NotFound(Reason("wrong_state", gone.format(number=row.number)))
        cases.move(g.actor, row.number, step.code, data(step), typed_version())

    words = {
        "decide": t("đã phê duyệt", "approved"),
        "return": t("đã trả lại", "returned"),
        "reject": t("đã từ chối", "rejected"),
    }
    return _done(kind, number, act, go, words[act])


def _done(kind: str, number: str, act: str, go: Callable[[Any], None], words: str) -> ResponseReturnValue:
    """Do it and open the next case; refused, the same page says why and keeps what was typed."""
    reviews.check_kind(kind)
    row = cases.find(g.actor, number)
    if row.number not in reviews.numbers_of(g.actor, kind):  # somebody came by a link: the pile begins here
        rest = [each.row.number for each in reviews.judged(g.actor) if each.kind == kind]
        reviews.set_out(g.actor, kind, list(dict.fromkeys([row.number, *rest])))
    place = reviews.place_of(g.actor, kind, row.number)
    try:
        with db.work().connection.begin_nested():
            go(row)
    except Refused as refused:
        row = cases.find(g.actor, number)
        problem = {"act": act, "reasons": refused.reasons, "typed": request.form.to_dict(),
                   "chosen": request.form.getlist("phrase")}  # fmt: skip
        return page(kind, row, problem, refused.http_status)
    flash(f"{row.number} {row.subject_name}: {words}.", "good")
    return redirect(url_for(".show", kind=kind, number=place.next) if place.next else url_for(".done", kind=kind))


@blueprint.post("/<kind>/<number>/phrases")
@needs("case.decide")
def phrases(kind: str, number: str) -> ResponseReturnValue:
    """Keep, rewrite or remove a phrase, in its place: the panel for sending back stays open."""
    row = cases.find(g.actor, number)
    given = request.form.get("id", "")
    phrase_id = int(given) if given.isdecimal() and len(given) < 19 else None
    if request.form.get("remove") and phrase_id is not None:
        reviews.remove_phrase(g.actor, row, phrase_id)
    else:
        reviews.save_phrase(g.actor, row, request.form.get("body", ""), request.form.get("about", ""), phrase_id)
    return redirect(url_for(".show", kind=reviews.check_kind(kind), number=row.number, open="return", _anchor="return"))
