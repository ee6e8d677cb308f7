"""The words of the description: kinds of values, and what an operation takes and gives."""

from __future__ import annotations

from typing import Any

from core.errors import NotAllowed, NotFound, NotSignedIn, Refused, Stale, Unmet

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}

NUMBER: Schema = {"type": "integer"}

MAYBE_TEXT: Schema = {"type": ["string", "null"]}

DAY: Schema = {"type": ["string", "null"], "format": "date"}

NUMBERS: Schema = {"type": "array", "items": TEXT}

LIST: Schema = {"type": "array", "items": {"type": "object"}}

BYTES: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}


def record(required: tuple[str, ...] = (), open_: bool = False, /, **properties: Schema) -> Schema:
    """A JSON object with these members; with ``open_`` others may come."""
    found: Schema = {"type": "object", "properties": properties}
    if required:
        found["required"] = list(required)
    if not open_:
        found["additionalProperties"] = False
    return found


def page_of(name: str, schema: str) -> Schema:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    return record((name, "next"), **{name: items, "next": MAYBE_TEXT})


def body_of(schema: str | Schema, text: str, kind: str = "application/json") -> Schema:
    found = {"$ref": schema} if isinstance(schema, str) else schema
    return {"description": text, "content": {kind: {"schema": found}}}


_REFUSALS: tuple[type[Refused], ...] = (NotSignedIn, NotAllowed, NotFound, Stale, Unmet)

_OF_HTTP = (400, 405, 412, 413, 415, 429, 503)


def offers(
    operation: str,
    summary: str,
    gives: str | Schema,
    *,
    query: tuple[str, ...] = (),
    paged: bool = False,
    body: Schema | None = None,
    form: Schema | None = None,
    status: str = "200",
    kind: str = "application/json",
) -> Schema:
    """An operation that gives ``gives`` (a schema or a reference to one) or a problem."""
    codes = sorted({*(each.http_status for each in _REFUSALS), *_OF_HTTP})
    problems = {str(code): {"$ref": "#/components/responses/Problem"} for code in codes}
    found: Schema = {
        "operationId": operation,
        "summary": summary,
        "responses": {status: body_of(gives, summary, kind), **problems},
    }
    if query or paged:
        limits = (("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}), ("cursor", TEXT))
        found["parameters"] = [
            {"name": name, "in": "query", "schema": schema}
            for name, schema in (*((one, TEXT) for one in query), *limits)
        ]
    kinds = {"application/json": body, "multipart/form-data": form}
    content = {kind: {"schema": schema} for kind, schema in kinds.items() if schema is not None}
    if content:
        found["requestBody"] = {"content": content}
    return found
