"""Where on the pages a reason is put right."""

from __future__ import annotations

from typing import Any

from flask import url_for

from core.domain import people
from core.domain.programmes import Form
from core.errors import Reason

_SECTIONS = {
    "paper_missing": "papers",
    "budget_short": "money",
    "unpaid": "money",
    "earlier_unpaid": "money",
    "step_not_passed": "visits",
    "photos_missing": "visits",
}


class Fixes:
    """The places of one case: its form, its papers, its household, the values in force."""

    def __init__(self, row: Any, form: Form, editable: bool) -> None:
        self._row, self._form, self._editable = row, form, editable

    def of(self, reason: Reason) -> str:
        """The address at which a reason is put right, "" when there is none for it."""
        page = url_for("cases.show", number=self._row.number)
        if reason.code in _SECTIONS:
            return f"{page}#{_SECTIONS[reason.code]}"
        if reason.code == "not_set":
            return url_for("parameters.index")
        name = reason.field.removeprefix("answers.")
        if self._form.field(name):
            return url_for("cases.edit", number=self._row.number, _anchor=name) if self._editable else f"{page}#answers"
        if reason.field.partition(".")[0] in ("household", "members"):
            return url_for("people.show", number=people.household_number(self._row.household_id))
        return ""
