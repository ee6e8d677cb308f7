"""The operations on draft decisions."""

from __future__ import annotations

from core.api.openapi.words import MAYBE_TEXT, NUMBER, NUMBERS, TEXT, Schema, offers, page_of, record
from core.domain import decisions
from core.domain.drafts import TEXTS
from core.fields import json_schema


def drafts(language: str) -> Schema:
    """The addresses of draft decisions."""
    draft = "#/components/schemas/Draft"
    named = record(("draft", "decision"), draft=TEXT, decision=MAYBE_TEXT)
    issuing = record(("data",), data=json_schema(decisions.FIELDS, language), without=NUMBERS, version=NUMBER)
    return {
        "/drafts": {
            "get": offers(
                "list_drafts", "A page of the open draft decisions", page_of("drafts", "DraftLine"), paged=True
            ),
            "post": offers(
                "start_draft",
                "Draft a decision for cases of one programme; their money is reserved",
                draft,
                body=record(("numbers",), numbers=NUMBERS, texts=json_schema(TEXTS, language)),
                status="201",
            ),
        },
        "/drafts/{draft_id}": {"get": offers("show_draft", "A draft decision with its cases", draft)},
        "/drafts/{draft_id}/cases": {
            "post": offers(
                "change_draft",
                "Add cases to a draft, take cases out of it",
                draft,
                body=record(add=NUMBERS, leave_out=NUMBERS, version=NUMBER),
            )
        },
        "/drafts/{draft_id}/issue": {
            "post": offers("issue_draft", "Issue a draft: all its cases are approved, or none", named, body=issuing)
        },
        "/drafts/{draft_id}/undo": {
            "post": offers("undo_draft", "Undo a draft that was not issued", named, body=record(version=NUMBER))
        },
    }
