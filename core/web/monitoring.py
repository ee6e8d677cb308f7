"""Visits: what waits on the road, by village, and one visit recorded on a telephone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from core import db
from core.domain import access, cases, day, documents, monitoring, people, tasks, units, uploads
from core.domain.programmes import Step
from core.errors import NotFound, Reason
from core.fields import form_class, show
from core.text import Text
from core.web import forms, paging
from core.web.admission import needs
from core.web.present import language, t, tt

blueprint = Blueprint("monitoring", __name__)
PAGE = 200


@blueprint.get("/visits")
@needs("visit.record")
def index() -> ResponseReturnValue:
    """The visits that wait for this person, by village; the village with the most urgent visit first."""
    page = paging.page(monitoring.due(g.actor), tasks.task.c.due_on, tasks.task.c.id, PAGE)
    homes = day.homes(row.household_id for row in page.rows)
    return render_template(
        "monitoring/index.html",
        page=page,
        villages=day.by_village(page.rows),
        titles={row.id: monitoring.title_of(row) for row in page.rows},
        phones={key: home.phone for key, home in homes.items() if home.phone},
        late=sum(row.due_on < db.today() for row in page.rows),
        today=db.today(),
        NEVER=tasks.NEVER,
    )


@blueprint.route("/cases/<number>/visits/<step>", methods=["GET", "POST"])
def record(number: str, step: str) -> ResponseReturnValue:
    """One check of a case: the visits made for it, and the form of the one that is due."""
    row = cases.find(g.actor, number)
    declared = _step(row, step)
    fields = monitoring.fields_of(declared)
    form_kind = form_class(fields, language())
    if request.method == "POST":
        form = form_kind(request.form)
        given = {each.name: request.form.get(each.name, "") for each in fields}
        photos = [(each.filename or "", each.read()) for each in request.files.getlist("photos") if each.filename]
        sent, attempt = request.form.getlist("sent")[: monitoring.MOST], request.form.get("attempt", type=int)
        with forms.refusals_into(form):
            outcome = monitoring.hand_in(g.actor, number, step, given, photos, sent, attempt)
        if not forms.refused(form):
            flash(*_told(outcome))
            return redirect(url_for(".record", number=row.number, step=step))
    every = [each for each in monitoring.of_case(row.id) if each.step == step]
    planned = next((each for each in every if each.recorded_at is None), None)
    draft = monitoring.draft_of(g.actor, planned)
    if request.method == "GET":
        form = form_kind(data={"visited_on": db.today().isoformat()})
        if draft is not None:
            form = form_kind(MultiDict(draft.data))
    in_force = row.programme in db.registry().programmes
    return forms.shown(
        "monitoring/record.html",
        form,
        case=row,
        step=declared,
        programme=cases.form_of(row).title,
        household=people.records_by_id([row.household_id], db.today()).get(row.household_id),
        unit=units.path_names(row.unit_id),
        planned=planned,
        draft=draft,
        coming=uploads.of_visit(g.actor, planned.id) if planned else [],
        questions=[form[each.name] for each in declared.fields],
        expected=monitoring.expected(row, declared) if planned and in_force else [],
        obstacles=monitoring.why_not(g.actor, row, planned) if planned and in_force else [],
        made=[_made(each, declared) for each in reversed(every) if each.recorded_at is not None],
        photos=[each for each in documents.of_case(row.id) if each.kind == "visit" and each.step == step],
        names=access.names({each.recorded_by for each in every}),
        today=db.today(),
        in_force=in_force,
    )


@blueprint.post("/cases/<number>/visits/<step>/draft")
def draft(number: str, step: str) -> ResponseReturnValue:
    """Keep what is being written down, also when the camera makes a small telephone forget the page."""
    fields = monitoring.fields_of(_step(cases.find(g.actor, number), step))
    given = {each.name: request.form[each.name] for each in fields if each.name in request.form}
    at = monitoring.keep_draft(g.actor, number, step, given, request.form.getlist("sent")[: monitoring.MOST])
    clock = f"{at.astimezone(db.HANOI):%H:%M}"
    return Response(t("Đã lưu nháp lúc {clock}", "Draft saved at {clock}", clock=clock), mimetype="text/plain")


def _told(outcome: monitoring.Recorded | monitoring.Waiting) -> tuple[str, str]:
    """What came of the visit, for the top of the next page, and its tone."""
    if isinstance(outcome, monitoring.Waiting):
        return (
            t(
                "Đã nhận kết quả. Còn {n} ảnh đang gửi; kết quả được ghi khi ảnh tới đủ. Bạn có thể làm việc khác.",
                "The result is taken and is recorded when the {n} pictures still on their way are here. You can go on.",
                n=outcome.missing,
            ),
            "info",
        )
    if outcome.passed:
        return t("Đã ghi kết quả: đạt.", "Recorded: passed."), "good"
    return (
        t("Đã ghi kết quả: không đạt. Bước này được hẹn kiểm tra lại.", "Recorded: not passed. It is planned again."),
        "warn",
    )


def _step(row: Any, code: str) -> Step:
    """The check as the programme has it now, by which it is recorded; else as it was when the case was opened."""
    in_force = db.registry().programmes.get(row.programme)
    steps = (*(in_force.programme.steps if in_force else ()), *cases.form_of(row).steps)
    found: Step | None = next((each for each in steps if each.code == code), None)
    if found is None:
        unknown = Text("Hồ sơ {number} không có bước kiểm tra này", "Case {number} has no such check")
        raise NotFound(Reason("visit_unknown", unknown.format(number=row.number), seen=code[:40]))
    return found


@dataclass(frozen=True)
class Made:
    """A visit that was made: its row, what was answered, and the criteria as they were judged then."""

    row: Any
    answers: list[tuple[str, str]]
    judged: list[monitoring.Judged]


def _made(row: Any, step: Step) -> Made:
    answers = json.loads(row.answers)
    return Made(
        row,
        [(tt(each.label), show(each, answers[each.name], language())) for each in step.fields if each.name in answers],
        monitoring.judged(row),
    )
