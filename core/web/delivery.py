"""What goes over a weak line: static files once and for long, one style sheet, one script, text compressed."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.wrappers import Response

from core.web.admission import own_work, public

_TEXT = {
    "text/html",
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/problem+json",
    "image/svg+xml",
    "text/plain",
    "text/csv",
}
# one request for all of them, in this order: Bootstrap, what it is bent to, what pages still wait to hand in, paper
SHEETS = (
    "vendor/fonts.css",
    "vendor/bootstrap.min.css",
    "css/tokens.css",
    "css/ground.css",
    "css/parts.css",
    "css/forms.css",
    "css/desk.css",
    "css/pages.css",
    "css/sheets.css",
    "app.css",
    "css/narrow.css",
    "css/print.css",
)
# modules, each after those it imports; sent as one, because on a weak line every request costs half a second
SCRIPTS = (
    "line.js",
    "app.js",
    "amounts.js",
    "questions.js",
    "session.js",
    "drafts.js",
    "uploads.js",
    "photos.js",
)
_JOINED = {"look": SHEETS, "scripts": SCRIPTS}
_BETWEEN = re.compile(r"^import [^;]+;\n|^export (?=const|class)", re.M)  # what modules say to each other
BOOTSTRAP = "vendor/bootstrap.min.css"
_LICENCE = re.compile(r"/\*!.*?\*/", re.S)
_COMMENT = re.compile(r"/\*(?!!).*?\*/\s*", re.S)  # a licence stays
_RULE = re.compile(r"(?:(@[^{};]+)|([^{}@;]+))\{((?:[^{}]|\{[^{}]*\})*)\}")
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
_USED = re.compile(
    r"btn|btn-(?:primary|light|danger|link|check)|form-(?:control|select|check|label)(?:-\w+)?|visually-hidden|w-100|"
    r"active|disabled|show"
)
_A_YEAR = 31_536_000
_LEAST = 1024  # bytes; less is not worth the processor's time


@lru_cache(maxsize=256)
def _fingerprint(path: str, _changed: float) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:10]


@lru_cache(maxsize=8)
def _joined(folder: str, names: tuple[str, ...], _changed: tuple[float, ...]) -> tuple[bytes, str]:
    """Files as one, and its fingerprint; the addresses in style sheets hold in ``vendor/`` and in ``css/``.

    Modules become one module, so no two may give a name at their top; a browser refuses a name given twice.
    """
    whole = "\n".join(Path(folder, name).read_text("utf-8") for name in names)
    if names == SCRIPTS:
        whole = _BETWEEN.sub("", whole)
    else:
        bootstrap = Path(folder, BOOTSTRAP).read_text("utf-8")
        whole = _COMMENT.sub("", whole.replace(bootstrap, of_use(bootstrap)))
    data = whole.encode()
    return data, hashlib.sha256(data).hexdigest()[:10]


def of_use(bootstrap: str) -> str:
    """The rules of Bootstrap's minified style sheet for plain elements and for the classes that pages use."""
    kept = _LICENCE.findall(bootstrap)
    for at, selectors, body in _RULE.findall(_LICENCE.sub("", bootstrap)):
        if at.startswith("@media"):
            inside = of_use(body)
            kept += [f"{at}{{{inside}}}"] if inside else []
        elif not at:
            wanted = [each for each in selectors.split(",") if all(map(_USED.fullmatch, _CLASS.findall(each)))]
            kept += [f"{','.join(wanted)}{{{body}}}"] if wanted else []
    return "".join(kept)


@lru_cache(maxsize=64)
def _pressed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def register(app: Flask) -> None:
    """Addresses of static files carry the hash of their content; text is sent as gzip where the browser takes it."""
    folder = str(app.static_folder)

    def joined(names: tuple[str, ...]) -> tuple[bytes, str]:
        return _joined(folder, names, tuple(os.stat(os.path.join(folder, name)).st_mtime for name in names))

    @app.route("/static/css/look.css", endpoint="look")
    @own_work
    @public
    def _look() -> Response:
        """The style sheet of every page."""
        return Response(joined(SHEETS)[0], mimetype="text/css")

    @app.route("/static/scripts.js", endpoint="scripts")
    @own_work
    @public
    def _scripts() -> Response:
        """The script of every page."""
        return Response(joined(SCRIPTS)[0], mimetype="text/javascript")

    @app.url_defaults
    def _with_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            path = os.path.join(folder, values["filename"])
            if os.path.isfile(path):
                values["v"] = _fingerprint(path, os.stat(path).st_mtime)
        if endpoint in _JOINED and "v" not in values:
            values["v"] = joined(_JOINED[endpoint])[1]

    @app.after_request
    def _deliver(response: Response) -> Response:
        static = request.endpoint in {"static", *_JOINED}
        if static and response.status_code < 400:
            lasting = "v" in request.args or request.path.endswith(
                ".woff2"
            )  # fonts are named in a vendored style sheet
            response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable" if lasting else "no-cache"
        if response.status_code == 200 and response.mimetype in _TEXT:
            response.vary.add("Accept-Encoding")
            if _can_press(response, static):
                data = response.get_data()
                if len(data) >= _LEAST:
                    response.set_data(_pressed(data) if static else gzip.compress(data, 5, mtime=0))
                    response.headers["Content-Encoding"] = "gzip"
                    if response.headers.get("ETag"):
                        response.headers["ETag"] = f"W/{response.headers['ETag'].removeprefix('W/')}"
        return response


def _can_press(response: Response, static: bool) -> bool:
    if "Content-Encoding" in response.headers or request.accept_encodings["gzip"] <= 0 or request.method == "HEAD":
        return False
    if static:
        response.direct_passthrough = False  # it would hand the open file to the server as it is
    return static or not response.is_streamed
