"""Lists of households brought in from Excel: judged first, looked at, then written by one click."""

from __future__ import annotations

from io import BytesIO
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import SelectField

from core import db, exchange
from core.domain import access, units
from core.errors import Reason, Refused
from core.text import Text
from core.web import forms
from core.web.admission import impersonal, needs
from core.web.households.telling import names_of
from core.web.present import language, t
from core.web.units import units_to_offer

blueprint = Blueprint("exchange", __name__, url_prefix="/imports")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE, MOST_SHOWN = 50, 200


class ListForm(forms.Form):
    file = FileField(Text("Tệp danh sách (.xlsx)", "The list (.xlsx)"), [forms.Filled()])
    unit = SelectField(Text("Của đơn vị", "Of the unit"), [forms.Filled()], coerce=int)
    on = forms.DateField(Text("Danh sách tính đến ngày", "The list is of"))


@blueprint.get("")
@needs("household.edit")
def index() -> ResponseReturnValue:
    """The latest imports within reach."""
    rows = db.execute(exchange.imports(g.actor).limit(PAGE)).all()
    reports = {row.id: exchange.report_in(row.report, language()) for row in rows}
    return render_template(
        "imports/index.html",
        rows=rows,
        reports=reports,
        named=units.names({row.for_unit_id for row in rows}),
        who=names_of({row.uploaded_by for row in rows if row.uploaded_by}),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("household.edit")
@impersonal
def create() -> ResponseReturnValue:
    """A list is sent and judged; nothing is written into the register before its report is accepted."""
    form, offered = ListForm(), units_to_offer(g.actor, "household.edit")
    form.unit.choices = forms.choices((str(unit.id), unit.name) for unit in offered)
    if request.method == "GET":
        form.on.data = db.today()
    if form.validate_on_submit():
        sent: FileStorage = form.file.data
        key = 0
        with forms.refusals_into(form):
            judged = exchange.judge_households(
                g.actor, sent.read(exchange.LARGEST_FILE + 1), form.unit.data, form.on.data, sent.filename or ""
            )
            key = exchange.keep(g.actor, judged)
        if not forms.refused(form):
            return redirect(url_for(".show", import_id=key), 303)
    return forms.shown("imports/new.html", form, offered=offered, has_sample=exchange.sample_file().exists())


@blueprint.get("/<int:import_id>")
@needs("household.edit")
def show(import_id: int) -> ResponseReturnValue:
    """The report of a list: what accepting it would write, or what was written."""
    return _show(import_id)


@blueprint.post("/<int:import_id>/accept")
@needs("household.edit")
def accept(import_id: int) -> ResponseReturnValue:
    """Write the list into the register; a second click finds it written and changes nothing."""
    refused: Refused | None = None
    try:
        with db.work().connection.begin_nested():
            exchange.accept_kept(g.actor, import_id)
    except Refused as error:
        refused = error
    if refused is not None:
        return _show(import_id, refused.reasons), refused.http_status
    flash(t("Đã ghi danh sách vào sổ.", "The list is in the register."), "good")
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.get("/<int:import_id>/refused.xlsx")
@needs("household.edit")
def refused_rows(import_id: int) -> ResponseReturnValue:
    """The refused rows as a workbook."""
    row = exchange.import_of(g.actor, import_id)
    content = exchange.write_refused(exchange.report_in(row.report, language()), language())
    name = t("dong-can-sua", "to-correct")
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=f"{name}-{row.on_date}.xlsx")


@blueprint.get("/template.xlsx")
@needs("household.edit")
@impersonal
def template() -> ResponseReturnValue:
    """An empty list with the columns that are read."""
    name = t("mau-danh-sach-ho", "household-list")
    return send_file(
        BytesIO(exchange.write_template(language())), XLSX, as_attachment=True, download_name=f"{name}.xlsx"
    )


@blueprint.get("/sample.xlsx")
@needs("household.edit")
@impersonal
def sample() -> ResponseReturnValue:
    """The list to try that a demo has left."""
    file = exchange.sample_file()
    if not file.exists():
        abort(404)
    return send_file(file.resolve(), XLSX, as_attachment=True, download_name=file.name)


def _show(import_id: int, reasons: tuple[Reason, ...] = ()) -> str:
    row = exchange.import_of(g.actor, import_id)
    report = exchange.report_in(row.report, language())
    return render_template(
        "imports/show.html",
        row=row,
        report=report,
        unit=units.unit_by_id(row.for_unit_id, row.on_date),
        who=names_of({key for key in (row.uploaded_by, row.accepted_by) if key}),
        changed=_by_household(report["changes"][:MOST_SHOWN]),
        most=MOST_SHOWN,
        reasons=reasons,
        mine=access.may(g.actor, "household.edit", row),
    )


def _by_household(cells: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The cells that change, household by household, as the list has them."""
    return [(code, list(some)) for code, some in groupby(cells, key=lambda cell: cell["code"])]
