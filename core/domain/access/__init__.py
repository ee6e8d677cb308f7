"""Who may do what, where, from when to when: users, roles granted at a unit, and the one predicate of reach.

A role is granted at an administrative unit and holds for everything below it. Every list, count, worklist, export and
single page asks ``visible_to`` (in SQL) or ``sees`` (of one row); a property test holds the two equal.
"""

from core.domain.access.actors import Actor, Held, actor, actor_by_login, grants_on, names
from core.domain.access.reach import covers, held_at, may, require, sees, visible_to, within_reach
from core.domain.access.roles import PERMISSIONS, ROLES, Role, readers, role_missing
from core.domain.access.sight import MASKING, SHOWN_TO, Sight, sight
from core.domain.access.tables import access_event, api_token, role_grant, sign_in_attempt, user

__all__ = [
    "MASKING",
    "PERMISSIONS",
    "ROLES",
    "SHOWN_TO",
    "Actor",
    "Held",
    "Role",
    "Sight",
    "access_event",
    "actor",
    "actor_by_login",
    "api_token",
    "covers",
    "grants_on",
    "held_at",
    "may",
    "names",
    "readers",
    "require",
    "role_grant",
    "role_missing",
    "sees",
    "sight",
    "sign_in_attempt",
    "user",
    "visible_to",
    "within_reach",
]
