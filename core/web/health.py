"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from core import db
from core.web.admission import own_work

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@own_work
def live() -> ResponseReturnValue:
    return {"status": "live"}


@blueprint.get("/readyz")
@own_work
def ready() -> ResponseReturnValue:
    """Ready when the database answers and has every table of this program; else 503 and what is missing."""
    try:
        with db.transaction(current_app.instance, read_only=True) as work:  # type: ignore[attr-defined]
            missing = sorted(set(db.metadata.tables) - set(inspect(work.connection).get_table_names()))
    except SQLAlchemyError:
        return {"status": "unreachable", "database": "unreachable"}, 503, {"Retry-After": "10"}
    if missing:
        return {"status": "not migrated", "missing": missing}, 503, {"Retry-After": "10"}
    return {"status": "ready"}
