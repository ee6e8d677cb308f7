"""Parameters: the legal values each programme reads, at a place and on a date; their rows, and changing one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField, TextAreaField

from core import db
from core.domain import access, parameters, programmes, units
from core.domain.parameters import Declared, Row
from core.errors import BadInput, NotFound, Reason, Refused
from core.fields import Field, Unreadable, parse, parse_date
from core.parameters import ParameterDeclaration, ParameterRow
from core.text import Text, fold
from core.web import forms
from core.web.admission import impersonal, needs
from core.web.present import dmy, language, money, number, t, tt
from core.web.units import unit_named

blueprint = Blueprint("parameters", __name__, url_prefix="/parameters")

AREA_KINDS = {
    "specially_difficult": Text("Xã, thôn đặc biệt khó khăn", "Specially difficult"),
    "difficult": Text("Xã, thôn khó khăn", "Difficult"),
    "poor_commune": Text("Xã nghèo", "Poor commune"),
    "coastal_island": Text("Bãi ngang, ven biển, hải đảo", "Coastal or island"),
    "none": Text("Không thuộc diện khó khăn", "Not difficult"),
}


class ChangeForm(forms.Form):
    value = StringField(Text("Giá trị mới", "New value"))
    not_set = BooleanField(Text("Chưa quy định ở địa bàn này", "Not set at this place"))
    valid_from = forms.DateField(Text("Áp dụng từ ngày", "From"))
    valid_to = forms.DateField(Text("Đến hết ngày", "To and including"))
    unit = StringField(
        Text("Địa bàn", "Place"),
        [forms.Filled()],
        description=Text("Mã hoặc tên tỉnh, xã; VN là cả nước", "Code or name of a province, commune; VN: everywhere"),
    )
    unit_on = forms.DateField(
        Text("Mã, tên địa bàn theo ngày", "Code or name as of"),
        description=Text("Để trống là hôm nay. Đơn vị trước 01/07/2025: ghi một ngày trước đó.", "Empty: today."),
    )
    area_kind = forms.OneOf(
        Text("Loại địa bàn", "Kind of area"),
        options=[("", Text("Mọi loại", "Every kind")), *AREA_KINDS.items()],
        default="",
    )
    source = StringField(
        Text("Văn bản làm căn cứ", "Document it rests on"),
        [forms.Filled()],
        description=Text("Số, ký hiệu, ngày, điều khoản", "Number, symbol, date, clause"),
    )
    verified = BooleanField(Text("Tôi đã đối chiếu với văn bản gốc", "I have checked it in the document itself"))
    note = TextAreaField(Text("Ghi chú", "Note"))


@dataclass(frozen=True)
class Group:
    """A programme, or what all share, with its parameters and the row of each that holds at the place and date."""

    title: str
    lines: list[tuple[ParameterDeclaration, ParameterRow | None]]


@blueprint.get("")
@needs("parameter.view")
@impersonal
def index() -> ResponseReturnValue:
    """Every parameter with the value that holds at a place on a date."""
    place, on, wrong = _where()
    resolved = programmes.resolve(units.Place(unit_id=place.id), on)
    wanted = fold(request.args.get("q", ""))
    groups = []
    for title, declared in _declared():
        fitting = [each for each in declared if wanted in fold(f"{each.name} {tt(each.label)}")]
        groups.append(Group(title, [(each, resolved(each.name)) for each in fitting]))
    held = {held.role for held in g.actor.grants}
    return render_template(
        "parameters/index.html",
        groups=[group for group in groups if group.lines],
        place=place,
        on=on,
        wrong=wrong,
        wanted=request.args.get("q", ""),
        said=said,
        names=units.names({row.place_id for group in groups for _, row in group.lines if row}, on),
        elsewhere=Counter(row.name for row in db.registry().parameters.rows if row.holds_on(on)),
        AREA_KINDS=AREA_KINDS,
        broken=db.registry().broken if held & {"admin", "manager"} else (),
    )


def _where() -> tuple[units.Unit, date, list[Reason]]:
    """The place and date asked for, or where the person works and today; and why what was asked cannot be read."""
    wrong: list[Reason] = []
    on, place = db.today(), units.unit_by_id(g.actor.grants[0].unit_id)
    if text := request.args.get("on", "").strip():
        day = parse_date(text)
        if day is None:
            said = Text("«{text}» không phải là ngày có thật", "“{text}” is no real date").format(text=text[:20])
            wrong.append(Reason("unreadable", said, field="on"))
        on = day or on
    if text := request.args.get("place", "").strip():
        try:
            place = unit_named(text, on)
        except Refused as refused:  # nothing was written: this page only reads
            wrong += refused.reasons
    return place, on, wrong


def _declared() -> list[tuple[str, list[ParameterDeclaration]]]:
    """The declarations by programme; what no programme declares comes first."""
    registry = db.registry()
    found = [
        (tt(each.programme.title), [_told(one) for one in each.programme.parameters])
        for each in registry.programmes.values()
    ]
    named = {one.name for _, declared in found for one in declared}
    common = [each for each in registry.parameters.declarations.values() if each.name not in named]
    return [(t("Dùng chung", "Common"), common), *found]


def _told(declared: Declared) -> ParameterDeclaration:
    return declared.declaration


@blueprint.route("/<name>", methods=["GET", "POST"])
@needs("parameter.view")
@impersonal
def show(name: str) -> ResponseReturnValue:
    """One parameter: every row there ever was, and the form that adds one."""
    declared = _declaration(name)
    place, on, wrong = _where()
    form = ChangeForm(data=None if request.method == "POST" else {"valid_from": db.today(), "unit": f"{place.code}"})
    if form.validate_on_submit():
        with forms.refusals_into(form):
            parameters.change(g.actor, name, _row(form, declared))
        if not forms.refused(form):
            flash(t("Đã ghi giá trị mới.", "The new value is recorded."), "good")
            return redirect(url_for(".show", name=name))
    rows = parameters.rows_of(name)
    return forms.shown(
        "parameters/show.html",
        form,
        declared=declared,
        place=place,
        on=on,
        wrong=wrong,
        current=programmes.resolve(units.Place(unit_id=place.id), on)(name),
        rows=[(row, said(declared, json.loads(row.value))) for row in rows],
        names=units.names(places := {row.place_id for row in rows}),
        ended={key: end for key in places if (end := units.unit_by_id(key).valid_to)},
        said=said,
        by_place=any(row.name == name and row.holds_on(on) for row in db.registry().parameters.rows),
        today=db.today(),
        AREA_KINDS=AREA_KINDS,
        may_change=bool(g.actor.roles & set(access.PERMISSIONS["parameter.manage"])),
    )


def _declaration(name: str) -> ParameterDeclaration:
    found: ParameterDeclaration | None = db.registry().parameters.declarations.get(name)
    if found is None:
        unknown = Text("Không có tham số «{name}»", "No parameter “{name}”").format(name=name[:80])
        raise NotFound(Reason("parameter_unknown", unknown, seen=name[:80]))
    return found


def _row(form: ChangeForm, declared: ParameterDeclaration) -> Row:
    """What the form says, as a row. Raises ``BadInput`` beside the value or the place."""
    place_on = form.unit_on.data or db.today()
    return Row(
        None if form.not_set.data else _value(form.value.data or "", declared),
        form.source.data.strip(),
        verified=form.verified.data,
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
        place=unit_named(form.unit.data, place_on).code,
        place_on=place_on,
        area_kind=form.area_kind.data or None,
        note=(form.note.data or "").strip(),
    )


def _value(text: str, declared: ParameterDeclaration) -> Any:
    """What a person typed, as a value of the declared type."""
    choices = tuple(declared.choices.items())
    if declared.type == "codes":
        known = {fold(title): code for code, label in choices for title in (code, *label)}
        return [known.get(fold(each), each.strip()) for each in text.split(",") if each.strip()]
    kind = declared.type if declared.type != "code" or choices else "text"
    field = Field("value", kind, declared.label, choices=choices if kind == "code" else ())
    try:
        value = parse(field, text)
    except Unreadable as error:
        raise BadInput(error.reason) from None
    if value is None:
        missing = Text("Ghi giá trị, hoặc đánh dấu «Chưa quy định»", "Write a value, or tick “Not set”")
        raise BadInput(Reason("missing", missing, field="value"))
    return value


def said(declared: ParameterDeclaration, value: Any) -> str:
    """A value as a person reads it, with its unit of measure."""
    if value is None:
        return t("chưa quy định", "not set")
    if declared.type == "money":
        return money(value, language())
    if declared.type == "integer":
        return f"{number(value, language())} {tt(declared.unit)}".rstrip()
    if declared.type == "date":
        return dmy(date.fromisoformat(value))
    if declared.type == "yes_no":
        return t("có", "yes") if value else t("không", "no")
    codes = value if isinstance(value, list | tuple) else [value]
    return ", ".join(tt(declared.choices[code]) if code in declared.choices else code for code in codes)
