"""What a caller asks: the body as checked JSON, parameters of the address, the place in a list."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from core import shapes
from core.api.problems import language
from core.errors import BadInput, Reason
from core.text import Text, canonical

LARGEST_BODY = 2 * 1024 * 1024  # of JSON; papers and photographs have the larger limit of the settings
MOST = 200  # rows of a page

_WORDS = {
    str: Text("chuỗi", "a string"),
    int: Text("số nguyên", "an integer"),
    dict: Text("đối tượng", "an object"),
    list: Text("danh sách", "a list"),
}


# what `curl -d` says of a body when nothing else is said; and nothing, for a body that is not there
_JSON = {"application/json", "application/x-www-form-urlencoded", ""}


def body(required: tuple[str, ...] = (), **types: type | tuple[type, ...]) -> dict[str, Any]:
    """The members of the JSON object that was sent; those left out, or null, are missing from the answer.

    Raises ``BadInput`` with every member that is unknown, of another type, or required and not there.
    """
    if request.mimetype not in _JSON and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType
    request.max_content_length = LARGEST_BODY
    return members(shapes.parse(request.get_data() or b"{}"), required, **types)


def members(
    sent: Mapping[str, Any], required: tuple[str, ...] = (), **types: type | tuple[type, ...]
) -> dict[str, Any]:
    """The same of an object that was read already."""
    found = {name: value for name, value in sent.items() if value is not None}
    wrong = [_unknown(name, types) for name in found if name not in types]
    wrong += [_mistyped(name, kind) for name, kind in types.items() if name in found and not _fits(found[name], kind)]
    wrong += [_missing(name) for name in required if name not in found]
    if wrong:
        raise BadInput(wrong)
    return found


def _fits(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _unknown(name: str, known: Mapping[str, Any]) -> Reason:
    sentence = Text("Không có mục «{name}». Các mục: {known}", "There is no member “{name}”. There are: {known}")
    return Reason(
        "unknown_field", sentence.format(name=name[:80], known=", ".join(known)), seen=name[:80], field=name[:80]
    )


def _mistyped(name: str, kind: type | tuple[type, ...]) -> Reason:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    words = Text(" hoặc ".join(_WORDS[one].vi for one in kinds), " or ".join(_WORDS[one].en for one in kinds))
    sentence = Text("«{name}» phải là {what}", "“{name}” must be {what}")
    return Reason("wrong_type", sentence.format(name=name, what=words), field=name)


def _missing(name: str) -> Reason:
    return Reason("missing", Text("Thiếu mục «{name}»", "“{name}” is missing").format(name=name), field=name)


def parameters(*known: str) -> dict[str, str]:
    """The parameters of the address besides ``limit`` and ``cursor``. Raises ``BadInput`` for an unknown one."""
    allowed = dict.fromkeys((*known, "limit", "cursor"))
    wrong = [_unknown(name, allowed) for name in request.args if name not in allowed]
    if wrong:
        raise BadInput(wrong)
    return {name: request.args.get(name, "") for name in known}


def limit() -> int:
    """How many rows are asked for: 50 unless said, at most 200."""
    given = request.args.get("limit", "50")
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:9]) <= MOST:
        sentence = Text(f"limit là một số từ 1 đến {MOST}", f"limit is a number from 1 to {MOST}")
        raise BadInput(Reason("limit_wrong", sentence, seen=given[:20], needed=MOST, field="limit"))
    return int(given)


_WRITTEN: dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {  # how a value stands in a cursor, and back
    int: (int, int),
    bytes: (bytes.hex, bytes.fromhex),
    datetime: (datetime.isoformat, lambda text: datetime.fromisoformat(text).astimezone(UTC)),
}


def cursor(*kinds: type) -> list[Any] | None:
    """The place in the list behind which the page begins, None at its start. Raises ``BadInput`` for a made-up one."""
    given = request.args.get("cursor")
    if not given:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(given + "=="))
        found = [_WRITTEN[kind][1](part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        found = []
    if not found or any(isinstance(part, int) and not 0 <= part < 2**63 for part in found):
        sentence = Text("cursor không phải do danh sách này đưa ra", "the cursor was not given by this list")
        raise BadInput(Reason("cursor_wrong", sentence, field="cursor"))
    return found


def next_cursor(*place: Any) -> str:
    """The place of a row, as an opaque text for the address."""
    written = canonical([_WRITTEN[type(part)][0](part) for part in place])
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def answer(found: Any, status: int = 200, **headers: str) -> Response:
    """JSON in UTF-8, in the language that was asked for; of a case with its version as ``ETag``."""
    if isinstance(found, dict) and isinstance(found.get("version"), int):
        headers["ETag"] = f'"{found["version"]}"'
    response = Response(json.dumps(found, ensure_ascii=False), status, headers, mimetype="application/json")
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    response.headers["Cache-Control"] = "no-store"
    return response
