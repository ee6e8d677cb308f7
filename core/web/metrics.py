"""Numbers for a collector at ``/metrics``, for the holder of the token of the settings; without one there is no page.

Requests are counted by each process for itself: with several, each has to be asked at its own port. What the database
tells (tasks, unsealed rows) is the same from every one.
"""

from __future__ import annotations

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select

from core import db
from core.domain import history, tasks
from core.web.admission import own_work

blueprint = Blueprint("metrics", __name__)


class Numbers:
    """What one process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        within = self.registry
        self.requests = Counter("tiepsuc_requests", "Requests answered", ("route", "method", "status"), registry=within)
        self.seconds = Histogram("tiepsuc_request_seconds", "Seconds a request took", ("route",), registry=within)
        self.waiting = Gauge("tiepsuc_oldest_task_seconds", "Age of the oldest task", registry=within)
        self.unsealed = Gauge("tiepsuc_unsealed_rows", "Rows of the history that no seal holds yet", registry=within)


def count(route: str, method: str, status: int, seconds: float) -> None:
    """Count an answered request, by its route and never by its address."""
    numbers: Numbers = current_app.extensions["numbers"]
    numbers.requests.labels(route, method, str(status)).inc()
    numbers.seconds.labels(route).observe(seconds)


@blueprint.get("/metrics")
@own_work
def show() -> Response:
    """All numbers as Prometheus reads them; 404 when no token is set, 401 for another one."""
    instance: db.Instance = current_app.instance  # type: ignore[attr-defined]
    if not instance.settings.metrics_token:
        abort(404)
    wanted = f"Bearer {instance.settings.metrics_token}"
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode()):
        abort(401)
    numbers: Numbers = current_app.extensions["numbers"]
    with db.transaction(instance, read_only=True):
        oldest = db.execute(select(func.min(tasks.task.c.since))).scalar()
        numbers.waiting.set((db.now() - oldest).total_seconds() if oldest else 0)
        numbers.unsealed.set(history.unsealed())
    return Response(generate_latest(numbers.registry), mimetype="text/plain")


def register(app: Flask) -> None:
    """Numbers of its own for each application."""
    app.extensions["numbers"] = Numbers()
    app.register_blueprint(blueprint)
