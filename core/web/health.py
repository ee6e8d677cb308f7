"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

import shutil
import time

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from core import db, instance as instances, outages
from core.outages import Outage
from core.text import Text
from core.web.admission import own_work

blueprint = Blueprint("health", __name__)
LEAST_SPACE = 32 * 1024 * 1024  # bytes free where the papers are kept
REMEMBERED = 60  # seconds that trouble of writing is believed in when nothing was written since
PATIENCE = 2  # seconds that a lock may keep this process from being ready

_NOT_MIGRATED = Text("Cơ sở dữ liệu chưa được chuẩn bị: tiepsuc init", "The database is not prepared: tiepsuc init")


@blueprint.get("/healthz")
@own_work
def live() -> ResponseReturnValue:
    return {"status": "live"}


@blueprint.get("/readyz")
@own_work
def ready() -> ResponseReturnValue:
    """Ready when the database answers, can be written and has the schema of this program; else 503 and why."""
    instance: db.Instance = current_app.instance  # type: ignore[attr-defined]
    try:
        migrated = instances.is_migrated(instance)
        found = _cannot_write(instance) if migrated else None
    except (DBAPIError, PoolTimeout) as error:
        found, migrated = outages.outage(error) or outages.GONE, True
    if not migrated:
        return _not_ready("not migrated", _NOT_MIGRATED, 10)
    if found is not None:
        return _not_ready("unreachable" if found is outages.GONE else found.kind, found.title, min(found.retry, 10))
    return {"status": "ready"}


def _not_ready(status: str, why: Text, retry: int) -> ResponseReturnValue:
    return {"status": status, "reason": {"vi": why.vi, "en": why.en}}, 503, {"Retry-After": str(retry)}


def _cannot_write(instance: db.Instance) -> Outage | None:
    """Why nothing can be written just now; None when a lock is to be had, and there is space."""
    if instance.trouble is not None:
        found, when = instance.trouble
        if time.monotonic() - when < REMEMBERED:
            return found
        instance.trouble = None
    if shutil.disk_usage(instance.settings.instance).free < LEAST_SPACE:
        return outages.FULL
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with db.transaction(instance, brief=True) as work:
                if db.is_postgres():
                    work.connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
                    if work.connection.execute(text("SHOW transaction_read_only")).scalar() == "on":
                        return outages.READ_ONLY
                work.connection.execute(text("SELECT 1 FROM registry_version"))
            return None
        except (DBAPIError, PoolTimeout) as error:
            found = outages.outage(error)
            if found is not outages.LOCKED or time.monotonic() >= until:
                return found or outages.GONE
