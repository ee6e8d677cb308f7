"""Writing the history and reading it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, tuple_

from core import db
from core.domain.access import user
from core.domain.history.tables import history, history_value
from core.text import canonical


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a case. ``facts`` are open, ``private`` values are personal and kept as digests."""

    case_id: int
    number: str
    seq: int  # of the row before
    head: str  # hash of the row before
    action: str
    from_state: str | None
    to_state: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


def append(actor_id: int, entries: Sequence[Entry]) -> list[tuple[int, str]]:
    """Write the entries and give the new head (seq, hash) of each chain, in order. The caller stores it on the case."""
    at = db.now()
    rows, values, heads = [], [], []
    for entry in entries:
        digests = {}
        for name, value in entry.private.items():
            salt, written = secrets.token_hex(16), canonical(value)
            digests[name] = digest(salt, written)
            values.append(
                {"case_id": entry.case_id, "seq": entry.seq + 1, "name": name, "salt": salt, "value": written}
            )
        body = canonical(
            {
                "case": entry.number,
                "seq": entry.seq + 1,
                "at": at.isoformat(),
                "actor": actor_id,
                "action": entry.action,
                "from": entry.from_state,
                "to": entry.to_state,
                "facts": entry.facts,
                "digests": digests,
                "before": entry.head,
            }
        )
        hashed = hashlib.sha256(body.encode()).hexdigest()
        rows.append(
            {
                "case_id": entry.case_id,
                "seq": entry.seq + 1,
                "at": at,
                "actor_id": actor_id,
                "action": entry.action,
                "from_state": entry.from_state,
                "to_state": entry.to_state,
                "body": body,
                "hash": hashed,
            }
        )
        heads.append((entry.seq + 1, hashed))
    if rows:
        db.insert_rows(history, rows)
    if values:
        db.insert_rows(history_value, values)
    return heads


def digest(salt: str, written: str) -> str:
    """The salted digest that stands for a personal value in a body."""
    return hashlib.sha256(f"{salt}{written}".encode()).hexdigest()


@dataclass(frozen=True)
class Happened:
    """A row of history as a page or the API shows it; ``private`` values are those not restricted."""

    seq: int
    at: Any
    actor_id: int
    actor: str
    login: str
    action: str
    from_state: str | None
    to_state: str | None
    facts: dict[str, Any]
    private: dict[str, Any]


_of_case = (
    select(history, user.c.name.label("actor_name"), user.c.login)
    .select_from(history.outerjoin(user, user.c.id == history.c.actor_id))
    .where(history.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq.desc())
)


_values_of_case = select(history_value).where(history_value.c.case_id == bindparam("case_id"))


def of_case(case_id: int) -> list[Happened]:
    """The whole history of a case, latest first."""
    private: dict[int, dict[str, Any]] = {}
    for row in db.execute(_values_of_case, {"case_id": case_id}):
        private.setdefault(row.seq, {})[row.name] = json.loads(row.value)
    return [_happened(row, private.get(row.seq, {})) for row in db.execute(_of_case, {"case_id": case_id})]


def _happened(row: Any, private: dict[str, Any]) -> Happened:
    return Happened(
        row.seq,
        row.at,
        row.actor_id,
        row.actor_name or "",
        row.login or "",
        row.action,
        row.from_state,
        row.to_state,
        json.loads(row.body)["facts"],
        private,
    )


_acts_at = (
    select(history, user.c.name.label("actor_name"), user.c.login)
    .select_from(history.outerjoin(user, user.c.id == history.c.actor_id))
    .where(tuple_(history.c.case_id, history.c.seq).in_(bindparam("places", expanding=True)))
)
_values_at = select(history_value).where(
    tuple_(history_value.c.case_id, history_value.c.seq).in_(bindparam("places", expanding=True))
)


def acts(places: Mapping[int, int]) -> dict[int, Happened]:
    """One row of the history of each of some cases, by case: ``places`` are the rows' numbers. Two statements."""
    if not places:
        return {}
    asked = {"places": list(places.items())}
    private: dict[int, dict[str, Any]] = {}
    for row in db.execute(_values_at, asked):
        private.setdefault(row.case_id, {})[row.name] = json.loads(row.value)
    return {row.case_id: _happened(row, private.get(row.case_id, {})) for row in db.execute(_acts_at, asked)}


_acts = select(history.c.seq).where(history.c.case_id == bindparam("case_id"), history.c.action == bindparam("act"))


def has(case_id: int, action: str) -> bool:
    """Whether something was ever done to a case."""
    return db.execute(_acts, {"case_id": case_id, "act": action}).first() is not None
