"""Administrative units as a person writes them, and the page on which their class is recorded."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from core import db
from core.domain import access, parameters, units
from core.errors import BadInput, NotFound, Reason
from core.text import Text, fold
from core.web import forms
from core.web.admission import needs
from core.web.present import t, tt

blueprint = Blueprint("units", __name__, url_prefix="/units")


def unit_named(text: str, on: date | None = None) -> units.Unit:
    """The unit a person wrote: a code, a name, or "code – name" as a list offers it; on ``on`` (default today).

    Raises ``NotFound`` or, when several bear the name, ``BadInput`` with their codes (field ``unit``).
    """
    on = on or db.today()
    code = text.strip().upper().split(" ", 1)[0]
    if code.isdecimal() or code == "VN":
        return units.unit_by_code(code, on)
    found = units.search_units(text, on, limit=6)
    found = tuple(unit for unit in found if fold(unit.name) == fold(text)) or found
    if len(found) == 1:
        return found[0]
    if not found:
        unknown = Text("Không có đơn vị nào tên như vậy.", "No unit bears that name.")
        raise NotFound(Reason("unit_not_found", unknown, seen=text, field="unit"))
    listed = "; ".join(f"{unit.code} – {units.path_names(unit.id, on)}" for unit in found[:5])
    several = Text(
        "Có nhiều đơn vị tên như vậy, hãy ghi mã: {listed}.", "Several units bear that name, write the code: {listed}."
    )
    raise BadInput(Reason("unit_ambiguous", several.format(listed=listed), seen=text, field="unit"))


def units_to_offer(actor: access.Actor, permission: str) -> list[units.Unit]:
    """The units an actor may choose among: those where they hold a permission, and what lies directly below them."""
    roles = access.PERMISSIONS[permission]
    held = dict.fromkeys(each.unit_id for each in actor.grants if each.role in roles)
    found: dict[int, units.Unit] = {}
    for unit in map(units.unit_by_id, held):
        for each in (unit, *(units.children(unit.id) if unit.level < 3 else ())):
            found.setdefault(each.id, each)
    return list(found.values())


class ClassForm(forms.Form):
    """The document by which the ticked communes are rural or urban, and since when."""

    source = StringField(
        Text("Văn bản làm căn cứ", "Document it rests on"),
        [forms.Filled()],
        description=Text("Số, ký hiệu, ngày, cơ quan ban hành", "Number, symbol, date, issuer"),
    )
    valid_from = forms.DateField(Text("Áp dụng từ ngày", "From"), [forms.Filled()])
    verified = BooleanField(Text("Tôi đã đối chiếu với văn bản gốc", "I have checked it in the document itself"))


@blueprint.route("/classes", methods=["GET", "POST"])
@needs("unit.classify")
def classes() -> ResponseReturnValue:
    """The communes of a province of which nothing says whether they are rural or urban; many by one document."""
    offered = [each for each in units_to_offer(g.actor, "unit.classify") if each.level == 1]
    asked = request.args.get("unit", "").strip()
    province = next((each for each in offered if each.code == asked), offered[0] if offered else None)
    form = ClassForm()
    waiting = parameters.unclassed(g.actor, province) if province else []
    chosen = {each.code: request.form.get(f"class-{each.code}", "") for each in waiting}
    if form.validate_on_submit():
        with forms.refusals_into(form):
            done = _class(form, [each for each in waiting if chosen[each.code]], chosen)
        if not forms.refused(form):
            flash(t("Đã ghi loại của {n} xã, phường.", "The class of {n} communes is recorded.", n=done), "good")
            return redirect(request.full_path.rstrip("?"))
    return forms.shown(
        "units/classes.html",
        form,
        offered=offered,
        province=province,
        waiting=waiting,
        chosen=chosen,
        settlements=[(code, tt(title)) for code, title in parameters.SETTLEMENTS.items()],
        address=url_for("units.classes"),
    )


def _class(form: ClassForm, ticked: list[units.Unit], chosen: dict[str, str]) -> int:
    if not ticked:
        nothing = Text("Chọn loại cho ít nhất một xã, phường", "Choose the class of at least one commune")
        raise BadInput(Reason("nothing_chosen", nothing))
    for unit in ticked:
        parameters.class_unit(
            g.actor, unit, chosen[unit.code], form.valid_from.data, form.source.data, verified=bool(form.verified.data)
        )
    return len(ticked)
