"""Noting what a unit of work hands out, and writing one row of it before anybody is shown it."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from core import db
from core.domain.access import Actor
from core.domain.reads.tables import read_event
from core.text import canonical


@dataclass(frozen=True)
class Read:
    """A row of the log about to be written; see ``tables.read_event``."""

    id: int
    at: datetime
    actor_id: int
    unit_id: int | None
    way: str
    what: str
    kinds: str
    case_id: int | None
    household_id: int | None
    rows: int | None
    filters: str
    reason: str = ""


@dataclass
class _Noted:
    kinds: dict[str, None] = field(default_factory=dict)
    cases: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)  # to household and unit
    households: dict[int, int | None] = field(default_factory=dict)  # to unit
    rows: int | None = None


def _noted() -> _Noted:
    noted: _Noted = db.work().memo.setdefault(_Noted, _Noted())
    return noted


def handed_out(
    kind: str, *, case_id: int | None = None, household_id: int | None = None, unit_id: int | None = None
) -> None:
    """Say that this unit of work gives somebody personal data of a kind, and whose."""
    noted = _noted()
    noted.kinds[kind] = None
    if case_id is not None:
        noted.cases[case_id] = (household_id, unit_id)
    elif household_id is not None:
        noted.households[household_id] = unit_id


def listed(rows: int) -> None:
    """Say that this unit of work gives somebody a list of so many rows."""
    noted = _noted()
    noted.kinds["list"] = None
    noted.rows = (noted.rows or 0) + rows


def taken(actor: Actor, way: str, what: str, asked: Mapping[str, Any] | None = None) -> Read:
    """The row that says what ``actor`` was given in this unit of work.

    A page about one case or one household names it; one about several tells how many. ``asked`` is what a list was
    narrowed to: it may hold an ID number somebody looked for, so a keyed digest of it is kept.
    """
    noted = _noted()
    case_id, household_id, unit_id = _subject(noted, actor)
    many = len(noted.cases) or len(noted.households)
    return Read(
        db.new_id(),
        db.now(),
        actor.id,
        unit_id,
        way,
        what[:64],
        " ".join(noted.kinds),
        case_id,
        household_id,
        noted.rows if noted.rows is not None else many if many > 1 else None,
        digest(asked) if asked else "",
    )


def digest(asked: Mapping[str, Any]) -> str:
    """What a list was narrowed to, so that the same question can be recognised and none be read off."""
    return hmac.digest(db.settings().secret_key.encode(), canonical(asked).encode(), "sha256").hex()[:32]


def _subject(noted: _Noted, actor: Actor) -> tuple[int | None, int | None, int | None]:
    if len(noted.cases) == 1:
        [(case_id, (household_id, unit_id))] = noted.cases.items()
        return case_id, household_id, unit_id
    if not noted.cases and len(noted.households) == 1:
        [(household_id, unit_id)] = noted.households.items()
        return None, household_id, unit_id
    return None, None, actor.grants[0].unit_id if actor.grants else None


def keep(row: Read) -> None:
    """Write a row in this unit of work, which has to be one that writes."""
    db.execute(read_event.insert(), asdict(row))


def write(instance: db.Instance, row: Read) -> None:
    """Write a row in a unit of work of its own. Called after the reading one has ended and before its answer leaves.

    It outlives the death of the program, and does not wait for the disk: a page would be a third slower.
    SQLite has one writer, and a page must not wait behind an import: while it is busy the row is laid as a file in the
    instance's folder, safe on the disk, and a job takes it in.
    """
    try:
        with db.transaction(instance, brief=True):
            keep(row)
    except OperationalError as error:
        if instance.engine.dialect.name != "sqlite" or "locked" not in str(error.orig):
            raise
        lay_aside(instance.settings.instance, row)


def folder(instance: Path) -> Path:
    """Where rows wait that could not be written at once."""
    return instance / "reads"


def lay_aside(instance: Path, row: Read) -> None:
    """Keep a row as a file, whole or not at all."""
    place = folder(instance)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, partial = place / f"{row.id}.json", place / f"{row.id}.partial"
    with open(partial, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        json.dump(asdict(row), out, default=datetime.isoformat)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)
