"""The API described in OpenAPI 3.1: programmes give the answers, workflows the transitions."""

from __future__ import annotations

import re
from importlib.metadata import version

from flask import Blueprint, Response

from core.api.asking import answer
from core.api.openapi.paths import paths
from core.api.openapi.schemas import schemas
from core.api.openapi.words import NUMBER, TEXT, Schema, body_of
from core.api.problems import language


def document() -> Response:
    """This description; it is shown to everybody."""
    return answer(describe(language()))


document.public = True  # type: ignore[attr-defined]  # read where requests are admitted


def describe(language: str) -> Schema:
    """The whole document, in one language, for what is in force now."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tiếp Sức", "version": version("tiepsuc")},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": {address: _with_parts(address, does) for address, does in paths(language).items()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas(language),
            "parameters": _HEADERS,
            "responses": {"Problem": body_of("#/components/schemas/Problem", "A refusal", "application/problem+json")},
        },
    }


def _with_parts(address: str, does: Schema) -> Schema:
    """An address with the parameters that stand in it."""
    names = re.findall(r"{(\w+)}", address)
    parts = [
        {"name": name, "in": "path", "required": True, "schema": NUMBER if name.endswith("_id") else TEXT}
        for name in names
    ]
    for method, one in does.items():
        once = ["IdempotencyKey"] if method == "post" else []
        once += ["IfMatch"] if method != "get" and "number" in names else []
        if once:
            refer = [{"$ref": f"#/components/parameters/{each}"} for each in once]
            does[method] = {**one, "parameters": [*one.get("parameters", []), *refer]}
    return {"parameters": parts, **does} if parts else does


_HEADERS: Schema = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same request sent again with it is done once; its answer is kept for 48 hours.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of the case as it was read; 412 when it went on since.",
        "schema": TEXT,
    },
}


def register(blueprint: Blueprint) -> None:
    """The address of the description."""
    blueprint.add_url_rule("/openapi.json", "openapi", document, methods=["GET"])
