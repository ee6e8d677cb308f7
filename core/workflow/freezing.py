"""A workflow as canonical JSON and back: the shape of a stored version, and of a data file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.fields import thaw as thaw_field
from core.text import Text, canonical
from core.workflow.tables import Guard, State, Transition, Wait, Workflow


def freeze(workflow: Workflow) -> str:
    """The definition as canonical JSON."""
    return canonical(asdict(workflow))


def version_of(body: str) -> str:
    """The version of a frozen definition: the first 12 hex digits of its SHA-256."""
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def thaw(data: Mapping[str, Any]) -> Workflow:
    """The workflow that ``freeze`` wrote, parsed from its JSON; the same shape is a data file of a workflow."""
    return Workflow(
        name=data["name"],
        title=Text(*data["title"]),
        initial=data["initial"],
        opening=_guard(data["opening"]),
        states=tuple(
            State(
                code=row["code"],
                title=Text(*row["title"]),
                final=row["final"],
                permissions=tuple((name, tuple(roles)) for name, roles in row["permissions"]),
                waits=tuple(Wait(**{**wait, "title": Text(*wait["title"])}) for wait in row["waits"]),
            )
            for row in data["states"]
        ),
        transitions=tuple(
            Transition(
                **{
                    **row,
                    "title": Text(*row["title"]),
                    "guard": _guard(row["guard"]),
                    "fields": tuple(thaw_field(item) for item in row["fields"]),
                    **{name: tuple(row[name]) for name in ("sources", "requirements", "effects", "not_by")},
                }
            )
            for row in data["transitions"]
        ),
    )


def _guard(data: Mapping[str, Any]) -> Guard:
    return Guard(permissions=tuple(data["permissions"]), roles=tuple(data["roles"]))
