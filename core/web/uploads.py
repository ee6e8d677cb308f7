"""Files that arrive in pieces: begun, asked for, continued, let go. Pages send them in the background (uploads.js)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from core.domain import monitoring, uploads
from core.text import Text
from core.web.admission import impersonal, needs
from core.web.present import tt

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@blueprint.post("")
@needs("household.view")
@impersonal
def begin() -> ResponseReturnValue:
    """Announce a file; the answer says how much of it is here already."""
    form = request.form
    name, sha256 = form.get("name", ""), form.get("sha256", "")
    size = form.get("size", type=int) or 0
    if form.get("step"):
        attempt = form.get("attempt", type=int)
        row = monitoring.begin_photograph(g.actor, form.get("case", ""), form["step"], attempt, name, size, sha256)
    else:
        row = uploads.begin_paper(g.actor, form.get("case", ""), form.get("kind", ""), name, size, sha256)
    return _told(row)


@blueprint.get("/<int:upload_id>")
@needs("household.view")
@impersonal
def show(upload_id: int) -> ResponseReturnValue:
    """How much of a file is here; HEAD says the same in its header."""
    return _told(uploads.find(g.actor, upload_id))


@blueprint.patch("/<int:upload_id>")
@needs("household.view")
@impersonal
def append(upload_id: int) -> ResponseReturnValue:
    """The next piece, at the offset that the header says. With the last one the file takes its place."""
    if request.content_length is None or request.content_length > uploads.PIECE:
        raise RequestEntityTooLarge
    offset = request.headers.get("Upload-Offset", "")
    place = int(offset) if offset.isdecimal() and len(offset) < 12 else -1
    row = uploads.append_to(g.actor, upload_id, place, request.get_data(cache=False))
    if not uploads.whole(row):
        return _told(row)
    if row.visit_id is None:
        uploads.attach_whole_paper(g.actor, row)
        return _told(row)
    outcome = monitoring.arrived(g.actor, row)
    return _told(row, tt(_RECORDED) if isinstance(outcome, monitoring.Recorded) else "")


_RECORDED = Text("Ảnh đã tới đủ, kết quả kiểm tra đã được ghi.", "The pictures have arrived and the visit is recorded.")


@blueprint.delete("/<int:upload_id>")
@needs("household.view")
@impersonal
def forget(upload_id: int) -> ResponseReturnValue:
    """Let go of a file before it is used."""
    uploads.forget(uploads.find(g.actor, upload_id, lock=True))
    return Response(status=204)


def _told(row: Any, said: str = "") -> Response:
    response = jsonify(id=str(row.id), offset=row.received, size=row.size, said=said)
    response.headers["Upload-Offset"] = str(row.received)
    return response
