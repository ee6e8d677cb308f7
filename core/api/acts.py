"""What every change through the API has in common: the token's scope, once whatever the network does, at a version.

- ``Idempotency-Key``: the same request sent again gets the answer of the first, and nothing is done twice.
- ``If-Match``: the ``ETag`` of a case as it was read; the change is refused with 412 when the case went on since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Response, g, request
from werkzeug.datastructures import FileStorage

from core.api.asking import LARGEST_BODY
from core.domain import cases, requests
from core.errors import BadInput, Reason, Stale
from core.text import Text

View = Callable[..., Response]


class Unmatched(Stale):
    """``If-Match`` names another version than the present one (RFC 9110)."""

    http_status = 412


def act(operation: str) -> Callable[[View], View]:
    """A view that changes something, for tokens that may do ``operation`` (of ``users.OPERATIONS``)."""

    def mark(view: View) -> View:
        @wraps(view)
        def run(**parts: Any) -> Response:
            return _once(lambda: _at_version(view, parts))

        run.operation = operation  # type: ignore[attr-defined]  # read where requests are admitted
        return run

    return mark


def version(sent: Mapping[str, Any]) -> int:
    """The version a change is meant for: that of ``If-Match``, which was held against the case, or a member."""
    if "version" in sent:
        return int(sent["version"])
    if not request.headers.get("If-Match"):
        sentence = Text(
            "Cần tiêu đề If-Match (ETag của hồ sơ đã đọc) hoặc mục «version»",
            "The header If-Match (the ETag of the case as it was read) or “version” is needed",
        )
        raise BadInput(Reason("missing", sentence, field="version"))
    return int(g.case.version)


def _at_version(view: View, parts: dict[str, Any]) -> Response:
    """Hold the token's programmes and ``If-Match`` against the case, which stays locked until the change is done."""
    if "number" in parts:
        g.case = cases.find(g.actor, parts["number"], lock=True)
        g.token.require_programme(g.case.programme)
        wanted = request.if_match
        if wanted and not wanted.star_tag:
            versions = {tag for tag in wanted.as_set(include_weak=True) if tag.isascii() and tag.isdecimal()}
            if str(g.case.version) not in versions:
                seen = min((int(tag[:18]) for tag in versions), default=0)
                raise Unmatched(cases.stale_reason(g.case, seen))
    return view(**parts)


def _once(run: Callable[[], Response]) -> Response:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return run()
    known = requests.answered(g.actor, key, _digest())
    if known is not None:
        replayed = Response(known.body, known.status, dict(known.headers), mimetype="application/json")
        replayed.headers["Idempotency-Replayed"] = "true"
        return replayed
    response = run()
    kept = {
        name: response.headers[name] for name in ("Location", "ETag", "Content-Language") if name in response.headers
    }
    requests.keep(g.actor, key, requests.Answer(response.status_code, kept, response.get_data(as_text=True)))
    return response


def _digest() -> str:
    """Of the address and of what was sent; a form's parts count by content, as their boundary differs each time."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, text in sorted(request.form.items(multi=True)):
            digest.update(f"{len(name)} {name} {len(text)} {text}\n".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda each: each[0]):
            digest.update(f"{len(name)} {name} {file.filename} {_of_file(file)}\n".encode())
    else:
        request.max_content_length = LARGEST_BODY
        digest.update(request.get_data())
    return digest.hexdigest()


def _of_file(file: FileStorage) -> str:
    found = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return found
