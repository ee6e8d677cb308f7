"""A field is data: one declaration from which the form, the JSON Schema, the stored answer and the printed value are made.

| type        | stored as          | typed in a form as                           |
|-------------|--------------------|----------------------------------------------|
| integer     | int                | 24, 1.200                                    |
| money       | int, đồng          | 40.000.000, 40 triệu                         |
| date        | ISO text           | 05/02/2026 or 2026-02-05                     |
| yes_no      | bool               | có / không                                   |
| code        | one of ``choices`` | a choice                                     |
| text        | text, one line     |                                              |
| long_text   | text               |                                              |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import wtforms

from core.errors import Reason
from core.text import Text, fold, money, nfc, parse_money

TYPES = ("integer", "money", "date", "yes_no", "code", "text", "long_text")
PRIVACY = ("public", "personal", "sensitive")
LARGEST = 9_000_000_000_000  # đồng; above any budget of a programme, far below 63 bits


@dataclass(frozen=True)
class Field:
    """One question.

    ``minimum`` and ``maximum`` are inclusive: of the number, or of the length of a text. ``shown_when`` is ``(name, values)``:
    the question is asked only while the answer to ``name`` is one of ``values``. An ``indexed`` answer is copied into
    ``case_fact``, where lists and indicators read it. ``group`` is the heading the question stands under.
    """

    name: str
    type: str
    label: Text
    help: Text | None = None
    unit: str = ""
    required: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    privacy: str = "public"
    indexed: bool = False
    shown_when: tuple[str, tuple[Any, ...]] | None = None
    group: Text | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", self.name):
            raise ValueError(f"field name {self.name!r}: small letters, digits and _ only")
        if self.type not in TYPES:
            raise ValueError(f"field {self.name}: no type {self.type!r}; one of {', '.join(TYPES)}")
        if self.privacy not in PRIVACY:
            raise ValueError(f"field {self.name}: no privacy class {self.privacy!r}; one of {', '.join(PRIVACY)}")
        if (self.type == "code") != bool(self.choices):
            raise ValueError(f"field {self.name}: a field of type code, and no other, has choices")


def asked(field: Field, answers: Mapping[str, Any]) -> bool:
    """Whether the question is asked, given the other answers."""
    return field.shown_when is None or answers.get(field.shown_when[0]) in field.shown_when[1]


def read(
    fields: Sequence[Field], raw: Mapping[str, Any], *, complete: bool = False
) -> tuple[dict[str, Any], list[Reason]]:
    """The typed answers in ``raw`` (texts of a form, or values of JSON) and every reason why some cannot be read.

    Empty answers and questions that are not asked are left out. With ``complete`` a required question without an answer
    is a reason too. A name that is no field is a reason.
    """
    names = {field.name for field in fields}
    reasons = [
        Reason(
            "unknown_field",
            Text("Biểu mẫu không có mục «{name}»", "The form has no field “{name}”").format(name=name),
            seen=str(name)[:80],
            field=str(name)[:80],
        )
        for name in raw
        if name not in names
    ]
    answers: dict[str, Any] = {}
    for field in fields:
        try:
            value = parse(field, raw.get(field.name))
        except Unreadable as error:
            reasons.append(error.reason)
            continue
        if value is not None:
            answers[field.name] = value
    answers = {field.name: answers[field.name] for field in fields if field.name in answers and asked(field, answers)}
    if complete:
        unread = {reason.field for reason in reasons}
        reasons += [reason for reason in missing(fields, answers) if reason.field not in unread]
    return answers, reasons


def missing(fields: Sequence[Field], answers: Mapping[str, Any]) -> list[Reason]:
    """A reason for every required question that is asked and has no answer."""
    return [
        Reason("missing", Text("Chưa nhập: {label}", "Missing: {label}").format(label=field.label), field=field.name)
        for field in fields
        if field.required and asked(field, answers) and field.name not in answers
    ]


class Unreadable(ValueError):
    """A value that is not of the field's type; ``reason`` says what to write instead."""

    def __init__(self, field: Field, sentence: Text, seen: Any) -> None:
        self.reason = Reason(
            "unreadable",
            Text("{label}: {what}", "{label}: {what}").format(label=field.label, what=sentence),
            seen=seen if isinstance(seen, int | bool) else str(seen)[:200],
            field=field.name,
        )
        super().__init__(self.reason.sentence.en)


