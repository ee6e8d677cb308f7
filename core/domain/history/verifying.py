"""Reading everything again to find the first row touched, cut or missing."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import db
from core.domain.history.appending import digest
from core.domain.history.sealing import digest_between, mac_of
from core.domain.history.tables import history, history_value, seal


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
        _, rows, digested = digest_between(last_id, row.last_id)
        if (rows, digested) != (row.rows, row.digest):
            return Broken(None, row.id, "the rows under this seal are not those that were sealed")
        if not hmac.compare_digest(row.mac, mac_of(mac, row.last_id, row.rows, row.digest)):
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
