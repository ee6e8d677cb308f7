"""Signing in and out. A session ends by sign-out, after 12 hours, or when the account's epoch is raised."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from core import db
from core.domain import access
from core.domain.access import sign_in_attempt, user
from core.domain.users import passwords
from core.domain.users.tables import user_session
from core.errors import NotSignedIn, Reason, TooMany
from core.text import Text

LONGEST = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 30


@dataclass(frozen=True)
class Session:
    """A session in force: its key for the cookie, who works in it, and whether the password must be changed first."""

    key: str
    actor: access.Actor
    must_change: bool


_by_key = (
    select(user_session.c.user_id, user_session.c.epoch, user.c.must_change)
    .join(user, user.c.id == user_session.c.user_id)
    .where(
        user_session.c.id == bindparam("key"),
        user_session.c.ended_at.is_(None),
        user_session.c.started_at > bindparam("since", type_=db.Moment()),
    )
)


def session(key: str) -> Session | None:
    """The session a cookie names; None when it ended, is too old, or the account was locked or its epoch raised."""
    if not re.fullmatch("[0-9]{1,19}", key) or int(key) >= 2**63:
        return None
    row = db.execute(_by_key, {"key": int(key), "since": db.now() - LONGEST}).first()
    actor = access.actor(row.user_id, row.epoch) if row else None
    return Session(key, actor, bool(row.must_change)) if row and actor else None


def sign_in(instance: db.Instance, login: str, password: str, address: str) -> str:
    """The key of a new session. Called outside a unit of work: it opens its own.

    The attempt is committed as a failure before the password is tried, so that guesses made at the same time are all
    counted and no lock is held while the hash is worked out; a success corrects it.

    Raises ``TooMany`` after 5 failures for a login or 30 from an address in 15 minutes, else ``NotSignedIn``, in the
    same words and after the same work whether the login exists or not.
    """
    login = login.strip().lower()
    with db.transaction(instance):
        stored = db.execute(
            select(user.c.id, user.c.login, user.c.password_hash).where(user.c.login == login).with_for_update()
        ).first()
        named = stored.login if stored else _nameless(login)
        _refuse_when_too_many(named, address)
        attempt = db.new_id()
        db.execute(
            insert(sign_in_attempt).values(id=attempt, login=named, address=address[:64], at=db.now(), succeeded=0)
        )
    if not passwords.matches(stored.password_hash if stored else None, password):
        raise NotSignedIn(_WRONG)
    assert stored is not None
    with db.transaction(instance):
        account = db.execute(
            select(user.c.epoch, user.c.locked_at).where(
                user.c.id == stored.id, user.c.password_hash == stored.password_hash
            )
        ).first()
        if account is None:
            raise NotSignedIn(_WRONG)
        if account.locked_at is not None:
            raise NotSignedIn(
                Reason(
                    "account_locked",
                    Text(
                        "Tài khoản này đã bị khóa. Hãy liên hệ quản trị viên của đơn vị.",
                        "This account is locked. Ask the administrator of your unit.",
                    ),
                )
            )
        db.execute(update(sign_in_attempt).where(sign_in_attempt.c.id == attempt).values(succeeded=1))
        return start_session(stored.id, account.epoch)


_WRONG = Reason(
    "sign_in_wrong", Text("Tên đăng nhập hoặc mật khẩu không đúng.", "The name or the password is not right.")
)


def start_session(user_id: int, epoch: int) -> str:
    """A session for somebody whose password was just seen; its key."""
    key = db.new_id()
    db.execute(insert(user_session).values(id=key, user_id=user_id, epoch=epoch, started_at=db.now()))
    return str(key)


def end_session(key: str) -> None:
    """Sign out: the session's cookie is worth nothing from now on, wherever a copy of it lies."""
    db.execute(
        update(user_session)
        .where(user_session.c.id == int(key), user_session.c.ended_at.is_(None))
        .values(ended_at=db.now())
    )


def forget_old() -> int:
    """Forget failed attempts after 30 days, successful ones after two years, sessions 30 days after they ended.

    Gives how many rows. The last success of each account is shown to administrators, so it stays longest.
    """
    now = db.now()
    attempts = delete(sign_in_attempt).where(
        or_(
            and_(sign_in_attempt.c.succeeded == 0, sign_in_attempt.c.at < now - timedelta(days=30)),
            sign_in_attempt.c.at < now - timedelta(days=730),
        )
    )
    over = delete(user_session).where(user_session.c.started_at < now - LONGEST - timedelta(days=30))
    return db.execute(attempts).rowcount + db.execute(over).rowcount


def _nameless(login: str) -> str:
    """What stands for a login that does not exist: people type passwords into the wrong box, and those are not kept."""
    digest = hmac.digest(db.settings().secret_key.encode(), login.encode(), "sha256").hex()
    return f"?{digest[:40]}"


def _refuse_when_too_many(login: str, address: str) -> None:
    since = db.now() - WINDOW
    succeeded = db.execute(
        select(func.max(sign_in_attempt.c.at)).where(sign_in_attempt.c.login == login, sign_in_attempt.c.succeeded == 1)
    ).scalar()
    by_login = _failures(sign_in_attempt.c.login == login, max(since, succeeded or since), FAILURES_PER_LOGIN)
    by_address = _failures(sign_in_attempt.c.address == address[:64], since, FAILURES_PER_ADDRESS)
    full = [
        found[-1]
        for found, most in ((by_login, FAILURES_PER_LOGIN), (by_address, FAILURES_PER_ADDRESS))
        if len(found) >= most
    ]
    if full:
        again = max(full) + WINDOW
        raise TooMany(
            Reason(
                "too_many_attempts",
                Text(
                    "Đã sai quá nhiều lần. Hãy thử lại sau {time}.",
                    "Too many failed attempts. Try again after {time}.",
                ).format(time=f"{again.astimezone(db.HANOI) + timedelta(minutes=1):%H:%M}"),
                needed=again.isoformat(),
            )
        )


def _failures(whose: object, since: datetime, most: int) -> list[datetime]:
    """The latest failures, newest first, at most ``most``."""
    return list(
        db.execute(
            select(sign_in_attempt.c.at)
            .where(whose, sign_in_attempt.c.succeeded == 0, sign_in_attempt.c.at > since)  # type: ignore[arg-type]
            .order_by(sign_in_attempt.c.at.desc())
            .limit(most)
        ).scalars()
    )