def parse(field: Field, raw: Any) -> Any:
    """``raw`` as the stored value of ``field``, None when empty. Raises ``Unreadable``."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    value = _PARSERS[field.type](field, raw)
    size = len(value) if isinstance(value, str) and field.type in ("text", "long_text") else value
    if isinstance(size, int) and not isinstance(size, bool):
        low = 0 if field.type in ("integer", "money") and field.minimum is None else field.minimum
        high = _LIMITS.get(field.type) if field.maximum is None else field.maximum
        if low is not None and size < low:
            raise Unreadable(field, _bound(field, low, Text("ít nhất", "at least")), raw)
        if high is not None and size > high:
            raise Unreadable(field, _bound(field, high, Text("nhiều nhất", "at most")), raw)
    return value


_LIMITS = {"integer": 1_000_000_000, "money": LARGEST, "text": 300, "long_text": 5000}


def _bound(field: Field, limit: int, word: Text) -> Text:
    unit = {"money": Text("đồng", "đồng"), "integer": Text(field.unit, field.unit)}.get(
        field.type, Text("ký tự", "characters")
    )
    return Text(
        f"cần {word.vi} {money(limit, 'vi')} {unit.vi}".rstrip(),
        f"needs {word.en} {money(limit, 'en')} {unit.en}".rstrip(),
    )


def _integer(field: Field, raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    text = nfc(str(raw)).replace(" ", "")
    if isinstance(raw, str) and (re.fullmatch(r"-?\d{1,15}", text) or re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", text)):
        return int(re.sub(r"[.,]", "", text))
    raise Unreadable(field, Text("nhập một số nguyên, ví dụ 24", "enter a whole number, for example 24"), raw)


def _money(field: Field, raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    try:
        if isinstance(raw, str):
            return parse_money(raw)
    except ValueError:
        pass
    raise Unreadable(
        field, Text("nhập số tiền bằng đồng, ví dụ 40.000.000", "enter an amount in đồng, for example 40,000,000"), raw
    )


def _date(field: Field, raw: Any) -> str:
    found = parse_date(raw) if isinstance(raw, str) else None
    if found is None:
        raise Unreadable(
            field,
            Text(
                "nhập một ngày có thật dạng ngày/tháng/năm, ví dụ 05/02/2026",
                "enter a real date as day/month/year, for example 05/02/2026",
            ),
            raw,
        )
    return found.isoformat()


def parse_date(text: str) -> date | None:
    """The date written as dd/mm/yyyy (also with - or .) or yyyy-mm-dd; None when there is no such day."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
    return None


_YES, _NO = {"yes", "co", "true", "1", "x"}, {"no", "khong", "false", "0"}


def _yes_no(field: Field, raw: Any) -> bool:
    word = fold(str(raw))
    if isinstance(raw, bool) or word in _YES | _NO:
        return raw if isinstance(raw, bool) else word in _YES
    raise Unreadable(field, Text("chọn Có hoặc Không", "choose Yes or No"), raw)


def _code(field: Field, raw: Any) -> str:
    for code, label in field.choices:
        if raw == code or (isinstance(raw, str) and fold(raw) in (fold(label.vi), fold(label.en))):
            return code
    allowed = Text(
        ", ".join(f"{label.vi} ({code})" for code, label in field.choices),
        ", ".join(f"{label.en} ({code})" for code, label in field.choices),
    )
    raise Unreadable(field, Text("chọn một trong: {allowed}", "choose one of: {allowed}").format(allowed=allowed), raw)


