"""The second step of signing in: a code of six digits from an authenticator (TOTP, RFC 6238), or a recovery code.

The secret lies encrypted under a key made of the instance's own, so that a copy of the database alone makes no codes.
A code works once; a recovery code works once for ever and is kept as a hash, which 79 random bits need no salt for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import NamedTuple

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, func, insert, select, update

from core import db
from core.domain import access
from core.domain.access import ROLES, Actor, user
from core.domain.users import attempts, passwords
from core.domain.users.accounts import end_everything, require_account
from core.domain.users.events import write_event
from core.domain.users.tables import recovery_code, second_factor
from core.errors import BadInput, NotAllowed, Reason
from core.text import Text, nfc

STEP = 30  # seconds
RECOVERY_CODES = 10
# Only who knows the password comes so far, so nobody else is kept out by the strict limit of a name.
_CODES = attempts.Limit(10, timedelta(hours=1))


class Factor(NamedTuple):
    """The second step of an account: since when it is asked for, and how many recovery codes are left."""

    since: datetime
    codes_left: int


class Enrolment(NamedTuple):
    """What an authenticator is given: the secret (base32) and the address that its QR code holds."""

    secret: str
    address: str


def required(actor: Actor) -> bool:
    """Whether a role of the actor is one that the settings want a second step for."""
    return bool(actor.roles & db.settings().second_factor)


def factor_of(user_id: int) -> Factor | None:
    """The second step of an account; None when it has none that is in use."""
    left = (
        select(func.count())
        .where(recovery_code.c.user_id == user_id, recovery_code.c.used_at.is_(None))
        .scalar_subquery()
    )
    row = db.execute(
        select(second_factor.c.confirmed_at, left.label("codes")).where(second_factor.c.user_id == user_id)
    ).first()
    return Factor(row.confirmed_at, row.codes) if row and row.confirmed_at else None


def enrolment(actor: Actor) -> Enrolment | None:
    """What the actor began and has not confirmed; None when there is nothing, or nothing that can be read."""
    stored = db.execute(
        select(second_factor.c.secret).where(
            second_factor.c.user_id == actor.id, second_factor.c.confirmed_at.is_(None)
        )
    ).scalar()
    secret = _opened(stored) if stored else None
    if secret is None:
        return None
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=actor.login, issuer_name="Tiếp Sức"))


def enrol(actor: Actor) -> None:
    """Make a new secret for the actor, which asks for nothing until ``confirm``.

    Raises ``NotAllowed`` when one is in use.
    """
    if factor_of(actor.id):
        sentence = Text("Xác thực hai bước đã được bật.", "The second step is switched on already.")
        raise NotAllowed(Reason("factor_in_use", sentence))
    db.execute(delete(second_factor).where(second_factor.c.user_id == actor.id))
    sealed = _fernet().encrypt(pyotp.random_base32().encode()).decode()
    db.execute(insert(second_factor).values(user_id=actor.id, secret=sealed, started_at=db.now()))


def confirm(instance: db.Instance, actor: Actor, code: str, address: str) -> list[str]:
    """The first code shows that the authenticator works: from now on it is asked for. The recovery codes, shown once.

    Like all that takes a code, called outside a unit of work or in one that only reads. Raises as ``prove`` does.
    """
    prove(instance, actor.id, code, address, confirmed=False)
    with db.transaction(instance):
        waiting = second_factor.c.user_id == actor.id, second_factor.c.confirmed_at.is_(None)
        if not db.execute(update(second_factor).where(*waiting).values(confirmed_at=db.now())).rowcount:
            raise BadInput(_WRONG)
        write_event(actor, actor.id, "factor_on")
        return _new_codes(actor.id)


def renew_codes(instance: db.Instance, actor: Actor, code: str, address: str) -> list[str]:
    """New recovery codes in the place of all before, shown once. Raises as ``prove`` does."""
    prove(instance, actor.id, code, address)
    with db.transaction(instance):
        write_event(actor, actor.id, "recovery_renewed")
        return _new_codes(actor.id)


def switch_off(instance: db.Instance, actor: Actor, code: str, address: str) -> None:
    """Sign in by the password alone again.

    Raises ``NotAllowed`` where a role needs the second step, else as ``prove``.
    """
    with db.transaction(instance, read_only=True):
        if required(actor):
            roles = [ROLES[role].title for role in sorted(actor.roles & db.settings().second_factor)]
            sentence = Text(
                "Vai trò «{role}» phải xác thực hai bước nên không tắt được.",
                "The role “{role}” needs the second step; it cannot be switched off.",
            )
            raise NotAllowed(Reason("factor_required", sentence.format(role=roles[0])))
    prove(instance, actor.id, code, address)
    with db.transaction(instance):
        _forget(actor.id)
        write_event(actor, actor.id, "factor_off")


def reset_factor(actor: Actor | None, user_id: int, reason: str) -> None:
    """Somebody lost their authenticator: the second step is taken away, and every session and token of them ends.

    No actor is the terminal of the machine. ``reason`` (5 to 500 characters) is kept with the act.
    """
    require_account(actor, user_id)
    reason = nfc(reason)
    if not 5 <= len(reason) <= 500:
        sentence = Text(
            "Hãy ghi lý do (5 đến 500 ký tự), ví dụ: mất điện thoại, đã gặp trực tiếp.",
            "Give the reason (5 to 500 characters), such as: telephone lost, met in person.",
        )
        raise BadInput(Reason("reason_missing", sentence, seen=len(reason), needed=5, field="reason"))
    _forget(user_id)
    end_everything(user_id)
    write_event(actor, user_id, "factor_reset", reason=reason)


def prove(instance: db.Instance, user_id: int, code: str, address: str, *, confirmed: bool = True) -> None:
    """Take a code of the account's authenticator, or one of its recovery codes once the step is in use.

    Counted as failed before it is tried. Raises ``BadInput`` for a wrong or used one, ``TooMany`` after 5 failures in
    15 minutes from one address or 10 in an hour.
    """
    with db.transaction(instance):
        login = db.execute(select(user.c.login).where(user.c.id == user_id).with_for_update()).scalar_one()
        attempt = attempts.begin(f"{login}+code", address, _CODES)
    code = "".join(code.lower().split()).replace("-", "")
    with db.transaction(instance):
        if not (_step_taken(user_id, code, confirmed) or (confirmed and _recovery_code_used(user_id, code))):
            raise BadInput(_WRONG)
        attempts.settle(attempt, attempts.RIGHT)


_WRONG = Reason(
    "code_wrong",
    Text(
        "Mã không đúng hoặc đã dùng. Hãy chờ mã mới trên ứng dụng rồi nhập lại.",
        "The code is wrong or was used. Wait for a new one in the app and give that.",
    ),
    field="code",
)


def _step_taken(user_id: int, code: str, confirmed: bool) -> bool:
    """Whether the code is that of now, or of one step before or after, and none so late was taken yet."""
    state = second_factor.c.confirmed_at.is_not(None) if confirmed else second_factor.c.confirmed_at.is_(None)
    stored = db.execute(select(second_factor.c.secret).where(second_factor.c.user_id == user_id, state)).scalar()
    secret = _opened(stored) if stored else None
    if secret is None or not code.isascii():
        return False
    now = int(db.now().timestamp()) // STEP
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), code):
            later = second_factor.c.user_id == user_id, state, second_factor.c.last_step < step
            return bool(db.execute(update(second_factor).where(*later).values(last_step=step)).rowcount)
    return False


def _recovery_code_used(user_id: int, code: str) -> bool:
    used = db.execute(
        update(recovery_code)
        .where(
            recovery_code.c.user_id == user_id,
            recovery_code.c.code_hash == _hash(code),
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=db.now())
    )
    if used.rowcount:
        write_event(access.actor(user_id), user_id, "recovery_used")
    return bool(used.rowcount)


def _new_codes(user_id: int) -> list[str]:
    db.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    codes = [passwords.temporary(groups=4) for _ in range(RECOVERY_CODES)]
    rows = [{"id": db.new_id(), "user_id": user_id, "code_hash": _hash(code.replace("-", ""))} for code in codes]
    db.execute(insert(recovery_code), rows)
    return codes


def _forget(user_id: int) -> None:
    db.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    db.execute(delete(second_factor).where(second_factor.c.user_id == user_id))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _opened(sealed: str) -> str | None:
    """The secret; None when it was sealed under another key, as after a restore without the keys."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(db.settings().secret_key.encode(), b"second factor", "sha256")))
