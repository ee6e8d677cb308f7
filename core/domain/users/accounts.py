"""Accounts: made, locked, reset and found by administrators within their reach; the password by its owner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, exists, false, func, insert, or_, select, true, update

from core import db
from core.domain import access
from core.domain.access import Actor, api_token, role_grant, user
from core.domain.units import unit
from core.domain.users import attempts, passwords
from core.domain.users.events import write_event
from core.domain.users.grants import grant_role, place_of
from core.errors import BadInput, NotAllowed, NotFound, Reason
from core.text import Text, fold, nfc, sought

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class NewUser(NamedTuple):
    """An account just made, with the password to hand over once."""

    id: int
    login: str
    password: str


def create_user(
    actor: Actor | None,
    login: str,
    name: str,
    role: str,
    unit_id: int,
    *,
    password: str | None = None,
    must_change: bool = True,
    language: str = "vi",
) -> NewUser:
    """A new account with its first role; a temporary password is made up unless one is given.

    No actor is the terminal of the machine. An account never stands without a role given by somebody: the reach of its
    grants says which administrators may act on it. Raises ``BadInput`` with all reasons, ``NotAllowed`` beyond reach.
    """
    login, name = login.strip().lower(), nfc(name)
    reasons = []
    if not _LOGIN.fullmatch(login):
        reasons.append(
            Reason(
                "login_form",
                Text(
                    "Tên đăng nhập có 3 đến 40 ký tự: chữ thường không dấu, số, dấu chấm, gạch ngang hoặc gạch dưới.",
                    "A sign-in name has 3 to 40 characters: small letters without marks, digits, . - _",
                ),
                seen=login,
                field="login",
            )
        )
    elif db.execute(select(user.c.id).where(user.c.login == login)).first():
        reasons.append(
            Reason(
                "login_taken",
                Text("Tên đăng nhập này đã có người dùng.", "This sign-in name is taken."),
                seen=login,
                field="login",
            )
        )
    if not 1 <= len(name) <= 200:
        reasons.append(Reason("name_missing", Text("Hãy ghi họ và tên.", "Give the full name."), field="name"))
    if reasons:
        raise BadInput(reasons)
    if password is not None:
        passwords.check(password, login)
    password, key = password or passwords.temporary(), db.new_id()
    db.execute(
        insert(user).values(
            id=key,
            login=login,
            name=name,
            folded=fold(f"{name} {login}"),
            password_hash=passwords.kept(password),
            must_change=int(must_change),
            epoch=1,
            language=language,
            created_at=db.now(),
            created_by=actor.id if actor else None,
        )
    )
    write_event(actor, key, "created")
    grant_role(actor, key, role, unit_id)
    return NewUser(key, login, password)


def change_password(instance: db.Instance, actor: Actor, old: str, new: str, address: str) -> int:
    """The actor's own password; all their sessions and tokens end. The new epoch, for the session they go on in.

    Called outside a unit of work, or in one that only reads: the present password is an attempt like that of signing
    in, committed before it is tried and counted with those. Raises ``TooMany``, or ``BadInput`` with all reasons.
    """
    with db.transaction(instance):
        row = db.execute(
            select(user.c.password_hash, user.c.login).where(user.c.id == actor.id).with_for_update()
        ).one()
        attempt = attempts.begin(row.login, address)
    if not passwords.matches(row.password_hash, old):
        raise BadInput(_WRONG)
    with db.transaction(instance):
        attempts.settle(attempt, attempts.RIGHT)
    passwords.check(new, row.login, field="new")
    if passwords.normal(old) == passwords.normal(new):
        raise BadInput(
            Reason(
                "password_same",
                Text("Mật khẩu mới phải khác mật khẩu hiện tại.", "The new password must differ from the present one."),
                field="new",
            )
        )
    with db.transaction(instance):
        same = user.c.password_hash == row.password_hash
        if db.execute(select(user.c.id).where(user.c.id == actor.id, same).with_for_update()).first() is None:
            raise BadInput(_WRONG)  # it was changed or reset meanwhile
        epoch = _set_password(actor.id, new, must_change=False)
        write_event(actor, actor.id, "password_changed")
    return epoch


_WRONG = Reason(
    "password_wrong", Text("Mật khẩu hiện tại không đúng.", "The present password is not right."), field="old"
)


def reset_password(actor: Actor | None, user_id: int) -> str:
    """A temporary password for somebody else's account, to be changed at the next sign-in; its sessions end."""
    require_account(actor, user_id)
    password = passwords.temporary()
    _set_password(user_id, password, must_change=True)
    write_event(actor, user_id, "password_reset")
    return password


def lock_user(actor: Actor | None, user_id: int) -> None:
    """Nobody gets in by this account until it is unlocked; its sessions and tokens end now."""
    require_account(actor, user_id)
    locked = db.execute(update(user).where(user.c.id == user_id, user.c.locked_at.is_(None)).values(locked_at=db.now()))
    if locked.rowcount:
        end_everything(user_id)
        write_event(actor, user_id, "locked")


def unlock_user(actor: Actor | None, user_id: int) -> None:
    """Let the account be used again, with the password it had."""
    require_account(actor, user_id)
    if db.execute(
        update(user).where(user.c.id == user_id, user.c.locked_at.is_not(None)).values(locked_at=None)
    ).rowcount:
        write_event(actor, user_id, "unlocked")