def _line(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unreadable(field, Text("nhập chữ", "enter text"), raw)
    return nfc(_plain(raw))


def _lines(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unreadable(field, Text("nhập chữ", "enter text"), raw)
    return "\n".join(nfc(_plain(line)) for line in raw.splitlines()).strip()


def _plain(text: str) -> str:
    """``text`` without control characters, which no database and no screen shows."""
    return "".join(c for c in text if c == "\t" or unicodedata.category(c) not in ("Cc", "Cs"))


_PARSERS = {
    "integer": _integer,
    "money": _money,
    "date": _date,
    "yes_no": _yes_no,
    "code": _code,
    "text": _line,
    "long_text": _lines,
}


def show(field: Field, value: Any, language: str) -> str:
    """A stored value as a person reads it; "" when there is none."""
    if value is None or value == "":
        return ""
    if field.type == "money":
        return f"{money(value, language)} đồng"
    if field.type == "integer":
        return f"{money(value, language)} {field.unit}".rstrip()
    if field.type == "date":
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    if field.type == "yes_no":
        return (Text("Có", "Yes") if value else Text("Không", "No")).to(language)
    if field.type == "code":
        return dict(field.choices).get(value, Text(str(value), str(value))).to(language)
    return str(value)


def entered(field: Field, value: Any) -> str:
    """A stored value as it is typed into a form."""
    if value is None:
        return ""
    if field.type == "yes_no":
        return "yes" if value else "no"
    if field.type == "money":
        return money(value, "vi")
    return show(field, value, "vi") if field.type == "date" else str(value)


def json_schema(fields: Iterable[Field], language: str = "vi") -> dict[str, Any]:
    """JSON Schema (2020-12) of the answers."""
    fields = tuple(fields)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _schema(field, language) for field in fields},
        "required": [field.name for field in fields if field.required and field.shown_when is None],
    }


def _schema(field: Field, language: str) -> dict[str, Any]:
    number = field.type in ("integer", "money")
    found: dict[str, Any] = {
        "title": field.label.to(language),
        "type": {"integer": "integer", "money": "integer", "yes_no": "boolean"}.get(field.type, "string"),
    }
    hints = [
        field.help.to(language) if field.help else "",
        f"đơn vị: {field.unit or 'đồng'}" if number and (field.unit or field.type == "money") else "",
        f"khi {field.shown_when[0]} = {' | '.join(map(str, field.shown_when[1]))}" if field.shown_when else "",
    ]
    if any(hints):
        found["description"] = "; ".join(filter(None, hints))
    if field.type == "date":
        found["format"] = "date"
    if field.choices:
        found["enum"] = [code for code, _ in field.choices]
        found["x-labels"] = {code: label.to(language) for code, label in field.choices}
    low, high = ("minimum", "maximum") if number else ("minLength", "maxLength")
    if number:
        found[low] = 0 if field.minimum is None else field.minimum
    elif field.minimum is not None:
        found[low] = field.minimum
    limit = _LIMITS.get(field.type) if field.maximum is None else field.maximum
    if limit is not None:
        found[high] = limit
    return found


def freeze(field: Field) -> dict[str, Any]:
    """The declaration as plain JSON values."""
    return asdict(field)


def thaw(data: Mapping[str, Any]) -> Field:
    """The declaration that ``freeze`` wrote, also after a round through JSON text."""
    values = dict(data)
    for name in ("label", "help", "group"):
        values[name] = Text(*values[name]) if values.get(name) else None
    values["choices"] = tuple((code, Text(*label)) for code, label in values.get("choices", ()))
    if values.get("shown_when"):
        values["shown_when"] = (values["shown_when"][0], tuple(values["shown_when"][1]))
    return Field(**values)


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
        self.data, self.entered = value, entered(self.declaration, value)

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
