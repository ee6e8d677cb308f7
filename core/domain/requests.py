"""Requests with a key: what another system sends twice is done once, and answered twice the same.

The key's row is written in the transaction of the effect: either both are there after a crash, or neither. A second
request with the same key waits for the first; a refusal leaves no row, so it may be tried again with the same key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    String,
    Table,
    Text as LongText,
    and_,
    delete,
    select,
    update,
)

from core import db
from core.domain.access import Actor
from core.errors import BadInput, Reason
from core.text import Text

KEPT = timedelta(hours=48)
LONGEST_KEY = 200

api_request = Table(
    "api_request",
    db.metadata,
    Column("user_id", BigInteger, ForeignKey("user_account.id"), primary_key=True, autoincrement=False),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of what was sent
    Column("at", db.Moment, nullable=False, index=True),
    Column("status", Integer),
    Column("headers", LongText, nullable=False, default="{}", server_default="{}"),
    Column("body", LongText, nullable=False, default="", server_default=""),
)


@dataclass(frozen=True)
class Answer:
    """What was answered: HTTP status, the headers worth keeping, the body."""

    status: int
    headers: Mapping[str, str]
    body: str


def answered(actor: Actor, key: str, digest: str) -> Answer | None:
    """What the first request with this key was answered; None when this is the first, which is to ``keep`` its answer.

    Raises ``BadInput`` for a key that cannot be one, and for one that came with another request.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        sentence = Text(
            f"Idempotency-Key là 1 đến {LONGEST_KEY} ký tự ASCII in được",
            f"An Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters",
        )
        raise BadInput(Reason("key_wrong", sentence, field="Idempotency-Key"))
    row = {"user_id": actor.id, "key": key, "digest": digest, "at": db.now(), "status": None}
    if db.insert_once(api_request, row):
        return None
    found = db.execute(select(api_request).where(_named(actor, key))).one()
    if found.digest != digest:
        sentence = Text(
            "Idempotency-Key này đã dùng cho một yêu cầu khác; mỗi yêu cầu một khóa",
            "This Idempotency-Key came with another request before; each request has its own",
        )
        raise BadInput(Reason("key_reused", sentence, field="Idempotency-Key"))
    return Answer(found.status, json.loads(found.headers), found.body)


def keep(actor: Actor, key: str, answer: Answer) -> None:
    """Keep what this request was answered, in the transaction of its effect."""
    values = {"status": answer.status, "headers": json.dumps(dict(answer.headers)), "body": answer.body}
    db.execute(update(api_request).where(_named(actor, key)).values(values))


def forget_old() -> int:
    """Forget answers after two days; gives how many."""
    return db.execute(delete(api_request).where(api_request.c.at < db.now() - KEPT)).rowcount


def _named(actor: Actor, key: str) -> ColumnElement[bool]:
    return and_(api_request.c.user_id == actor.id, api_request.c.key == key)
