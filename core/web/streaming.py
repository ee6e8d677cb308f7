"""Long answers, made while they are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response

from core import db


def streamed(parts: Callable[[], Iterator[bytes]], mimetype: str, filename: str) -> Response:
    """A download whose ``parts`` are made as they are sent, in a reading unit of work of their own.

    The request's own transaction has ended by then; ``parts`` must not use its rows. Memory stays flat.
    """
    instance = db.work().instance

    def send() -> Iterator[bytes]:
        with db.transaction(instance, read_only=True):
            yield from parts()

    response = Response(send(), mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
