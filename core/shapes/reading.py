"""JSON that comes in from outside."""

from __future__ import annotations

import json
from typing import Any

from core.errors import BadInput, Reason
from core.text import Text


def parse(text: str | bytes, name: str = "JSON") -> dict[str, Any]:
    """The one JSON object in ``text``. Raises ``BadInput`` naming the line for what is none.

    Refused besides: a name given twice, a number that is not finite, a text that holds a NUL or half a character; no
    database stores them and no two programs read them alike.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_not_finite)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise BadInput(
            _unreadable(
                name,
                Text(
                    f"dòng {error.lineno}, cột {error.colno}: không đúng cú pháp JSON",
                    f"line {error.lineno}, column {error.colno}: {error.msg}",
                ),
                error.lineno,
            )
        ) from error
    except UnicodeError as error:
        raise BadInput(_unreadable(name, Text("không phải văn bản UTF-8", "is not UTF-8 text"))) from error
    except RecursionError as error:
        raise BadInput(_unreadable(name, Text("lồng quá nhiều lớp", "is nested too deeply"))) from error
    except ValueError as error:
        raise BadInput(_unreadable(name, Text(f"không dùng được: {error}", str(error)))) from error
    if not isinstance(found, dict):
        raise BadInput(_unreadable(name, Text("cần một đối tượng JSON {…}", "a JSON object {…} is needed")))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)[:80]}” is given twice")
    if any("\0" in text for pair in pairs for text in pair if isinstance(text, str)):
        raise ValueError("a text holds the character NUL")
    return found


def _not_finite(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _unreadable(name: str, what: Text, line: int | None = None) -> Reason:
    return Reason("json_unreadable", Text("{name}: {what}", "{name}: {what}").format(name=name, what=what), seen=line)
