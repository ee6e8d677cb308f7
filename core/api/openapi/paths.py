"""Every address with its operations: programmes give the answers, workflows the transitions."""

from __future__ import annotations

from typing import Any

from core import db
from core.api.openapi.drafts import drafts
from core.api.openapi.imports import _LIST_FORM, _REPORT, imports
from core.api.openapi.words import BYTES, LIST, NUMBER, TEXT, Schema, offers, page_of, record
from core.domain import disbursement, reads
from core.fields import MASKED, json_schema


def paths(language: str) -> Schema:
    case = "#/components/schemas/Outcome"
    return {
        "/me": {"get": offers("me", "The person behind the token", {"type": "object"})},
        "/cases": {
            "get": offers(
                "list_cases",
                "A page of the cases within reach, latest change first",
                page_of("cases", "CaseLine"),
                query=("state", "programme", "text", "unit", "household"),
            ),
            "post": offers("open_case", "Open a case", case, body=_opening(), status="201"),
        },
        "/cases/{number}": {
            "get": offers("show_case", "A case", "#/components/schemas/Case"),
            "put": offers("replace_answers", "Replace the answers", case, body=_editing("Answers")),
            "patch": offers("amend_answers", "Change some answers; null takes one away", case, body=_editing(None)),
        },
        "/cases/{number}/reveal": {
            "post": offers(
                "reveal_case", "A case with a masked class whole; logged", "#/components/schemas/Case", body=_REVEAL
            )
        },
        "/cases/{number}/transitions/{name}": {
            "post": offers("move_case", "Take a case one step on", case, body=_moving({"type": "object"}))
        },
        **_transitions(language),
        "/cases/{number}/documents": {
            "get": offers("list_papers", "The papers of a case", record(("papers",), papers=LIST)),
            "post": offers("attach_paper", "Attach a paper", case, form=_UPLOAD, status="201"),
        },
        "/cases/{number}/documents/{document_id}": {
            "get": offers("show_paper", "The bytes of a paper", BYTES, kind="*/*")
        },
        "/cases/{number}/visits": {
            "post": offers("record_visit", "Record a planned visit", case, body=_VISIT, form=_VISIT_FORM, status="201")
        },
        "/cases/{number}/payments": {
            "post": offers(
                "pay_instalment",
                "Record that an instalment was paid",
                case,
                status="201",
                body=record(instalment=TEXT, data=json_schema(disbursement.FIELDS, language), version=NUMBER),
            )
        },
        **drafts(language),
        "/imports/households": {
            "post": offers("import_households", "Import a list of households", _REPORT, form=_LIST_FORM)
        },
        **imports(),
        "/households": {
            "get": offers(
                "list_households",
                "A page of the households within reach, by the names of their heads",
                page_of("households", "HouseholdLine"),
                query=("text", "unit", "category", "village"),
            )
        },
        "/households/{number}": {"get": offers("show_household", "A household", "#/components/schemas/Household")},
        "/households/{number}/reveal": {
            "post": offers(
                "reveal_household",
                "A household with a masked class whole; logged",
                "#/components/schemas/Household",
                body=_REVEAL,
            )
        },
        "/programmes": {
            "get": offers(
                "list_programmes",
                "The programmes in force",
                record(programmes={"type": "array", "items": {"type": "object"}}),
            )
        },
        "/programmes/{name}": {
            "get": offers("show_programme", "A programme and the JSON Schema of its answers", {"type": "object"})
        },
        "/openapi.json": {"get": offers("openapi", "This description", {"type": "object"}) | {"security": []}},
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
        found[f"/cases/{{number}}/transitions/{code}"] = {
            "post": offers(f"move_case_{code}", title, outcome, body=body)
        }
    return found


def _moving(data: Schema) -> Schema:
    return record(data=data, note=TEXT, version=NUMBER)


def _opening() -> Schema:
    subject = {"household": TEXT, "person": {"type": ["string", "integer"]}, "unit": TEXT}
    return {
        "oneOf": [
            record(
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
    return record(("answers",), answers={"anyOf": kinds} if kinds else {"type": "object"}, version=NUMBER)


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

_VISIT_FORM: Schema = {
    "type": "object",
    "required": ["visit"],
    "properties": {
        "visit": {"type": "string", "contentMediaType": "application/json"},
        "photos": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}},
    },
}
