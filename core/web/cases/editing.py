"""The form of a case: made from the programme's questions, kept as a draft while it is typed."""

from __future__ import annotations

import json
from typing import Any

import wtforms
from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from core import db
from core.domain import cases
from core.errors import Reason, Stale
from core.fields import Field, entered, form_class, missing, read, show as shown_value
from core.web import forms, states
from core.web.admission import needs
from core.web.cases.blueprint import blueprint
from core.web.present import language, t, tt


@blueprint.route("/<number>/edit", methods=["GET", "POST"])
@needs("household.view")
def edit(number: str) -> ResponseReturnValue:
    """Fill in the form. What was being typed is there again on return; a stale page shows what others did."""
    row = cases.find(g.actor, number)
    cases.may_edit(g.actor, row)
    fields = db.registry().programme(row.programme).programme.fields
    if request.method == "POST":
        return _save(row, fields)
    answers, draft = json.loads(row.answers), cases.draft_of(g.actor, row.id)
    if draft is not None and _differs(fields, json.loads(draft.form), answers):
        form = form_class(fields, language())(MultiDict(json.loads(draft.form)))
        form.validate()
        stale = _stale(row, draft.version)
        return _page(row, form, draft.version if stale else row.version, draft=draft, stale=stale)
    return _page(row, form_class(fields, language())(data=answers), row.version)


def _save(row: Any, fields: tuple[Field, ...]) -> ResponseReturnValue:
    form, version = form_class(fields, language())(request.form), typed_version()
    form.validate()
    with forms.refusals_into(form):
        saved = cases.save_answers(g.actor, row.number, typed_into(fields), version)
    if forms.refused(form):
        status, reasons = forms.status(form), getattr(form, "reasons", ())
        stale = [reason for reason in reasons if reason.code == "stale"]
        form.reasons = [reason for reason in reasons if reason not in stale]
        # The page shows what others wrote beside what was typed: sent again, it is sent knowingly.
        return _page(row, form, row.version if stale else version, stale=stale), status
    lacking = missing(fields, json.loads(saved.answers))
    if request.form.get("then") == "show":
        flash(t("Đã lưu.", "Saved."), "good")
        return redirect(url_for(".show", number=row.number))
    said = t("Đã lưu. Biểu mẫu đã đủ.", "Saved. The form is complete.")
    if lacking:
        said = t("Đã lưu. Còn {n} mục phải nhập.", "Saved. {n} answers are still needed.", n=len(lacking))
    flash(said, "good")
    return redirect(url_for(".edit", number=row.number))


def _page(
    row: Any, form: wtforms.Form, version: int | None, *, draft: Any = None, stale: list[Reason] | None = None
) -> str:
    answers = json.loads(row.answers)
    return render_template(
        "cases/edit.html",
        row=row,
        form=form,
        version=row.version if version is None else version,
        draft=draft,
        stale=stale or [],
        others=_others(form, answers) if stale else [],
        lacking=missing([field.declaration for field in form], answers),
        title=tt(cases.form_of(row).title),
        state=states.state_of(row),
    )


def typed_version() -> int | None:
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def typed_into(fields: tuple[Field, ...]) -> dict[str, str]:
    """What the browser sent for these questions."""
    return {field.name: request.form[field.name] for field in fields if field.name in request.form}


def _differs(fields: tuple[Field, ...], typed: dict[str, str], answers: dict[str, Any]) -> bool:
    """Whether a draft holds anything that is not saved already."""
    understood, unread = read(fields, typed)
    return bool(unread) or understood != answers


def _stale(row: Any, version: int) -> list[Reason]:
    try:
        cases.check_version(row, version)
    except Stale as error:
        return list(error.reasons)
    return []


def _others(form: wtforms.Form, answers: dict[str, Any]) -> list[tuple[wtforms.Field, str]]:
    """The questions whose stored answer is not what stands in the form, with what is stored."""
    found = []
    for field in form:
        if field.entered.strip() != entered(field.declaration, answers.get(field.name), language()):
            words = shown_value(field.declaration, answers.get(field.name), language())
            found.append((field, words or t("trống", "empty")))
    return found


@blueprint.post("/<number>/draft")
@needs("household.view")
def draft(number: str) -> ResponseReturnValue:
    """Keep what is being typed; answers with the sentence that the page shows."""
    row = cases.find(g.actor, number)
    fields = db.registry().programme(row.programme).programme.fields
    version = typed_version()
    at = cases.keep_draft(g.actor, row.number, typed_into(fields), row.version if version is None else version)
    clock = f"{at.astimezone(db.HANOI):%H:%M}"
    return Response(t("Đã lưu nháp lúc {clock}", "Draft saved at {clock}", clock=clock), mimetype="text/plain")


@blueprint.post("/<number>/draft/drop")
@needs("household.view")
def drop_draft(number: str) -> ResponseReturnValue:
    """Go back to what is saved."""
    row = cases.find(g.actor, number)
    cases.drop_draft(g.actor, row.id)
    flash(t("Đã bỏ bản nháp.", "The draft is dropped."), "info")
    return redirect(url_for(".edit", number=row.number))
