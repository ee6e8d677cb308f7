"""Papers of cases: attached, looked at, taken off; only ever served to who may see the case."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from core.domain import cases, documents
from core.errors import BadInput, Reason
from core.text import Text
from core.web import forms
from core.web.admission import needs
from core.web.present import t, tt

blueprint = Blueprint("documents", __name__)

# What a file may do when it is opened by its address: nothing. A PDF is drawn by the browser's own viewer, which a
# sandbox would keep from starting; its type is checked by content and cannot be sniffed to be anything else.
_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_POLICIES = {"application/pdf": f"{_NOTHING}; object-src 'self'"}
_POLICY = f"{_NOTHING}; img-src 'self'; sandbox"
_WITHIN_A_PAGE = {  # a page of ours that shows a PDF in its place
    "Content-Security-Policy": _POLICIES["application/pdf"].replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


@blueprint.post("/cases/<number>/papers")
@needs("household.view")
def attach(number: str) -> ResponseReturnValue:
    """Attach one file or several as a kind of paper; all or none."""
    files = [file for file in request.files.getlist("file") if file.filename]
    kind = request.form.get("kind", "")
    if not files:
        cases.find(g.actor, number)
        flash(t("Hãy chọn tệp trước khi tải lên.", "Choose a file before uploading."), "warn")
    for file in files:
        cases.attach_paper(g.actor, number, kind, file.filename or "", file.read())
    if files:
        names = ", ".join(str(file.filename) for file in files)
        flash(t("Đã đính kèm: {names}", "Attached: {names}", names=names[:300]), "good")
    return redirect(url_for("cases.show", number=number.strip().upper(), _anchor="papers"))


class ShareForm(forms.Form):
    """A paper that the case has already, or a file; and the other cases it serves."""

    document = HiddenField()


@blueprint.route("/cases/<number>/papers/<kind>/others", methods=["GET", "POST"])
@needs("household.view")
def share(number: str, kind: str) -> ResponseReturnValue:
    """One paper for many cases: chosen or sent here once, and every case that is ticked has it."""
    row = cases.find(g.actor, number)
    cases.may_attach(g.actor, row, kind)
    form = ShareForm()
    chosen = request.form.getlist("number")
    if request.method == "POST":
        with forms.refusals_into(form):
            done = _shared(number, kind, chosen)
        if not forms.refused(form):
            flash(t("Đã đính kèm vào {n} hồ sơ.", "Attached to {n} cases.", n=done), "good")
            return redirect(url_for("cases.show", number=row.number, _anchor="papers"))
    papers = {paper.code: tt(paper.title) for paper in cases.form_of(row).papers}
    return forms.shown(
        "cases/share.html",
        form,
        row=row,
        kind=kind,
        title=papers.get(kind, t("Giấy tờ khác", "Other papers")),
        files=[each for each in documents.of_case(row.id) if each.kind == kind],
        others=cases.could_use(g.actor, row, kind),
        chosen=chosen,
    )


def _shared(number: str, kind: str, chosen: list[str]) -> int:
    """How many cases have the paper by this request."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return len(cases.attach_to_many(g.actor, [number, *chosen], kind, file.filename, file.read()))
    picked = request.form.get("document", 0, type=int)
    if not picked:
        nothing = Text("Hãy chọn một tệp", "Choose a file")
        raise BadInput(Reason("file_missing", nothing, field="file"))
    return len(cases.share_paper(g.actor, picked, chosen))


@blueprint.get("/documents/<int:document_id>/<name>")
@needs("household.view")
def show(document_id: int, name: str) -> ResponseReturnValue:
    """The file itself, in the browser; ``name`` is only for the reader's eye and for saving."""
    document, _ = cases.paper_of(g.actor, document_id)
    response: Response = send_file(
        documents.kept(document.sha256), document.type, download_name=document.name, etag=document.sha256
    )
    response.headers["Content-Security-Policy"] = _POLICIES.get(document.type, _POLICY)
    if document.type == "application/pdf" and request.args.get("within") == "page":
        response.headers.update(_WITHIN_A_PAGE)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/documents/<int:document_id>/remove")
@needs("household.view")
def remove(document_id: int) -> ResponseReturnValue:
    """Take a paper off its case."""
    document, case = cases.paper_of(g.actor, document_id)
    cases.remove_paper(g.actor, case.number, document_id)
    flash(t("Đã gỡ: {name}", "Taken off: {name}", name=document.name), "info")
    return redirect(url_for("cases.show", number=case.number, _anchor="papers"))
