"""The form by which somebody sees masked values whole: for one page, with a reason that is logged."""

from __future__ import annotations

from collections.abc import Collection

from wtforms import SelectMultipleField, StringField

from core.domain import reads
from core.text import Text
from core.web import forms
from core.web.present import tt


class RevealForm(forms.Form):
    """What to see, and why."""

    classes = SelectMultipleField(Text("Xem đủ", "See whole"))
    reason = forms.OneOf(
        Text("Lý do", "Reason"),
        [forms.Filled()],
        [("", Text("Chọn lý do", "Choose a reason")), *reads.REASONS.items()],
    )
    note = StringField(
        Text("Ghi rõ lý do", "In your own words"),
        description=Text("Bắt buộc khi chọn «Lý do khác».", "Needed with “Another reason”."),
    )

    @classmethod
    def offering(cls, classes: Collection[str]) -> RevealForm:
        """The form with the classes that stand masked on a page."""
        form = cls()
        form.classes.choices = [
            (code, tt(title).capitalize()) for code, title in reads.KINDS.items() if code in classes
        ]
        if not form.is_submitted():
            form.classes.data = [form.classes.choices[0][0]] if form.classes.choices else []
        return form
