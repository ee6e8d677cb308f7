"""Forms: WTForms in two languages, the fields an office types, and refusals of the domain put beside their input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import render_template
from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectField, StringField
from wtforms.validators import ValidationError

from core import db
from core.errors import Reason, Refused
from core.fields import parse_date
from core.text import Text, nfc, parse_money
from core.web.present import dmy, language, number, t, tt

_SENTENCES = {  # what WTForms says, and what this program says instead
    "This field is required.": Text("Ô này phải ghi.", "This must be filled in."),
    "Not a valid choice.": Text("Hãy chọn một mục trong danh sách.", "Choose one of the list."),
    "Not a valid choice": Text("Hãy chọn một mục trong danh sách.", "Choose one of the list."),
    "Invalid Choice: could not coerce": Text("Hãy chọn một mục trong danh sách.", "Choose one of the list."),
    "Invalid Choice: could not coerce.": Text("Hãy chọn một mục trong danh sách.", "Choose one of the list."),
    "'%(value)s' is not a valid choice for this field.": Text(
        "Hãy chọn một mục trong danh sách.", "Choose one of the list."
    ),
    "Not a valid integer value.": Text("Hãy ghi một số nguyên.", "Write a whole number."),
    "Number must be at least %(min)s.": Text("Số phải từ %(min)s trở lên.", "The number must be at least %(min)s."),
    "Number must be at most %(max)s.": Text("Số không được quá %(max)s.", "The number must be at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": Text(
        "Số phải từ %(min)s đến %(max)s.", "The number must lie between %(min)s and %(max)s."
    ),
    "Field must be at least %(min)d characters long.": Text(
        "Ghi ít nhất %(min)d ký tự.", "Write at least %(min)d characters."
    ),
    "Field must be at least %(min)d character long.": Text(
        "Ghi ít nhất %(min)d ký tự.", "Write at least %(min)d character."
    ),
    "Field cannot be longer than %(max)d characters.": Text(
        "Ghi tối đa %(max)d ký tự.", "Write at most %(max)d characters."
    ),
    "Field cannot be longer than %(max)d character.": Text(
        "Ghi tối đa %(max)d ký tự.", "Write at most %(max)d character."
    ),
    "Field must be between %(min)d and %(max)d characters long.": Text(
        "Ghi từ %(min)d đến %(max)d ký tự.", "Write %(min)d to %(max)d characters."
    ),
    "Invalid input.": Text("Nội dung chưa đúng dạng.", "This is not in the right form."),
}


class _Sentences:
    def gettext(self, message: str) -> str:
        return tt(_SENTENCES[message]) if message in _SENTENCES else message

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self.gettext(singular if count == 1 else plural)


class Form(FlaskForm):
    """The base of every form. A label or description may be a ``Text``; it is said in the language of the request."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _Sentences()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Say the ``Text`` of labels and descriptions in the language of this request."""
            field = unbound_field.bind(form=form, **options)
            field.label.text = said(field.label.text)
            field.description = said(field.description)
            return field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons: list[Reason] = []  # refusals that belong to no single input


def said(text: Any) -> Any:
    return text.to(language()) if isinstance(text, Text) else text


class DateField(StringField):
    """A legal date typed as ``dd/mm/yyyy`` (or as ``fields.parse_date`` reads it), in any language of the browser."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return dmy(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = nfc(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            self.data = parse_date(text)
            if self.data is None:
                raise ValueError(
                    t(
                        "«{text}» không phải là ngày có thật; ghi ngày/tháng/năm, ví dụ 05/02/2026.",
                        "“{text}” is no real date; write day/month/year, such as 05/02/2026.",
                        text=text,
                    )
                )


class MoneyField(StringField):
    """A whole number of đồng, typed as ``text.parse_money`` reads it: ``40.000.000``, ``40 triệu``."""

    data: Any

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else number(self.data, language())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = nfc(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = parse_money(text)
            except ValueError:
                raise ValueError(
                    t(
                        "«{text}» không phải là số tiền; ghi bằng đồng, không có phần lẻ, ví dụ 40.000.000.",
                        "“{text}” is no amount; write whole đồng, such as 40.000.000.",
                        text=text,
                    )
                ) from None


class Filled:
    """The field must hold something. Unlike WTForms' own it calls up no bubble of the browser; the page says it."""

    field_flags = {"filled": True}  # noqa: RUF012 - WTForms' name for it

    def __call__(self, form: Any, field: Field) -> None:
        if field.data in (None, "", []) and not field.errors:
            raise ValidationError(field.gettext("This field is required."))


class SameAs:
    """The field must repeat another one."""

    def __init__(self, other: str, sentence: Text) -> None:
        self.other, self.sentence = other, sentence

    def __call__(self, form: Any, field: Field) -> None:
        if field.data != form[self.other].data:
            raise ValidationError(tt(self.sentence))


def choices(pairs: Iterable[tuple[str, Any]], empty: Any = None) -> list[SelectChoice]:
    """What a ``SelectField`` offers: codes with titles (``Text`` or str), an empty one of that title in front."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(code, title) for code, title in pairs]


class OneOf(SelectField):
    """One of ``options``, given as (code, ``Text`` or str); a few without an empty one stand side by side."""

    def __init__(
        self, label: Any, validators: Any = None, options: Iterable[tuple[str, Any]] = (), **more: Any
    ) -> None:
        super().__init__(label, validators, choices=choices(options), **more)


@contextmanager
def refusals_into(form: Any) -> Iterator[None]:
    """Ask the domain inside this block: what it refuses is put beside the inputs, and what it wrote before is undone.

    ``with refusals_into(form): cases.open_case(…)`` and then ``if not refused(form): return redirect(…)``.
    """
    try:
        with db.work().connection.begin_nested():
            yield
    except Refused as error:
        form.status = error.http_status
        put_reasons(form, error.reasons)


def put_reasons(form: Any, reasons: Iterable[Reason]) -> None:
    """Each reason beside the field it names; the others in ``form.reasons``, which ``ui.error_summary`` shows.

    A field that has said itself why it cannot be read is not told so again; what is missing is not named twice.
    """
    for reason in reasons:
        if reason.field in form:
            field = form[reason.field]
            if reason.code != "unreadable" or not field.errors:
                said = t("Chưa nhập", "Missing") if reason.code == "missing" else tt(reason.sentence)
                field.errors = [*field.errors, said]
        else:
            form.reasons = [*getattr(form, "reasons", ()), reason]


def refused(form: Any) -> bool:
    """Whether anything stands against this form."""
    return bool(getattr(form, "reasons", ()) or form.errors)


def status(form: Any) -> int:
    """The HTTP status of a page with this form: 200, that of the refusal, or 422."""
    return getattr(form, "status", 422) if refused(form) else 200


def shown(template: str, form: Any, **values: Any) -> tuple[str, int]:
    """The page with its form: 200 when it is opened, else the refusal's status (422 for input to correct)."""
    return render_template(template, form=form, **values), status(form)
