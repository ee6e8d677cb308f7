"""A line of the log for each request: which route, by which user's key, how it ended and how long it took."""

from __future__ import annotations

import logging
import secrets
import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from core.logs import REQUESTS
from core.web import metrics

log = logging.getLogger(REQUESTS)


def _begin() -> None:
    g.request_id, g.began = secrets.token_hex(8), time.perf_counter()


def _end(response: Response) -> Response:
    actor = g.get("actor")
    seconds = time.perf_counter() - g.began
    fields = {
        "request": g.request_id,
        "method": request.method if request.url_rule else "-",  # what no route takes may be any word
        "route": request.url_rule.rule if request.url_rule else "-",
        "status": response.status_code,
        "ms": round(seconds * 1000),
        "user": str(actor.id) if actor else None,
    }
    metrics.count(str(fields["route"]), str(fields["method"]), response.status_code, seconds)
    level = logging.WARNING if response.status_code >= 500 else logging.INFO
    log.log(level, "%s %s %s", fields["method"], fields["route"], fields["status"], extra={"fields": fields})
    response.headers["X-Request-Id"] = str(g.request_id)
    return response


def register(app: Flask) -> None:
    """Before all else, so that the time of everything counts."""
    app.before_request(_begin)
    app.after_request(_end)
