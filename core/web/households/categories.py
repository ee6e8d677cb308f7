"""A new category of a household, recorded by the decision that gave it."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import Length, NumberRange, Optional

from core.domain import people
from core.text import Text
from core.web import forms
from core.web.admission import needs
from core.web.households.blueprint import blueprint
from core.web.present import t

_SCORE = [Optional(), NumberRange(0, 1000)]


class CategoryForm(forms.Form):
    category = forms.OneOf(
        Text("Phân loại", "Category"),
        [forms.Filled()],
        [
            ("", Text("Chọn phân loại", "Choose a category")),
            *((code.code, code.title) for code in people.CATEGORIES.values()),
        ],
    )
    line = forms.OneOf(
        Text("Theo", "By the"),
        [forms.Filled()],
        [(code.code, code.title) for code in people.LINES.values()],
        default="national",
    )
    decision_number = StringField(Text("Số quyết định", "Number of the decision"), [forms.Filled(), Length(max=64)])
    decided_on = forms.DateField(Text("Ngày quyết định", "Date of the decision"), [forms.Filled()])
    issuer = StringField(Text("Cơ quan quyết định", "Issued by"), [Length(max=200)])
    category_until = forms.DateField(
        Text("Có giá trị đến hết ngày", "In force until"),
        description=Text("Chỉ ghi khi quyết định nói rõ", "Only where the decision says so"),
    )
    score_a = IntegerField(Text("Điểm A (thu nhập)", "Points A (income)"), _SCORE)
    score_b = IntegerField(Text("Điểm B (thiếu hụt)", "Points B (deprivation)"), _SCORE)
    deprivations = SelectMultipleField(
        Text("Chỉ số thiếu hụt", "Deprived of"),
        coerce=int,
        choices=forms.choices((str(number), each.title) for number, each in enumerate(people.INDICATORS, 1)),
    )


@blueprint.route("/<number>/category", methods=["GET", "POST"])
@needs("household.edit")
def record_category(number: str) -> ResponseReturnValue:
    """The category holds from the decision's date on; the one before ends the day before."""
    record, form = people.household_of(g.actor, number, "household.edit"), CategoryForm()
    if form.validate_on_submit():
        ticked, scores = form.deprivations.data or [], (form.score_a.data, form.score_b.data)
        with forms.refusals_into(form):
            people.record_category(
                g.actor,
                number,
                form.category.data,
                form.decided_on.data,
                form.decision_number.data,
                line=form.line.data,
                issuer=form.issuer.data or None,
                score_a=scores[0],
                score_b=scores[1],
                deprivations=people.deprivation_mask(ticked) if ticked or scores != (None, None) else None,
                until=form.category_until.data,
            )
        if not forms.refused(form):
            flash(t("Đã ghi phân loại.", "The category is recorded."), "good")
            return redirect(url_for(".show", number=number))
    return forms.shown("households/category.html", form, record=record, number=number, people=people)
