"""Lists of households brought in by another system; the same judgement as on the page and at the terminal."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from core import db, exchange
from core.api.acts import act
from core.api.asking import answer
from core.api.problems import language
from core.domain import units
from core.errors import BadInput, Reason
from core.text import Text


@act("edit")
def create() -> Response:
    """Judge the ``file`` of a multipart form for the ``unit`` (a code) and accept it, unless ``dry_run`` is "true"."""
    file, unit = request.files.get("file"), request.form.get("unit", "")
    if file is None or not unit:
        sentence = Text("Gửi biểu mẫu multipart có «file» và «unit»", "Send a multipart form with “file” and “unit”")
        raise BadInput(Reason("missing", sentence, field="unit" if file else "file"))
    place = units.unit_by_code(unit, db.today())
    content = file.read(exchange.LARGEST_FILE + 1)
    judged = exchange.judge_households(g.actor, content, place.id, file_name=file.filename or "")
    if request.form.get("dry_run") != "true":
        exchange.accept(g.actor, judged)
    return answer(judged.report(language()))


def register(blueprint: Blueprint) -> None:
    """The address of lists."""
    blueprint.add_url_rule("/imports/households", "import_households", create, methods=["POST"])
