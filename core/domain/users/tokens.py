"""Tokens, by which another system acts as a person, with that person's roles and no more."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from core import db
from core.domain import access
from core.domain.access import Actor, api_token
from core.domain.users.events import write_event
from core.errors import BadInput, NotFound, NotSignedIn, Reason
from core.text import Text, nfc

LONGEST = 365  # days


def create_token(actor: Actor, name: str, days: int) -> str:
    """A new token in the actor's own name, good for ``days`` (1 to 365); its text is shown once and kept as a hash."""
    name = nfc(name)
    reasons = []
    if not 1 <= len(name) <= 100:
        reasons.append(
            Reason(
                "token_name",
                Text(
                    "Hãy đặt tên cho mã (tối đa 100 ký tự), ví dụ tên hệ thống sẽ dùng nó.",
                    "Name the token (at most 100 characters), say after the system that will use it.",
                ),
                field="name",
            )
        )
    if not 1 <= days <= LONGEST:
        reasons.append(
            Reason(
                "token_days",
                Text(f"Thời hạn từ 1 đến {LONGEST} ngày.", f"It may last 1 to {LONGEST} days."),
                seen=days,
                needed=LONGEST,
                field="days",
            )
        )
    if reasons:
        raise BadInput(reasons)
    text, key = f"ts_{secrets.token_urlsafe(32)}", db.new_id()
    db.execute(
        insert(api_token).values(
            id=key,
            user_id=actor.id,
            name=name,
            token_hash=_hash(text),
            created_at=db.now(),
            expires_on=db.today() + timedelta(days=days),
        )
    )
    write_event(actor, actor.id, "token_created", token=key, days=days)
    return text


def revoke_token(actor: Actor, token_id: int) -> None:
    """End one of the actor's own tokens. Raises ``NotFound`` for anybody else's."""
    ended = db.execute(
        update(api_token)
        .where(
            api_token.c.id == token_id,
            api_token.c.user_id == actor.id,
            api_token.c.revoked_at.is_(None),
        )
        .values(revoked_at=db.now())
    )
    if not ended.rowcount:
        raise NotFound(Reason("token_unknown", Text("Không có mã truy cập này.", "There is no such token.")))
    write_event(actor, actor.id, "token_revoked", token=token_id)


def tokens_of(actor: Actor) -> Sequence[Row[Any]]:
    """The actor's own tokens that still work, newest first: id, name, created_at, expires_on."""
    return db.execute(
        select(api_token.c.id, api_token.c.name, api_token.c.created_at, api_token.c.expires_on)
        .where(api_token.c.user_id == actor.id, api_token.c.revoked_at.is_(None), api_token.c.expires_on >= db.today())
        .order_by(api_token.c.id.desc())
    ).all()


def actor_by_token(header: str) -> Actor:
    """The person behind ``Authorization: Bearer …``. Raises ``NotSignedIn``."""
    kind, _, text = header.strip().partition(" ")
    if kind.lower() == "bearer" and text:
        owner = db.execute(
            select(api_token.c.user_id).where(
                api_token.c.token_hash == _hash(text.strip()),
                api_token.c.revoked_at.is_(None),
                api_token.c.expires_on >= db.today(),
            )
        ).scalar()
        found = access.actor(owner) if owner is not None else None
        if found is not None:
            return found
    raise NotSignedIn(
        Reason(
            "token_wrong",
            Text(
                "Cần mã truy cập còn hạn trong tiêu đề Authorization: Bearer …",
                "This takes a valid token in the header Authorization: Bearer …",
            ),
        )
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
