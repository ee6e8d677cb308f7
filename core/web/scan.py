"""The QR of an identity card finds its person. What was scanned is sent in the body of a form, never in an address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from core.domain import access, people
from core.text import Text
from core.web import forms
from core.web.admission import needs
from core.web.households.telling import LABELS
from core.web.present import dmy, t, tt

blueprint = Blueprint("scan", __name__)


class ScanForm(forms.Form):
    card = StringField(
        Text("Mã QR trên thẻ căn cước", "QR of the identity card"),
        description=Text(
            "Đặt con trỏ vào ô rồi quét bằng máy quét, hoặc dùng máy ảnh của điện thoại.",
            "Put the cursor here and scan with a scanner, or use the telephone's camera.",
        ),
    )


@blueprint.route("/scan", methods=["GET", "POST"])
@needs("household.view")
def index() -> ResponseReturnValue:
    """Whose card this is: the household at once where the card agrees with the register, else both side by side."""
    form, card, found = ScanForm(), None, list[people.Found]()
    if form.validate_on_submit():
        with forms.refusals_into(form):
            card = people.read_card(form.card.data or "")
            found = people.persons_of(g.actor, card)
        if len(found) == 1 and found[0].sure and not found[0].differences:
            flash(t("Thẻ khớp với sổ: {name}", "The card agrees with the register: {name}", name=found[0].name), "good")
            return redirect(url_for("people.show", number=found[0].household))
    editor = bool(g.actor.roles & set(access.PERMISSIONS["household.edit"]))
    return forms.shown(
        "scan/index.html",
        form,
        card=card,
        scanned=form.card.data if card else "",
        found=found,
        compared=[
            [(tt(LABELS[one.field]), _known(one, editor), said(one.card), one) for one in each.differences]
            for each in found
        ],
        shown=said,
        editor=editor,
        LABELS=LABELS,
    )


@blueprint.post("/scan/take")
@needs("household.edit")
def take() -> ResponseReturnValue:
    """Correct the ticked facts of a person by the card that was scanned."""
    card = people.read_card(request.form.get("card", ""))
    number = request.form.get("household", "")
    changed = people.take_from_card(
        g.actor, number, request.form.get("person", 0, type=int), card, request.form.getlist("field")
    )
    flash(t("Đã sửa {n} mục theo thẻ.", "{n} facts corrected by the card.", n=changed), "good" if changed else "info")
    return redirect(url_for("people.show", number=number))


def _known(one: people.Difference, whole: bool) -> str:
    """What the register says; a number whole only for whoever keeps the register."""
    if one.field == "id_number" and not whole:
        return said(people.column_seen(access.MASKING, "id_number", one.known))
    return said(one.known)


def said(value: Any) -> str:
    """A fact of a card or of the register in words."""
    if value in people.SEXES:
        return tt(people.SEXES[value].title)
    return dmy(value) if hasattr(value, "strftime") else str(value or "")
