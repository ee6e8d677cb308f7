"""Values that no form and no body was made for, and what no answer to them may be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from core.errors import without_values

TEXTS: dict[str, str] = {
    "empty": "",
    "minus one": "-1",
    "beyond a key": "9" * 20,
    "endless number": "9" * 5_000,
    "exponent": "1e999",
    "arabic digits": "٣",
    "NUL": "a\0b",
    "right to left": "\u202e\u2067Nguyễn\u2069\u200b\ufeff",
    "year 0": "0000-01-01",
    "first year": "01/01/0001",
    "last year": "31/12/9999",
    "last day as a browser writes it": "9999-12-31",
    "quotes": "'; DROP TABLE person; --",
    "markup": "<script>alert(1)</script>{{7*7}}%s%n",
    "path": "../../../../etc/passwd",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n\tb",
    "one megabyte": "ạ" * (350 * 1024),
}
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "no UTF-8": b'{"\xff": 1}',
    "deep": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep list": b'{"answers":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "given twice": b'{"note": "a", "note": "b"}',
    "not a number": b'{"version": NaN}',
    "endless number": b'{"version": ' + b"9" * 6_000 + b"}",
    "half a character": b'{"note": "\\ud800"}',
    "NUL": b'{"note": "\\u0000"}',
    "NUL in a list": b'{"numbers": ["\\u0000"]}',
    "half a character as a name": b'{"\\udfff": 1}',
    "three megabytes": b'{"note": "' + b"x" * 3_000_000 + b'"}',
}
VALUES: tuple[Any, ...] = (
    *(text for name, text in TEXTS.items() if name not in {"NUL", "one megabyte"}),
    -1, 2**63, 10**400, 1.5, True, None, [], {}, [[]], [{}], [None], {"": ""}, ["x"] * 1000,
)  # fmt: skip
PARTS: dict[str, bytes] = {  # what a browser never sends as multipart/form-data with the boundary "b"
    "cut off": b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    "no headers": b"--b\r\n\r\nabc\r\n--b--\r\n",
    "no name": b"--b\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--b--\r\n",
    "another boundary": b"--c\r\nContent-Disposition: form-data; name=a\r\n\r\nabc\r\n--c--\r\n",
    "no end": b"--b\r\n" * 5_000,
    "many parts": b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 5_000 + b"--b--\r\n",
    "bytes": bytes(range(256)),
}
KINDS = ("text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-7", "x", "")

_TELLS_TOO_MUCH = re.compile(
    r"Traceback|File \"|site-packages|sqlite3|psycopg|sqlalche|\bSELECT\s.{0,400}\sFROM\b|INSERT INTO|\.py\b", re.S
)


def fault(ask: Callable[..., TestResponse], *given: Any, **named: Any) -> str:
    """What is wrong with the answer: a fault of the program, or words that are nobody's business; else empty."""
    try:
        answer = ask(*given, **named)
    except Exception as error:  # of an application under test, which makes no page of it
        return without_values(error)
    if answer.status_code >= 500:
        return f"{answer.status_code}\n{answer.text[:500]}"
    return tells_too_much(answer.text, answer.status_code)


def tells_too_much(text: str, status: int) -> str:
    """The words of a refusal that are nobody's business, or empty."""
    found = _TELLS_TOO_MUCH.search(text) if status >= 400 else None
    return f"{status} tells {found[0][:80]}" if found else ""


def as_json(value: Any) -> bytes:
    """Also of what ``json.dumps`` would not write by itself."""
    return json.dumps(value, ensure_ascii=True).encode()
