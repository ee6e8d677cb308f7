"""The API described in OpenAPI 3.1: programmes give the answers, workflows the transitions."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response

from core import db, exchange
from core.api.asking import answer
from core.api.problems import language
from core.domain import decisions, disbursement, drafts, movements, reads
from core.errors import NotAllowed, NotFound, NotSignedIn, Refused, Stale, Unmet
from core.fields import MASKED, json_schema

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
DAY: Schema = {"type": ["string", "null"], "format": "date"}


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
        "paths": {address: _with_parts(address, does) for address, does in _paths(language).items()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(language),
            "parameters": _HEADERS,
            "responses": {"Problem": _content("#/components/schemas/Problem", "A refusal", "application/problem+json")},
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


def _paths(language: str) -> Schema:
    case = "#/components/schemas/Outcome"
    return {
        "/me": {"get": _does("me", "The person behind the token", {"type": "object"})},
        "/cases": {
            "get": _does(
                "list_cases",
                "A page of the cases within reach, latest change first",
                _page("cases", "CaseLine"),
                query=("state", "programme", "text", "unit", "household"),
            ),
            "post": _does("open_case", "Open a case", case, body=_opening(), status="201"),
        },
        "/cases/{number}": {
            "get": _does("show_case", "A case", "#/components/schemas/Case"),
            "put": _does("replace_answers", "Replace the answers", case, body=_editing("Answers")),
            "patch": _does("amend_answers", "Change some answers; null takes one away", case, body=_editing(None)),
        },
        "/cases/{number}/reveal": {
            "post": _does(
                "reveal_case", "A case with a masked class whole; logged", "#/components/schemas/Case", body=_REVEAL
            )
        },
        "/cases/{number}/transitions/{name}": {
            "post": _does("move_case", "Take a case one step on", case, body=_moving({"type": "object"}))
        },
        **_transitions(language),
        "/cases/{number}/documents": {
            "get": _does("list_papers", "The papers of a case", _object(("papers",), papers=_LIST)),
            "post": _does("attach_paper", "Attach a paper", case, form=_UPLOAD, status="201"),
        },
        "/cases/{number}/documents/{document_id}": {
            "get": _does("show_paper", "The bytes of a paper", _BYTES, kind="*/*")
        },
        "/cases/{number}/visits": {
            "post": _does("record_visit", "Record a planned visit", case, body=_VISIT, form=_VISIT_FORM, status="201")
        },
        "/cases/{number}/payments": {
            "post": _does(
                "pay_instalment",
                "Record that an instalment was paid",
                case,
                status="201",
                body=_object(instalment=TEXT, data=json_schema(disbursement.FIELDS, language), version=NUMBER),
            )
        },
        **_drafts(language),
        "/imports/households": {
            "post": _does("import_households", "Import a list of households", _REPORT, form=_LIST_FORM)
        },
        **_imports(),
        "/households": {
            "get": _does(
                "list_households",
                "A page of the households within reach, by the names of their heads",
                _page("households", "HouseholdLine"),
                query=("text", "unit", "category", "village"),
            )
        },
        "/households/{number}": {"get": _does("show_household", "A household", "#/components/schemas/Household")},
        "/households/{number}/reveal": {
            "post": _does(
                "reveal_household",
                "A household with a masked class whole; logged",
                "#/components/schemas/Household",
                body=_REVEAL,
            )
        },
        "/programmes": {
            "get": _does(
                "list_programmes",
                "The programmes in force",
                _object(programmes={"type": "array", "items": {"type": "object"}}),
            )
        },
        "/programmes/{name}": {
            "get": _does("show_programme", "A programme and the JSON Schema of its answers", {"type": "object"})
        },
        "/openapi.json": {"get": _does("openapi", "This description", {"type": "object"}) | {"security": []}},
    }


def _drafts(language: str) -> Schema:
    """The addresses of draft decisions."""
    draft = "#/components/schemas/Draft"
    named = _object(("draft", "decision"), draft=TEXT, decision=MAYBE_TEXT)
    issuing = _object(
        ("data",), data=json_schema(decisions.FIELDS, language), without=_NUMBERS, version=NUMBER
    )
    return {
        "/drafts": {
            "get": _does("list_drafts", "A page of the open draft decisions", _page("drafts", "DraftLine"), paged=True),
            "post": _does(
                "start_draft",
                "Draft a decision for cases of one programme; their money is reserved",
                draft,
                body=_object(("numbers",), numbers=_NUMBERS, texts=json_schema(drafts.TEXTS, language)),
                status="201",
            ),
        },
        "/drafts/{draft_id}": {"get": _does("show_draft", "A draft decision with its cases", draft)},
        "/drafts/{draft_id}/cases": {
            "post": _does(
                "change_draft",
                "Add cases to a draft, take cases out of it",
                draft,
                body=_object(add=_NUMBERS, leave_out=_NUMBERS, version=NUMBER),
            )
        },
        "/drafts/{draft_id}/issue": {
            "post": _does("issue_draft", "Issue a draft: all its cases are approved, or none", named, body=issuing)
        },
        "/drafts/{draft_id}/undo": {
            "post": _does("undo_draft", "Undo a draft that was not issued", named, body=_object(version=NUMBER))
        },
    }


def _imports() -> Schema:
    """A list kept with its preview: looked at, accepted once, undone while nothing was built on it."""
    given = _object(("choices",), choices={"type": "array", "items": _object(
        ("row",), row=NUMBER, household={**MAYBE_TEXT, "description": "A candidate's number; null: a new household"})})
    day: Schema = {"type": "string", "format": "date"}
    texts: dict[str, Schema] = dict.fromkeys(("household", "decision_number", "into", "whereto", "note"), TEXT)
    movement = _object(("household", "kind"), kind={"enum": list(movements.KINDS)}, on=day, decided_on=day, **texts)
    said = _object(("movements",), movements={"type": "array", "items": movement})
    page = {"type": "array", "items": {"type": "object"}}
    return {
        "/imports": {
            "get": _does("list_imports", "The imports within reach, the latest first",
                         _object(("imports", "next"), imports=page, next=MAYBE_TEXT), paged=True),
            "post": _does("keep_import", "Judge a list and keep it with its preview", _REPORT, form=_KEPT_FORM,
                          status="201"),
        },
        "/imports/{import_id}": {"get": _does("show_import", "An import with its report", _REPORT)},
        "/imports/{import_id}/lines": {
            "get": _does("list_import_lines", "The households of an import in one state",
                         _object(("lines", "next"), lines=page, next=MAYBE_TEXT), query=("state",)),
        },
        "/imports/{import_id}/accept": {"post": _does("accept_import", "Write a kept list as it was shown", _REPORT)},
        "/imports/{import_id}/undo": {"post": _does("undo_import", "Take back what an accepted list wrote", _REPORT)},
        "/imports/{import_id}/choices": {
            "post": _does("choose_households", "Say whom doubtful rows mean", _REPORT, body=given),
        },
        "/imports/{import_id}/missing": {
            "post": _does("settle_missing", "Say what became of households that an accepted list does not have",
                          _object(("recorded",), recorded=NUMBER), body=said),
        },
    }


def _transitions(language: str) -> Schema:
    """An address for each transition of a workflow in force, with what that step asks."""
    steps: dict[str, list[Any]] = {}
    for _, machine in sorted(db.registry().machines.items()):
        for step in machine.workflow.transitions:
            steps.setdefault(step.code, []).append(step)
    found = {}
    for code, same in steps.items():
        asked = [json_schema(step.fields, language) for step in same]
        body = _moving(asked[0] if len(asked) == 1 else {"anyOf": asked})
        title = " / ".join(dict.fromkeys(step.title.to(language) for step in same))
        outcome = "#/components/schemas/Outcome"
        found[f"/cases/{{number}}/transitions/{code}"] = {"post": _does(f"move_case_{code}", title, outcome, body=body)}
    return found


def _moving(data: Schema) -> Schema:
    return _object(data=data, note=TEXT, version=NUMBER)


def _opening() -> Schema:
    subject = {"household": TEXT, "person": {"type": ["string", "integer"]}, "unit": TEXT}
    return {
        "oneOf": [
            _object(
                ("programme",),
                programme={"const": code},
                answers={"$ref": f"#/components/schemas/Answers.{code}"},
                **subject,
            )
            for code in sorted(db.registry().programmes)
        ]
    }


def _editing(answers: str | None) -> Schema:
    codes = sorted(db.registry().programmes) if answers else []
    kinds = [{"$ref": f"#/components/schemas/{answers}.{code}"} for code in codes]
    return _object(("answers",), answers={"anyOf": kinds} if kinds else {"type": "object"}, version=NUMBER)


# What a step asks stands at its programme: steps of two programmes may bear one name.
_VISIT: Schema = {
    "type": "object",
    "required": ["step"],
    "properties": {"step": TEXT, "data": {"type": "object"}, "version": NUMBER},
    "additionalProperties": False,
}
_REVEAL: Schema = {
    "type": "object",
    "required": ["privacy", "reason"],
    "properties": {
        "privacy": {"type": "string", "enum": sorted(MASKED)},
        "reason": {"type": "string", "enum": list(reads.REASONS)},
        "note": TEXT,
    },
    "additionalProperties": False,
}
_UPLOAD: Schema = {
    "type": "object",
    "required": ["file", "kind"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}, "kind": TEXT},
}
_BYTES: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
_LIST_FORM: Schema = {
    "type": "object",
    "required": ["file", "unit"],
    "properties": {
        "file": _BYTES,
        "unit": TEXT,
        "partial": {"enum": ["true", "false"]},
        "dry_run": {"enum": ["true", "false"]},
        "map": {"type": "array", "items": TEXT, "description": "Header=column, remembered for the unit"},
        **dict.fromkeys(exchange.GIVEN, TEXT),  # said once for the whole file, as its cells are written
    },
}
_KEPT_FORM: Schema = {
    **_LIST_FORM,
    "properties": {name: schema for name, schema in _LIST_FORM["properties"].items() if name != "dry_run"},
}
_COUNTS = ("rows", "new", "changed", "unchanged", "missing", "refused_households", "doubtful")
_REPORT: Schema = {
    "type": "object",
    "required": [*_COUNTS, "refused"],
    "properties": {**dict.fromkeys(_COUNTS, NUMBER), "refused": {"type": "array", "items": {"type": "object"}},
                   "import": NUMBER, "accepted_at": MAYBE_TEXT, "undone_at": MAYBE_TEXT},
}
_VISIT_FORM: Schema = {
    "type": "object",
    "required": ["visit"],
    "properties": {
        "visit": {"type": "string", "contentMediaType": "application/json"},
        "photos": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}},
    },
}


def _schemas(language: str) -> Schema:
    reasons = {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}}
    found = {
        "Reason": _object(("code", "sentence"), code=TEXT, sentence=TEXT, seen={}, needed={}, source=TEXT, field=TEXT),
        "Problem": _object(
            ("type", "title", "status", "reasons"), type=TEXT, title=TEXT, status=NUMBER, detail=TEXT, reasons=reasons
        ),
        "Outcome": _object(
            ("number", "state", "moved", "reasons"),
            True,
            number=TEXT,
            state=TEXT,
            version=NUMBER,
            moved={"type": "boolean"},
            reasons=reasons,
        ),
        "Unit": _object(("code", "name", "level"), code=TEXT, name=TEXT, level=NUMBER),
        "CaseLine": _object((), True, **_CASE),
        "Case": _object(
            ("number", "state", "programme", "workflow", "answers", "transitions", "history"),
            True,
            **_CASE,
            workflow=_object(name=TEXT, version=TEXT),
            unit={"$ref": "#/components/schemas/Unit"},
            answers={"type": "object"},
            transitions={
                "type": "object",
                "additionalProperties": _object(
                    ("allowed", "reasons"), True, allowed={"type": "boolean"}, reasons=reasons
                ),
            },
            **dict.fromkeys(("history", "papers", "promises", "instalments", "visits"), _LIST),
        ),
        "DraftLine": _object((), True, **_DRAFT),
        "Draft": _object(
            (),
            True,
            **_DRAFT,
            texts={"type": "object"},
            added=_NUMBERS,
            refused={"type": "object", "additionalProperties": reasons},
            **dict.fromkeys(("list", "sources"), _LIST),
        ),
        "HouseholdLine": _object((), True, **_HOUSEHOLD),
        "Household": _object(
            (), True, **_HOUSEHOLD, unit={"$ref": "#/components/schemas/Unit"}, members=_LIST, cases=_LIST
        ),
    }
    for code, one in sorted(db.registry().programmes.items()):
        schema = json_schema(one.programme.fields, language)
        del schema["$schema"], schema["required"]  # an unfinished form can be kept; proposing asks for all
        found[f"Answers.{code}"] = {"title": one.programme.title.to(language), **schema}
    return found


_LIST: Schema = {"type": "array", "items": {"type": "object"}}
_CASE: dict[str, Schema] = {
    **dict.fromkeys(("number", "programme", "state", "subject", "village", "opened_at", "changed_at"), TEXT),
    "version": NUMBER,
    "household": MAYBE_TEXT,
    "person": {"type": ["integer", "null"]},
    "amount": NUMBER,
}
_NUMBERS: Schema = {"type": "array", "items": TEXT}
_DRAFT: dict[str, Schema] = {
    **dict.fromkeys(("draft", "programme", "changed_at"), TEXT),
    **dict.fromkeys(("version", "cases", "amount"), NUMBER),
    **dict.fromkeys(("decision", "ended_at"), MAYBE_TEXT),
}
_HOUSEHOLD: dict[str, Schema] = dict.fromkeys(("number", "code", "head", "village"), TEXT)


def _object(required: tuple[str, ...] = (), open_: bool = False, /, **properties: Schema) -> Schema:
    """A JSON object with these members; with ``open_`` others may come."""
    found: Schema = {"type": "object", "properties": properties}
    if required:
        found["required"] = list(required)
    if not open_:
        found["additionalProperties"] = False
    return found


def _page(name: str, schema: str) -> Schema:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    return _object((name, "next"), **{name: items, "next": MAYBE_TEXT})


def _content(schema: str | Schema, text: str, kind: str = "application/json") -> Schema:
    found = {"$ref": schema} if isinstance(schema, str) else schema
    return {"description": text, "content": {kind: {"schema": found}}}


_REFUSALS: tuple[type[Refused], ...] = (NotSignedIn, NotAllowed, NotFound, Stale, Unmet)
_OF_HTTP = (400, 405, 412, 413, 415, 429, 503)


def _does(
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
        "responses": {status: _content(gives, summary, kind), **problems},
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


def register(blueprint: Blueprint) -> None:
    """The address of the description."""
    blueprint.add_url_rule("/openapi.json", "openapi", document, methods=["GET"])
