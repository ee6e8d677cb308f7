"""Refusals: every "no" of the program is one of these, carries all its reasons, and is said in the reader's language.

| error      | meaning                                        | HTTP | exit |
|------------|------------------------------------------------|------|------|
| BadInput   | what was sent cannot be read                   | 422  | 2    |
| Unmet      | a requirement does not hold                    | 422  | 3    |
| NotAllowed | within reach, but not for this person          | 403  | 3    |
| WrongState | no such step from here                         | 409  | 3    |
| NotFound   | does not exist, or lies out of reach           | 404  | 4    |
| Stale      | somebody changed it since it was read          | 409  | 5    |
| NotSignedIn | name, password or token is not right          | 401  | 3    |
| TooMany    | too many attempts; the sentence says until when | 429 | 3    |
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.text import Text


@dataclass(frozen=True)
class Reason:
    """Why something is refused, or why a criterion holds or not.

    ``seen`` and ``needed`` are typed values (int, str, bool, ISO date text, list or None), ``source`` the legal clause,
    ``field`` the name of the input to correct; ``plain`` is the sentence without its marks of doubt ("not verified"),
    where it has any, for a page that marks them once.
    """

    code: str
    sentence: Text
    seen: Any = None
    needed: Any = None
    source: str = ""
    field: str = ""
    plain: Text | None = None

    def as_json(self, language: str = "vi") -> dict[str, Any]:
        """The reason as API, terminal and stored decisions give it."""
        found = {"code": self.code, "sentence": self.sentence.to(language), "seen": self.seen, "needed": self.needed,
                 "source": self.source}
        if self.field:
            found["field"] = self.field
        return found


class Refused(Exception):
    """A refusal with all its reasons; raised inside a unit of work it rolls that work back."""

    http_status = 422
    exit_status = 3
    title = Text("Chưa thực hiện được", "Not done")

    def __init__(self, reasons: Reason | Iterable[Reason]) -> None:
        self.reasons: tuple[Reason, ...] = (reasons,) if isinstance(reasons, Reason) else tuple(reasons)
        super().__init__("; ".join(reason.sentence.en for reason in self.reasons))


class BadInput(Refused):
    """What was sent cannot be read: a wrong date, a missing field, a file that is no workbook."""

    exit_status = 2
    title = Text("Dữ liệu chưa đúng", "Input to correct")


class Unmet(Refused):
    """A requirement of the step does not hold."""

    title = Text("Chưa đủ điều kiện", "Requirements not met")


class NotAllowed(Refused):
    """The object lies within reach, but this person may not do this to it."""

    http_status = 403
    title = Text("Không được phép", "Not allowed")


class WrongState(Refused):
    """The step does not start from the state the object is in."""

    http_status = 409
    title = Text("Không đúng bước", "Not possible in this state")


class NotFound(Refused):
    """No such object, or it lies out of this person's reach; the two are never told apart."""

    http_status = 404
    exit_status = 4
    title = Text("Không tìm thấy", "Not found")


class Stale(Refused):
    """Somebody changed the object after this person read it."""

    http_status = 409
    exit_status = 5
    title = Text("Nội dung đã thay đổi", "Changed in the meantime")


class NotSignedIn(Refused):
    """Name and password, or a token, that open no account."""

    http_status = 401
    title = Text("Chưa đăng nhập được", "Not signed in")


class TooMany(Refused):
    """Too many attempts in a short time; the sentence says when to try again."""

    http_status = 429
    title = Text("Thử quá nhiều lần", "Too many attempts")


def without_values(error: BaseException | None) -> str:
    """The kinds of an error and of its causes, with the lines of the program they passed through, and no values."""
    parts = []
    while error is not None:
        parts.append(
            f"{type(error).__module__}.{type(error).__qualname__}\n" + "".join(traceback.format_tb(error.__traceback__))
        )
        error = error.__cause__ or error.__context__
    return "caused by ".join(parts)
