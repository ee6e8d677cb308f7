"""Signing in and out. A session ends by sign-out, after 12 hours, or when the account's epoch is raised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from core import db
from core.domain import access
from core.domain.access import sign_in_attempt, user
from core.domain.users import attempts, factors, passwords
from core.domain.users.tables import second_factor, user_session
from core.errors import NotSignedIn, Reason
from core.text import Text

LONGEST = timedelta(hours=12)
GIVE_CODE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Session:
    """A session in force: its key for the cookie, who works in it, and what must be done first: change the password,
    set up the second step of signing in."""

    key: str
    actor: access.Actor
    must_change: bool
    must_enrol: bool


@dataclass(frozen=True)
class Halfway:
    """The password was right and a code is still to be given: no session, good for ``GIVE_CODE_WITHIN``."""

    user_id: int
    epoch: int  # the account's; once it is raised this is worth nothing
    attempt: int  # that of the password, which ends as signed in, so that this is good once


_by_key = (
    select(user_session.c.user_id, user_session.c.epoch, user.c.must_change, second_factor.c.confirmed_at)
    .join(user, user.c.id == user_session.c.user_id)
    .outerjoin(second_factor, second_factor.c.user_id == user_session.c.user_id)
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
    if row is None or actor is None:
        return None
    return Session(key, actor, bool(row.must_change), row.confirmed_at is None and factors.required(actor))


def sign_in(instance: db.Instance, login: str, password: str, address: str) -> str | Halfway:
    """The key of a new session, or ``Halfway`` where a code must be given too (``finish_sign_in``).

    Called outside a unit of work: it opens its own. The attempt is committed as a failure before the password is tried,
    so that no lock is held while the hash is worked out; a success corrects it.

    Raises ``TooMany`` after 5 failures of a login from one address or 30 from an address in 15 minutes, or 50 of a
    login in an hour; else ``NotSignedIn``, in the same words and after the same work whether the login exists or not.
    """
    login = login.strip().lower()
    with db.transaction(instance):
        stored = db.execute(
            select(user.c.id, user.c.login, user.c.password_hash).where(user.c.login == login).with_for_update()
        ).first()
        attempt = attempts.begin(stored.login if stored else attempts.nameless(login), address)
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
        if factors.factor_of(stored.id):
            attempts.settle(attempt, attempts.RIGHT)
            return Halfway(stored.id, account.epoch, attempt)
        attempts.settle(attempt, attempts.SIGNED_IN)
        return start_session(stored.id, account.epoch)


def finish_sign_in(instance: db.Instance, halfway: Halfway, code: str, address: str) -> str:
    """The key of a new session for somebody halfway who gives a right code. Called outside a unit of work.

    Raises ``NotSignedIn`` when signing in has to begin again, else as ``factors.prove`` does.
    """
    with db.transaction(instance):
        _require_halfway(halfway)
    factors.prove(instance, halfway.user_id, code, address)
    with db.transaction(instance):
        _require_halfway(halfway)
        attempts.settle(halfway.attempt, attempts.SIGNED_IN)
        return start_session(halfway.user_id, halfway.epoch)


def _require_halfway(halfway: Halfway) -> None:
    attempt = sign_in_attempt.c
    same = db.execute(
        select(user.c.id)
        .join(sign_in_attempt, attempt.login == user.c.login)
        .where(
            user.c.id == halfway.user_id,
            user.c.epoch == halfway.epoch,
            user.c.locked_at.is_(None),
            attempt.id == halfway.attempt,
            attempt.succeeded == attempts.RIGHT,
            attempt.at > db.now() - GIVE_CODE_WITHIN,
        )
        .with_for_update()
    ).first()
    if same is None:
        sentence = Text(
            "Đã quá lâu hoặc tài khoản vừa thay đổi. Hãy đăng nhập lại từ đầu.",
            "It took too long, or the account has changed. Sign in again from the start.",
        )
        raise NotSignedIn(Reason("sign_in_again", sentence))


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
    """Forget failed attempts after 30 days, successful ones after two years, sessions 30 days after they ended,
    a second step that was begun and not confirmed after a day.

    Gives how many rows. The last success of each account is shown to administrators, so it stays longest.
    """
    now = db.now()
    tried = delete(sign_in_attempt).where(
        or_(
            and_(sign_in_attempt.c.succeeded == 0, sign_in_attempt.c.at < now - timedelta(days=30)),
            sign_in_attempt.c.at < now - timedelta(days=730),
        )
    )
    over = delete(user_session).where(user_session.c.started_at < now - LONGEST - timedelta(days=30))
    begun = delete(second_factor).where(
        second_factor.c.confirmed_at.is_(None), second_factor.c.started_at < now - timedelta(days=1)
    )
    return db.execute(begun).rowcount + db.execute(tried).rowcount + db.execute(over).rowcount
