"""Decisions (quyết định): those that cover a case within reach, their cases, and the signed paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage

from core import db
from core.domain import cases, decisions, documents, units
from core.errors import NotFound, Reason
from core.text import Text, sought
from core.web import forms, paging
from core.web.admission import needs
from core.web.present import t
from core.web.states import machine_of, state_of
from core.workflow import Transition

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")
PAGE = 50


class SignedForm(forms.Form):
    file = FileField(Text("Quyết định đã ký (PDF)", "The signed decision (PDF)"), [forms.Filled()])


@blueprint.get("")
@needs("household.view")
def index() -> ResponseReturnValue:
    """Decisions within reach, the latest first; found by a part of number, issuer or date."""
    table, wanted = decisions.decision, request.args.get("q", "").strip()
    statement = decisions.decisions(g.actor, cases.case)
    for word in sought(wanted).split():
        statement = statement.where(table.c.key.contains(word, autoescape=True))
    page = paging.page(statement, table.c.issued_on, table.c.id, PAGE, descending=True)
    return render_template(
        "decisions/index.html",
        page=page,
        wanted=wanted,
        signed=decisions.signed([row.id for row in page.rows]),
    )


@blueprint.route("/<int:decision_id>", methods=["GET", "POST"])
@needs("household.view")
def show(decision_id: int) -> ResponseReturnValue:
    """A decision with its cases; posting here attaches the signed paper."""
    row, form = decisions.find(g.actor, decision_id, cases.case), SignedForm()
    if form.validate_on_submit():
        sent: FileStorage = form.file.data
        with forms.refusals_into(form):
            decisions.attach_signed(g.actor, decision_id, cases.case, sent.filename or "", sent.read())
        if not forms.refused(form):
            flash(t("Đã đính kèm quyết định đã ký.", "The signed decision is attached."), "good")
            return redirect(url_for(".show", decision_id=decision_id))
    listed = db.execute(decisions.cases_of(g.actor, decision_id, cases.case)).all()
    changes = {each.number: steps_by_another(each) for each in listed}
    return forms.shown(
        "decisions/show.html",
        form,
        decision=row,
        changeable={number for number, steps in changes.items() if steps},
        changing=list(dict.fromkeys(step for steps in changes.values() for step in steps)),
        rows=[(each, state_of(each), cases.action_title(each, each.transition)) for each in listed],
        units=units.names({each.unit_id for each in listed}),
        files=decisions.files_of(decision_id),
        may_attach=decisions.may_attach(g.actor, decision_id, cases.case),
    )


def steps_by_another(row: Any) -> list[Transition]:
    """The steps by which another decision takes back what was approved of a case, where this person may take them."""
    return [
        step
        for step in machine_of(row).leaving(row.state)
        if "cover_by_decision" in step.effects
        and "release_budget" in step.effects
        and not cases.not_entitled(g.actor, row, step)
    ]


@blueprint.get("/<int:decision_id>/files/<int:file_id>")
@needs("household.view")
def file(decision_id: int, file_id: int) -> ResponseReturnValue:
    """A signed paper, for whoever may see a case that the decision covers."""
    decisions.find(g.actor, decision_id, cases.case)
    found = next((each for each in decisions.files_of(decision_id) if each.id == file_id), None)
    if found is None:
        raise NotFound(Reason("document_unknown", Text("Không có tệp này", "There is no such file")))
    return send_file(documents.kept(found.sha256), "application/pdf", as_attachment=True, download_name=found.name)
