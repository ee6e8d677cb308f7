"""Draft decisions: gathered, worded, printed, issued once, or undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from core import db
from core.domain import decisions, drafts, units
from core.errors import Refused
from core.exchange import decision_list
from core.fields import form_class
from core.text import Text, money_in_words
from core.web import forms, paging
from core.web.admission import needs
from core.web.cases.editing import typed_into, typed_version
from core.web.present import language, t, tt

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")
PAGE = 50


@blueprint.get("")
@needs("case.decide")
def index() -> ResponseReturnValue:
    """The open drafts within reach, those changed last first."""
    columns = drafts.decision_draft.c
    page = paging.page(drafts.drafts(g.actor), columns.changed_at, columns.id, PAGE, descending=True)
    return render_template("drafts/index.html", page=page, titles=_titles())


def _titles() -> dict[str, Text]:
    return {code: one.programme.title for code, one in db.registry().programmes.items()}


@blueprint.get("/<int:draft_id>")
@needs("case.decide")
def show(draft_id: int) -> ResponseReturnValue:
    """A draft with its cases, its words, and the form by which it is issued; an issued one is its decision."""
    row = drafts.find(g.actor, draft_id)
    if row.decision_id:
        return redirect(url_for("decisions.show", decision_id=row.decision_id))
    return _page(row)


def _page(row: Any, refused: Refused | None = None, act: str = "") -> ResponseReturnValue:
    """The page; after a refusal with what was typed and why it was not done."""
    typed = request.form if act else None
    known = {f"decision_{name}": row._mapping[name] for name in ("issuer", "signer", "capacity")}
    issuing = form_class(decisions.FIELDS, language())(
        **({"formdata": typed} if act == "issue" else {"data": known | {"decision_date": db.today().isoformat()}})
    )
    wording = form_class(drafts.TEXTS, language())(
        **({"formdata": typed} if act == "describe" else {"data": dict(row._mapping)})
    )
    listed = db.execute(drafts.cases_of(g.actor, row.id)).all()
    if refused is not None:
        forms.put_reasons(issuing if act == "issue" else wording, refused.reasons)
    stuck = [reason for reason in refused.reasons if reason.field.startswith("case.")] if refused else []
    body = render_template(
        "drafts/show.html",
        draft=row,
        programme=_titles().get(row.programme, Text(row.programme, row.programme)),
        rows=listed,
        units=units.names({each.unit_id for each in listed}),
        sources=drafts.sources_of(listed),
        amount=sum(each.amount for each in listed),
        issuing=issuing,
        wording=wording,
        act=act,
        stuck=stuck,
        without=sorted({reason.field.removeprefix("case.") for reason in stuck}),
        reasons=[each for each in (refused.reasons if refused else ()) if each not in stuck],
    )
    return make_response(body, refused.http_status if refused else 200)


@blueprint.post("/<int:draft_id>/issue")
@needs("case.decide")
def issue(draft_id: int) -> ResponseReturnValue:
    """Issue it: number, date, signer and the signed file once; all cases move or none does."""
    row = drafts.find(g.actor, draft_id)
    sent: FileStorage | None = request.files.get("file")
    file = (sent.filename or "", sent.read()) if sent and sent.filename else None
    try:
        with db.work().connection.begin_nested():
            decision_id = drafts.issue(
                g.actor, draft_id, typed_into(decisions.FIELDS), file, typed_version(), request.form.getlist("without")
            )
    except Refused as refused:
        return _page(row, refused, "issue")
    flash(t("Đã ban hành quyết định; các hồ sơ đã được phê duyệt.", "Issued; its cases are approved."), "good")
    return redirect(url_for("decisions.show", decision_id=decision_id))


@blueprint.post("/<int:draft_id>/texts")
@needs("case.decide")
def describe(draft_id: int) -> ResponseReturnValue:
    """Keep what the decision is to say."""
    row = drafts.find(g.actor, draft_id)
    try:
        with db.work().connection.begin_nested():
            drafts.describe(g.actor, draft_id, typed_into(drafts.TEXTS))
    except Refused as refused:
        return _page(row, refused, "describe")
    flash(t("Đã lưu nội dung quyết định.", "The text of the decision is saved."), "good")
    return redirect(url_for(".show", draft_id=draft_id))


@blueprint.post("/<int:draft_id>/cases")
@needs("case.decide")
def change(draft_id: int) -> ResponseReturnValue:
    """Take ticked cases out, or put one in by its number (``add``)."""
    added = request.form.get("add", "").strip()
    if added:
        against = drafts.add(g.actor, draft_id, added.replace(",", " ").split())
        for number, reasons in against.items():
            said = "; ".join(tt(reason.sentence) for reason in reasons) or t("đã thêm vào dự thảo", "is in the draft")
            flash(f"{number}: {said}", "warn" if reasons else "good")
    else:
        drafts.leave_out(g.actor, draft_id, request.form.getlist("number"), typed_version())
        flash(t("Đã bỏ khỏi dự thảo; tiền dành cho hồ sơ được trả lại.", "Left out; its money is free again."), "info")
    return redirect(url_for(".show", draft_id=draft_id))


@blueprint.route("/<int:draft_id>/undo", methods=["GET", "POST"])
@needs("case.decide")
def undo(draft_id: int) -> ResponseReturnValue:
    """Undo it, after one more question."""
    row = drafts.find(g.actor, draft_id)
    if request.method == "POST":
        drafts.undo(g.actor, draft_id)
        flash(t("Đã bỏ dự thảo; các hồ sơ chờ xét như trước.", "Undone; its cases wait as before."), "info")
        return redirect(url_for("reviews.queue"))
    return render_template(
        "confirm.html",
        title=t("Bỏ dự thảo này?", "Undo this draft?"),
        text=t(
            "{n} hồ sơ sẽ chờ xét như trước, tiền đang dành được trả về nguồn.",
            "Its {n} cases will wait as before, and the money kept for them is free again.",
            n=row.cases,
        ),
        action=t("Bỏ dự thảo", "Undo the draft"),
        to=url_for(".undo", draft_id=draft_id),
        back=url_for(".show", draft_id=draft_id),
        kind="danger",
    )


@blueprint.get("/<int:draft_id>/paper")
@needs("case.decide")
def paper(draft_id: int) -> ResponseReturnValue:
    """The text and the list as they are to be signed (Decree 30/2020), made to be printed; number and day stay open."""
    row = drafts.find(g.actor, draft_id)
    listed = db.execute(drafts.cases_of(g.actor, draft_id)).all()
    return render_template(
        "drafts/paper.html",
        draft=row,
        programme=_titles().get(row.programme, Text(row.programme, row.programme)),
        rows=listed,
        units=units.names({each.unit_id for each in listed}),
        sources=drafts.sources_of(listed),
        amount=sum(each.amount for each in listed),
        words=money_in_words(sum(each.amount for each in listed)),
        day=signing_day(db.today()),
    )


def signing_day(on: date) -> str:
    """The year of a date line whose day and month are written by hand."""
    return f"ngày …… tháng …… năm {on.year}"


@blueprint.get("/<int:draft_id>/list.xlsx")
@needs("case.decide")
def workbook(draft_id: int) -> ResponseReturnValue:
    """The list as a workbook."""
    row = drafts.find(g.actor, draft_id)
    listed: Iterable[Any] = db.execute(drafts.cases_of(g.actor, draft_id)).all()
    response = make_response(decision_list(row.title, listed, language()))
    response.mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response.headers.set("Content-Disposition", "attachment", filename=f"danh-sach-{draft_id}.xlsx")
    return response
