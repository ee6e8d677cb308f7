"""When the database or the disk does not do its part: a page that says so, and keeps what was typed.

What was sent in a form is put into the page, so that one click sends it again. Passwords are not, nor files.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core import outages
from core.text import Text

Page = Callable[..., Response]
_SECRET = {"access", "users"}  # blueprints whose forms hold passwords
_LARGEST = 500_000  # characters of a form that is put into the page


def typed() -> dict[str, Any]:
    """What a person typed into the form just sent, for the page that says it was not saved."""
    if request.method != "POST" or request.blueprint in _SECRET or request.path.startswith("/api/"):
        return {}
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True)]
        files = any(file.filename for file in request.files.values())
    except HTTPException:
        return {}
    if sum(len(name) + len(value) for name, value in fields) > _LARGEST:
        return {}
    return {"again": request.full_path.rstrip("?"), "fields": fields, "files": files}


def register(app: Flask, page: Page, broken: Callable[[Exception], ResponseReturnValue],
             write_down: Callable[[BaseException], str]) -> None:  # fmt: skip
    """``page`` writes an error, ``broken`` answers a fault of the program, ``write_down`` gives an incident number."""

    def database(error: DBAPIError | PoolTimeout) -> ResponseReturnValue:
        found = outages.outage(error)
        if found is None:
            return broken(error)
        if found.lasting:
            current_app.instance.trouble = (found, time.monotonic())  # type: ignore[attr-defined]
        incident = write_down(error)
        response = page(503, found.title, found.sentence, incident=incident, **typed())
        response.headers["Retry-After"] = str(found.retry)
        return response

    def store(error: OSError) -> ResponseReturnValue:
        """Files cannot be written or read: the disk is full, the folder read-only, a file gone."""
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        if full:
            current_app.instance.trouble = (outages.FULL, time.monotonic())  # type: ignore[attr-defined]
        title, sentence = (outages.FULL.title, outages.FULL.sentence) if full else (_STORE, _STORE_SENTENCE)
        response = page(503, title, sentence, incident=write_down(error), **typed())
        response.headers["Retry-After"] = "300" if full else "60"
        return response

    for kind in (DBAPIError, PoolTimeout):
        app.register_error_handler(kind, database)
    app.register_error_handler(OSError, store)


_STORE = Text("Chưa dùng được kho lưu tệp", "The store of files cannot be used just now")
_STORE_SENTENCE = Text(
    "Hệ thống không ghi hoặc không đọc được tệp. Nội dung vừa gửi chưa được lưu; hãy giữ tệp lại và báo quản trị viên "
    "mã sự cố bên dưới.",
    "A file could not be written or read. What you sent was not saved; keep your file and give the administrator the "
    "incident number below.",
)
