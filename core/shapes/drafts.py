"""A draft decision: as lists show it, and with its cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.domain import drafts
from core.errors import Reason
from core.shapes.cases import line
from core.shapes.refusals import reasons
from core.shapes.times import iso


def draft_line(row: Any) -> dict[str, Any]:
    """A draft as lists show it; its key is a text, as it is longer than a number of JSON may be."""
    return {
        "draft": str(row.id),
        "programme": row.programme,
        "version": row.version,
        "cases": row.cases,
        "amount": int(row.amount or 0),
        "changed_at": iso(row.changed_at),
        "ended_at": iso(row.ended_at),
        "decision": str(row.decision_id) if row.decision_id else None,
    }


def draft(row: Any, listed: Iterable[Any], language: str) -> dict[str, Any]:
    """A draft with what it says, its cases in the order of its list, and its money by source."""
    rows = list(listed)
    return {
        **draft_line(row),
        "texts": {field.name: row._mapping[field.name] for field in drafts.TEXTS},
        "list": [line(each) for each in rows],
        "sources": [{"source": source.to(language), "amount": amount} for source, amount in drafts.sources_of(rows)],
    }


def kept_out(added: Mapping[str, Sequence[Reason]], language: str) -> dict[str, Any]:
    """Which cases came into a draft, and what kept out the others."""
    return {
        "added": [number for number, found in added.items() if not found],
        "refused": {number: reasons(found, language) for number, found in added.items() if found},
    }
