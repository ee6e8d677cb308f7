"""What happened, appended only: one chain of hashes for each case, and seals that tie all chains into one.

The hash of a row is the SHA-256 of the exact UTF-8 bytes in ``body``, which holds the hash of the row before. The head of each
chain stands on the case. Personal values stand in ``body`` as salted digests only; the values lie beside it in
``history_value``, so that they can be restricted without breaking the chain.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text as LongText,
    bindparam,
    func,
    select,
    text,
)

from core import db
from core.domain.access import user
from core.text import canonical

_serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in a column of type INTEGER

history = Table(
    "history",
    db.metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", db.Moment, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", String(64), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32)),
    Column("body", LongText, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("uq_history_case_id_seq", "case_id", "seq", unique=True),
)

history_value = Table(
    "history_value",
    db.metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("salt", String(32), nullable=False),
    Column("value", LongText, nullable=False),
)

seal = Table(
    "seal",
    db.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_id", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", db.Moment, nullable=False),
    Column("mac", String(64), nullable=False),
)

APPEND_ONLY = ("history", "seal", "access_event")


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


_insert = history.insert()
_insert_value = history_value.insert()


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
        db.execute(_insert, rows)
    if values:
        db.execute(_insert_value, values)
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
    action: str
    from_state: str | None
    to_state: str | None
    facts: dict[str, Any]
    private: dict[str, Any]


_of_case = (
    select(history, user.c.name.label("actor_name"))
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
    return [
        Happened(
            row.seq,
            row.at,
            row.actor_id,
            row.actor_name or "",
            row.action,
            row.from_state,
            row.to_state,
            json.loads(row.body)["facts"],
            private.get(row.seq, {}),
        )
        for row in db.execute(_of_case, {"case_id": case_id})
    ]


# Sealing: every row so far, in the order of its id, goes into one digest that carries the seal before.


def seal_new() -> int:
    """Seal every row that is not sealed yet; gives how many. A row that is being written waits for the next seal."""
    if db.is_postgres():
        # Waits until no transaction holds an unseen row with a smaller id, so that nothing slips in below the seal.
        db.execute(text("LOCK TABLE history IN SHARE MODE"))
    before = db.execute(select(seal).order_by(seal.c.id.desc()).limit(1)).first()
    last_id, rows, digested = _digest_after(before.last_id if before else 0, None)
    if rows:
        mac = _mac(before.mac if before else "", last_id, rows, digested)
        db.execute(
            seal.insert(),
            {
                "id": before.id + 1 if before else 1,
                "last_id": last_id,
                "rows": rows,
                "digest": digested,
                "at": db.now(),
                "mac": mac,
            },
        )
    return rows


def _digest_after(first: int, last: int | None) -> tuple[int, int, str]:
    statement = (
        select(history.c.id, history.c.case_id, history.c.seq, history.c.hash)
        .where(history.c.id > first)
        .order_by(history.c.id)
    )
    if last is not None:
        statement = statement.where(history.c.id <= last)
    running, rows, last_id = hashlib.sha256(), 0, first
    for row in db.execute(statement.execution_options(yield_per=5000)):
        running.update(f"{row.id}:{row.case_id}:{row.seq}:{row.hash}\n".encode())
        rows, last_id = rows + 1, row.id
    return last_id, rows, running.hexdigest()


def _mac(before: str, last_id: int, rows: int, digested: str) -> str:
    key = db.settings().seal_key.encode()
    return hmac.new(key, f"{before}|{last_id}|{rows}|{digested}".encode(), hashlib.sha256).hexdigest()


def heads() -> Iterator[dict[str, Any]]:
    """The seals, as a third party keeps them to check later that nothing was rewritten."""
    for row in db.execute(select(seal).order_by(seal.c.id)):
        yield {"id": row.id, "last_id": row.last_id, "rows": row.rows, "digest": row.digest, "mac": row.mac}


@dataclass(frozen=True)
class Broken:
    """The first thing found wrong: which case and row (None: the chain of seals), and what."""

    case_id: int | None
    seq: int | None
    what: str


_chains = select(
    history.c.case_id,
    history.c.seq,
    history.c.body,
    history.c.hash,
    history.c.at,
    history.c.actor_id,
    history.c.action,
    history.c.from_state,
    history.c.to_state,
).order_by(history.c.case_id, history.c.seq)


def verify(heads_of_cases: Mapping[int, tuple[int, str]], kept: Sequence[Mapping[str, Any]] = ()) -> Broken | None:
    """Read everything again and give the first row touched, cut or missing; None when all holds.

    ``heads_of_cases`` maps case id to the (seq, hash) on the case. ``kept`` are seals a third party kept.
    """
    return _verify_chains(dict(heads_of_cases)) or _verify_values() or _verify_seals(kept)


def _verify_chains(expected: dict[int, tuple[int, str]]) -> Broken | None:
    case_id, seq, head = None, 0, ""
    for row in db.execute(_chains.execution_options(yield_per=2000)):
        if row.case_id != case_id:
            if case_id is not None and expected.pop(case_id, (0, "")) != (seq, head):
                return Broken(case_id, seq, "the end of the chain is not the head that the case keeps")
            case_id, seq, head = row.case_id, 0, ""
        if row.seq != seq + 1:
            return Broken(case_id, seq + 1, "missing")
        if hashlib.sha256(row.body.encode()).hexdigest() != row.hash:
            return Broken(case_id, row.seq, "the text does not give the hash")
        body = json.loads(row.body)
        columns = {
            "seq": row.seq,
            "actor": row.actor_id,
            "action": row.action,
            "from": row.from_state,
            "to": row.to_state,
            "at": row.at.isoformat(),
            "before": head,
        }
        if any(body[name] != value for name, value in columns.items()):
            return Broken(case_id, row.seq, "the columns do not say what the text says, or the chain is cut before it")
        seq, head = row.seq, row.hash
    if case_id is not None and expected.pop(case_id, (0, "")) != (seq, head):
        return Broken(case_id, seq, "the end of the chain is not the head that the case keeps")
    return next((Broken(left, 1, "the whole history is missing") for left, (last, _) in expected.items() if last), None)


def _verify_values() -> Broken | None:
    statement = select(history_value, history.c.body).join(
        history, (history.c.case_id == history_value.c.case_id) & (history.c.seq == history_value.c.seq), isouter=True
    )
    for row in db.execute(statement.execution_options(yield_per=2000)):
        told = json.loads(row.body)["digests"].get(row.name) if row.body else None
        if told != digest(row.salt, row.value):
            return Broken(row.case_id, row.seq, f"the value of {row.name} does not give its digest")
    return None


def _verify_seals(kept: Sequence[Mapping[str, Any]]) -> Broken | None:
    last_id, mac = 0, ""
    found: dict[int, str] = {}
    for row in db.execute(select(seal).order_by(seal.c.id)).all():
        if row.id != len(found) + 1:
            return Broken(None, len(found) + 1, "a seal is missing")
        _, rows, digested = _digest_after(last_id, row.last_id)
        if (rows, digested) != (row.rows, row.digest):
            return Broken(None, row.id, "the rows under this seal are not those that were sealed")
        if not hmac.compare_digest(row.mac, _mac(mac, row.last_id, row.rows, row.digest)):
            return Broken(None, row.id, "the seal was not made with the key of this instance")
        last_id, mac = row.last_id, row.mac
        found[row.id] = row.mac
    return next(
        (
            Broken(None, int(one["id"]), "the seal kept outside differs")
            for one in kept
            if found.get(one["id"]) != one["mac"]
        ),
        None,
    )


def unsealed() -> int:
    """How many rows wait for a seal."""
    last = db.execute(select(func.max(seal.c.last_id))).scalar() or 0
    return db.execute(select(func.count()).select_from(history).where(history.c.id > last)).scalar_one()
