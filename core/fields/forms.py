"""WTForms made from declarations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import wtforms

from core.fields.declaration import Field
from core.fields.reading import Unreadable, parse
from core.fields.showing import entered
from core.text import Text


class _Answer(wtforms.Field):
    """A WTForms field that reads and shows what its declaration says."""

    def __init__(self, declaration: Field, language: str, **options: Any) -> None:
        self.declaration, self.language = declaration, language
        self.entered = ""
        super().__init__(
            declaration.label.to(language),
            description=declaration.help.to(language) if declaration.help else "",
            **options,
        )

    def process_data(self, value: Any) -> None:
        self.data, self.entered = value, entered(self.declaration, value, self.language)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.entered, self.data = str(valuelist[0]), None
            try:
                self.data = parse(self.declaration, valuelist[0])
            except Unreadable as error:
                sentence = error.reason.sentence.to(self.language)
                raise ValueError(sentence.split(": ", 1)[-1]) from None

    def _value(self) -> str:
        return self.entered


class _Line(_Answer):
    widget = wtforms.widgets.TextInput()


class _Area(_Answer):
    widget = wtforms.widgets.TextArea()


class _Choice(_Answer):
    """One of a few: drawn as a list or as buttons by the page, which reads ``options``."""

    widget = wtforms.widgets.Select()

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(code, label, chosen) of every choice."""
        choices = self.declaration.choices or (("yes", Text("Có", "Yes")), ("no", Text("Không", "No")))
        return [(code, label.to(self.language), code == self.entered) for code, label in choices]

    def iter_choices(self) -> Iterable[tuple[str, str, bool, dict[str, Any]]]:
        """The choices as the WTForms widget asks for them, an empty one first."""
        yield "", "", not self.entered, {}
        yield from ((code, label, chosen, {}) for code, label, chosen in self.options)

    def has_groups(self) -> bool:
        return False


@lru_cache(maxsize=256)
def form_class(fields: tuple[Field, ...], language: str) -> type[wtforms.Form]:
    """A WTForms form that asks ``fields`` in ``language``. Nothing is required: an unfinished form can be kept."""
    kinds: dict[str, type[_Answer]] = {"code": _Choice, "yes_no": _Choice, "long_text": _Area}
    return type(
        "AnswersForm", (wtforms.Form,), {field.name: kinds.get(field.type, _Line)(field, language) for field in fields}
    )
