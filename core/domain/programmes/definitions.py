"""Programmes and workflows as they were when cases were opened under them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Column, String, Table, Text as LongText, select

from core import criteria, db
from core.domain import parameters
from core.domain.programmes.declaration import Instalment, Paper, Programme, Step
from core.fields import Field, thaw as thaw_field
from core.text import Text, canonical
from core.workflow import Machine, freeze

definition = Table(  # every workflow and programme that a case was ever opened under, as it was then
    "definition",
    db.metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("version", String(12), primary_key=True),
    Column("body", LongText, nullable=False),
    Column("first_used_at", db.Moment, nullable=False),
)


@dataclass(frozen=True)
class InForce:
    """A programme with its version and its criteria compiled, as the registry holds it."""

    programme: Programme
    version: str
    body: str
    criteria: tuple[criteria.CompiledCriterion, ...]
    plugin: str = ""


def body_of(programme: Programme) -> str:
    """What cases of this programme need to stay readable: canonical JSON, without the parameter rows, which have
    their own dates.
    """
    told = asdict(programme)
    del told["parameters"]
    if not told["excludes"]:  # a programme that says nothing of it is the one it was before it could
        del told["excludes"]
    return canonical(told)


@dataclass(frozen=True)
class Form:
    """What a stored definition still tells about a programme, whether or not its plugin is there."""

    code: str
    title: Text
    fields: tuple[Field, ...]
    papers: tuple[Paper, ...]
    steps: tuple[Step, ...] = field(default=())
    instalments: tuple[Instalment, ...] = field(default=())

    def field(self, name: str) -> Field | None:
        """The question of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def thaw_form(body: str) -> Form:
    data = json.loads(body)
    return Form(
        data["code"],
        Text(*data["title"]),
        tuple(thaw_field(row) for row in data["fields"]),
        tuple(Paper(**_thawed(row)) for row in data["papers"]),
        tuple(Step(**_thawed(row)) for row in data["steps"]),
        tuple(Instalment(**_thawed(row)) for row in data["instalments"]),
    )


def _thawed(row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row)
    values["title"] = Text(*values["title"])
    if values.get("help"):
        values["help"] = Text(*values["help"])
    if values.get("when"):
        values["when"] = (values["when"][0], tuple(values["when"][1]))
    for name in ("required_for", "gates"):
        if name in values:
            values[name] = tuple(values[name])
    if "fields" in values:
        values["fields"] = tuple(thaw_field(item) for item in values["fields"])
    return values


_known = select(definition.c.version)


def keep_definitions(machine: Machine, in_force: InForce) -> None:
    """Store the workflow and the programme as they are now, once, so that a case opened under them can always be
    read.
    """
    memo = db.registry().memo
    key = ("kept", machine.workflow.name, machine.version, in_force.programme.code, in_force.version)
    if key in memo:
        return
    fresh = False
    for kind, name, version, body in (
        ("workflow", machine.workflow.name, machine.version, freeze(machine.workflow)),
        ("programme", in_force.programme.code, in_force.version, in_force.body),
    ):
        known = _known.where(definition.c.kind == kind, definition.c.name == name, definition.c.version == version)
        if db.execute(known).first() is None:
            row = {"kind": kind, "name": name, "version": version, "body": body, "first_used_at": db.now()}
            fresh = db.insert_once(definition, row) or fresh
    if fresh:
        parameters.touch()  # another process reads it before it meets the case
    else:
        memo[key] = True
