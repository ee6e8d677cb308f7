"""JSON: the same functions as the pages. A token in ``Authorization: Bearer …`` says who asks; cookies are not read.

A refusal is a problem document (RFC 9457) with all its ``reasons``; ``Accept-Language: en`` has it in English.
"""

from __future__ import annotations

from flask import Blueprint, g

from core.api import cases, drafts, households, imports, openapi, programmes
from core.domain import access

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
for part in (cases, drafts, households, imports, programmes, openapi):
    part.register(blueprint)


@blueprint.get("/me")
def me() -> dict[str, object]:
    """The person behind the token, and the roles held today with the unit each is held at."""
    actor: access.Actor = g.actor
    return {
        "login": actor.login,
        "name": actor.name,
        "language": actor.language,
        "token": {"allowed": sorted(g.token.allowed), "programmes": sorted(g.token.programmes)},
        "roles": [{"role": held.role, "unit_id": held.unit_id} for held in actor.grants],
    }


me.impersonal = True  # type: ignore[attr-defined]  # read where reads are logged: this is the caller's own
