"""The operations on lists brought in."""

from __future__ import annotations

from core import exchange
from core.api.openapi.words import BYTES, MAYBE_TEXT, NUMBER, TEXT, Schema, offers, record
from core.domain import movements


def imports() -> Schema:
    """A list kept with its preview: looked at, accepted once, undone while nothing was built on it."""
    given = record(
        ("choices",),
        choices={
            "type": "array",
            "items": record(
                ("row",),
                row=NUMBER,
                household={**MAYBE_TEXT, "description": "A candidate's number; null: a new household"},
            ),
        },
    )
    day: Schema = {"type": "string", "format": "date"}
    texts: dict[str, Schema] = dict.fromkeys(("household", "decision_number", "into", "whereto", "note"), TEXT)
    movement = record(("household", "kind"), kind={"enum": list(movements.KINDS)}, on=day, decided_on=day, **texts)
    said = record(("movements",), movements={"type": "array", "items": movement})
    page = {"type": "array", "items": {"type": "object"}}
    return {
        "/imports": {
            "get": offers(
                "list_imports",
                "The imports within reach, the latest first",
                record(("imports", "next"), imports=page, next=MAYBE_TEXT),
                paged=True,
            ),
            "post": offers(
                "keep_import", "Judge a list and keep it with its preview", _REPORT, form=_KEPT_FORM, status="201"
            ),
        },
        "/imports/{import_id}": {"get": offers("show_import", "An import with its report", _REPORT)},
        "/imports/{import_id}/lines": {
            "get": offers(
                "list_import_lines",
                "The households of an import in one state",
                record(("lines", "next"), lines=page, next=MAYBE_TEXT),
                query=("state",),
            ),
        },
        "/imports/{import_id}/accept": {"post": offers("accept_import", "Write a kept list as it was shown", _REPORT)},
        "/imports/{import_id}/undo": {"post": offers("undo_import", "Take back what an accepted list wrote", _REPORT)},
        "/imports/{import_id}/choices": {
            "post": offers("choose_households", "Say whom doubtful rows mean", _REPORT, body=given),
        },
        "/imports/{import_id}/missing": {
            "post": offers(
                "settle_missing",
                "Say what became of households that an accepted list does not have",
                record(("recorded",), recorded=NUMBER),
                body=said,
            ),
        },
    }


_LIST_FORM: Schema = {
    "type": "object",
    "required": ["file", "unit"],
    "properties": {
        "file": BYTES,
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
    "properties": {
        **dict.fromkeys(_COUNTS, NUMBER),
        "refused": {"type": "array", "items": {"type": "object"}},
        "import": NUMBER,
        "accepted_at": MAYBE_TEXT,
        "undone_at": MAYBE_TEXT,
    },
}
