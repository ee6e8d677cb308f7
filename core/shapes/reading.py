"""JSON that comes in from outside."""

from __future__ import annotations

import json
from typing import Any

from core.errors import BadInput, Reason
from core.text import Text

DEEPEST = 32  # layers of objects and lists


def parse(text: str | bytes, name: str = "JSON") -> dict[str, Any]:
    """The one JSON object in ``text``. Raises ``BadInput`` naming the line for what is none.

    Refused besides: a name given twice, a number that is not finite, a text that holds a NUL or half a character; no
    database stores them and no two programs read them alike.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_not_finite)
        json.dumps(found, ensure_ascii=False).encode()
        _look_through(found)
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
    return found


def _look_through(found: Any) -> None:
    """Raises for a NUL in any text, and for more layers than anything here is made of."""
    layer, depth = [found], 0
    while layer:
        depth += 1
        if depth > DEEPEST:
            raise RecursionError
        below: list[Any] = []
        for value in layer:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and "\0" in value:
                raise ValueError("a text holds the character NUL")
        layer = below


def _not_finite(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _unreadable(name: str, what: Text, line: int | None = None) -> Reason:
    return Reason("json_unreadable", Text("{name}: {what}", "{name}: {what}").format(name=name, what=what), seen=line)
