"""What was posted when the session had ended: carried through signing in, so that its writer can send it again.

The token of every form names, under the program's signature, the person it was made for. What that person posts after
the session has ended comes back in the page of signing in as one signed field, and is offered again to the same person
and to nobody else. It never stands in an address, and only the browser that sent it has it. Files cannot be carried; a
page with scripts asks before it sends, and keeps them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import current_app, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer

from core.domain.access import Actor

_LONGEST = 200_000  # characters
_GOOD_FOR = 30 * 60  # seconds
_OF_A_DAY = 24 * 3600  # a page that somebody has filled in for longer is not offered again
_NEVER = {"access", "factors", "users"}  # pages that ask for passwords and codes


@dataclass(frozen=True)
class Carried:
    """A form that was posted: by whom, where to, and what stood in it."""

    person: int
    address: str
    fields: list[tuple[str, str]]
    files: bool


def own_token(actor: Actor) -> None:
    """See that the tokens of this session name their person."""
    prefix = f"{actor.id}."
    if not str(session.get("csrf_token", "")).startswith(prefix):
        session["csrf_token"] = prefix + secrets.token_hex(20)


def _written_by() -> int | None:
    """Whom the page was made for whose form is posted; None when its token is not one of ours."""
    token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        person, _, _ = str(signer.loads(token, max_age=_OF_A_DAY)).partition(".")
    except BadSignature:
        return None
    return int(person) if person.isdecimal() and len(person) < 20 else None


def posted() -> str:
    """The form of this request as the text that is carried; "" when there is nothing to carry."""
    person = _written_by()
    if request.method != "POST" or person is None or request.blueprint in _NEVER or request.routing_exception:
        return ""
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    if sum(len(name) + len(value) for name, value in fields) > _LONGEST:
        return ""
    files = any(file.filename for _, file in request.files.items(multi=True))
    return str(_signer().dumps([person, request.full_path.rstrip("?"), fields, files]))


def carried(text: str) -> Carried | None:
    """What ``posted`` made, unless it is too old or was touched."""
    try:
        person, address, fields, files = _signer().loads(text, max_age=_GOOD_FOR)
    except BadSignature:
        return None
    return Carried(person, address, [(name, value) for name, value in fields], files)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="carried form")
