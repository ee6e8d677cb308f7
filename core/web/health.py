"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from core import instance as instances
from core.web.admission import own_work

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@own_work
def live() -> ResponseReturnValue:
    return {"status": "live"}


@blueprint.get("/readyz")
@own_work
def ready() -> ResponseReturnValue:
    """Ready when the database answers and has the schema of this program; else 503."""
    try:
        migrated = instances.is_migrated(current_app.instance)  # type: ignore[attr-defined]
    except SQLAlchemyError:
        return {"status": "unreachable"}, 503, {"Retry-After": "10"}
    if not migrated:
        return {"status": "not migrated"}, 503, {"Retry-After": "10"}
    return {"status": "ready"}