def set_language(actor: Actor, language: str) -> None:
    """The language the actor reads ("vi" or "en")."""
    if language not in {"vi", "en"}:
        raise BadInput(
            Reason(
                "language_unknown",
                Text("Không có ngôn ngữ này.", "There is no such language."),
                seen=language,
                needed=["vi", "en"],
                field="language",
            )
        )
    db.execute(update(user).where(user.c.id == actor.id).values(language=language))


def users_in_reach(
    actor: Actor | None, text: str = "", limit: int = 50, *, after: str = "", before: str = ""
) -> Sequence[Row[Any]]:
    """Accounts with a grant within reach, by sign-in name: those after ``after``, or the last ones before ``before``.

    ``text`` is looked for in name and sign-in name, marks and case aside. No actor is the terminal of the machine,
    which sees all.
    """
    found = _listed().where(_in_reach(actor))
    for word in sought(text).split():
        found = found.where(user.c.folded.contains(word, autoescape=True))
    if before:
        rows = db.execute(found.where(user.c.login < before).order_by(user.c.login.desc()).limit(limit)).all()
        return rows[::-1]
    return db.execute(found.where(user.c.login > after).order_by(user.c.login).limit(limit)).all()


def user_in_reach(actor: Actor, user_id: int) -> Row[Any]:
    """One account as lists show it. Raises ``NotFound`` beyond reach."""
    row = db.execute(_listed().where(user.c.id == user_id, _in_reach(actor))).first()
    if row is None:
        raise NotFound(_UNKNOWN)
    return row


def manageable(actor: Actor, user_id: int) -> tuple[Reason, ...]:
    """Why the actor may not lock, unlock or reset this account; empty when they may."""
    if user_id == actor.id:
        return (
            Reason(
                "own_account",
                Text(
                    "Đây là tài khoản của chính bạn; hãy nhờ một quản trị viên khác.",
                    "This is your own account; ask another administrator.",
                ),
            ),
        )
    grants = (
        db.execute(
            select(role_grant.c.unit_id).where(
                role_grant.c.user_id == user_id,
                role_grant.c.revoked_at.is_(None),
                or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to >= db.today()),
            )
        )
        .scalars()
        .all()
    )
    if all(access.may(actor, "user.manage", place_of(unit_id)) for unit_id in grants):
        return ()
    return (
        Reason(
            "roles_elsewhere",
            Text(
                "Người này còn giữ vai trò ngoài địa bàn của bạn; chỉ quản trị viên cấp trên được đổi tài khoản.",
                "This person also holds a role outside your reach; only an administrator above may change the account.",
            ),
        ),
    )


_UNKNOWN = Reason(
    "user_unknown", Text("Không có người dùng này trong địa bàn của bạn.", "There is no such user within your reach.")
)


def require_account(actor: Actor | None, user_id: int) -> None:
    """Within reach at all, else 404; and no role outside it: taking the account over must not widen one's own."""
    if actor is None:
        if db.execute(select(user.c.id).where(user.c.id == user_id)).first() is None:
            raise NotFound(_UNKNOWN)
        return
    user_in_reach(actor, user_id)
    if reasons := manageable(actor, user_id):
        raise NotAllowed(reasons)


def _listed() -> Select[Any]:
    latest = (
        select(func.max(access.sign_in_attempt.c.at))
        .where(access.sign_in_attempt.c.login == user.c.login, access.sign_in_attempt.c.succeeded == 1)
        .scalar_subquery()
    )
    return select(
        user.c.id,
        user.c.login,
        user.c.name,
        user.c.must_change,
        user.c.locked_at,
        user.c.language,
        user.c.created_at,
        latest.label("signed_in_at"),
    )


def _in_reach(actor: Actor | None) -> ColumnElement[bool]:
    """Accounts that hold, held or will hold a role at a unit where the actor administers users."""
    if actor is None:
        return true()
    roles = access.PERMISSIONS["user.manage"]
    here = [
        true() if held.level == 0 else _column(held.level) == held.unit_id
        for held in actor.grants
        if held.role in roles
    ]
    if not here:
        return false()
    return exists(
        select(role_grant.c.id)
        .join(unit, unit.c.id == role_grant.c.unit_id)
        .where(role_grant.c.user_id == user.c.id, or_(*here))
    )


def _column(level: int) -> ColumnElement[int]:
    return {1: unit.c.province_id, 2: unit.c.district_id, 3: unit.c.id}[level]


def _set_password(user_id: int, password: str, *, must_change: bool) -> int:
    db.execute(
        update(user)
        .where(user.c.id == user_id)
        .values(password_hash=passwords.kept(password), must_change=int(must_change))
    )
    return end_everything(user_id)


def end_everything(user_id: int) -> int:
    """End every session and token of an account; its new epoch."""
    db.execute(update(user).where(user.c.id == user_id).values(epoch=user.c.epoch + 1))
    db.execute(
        update(api_token)
        .where(api_token.c.user_id == user_id, api_token.c.revoked_at.is_(None))
        .values(revoked_at=db.now())
    )
    return db.execute(select(user.c.epoch).where(user.c.id == user_id)).scalar_one()
