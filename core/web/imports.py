"""Lists of households brought in from Excel: judged first, looked at, then written by one click."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, SelectField, StringField

from core import db, exchange
from core.domain import people, units
from core.errors import BadInput, Refused
from core.text import Text
from core.web import forms, headers, preview
from core.web.admission import impersonal, needs, reads_first, takes
from core.web.households.telling import names_of
from core.web.present import language, t
from core.web.units import units_to_offer

blueprint = Blueprint("exchange", __name__, url_prefix="/imports")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50


class ListForm(forms.Form):
    """A list with what is said once for all its rows, by the names of ``exchange.GIVEN``."""

    file = FileField(Text("Tệp danh sách (.xlsx, .xls, .csv)", "The list (.xlsx, .xls, .csv)"), [forms.Filled()])
    unit = SelectField(Text("Của đơn vị", "Of the unit"), [forms.Filled()], coerce=int)
    on = forms.DateField(Text("Danh sách tính đến ngày", "The list is of"))
    partial = BooleanField(
        Text("Đây chỉ là một phần của danh sách", "This is only part of the list"),
        description=Text("Hộ không có trong tệp không bị coi là thiếu.", "Households not in it are not missing."),
    )
    category = SelectField(Text("Phân loại", "Category"), choices=headers.categories, default="")
    line = SelectField(
        Text("Theo", "By the"),
        choices=lambda: forms.choices(((code.title.vi, code.title) for code in people.LINES.values()), headers.OF_FILE),
        default="",
    )
    decision_number = StringField(Text("Số quyết định", "Number of the decision"))
    decided_on = StringField(Text("Ngày công nhận", "Recognised on"))
    decision_issuer = StringField(Text("Cơ quan quyết định", "Issued by"))
    village = StringField(Text("Thôn, tổ dân phố", "Village"))
    commune = StringField(Text("Mã xã", "Commune code"))


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
@reads_first
@impersonal
@takes(exchange.LARGEST_SENT)
def create() -> ResponseReturnValue:
    """A list is sent and judged; nothing is written into the register before its report is accepted."""
    form, offered = ListForm(), units_to_offer(g.actor, "household.edit")
    form.unit.choices = forms.choices((str(unit.id), unit.name) for unit in offered)
    if request.method == "GET":
        form.on.data = db.today()
    if form.validate_on_submit():
        sent: FileStorage = form.file.data
        to = ""
        with forms.refusals_into(form):
            to = _sent(form, sent.read(exchange.LARGEST_FILE + 1), sent.filename or "")
        if not forms.refused(form):
            return redirect(to, 303)
    return forms.shown("imports/new.html", form, offered=offered, has_sample=exchange.sample_file().exists(),
                       given=any(form[column].data or form[column].errors for column in exchange.GIVEN),
                       above=any(unit.level != 3 for unit in offered), largest=exchange.LARGEST_FILE // 1024**2)


def _sent(form: ListForm, content: bytes, name: str) -> str:
    """Keep a list that was sent; where to go on: its preview, or the page that asks what its headers mean."""
    unit_id, on, partial = form.unit.data, form.on.data or db.today(), form.partial.data
    given = {column: form[column].data for column in exchange.GIVEN if form[column].data}
    try:
        judged = exchange.judge_households(g.actor, content, unit_id, on, name, partial=partial, given=given)
    except BadInput as refused:
        with db.transaction(db.work().instance):
            key = exchange.keep_unread(g.actor, content, unit_id, on, name, given, refused, partial=partial)
        if key is None:
            raise
        return url_for(".columns", import_id=key)
    with db.transaction(db.work().instance):
        return url_for(".show", import_id=exchange.keep(g.actor, judged))


@blueprint.route("/<int:import_id>/columns", methods=["GET", "POST"])
@needs("household.edit")
@reads_first
def columns(import_id: int) -> ResponseReturnValue:
    """What the headers of a list mean: said once, remembered for its unit; the list is then judged anew."""
    row = exchange.import_of(g.actor, import_id)
    if not headers.mine(row):
        return redirect(url_for(".show", import_id=import_id), 303)
    form = headers.asked(row)
    if form.validate_on_submit() and headers.save(import_id, form):
        vi = "Đã nhớ nghĩa của các cột và kiểm tra lại danh sách."
        flash(t(vi, "The columns are remembered and the list was judged again."), "good")
        return redirect(url_for(".show", import_id=import_id), 303)
    return headers.shown(row, form)


@blueprint.get("/<int:import_id>")
@needs("household.edit")
def show(import_id: int) -> ResponseReturnValue:
    """The preview of a list: what accepting it would write, or what was written."""
    row = exchange.import_of(g.actor, import_id)
    if "unread" in exchange.report_in(row.report) and headers.mine(row):
        return redirect(url_for(".columns", import_id=import_id), 303)
    return preview.shown(import_id)


@blueprint.post("/<int:import_id>/accept")
@needs("household.edit")
@reads_first
def accept(import_id: int) -> ResponseReturnValue:
    """Write the list into the register as it was shown; a second click finds it written and changes nothing."""
    try:
        judged = None
        if exchange.import_of(g.actor, import_id).accepted_at is None:
            judged = exchange.judge_kept(g.actor, import_id)
        with db.transaction(db.work().instance):
            row = exchange.accept_kept(g.actor, import_id, judged)
    except Refused as refused:
        return preview.shown(import_id, refused.reasons), refused.http_status
    if row.accepted_at is not None:
        flash(t("Đã ghi danh sách vào sổ.", "The list is in the register."), "good")
    else:
        vi = "Chưa ghi: sổ đã thay đổi từ lúc bạn xem. Dòng khác trước được đánh dấu; xem lại rồi bấm ghi lần nữa."
        en = "Not written: the register changed since you looked. Lines unlike before are marked; look and write again."
        flash(t(vi, en), "warn")
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.route("/<int:import_id>/undo", methods=["GET", "POST"])
@needs("household.edit")
def undo(import_id: int) -> ResponseReturnValue:
    """Ask once more, then take back all that the list wrote."""
    row = exchange.import_of(g.actor, import_id)
    if request.method == "GET":
        return preview.ask_to_undo(row)
    try:
        with db.work().connection.begin_nested():
            exchange.undo(g.actor, import_id)
    except Refused as refused:
        return preview.shown(import_id, refused.reasons), refused.http_status
    flash(t("Đã hoàn tác: sổ trở lại như trước khi ghi danh sách này.",
            "Undone: the register is as it was before this list."), "good")
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.post("/<int:import_id>/choices")
@needs("household.edit")
@reads_first
def choose(import_id: int) -> ResponseReturnValue:
    """Whom doubtful rows mean; the list is then judged again by what was chosen."""
    instance = db.work().instance
    try:
        with db.transaction(instance):
            exchange.choose(g.actor, import_id, preview.chosen(request.form))
        with db.transaction(instance, read_only=True):
            judged = exchange.judge_kept(g.actor, import_id)
        with db.transaction(instance):
            exchange.show_kept(g.actor, import_id, judged)
    except Refused as refused:
        return preview.shown(import_id, refused.reasons), refused.http_status
    left = judged.report()["doubtful"]
    flash(t("Đã nhận lựa chọn. Còn {n} hộ chưa rõ.", "Chosen. {n} households are still in doubt.", n=left), "good")
    return redirect(url_for(".show", import_id=import_id, state="doubtful" if left else None), 303)


@blueprint.post("/<int:import_id>/missing")
@needs("household.edit")
def settle(import_id: int) -> ResponseReturnValue:
    """What became of households that the list does not have."""
    try:
        with db.work().connection.begin_nested():
            said, reasons = preview.settled(request.form)
            if reasons:
                raise BadInput(reasons)
            done = exchange.settle_missing(g.actor, import_id, said)
    except Refused as refused:
        return preview.shown(import_id, refused.reasons, "missing"), refused.http_status
    flash(t("Đã ghi biến động của {n} hộ.", "What became of {n} households is recorded.", n=len(done)), "good")
    return redirect(preview.address(import_id, "missing", preview.start(request.form)), 303)


@blueprint.get("/<int:import_id>/refused.xlsx")
@needs("household.edit")
def refused_rows(import_id: int) -> ResponseReturnValue:
    """The refused rows as a workbook that can be corrected and sent back."""
    row = exchange.import_of(g.actor, import_id)
    name = t("dong-can-sua", "to-correct")
    return send_file(exchange.write_refused(row, language()), XLSX, as_attachment=True,
                     download_name=f"{name}-{row.on_date}.xlsx")


@blueprint.get("/<int:import_id>/report.xlsx")
@needs("household.edit")
def report(import_id: int) -> ResponseReturnValue:
    """The list as it was sent, with what became of each row."""
    row = exchange.import_of(g.actor, import_id)
    name = t("ket-qua-nhap", "result")
    return send_file(exchange.write_report(row, language()), XLSX, as_attachment=True,
                     download_name=f"{name}-{row.on_date}.xlsx")


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
