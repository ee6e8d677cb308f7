"""Tokens, by which another system acts as a person, with that person's roles and no more."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from core import db
from core.domain import access
from core.domain.access import Actor, api_token
from core.domain.users.events import write_event
from core.errors import BadInput, NotAllowed, NotFound, NotSignedIn, Reason
from core.text import Text, nfc

LONGEST, USUAL = 365, 90  # days

OPERATIONS = {
    "read": Text("Xem", "Read"),
    "edit": Text("Mở, sửa hồ sơ, đính kèm giấy tờ, nhập danh sách", "Open and edit cases, attach papers, import lists"),
    "move": Text("Chuyển bước", "Take steps"),
    "visit": Text("Ghi kiểm tra", "Record visits"),
    "pay": Text("Ghi chi trả", "Record payments"),
    "reveal": Text("Xem đủ dữ liệu được che", "See masked values whole"),
}


@dataclass(frozen=True)
class Token:
    """Whom another system acts as, and what of that person's work it may do: "all" where a set is empty."""

    actor: Actor
    allowed: frozenset[str]
    programmes: frozenset[str]

    def require(self, operation: str) -> None:
        """Raise ``NotAllowed`` unless the token was made for this operation, of ``OPERATIONS``."""
        if self.allowed and operation not in self.allowed:
            sentence = Text("Mã truy cập này không được dùng để: {what}", "This token was not made to: {what}")
            what, needed = OPERATIONS[operation], [operation]
            raise NotAllowed(
                Reason("token_scope", sentence.format(what=what), seen=sorted(self.allowed), needed=needed)
            )

    def require_programme(self, code: str) -> None:
        """Raise ``NotAllowed`` unless the token was made for cases of this programme."""
        if self.programmes and code not in self.programmes:
            sentence = Text(
                "Mã truy cập này không dùng cho chương trình {code}", "This token was not made for the programme {code}"
            )
            raise NotAllowed(
                Reason("token_programme", sentence.format(code=code), seen=sorted(self.programmes), needed=code)
            )


def create_token(
    actor: Actor, name: str, days: int = USUAL, allowed: Iterable[str] = (), programmes: Iterable[str] = ()
) -> str:
    """A new token in the actor's own name, good for ``days`` (1 to 365); its text is shown once and kept as a hash.

    ``allowed`` are words of ``OPERATIONS``, ``programmes`` codes of programmes in force; none of them means all.
    """
    name, allowed, programmes = nfc(name), sorted(set(allowed)), sorted(set(programmes))
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
    for field, given, known in (
        ("allowed", allowed, list(OPERATIONS)),
        ("programmes", programmes, sorted(db.registry().programmes if programmes else ())),
    ):
        for each in given:
            if each not in known:
                sentence = Text("Không có «{each}»; chọn trong: {known}", "There is no “{each}”; choose of: {known}")
                told = sentence.format(each=each[:40], known=", ".join(known))
                reasons.append(Reason(f"token_{field}", told, seen=each[:40], needed=known, field=field))
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
            allowed=" ".join(allowed),
            programmes=" ".join(programmes),
        )
    )
    write_event(actor, actor.id, "token_created", token=key, days=days, allowed=allowed, programmes=programmes)
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
    """The actor's own tokens that still work, newest first: id, name, created_at, expires_on, allowed, programmes."""
    shown = ("id", "name", "created_at", "expires_on", "allowed", "programmes")
    return db.execute(
        select(*(api_token.c[name] for name in shown))
        .where(api_token.c.user_id == actor.id, api_token.c.revoked_at.is_(None), api_token.c.expires_on >= db.today())
        .order_by(api_token.c.id.desc())
    ).all()


def actor_by_token(header: str) -> Actor:
    """The person behind ``Authorization: Bearer …``. Raises ``NotSignedIn``."""
    return token_in(header).actor


def token_in(header: str) -> Token:
    """The token in ``Authorization: Bearer …``. Raises ``NotSignedIn``."""
    kind, _, text = header.strip().partition(" ")
    if kind.lower() == "bearer" and text:
        row = db.execute(
            select(api_token).where(
                api_token.c.token_hash == _hash(text.strip()),
                api_token.c.revoked_at.is_(None),
                api_token.c.expires_on >= db.today(),
            )
        ).first()
        found = access.actor(row.user_id) if row is not None else None
        if row is not None and found is not None:
            return Token(found, frozenset(row.allowed.split()), frozenset(row.programmes.split()))
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
