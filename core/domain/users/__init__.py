"""The people who work here: their accounts, roles, passwords, sessions and tokens."""

from core.domain.users.accounts import (
    NewUser,
    change_password,
    create_user,
    lock_user,
    manageable,
    reset_password,
    set_language,
    unlock_user,
    user_in_reach,
    users_in_reach,
)
from core.domain.users.events import events_of
from core.domain.users.grants import HeldRole, grant_role, grants_of, logins_with, revocable, revoke_grant, roles_of
from core.domain.users.sessions import Session, end_session, forget_old, session, sign_in, start_session
from core.domain.users.tables import user_session
from core.domain.users.tokens import OPERATIONS, Token, actor_by_token, create_token, revoke_token, token_in, tokens_of

__all__ = [
    "OPERATIONS",
    "HeldRole",
    "NewUser",
    "Session",
    "Token",
    "actor_by_token",
    "change_password",
    "create_token",
    "create_user",
    "end_session",
    "events_of",
    "forget_old",
    "grant_role",
    "grants_of",
    "lock_user",
    "logins_with",
    "manageable",
    "reset_password",
    "revocable",
    "revoke_grant",
    "revoke_token",
    "roles_of",
    "session",
    "set_language",
    "sign_in",
    "start_session",
    "token_in",
    "tokens_of",
    "unlock_user",
    "user_in_reach",
    "user_session",
    "users_in_reach",
]
