"""The things that operations give, by name."""

from __future__ import annotations

from core import db
from core.api.openapi.words import LIST, MAYBE_TEXT, NUMBER, NUMBERS, TEXT, Schema, record
from core.fields import json_schema


def schemas(language: str) -> Schema:
    reasons = {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}}
    found = {
        "Reason": record(("code", "sentence"), code=TEXT, sentence=TEXT, seen={}, needed={}, source=TEXT, field=TEXT),
        "Problem": record(
            ("type", "title", "status", "reasons"), type=TEXT, title=TEXT, status=NUMBER, detail=TEXT, reasons=reasons
        ),
        "Outcome": record(
            ("number", "state", "moved", "reasons"),
            True,
            number=TEXT,
            state=TEXT,
            version=NUMBER,
            moved={"type": "boolean"},
            reasons=reasons,
        ),
        "Unit": record(("code", "name", "level"), code=TEXT, name=TEXT, level=NUMBER),
        "CaseLine": record((), True, **_CASE),
        "Case": record(
            ("number", "state", "programme", "workflow", "answers", "transitions", "history"),
            True,
            **_CASE,
            workflow=record(name=TEXT, version=TEXT),
            unit={"$ref": "#/components/schemas/Unit"},
            answers={"type": "object"},
            transitions={
                "type": "object",
                "additionalProperties": record(
                    ("allowed", "reasons"), True, allowed={"type": "boolean"}, reasons=reasons
                ),
            },
            **dict.fromkeys(("history", "papers", "promises", "instalments", "visits"), LIST),
        ),
        "DraftLine": record((), True, **_DRAFT),
        "Draft": record(
            (),
            True,
            **_DRAFT,
            texts={"type": "object"},
            added=NUMBERS,
            refused={"type": "object", "additionalProperties": reasons},
            **dict.fromkeys(("list", "sources"), LIST),
        ),
        "HouseholdLine": record((), True, **_HOUSEHOLD),
        "Household": record(
            (), True, **_HOUSEHOLD, unit={"$ref": "#/components/schemas/Unit"}, members=LIST, cases=LIST
        ),
    }
    for code, one in sorted(db.registry().programmes.items()):
        schema = json_schema(one.programme.fields, language)
        del schema["$schema"], schema["required"]  # an unfinished form can be kept; proposing asks for all
        found[f"Answers.{code}"] = {"title": one.programme.title.to(language), **schema}
    return found


_CASE: dict[str, Schema] = {
    **dict.fromkeys(("number", "programme", "state", "subject", "village", "opened_at", "changed_at"), TEXT),
    "version": NUMBER,
    "household": MAYBE_TEXT,
    "person": {"type": ["integer", "null"]},
    "amount": NUMBER,
}

_DRAFT: dict[str, Schema] = {
    **dict.fromkeys(("draft", "programme", "changed_at"), TEXT),
    **dict.fromkeys(("version", "cases", "amount"), NUMBER),
    **dict.fromkeys(("decision", "ended_at"), MAYBE_TEXT),
}

_HOUSEHOLD: dict[str, Schema] = dict.fromkeys(("number", "code", "head", "village"), TEXT)
