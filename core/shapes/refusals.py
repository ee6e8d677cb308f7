"""Reasons, refusals and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import Reason, Refused


def reasons(found: Sequence[Reason], language: str) -> list[dict[str, Any]]:
    """Reasons as JSON."""
    return [reason.as_json(language) for reason in found]


def outcome(row: Any, moved: bool, refused: Sequence[Reason] = (), language: str = "vi", **more: Any) -> dict[str, Any]:
    """What became of a case (anything with number, state, version) by one act."""
    return {
        "number": row.number,
        "state": row.state,
        "version": row.version,
        "moved": moved,
        "reasons": reasons(refused, language),
        **more,
    }


def refusal(refused: Refused, language: str) -> dict[str, Any]:
    """A refusal that is about no case."""
    return {"title": refused.title.to(language), "reasons": reasons(refused.reasons, language)}
