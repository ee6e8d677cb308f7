"""Papers of cases: attached, looked at, taken off; only ever served to who may see the case."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain import cases, documents
from core.web.admission import needs
from core.web.present import t

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
