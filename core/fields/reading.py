"""What people write as answers, made into stored values or into a sentence that says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.errors import Reason
from core.fields.declaration import LARGEST, Field, asked
from core.fields.masking import HIDDEN, MASKED
from core.text import Text, fold, money, nfc, parse_money


def read(
    fields: Sequence[Field], raw: Mapping[str, Any], *, complete: bool = False
) -> tuple[dict[str, Any], list[Reason]]:
    """The typed answers in ``raw`` (texts of a form, or values of JSON) and every reason why some cannot be read.

    Empty answers and questions that are not asked are left out. With ``complete`` a required question without an answer
    is a reason too. A name that is no field is a reason.
    """
    if not isinstance(raw, Mapping):
        sentence = Text("Cần một đối tượng gồm tên mục và giá trị", "An object of names and values is needed")
        return {}, [Reason("no_object", sentence, seen=_said(raw, 80))]
    names = {field.name for field in fields}
    reasons = [
        Reason(
            "unknown_field",
            Text("Biểu mẫu không có mục «{name}»", "The form has no field “{name}”").format(name=_said(name, 80)),
            seen=_said(name, 80),
            field=_said(name, 80),
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
    answers = _applicable(fields, answers)
    if complete:
        unread = {reason.field for reason in reasons}
        reasons += [reason for reason in missing(fields, answers) if reason.field not in unread]
    return answers, reasons


def _applicable(fields: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers whose questions are asked; one that is not asked opens no other question."""
    kept: dict[str, Any] = {}
    for field in fields:
        if field.name in answers and asked(field, kept):
            kept[field.name] = answers[field.name]
    return kept


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
            seen=seen if isinstance(seen, int | bool) else _said(seen, 200),
            field=field.name,
        )
        super().__init__(self.reason.sentence.en)


_MASKED = Text("đây là giá trị đã che; ghi giá trị thật", "this is the masked value; write the real one")


def parse(field: Field, raw: Any) -> Any:
    """``raw`` as the stored value of ``field``, None when empty. Raises ``Unreadable``."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if field.privacy in MASKED and isinstance(raw, str) and HIDDEN[0] in raw:
        raise Unreadable(field, _MASKED, raw)
    value = _PARSERS[field.type](field, raw)
    if value == "":
        return None
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
    if isinstance(raw, str) and (re.fullmatch(r"-?\d{1,15}", text) or re.fullmatch(r"-?\d{1,3}([.,]\d{3}){1,4}", text)):
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
    """``text`` without control and format characters, which no screen shows, and halves of characters."""
    return "".join(c for c in text if c == "\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def _said(raw: Any, most: int) -> str:
    """What was sent, as a refusal can repeat it."""
    return _plain(str(raw)[:most])


_PARSERS = {
    "integer": _integer,
    "money": _money,
    "date": _date,
    "yes_no": _yes_no,
    "code": _code,
    "text": _line,
    "long_text": _lines,
}
