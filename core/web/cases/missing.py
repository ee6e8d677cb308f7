"""What many cases of a programme leave unanswered, filled in on one page."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import cases
from core.errors import Reason
from core.fields import Field, show
from core.text import Text
from core.web import grids
from core.web.admission import needs
from core.web.cases.blueprint import blueprint
from core.web.present import language, t, tt

PAGE = 50
_KINDS = {"code": "choice", "yes_no": "choice", "date": "day", "long_text": "text"}


@blueprint.route("/missing/<programme>", methods=["GET", "POST"])
@needs("household.edit")
def missing(programme: str) -> ResponseReturnValue:
    """The open cases of a programme that lack answers, 50 a page."""
    form = db.registry().programme(programme).programme
    refused: list[Reason] = []
    if request.method == "POST":
        said = grids.said(request.form, (field.name for field in form.fields))
        done = cases.fill_answers(g.actor, programme, said)
        grids.told(done, Text("hồ sơ", "cases"))
        refused = done.refused
        if not refused:
            return redirect(request.full_path.rstrip("?"))
    village, wanted = (request.args.get(name, "").strip()[:200] for name in ("village", "fact"))
    found, behind = cases.unfinished(g.actor, programme, None, village, request.args.get("after", ""), PAGE)
    lacking = {field.name for each in found for field in each.open}
    columns = [field for field in form.fields if field.name in lacking and wanted in ("", field.name)]
    kept: dict[str, Any] = {"programme": programme, "village": village or None, "fact": wanted or None}
    return render_template(
        "cases/missing.html",
        programme=programme,
        title=tt(form.title),
        asked={"village": village, "fact": wanted},
        villages=sorted({each.row.village for each in found if each.row.village}),
        facts=[(field.name, tt(field.label), None) for field in form.fields if field.name in lacking],
        columns=[_column(field) for field in columns],
        lines=[_line(each, columns, refused) for each in found],
        lost=[
            reason for reason in refused if reason.field.partition(".")[2] not in {each.row.number for each in found}
        ],
        refused=len(refused),
        programmes=[(code, tt(each.programme.title)) for code, each in db.registry().programmes.items()],
        older=url_for(".missing", **kept, after=behind) if behind else "",
        first=url_for(".missing", **kept) if request.args.get("after") else "",
    ), 422 if refused else 200


def _column(field: Field) -> grids.Column:
    choices = [(code, tt(title)) for code, title in field.choices]
    if field.type == "yes_no":
        choices = [("yes", t("Có", "Yes")), ("no", t("Không", "No"))]
    unit = "đ" if field.type == "money" else field.unit
    return grids.Column(field.name, tt(field.label), _KINDS.get(field.type, field.type), choices, unit)


def _line(each: cases.Unfinished, columns: list[Field], refused: list[Reason]) -> grids.Line:
    row, errors, typed = each.row, grids.errors(refused), grids.typed(refused, request.form)
    cells = []
    for field in columns:
        name = f"{field.name}.{row.number}"
        known = show(field, each.answers[field.name], language()) if field.name in each.answers else ""
        asked = field in each.open or name in errors
        cells.append(grids.Cell(name, known, typed.get(name, ""), errors.get(name, ""), asked))
    detail = " · ".join(filter(None, (row.number, row.village)))
    return grids.Line(row.number, row.subject_name, detail, url_for(".show", number=row.number), cells)
