"""A refusal as a problem document (RFC 9457), with its ``reasons``."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask import Response, request

from core.errors import Reason
from core.text import Text


def language() -> str:
    """The language a caller asks for by ``Accept-Language``; Vietnamese unless it is English."""
    return request.accept_languages.best_match(["vi", "en"]) or "vi"


def problem(status: int, title: Text, reasons: Iterable[Reason], **more: object) -> Response:
    """The document of one refusal. ``more`` holds further members, such as ``incident``."""
    chosen = language()
    found = [reason.as_json(chosen) for reason in reasons]
    body = {
        "type": "about:blank",
        "title": title.to(chosen),
        "status": status,
        "detail": " ".join(str(reason["sentence"]) for reason in found),
        "reasons": found,
        **more,
    }
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")
