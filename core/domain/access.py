"""Who may do what, where, from when to when: users, roles granted at a unit, and the one predicate of reach.

A role is granted at an administrative unit and holds for everything below it. Every list, count, worklist, export and
single page asks ``visible_to`` (in SQL) or ``sees`` (of one row); a property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text as LongText,
    and_,
    bindparam,
    false,
    or_,
    select,
    true,
)

from core import db
from core.domain.units import LEVEL_COLUMNS, unit as unit_table
from core.errors import NotAllowed, NotFound, Reason
from core.text import Text


@dataclass(frozen=True)
class Role:
    """A role; ``bit`` is its place in ``case.readers`` and never changes."""

    code: str
    bit: int
    title: Text


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("officer", 1, Text("Cán bộ giảm nghèo", "Commune officer")),
        Role("approver", 2, Text("Người phê duyệt", "Approver")),
        Role("accountant", 4, Text("Kế toán", "Accountant")),
        Role("monitor", 8, Text("Người giám sát", "Monitor")),
        Role("manager", 16, Text("Quản lý chương trình tỉnh", "Programme manager")),
        Role("auditor", 32, Text("Thanh tra, kiểm toán", "Auditor")),
        Role("admin", 64, Text("Quản trị hệ thống", "Administrator")),
    )
}

# What is not a step of a workflow: permission -> the roles that carry it at the unit and below.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    "household.view": ("officer", "approver", "accountant", "monitor", "manager", "auditor"),
    "household.edit": ("officer",),
    "fund.view": ("approver", "accountant", "manager", "auditor"),
    "fund.manage": ("manager",),
    "payment.make": ("accountant",),
    "visit.record": ("monitor", "officer"),
    "indicator.view": ("manager", "auditor", "approver", "accountant", "officer"),
    "parameter.view": ("officer", "approver", "accountant", "monitor", "manager", "auditor", "admin"),
    "parameter.manage": ("manager",),
    "user.manage": ("admin",),
}

user = Table(
    "user_account",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("folded", String(300), nullable=False, default=""),  # name and login without marks and case, for searching
    Column("password_hash", String(200), nullable=False),
    Column("must_change", Integer, nullable=False, default=1),
    Column("locked_at", db.Moment),
    Column("epoch", Integer, nullable=False, default=1),  # raised to end every session and token of this user
    Column("language", String(2), nullable=False, default="vi"),
    Column("created_at", db.Moment, nullable=False),
    Column("created_by", BigInteger),
)

role_grant = Table(
    "role_grant",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("role", String(32), nullable=False),
    Column("unit_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("granted_by", BigInteger),
    Column("granted_at", db.Moment, nullable=False),
    Column("revoked_by", BigInteger),
    Column("revoked_at", db.Moment),
)

api_token = Table(
    "api_token",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", db.Moment, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("revoked_at", db.Moment),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", db.Moment, nullable=False),
    Column("succeeded", Integer, nullable=False),
    Index("ix_sign_in_attempt_login_at", "login", "at"),
    Index("ix_sign_in_attempt_address_at", "address", "at"),
)

access_event = Table(  # what administrators did, appended only
    "access_event",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", db.Moment, nullable=False),
    Column("actor_id", BigInteger),
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("detail", LongText, nullable=False, default=""),
)


@dataclass(frozen=True)
class Held:
    """A role in force at a unit of a level (0 country, 1 province, 2 district, 3 commune)."""

    role: str
    unit_id: int
    level: int


@dataclass(frozen=True)
class Actor:
    """A signed-in person with the roles held today."""

    id: int
    login: str
    name: str
    grants: tuple[Held, ...] = ()
    language: str = "vi"

    @property
    def roles(self) -> frozenset[str]:
        """The codes of the roles held anywhere."""
        return frozenset(held.role for held in self.grants)


_grants = (
    select(
        user.c.id,
        user.c.login,
        user.c.name,
        user.c.language,
        user.c.locked_at,
        user.c.epoch,
        role_grant.c.role,
        role_grant.c.unit_id,
        unit_table.c.level,
    )
    .select_from(
        user.outerjoin(
            role_grant,
            and_(
                role_grant.c.user_id == user.c.id,
                role_grant.c.revoked_at.is_(None),
                role_grant.c.valid_from <= bindparam("today"),
                or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to >= bindparam("today")),
            ),
        ).outerjoin(unit_table, unit_table.c.id == role_grant.c.unit_id)
    )
    .order_by(role_grant.c.granted_at, role_grant.c.id)
)
_grants_by_id = _grants.where(user.c.id == bindparam("id"))
_grants_by_login = _grants.where(user.c.login == bindparam("login"))


def actor(user_id: int, epoch: int | None = None) -> Actor | None:
    """The actor behind a session; None when locked, unknown, or the session is of an ended ``epoch``."""
    rows = db.execute(_grants_by_id, {"id": user_id, "today": db.today()}).all()
    return _actor(rows) if rows and (epoch is None or rows[0].epoch == epoch) else None


def actor_by_login(login: str) -> Actor:
    """The actor a terminal command names. Raises ``NotFound`` when there is no such active user."""
    rows = db.execute(_grants_by_login, {"login": login.strip().lower(), "today": db.today()}).all()
    found = _actor(rows) if rows else None
    if found is None:
        raise NotFound(
            Reason(
                "user_unknown",
                Text(
                    "Không có người dùng «{login}», hoặc tài khoản đã khóa",
                    "No user “{login}”, or the account is locked",
                ).format(login=login),
            )
        )
    return found


def _actor(rows: Iterable[Any]) -> Actor | None:
    rows = list(rows)
    first = rows[0]
    if first.locked_at is not None:
        return None
    return Actor(
        first.id,
        first.login,
        first.name,
        tuple(Held(row.role, row.unit_id, row.level) for row in rows if row.role),
        first.language,
    )


def readers(roles: Collection[str]) -> int:
    """The bit set of ``roles``, as ``case.readers`` keeps it."""
    return sum({ROLES[role].bit for role in roles})


def _masks(actor: Actor, roles: Collection[str] | None) -> dict[tuple[int, int], int]:
    masks: dict[tuple[int, int], int] = {}
    for held in actor.grants:
        if roles is None or held.role in roles:
            masks[held.level, held.unit_id] = masks.get((held.level, held.unit_id), 0) | ROLES[held.role].bit
    return masks


def within_reach(actor: Actor, table: Any, permission: str) -> ColumnElement[bool]:
    """The rows of ``table`` (it carries unit_id, district_id, province_id) on which ``actor`` holds ``permission``."""
    return _anywhere(table, _masks(actor, PERMISSIONS[permission]), None)


def visible_to(actor: Actor, table: Any) -> ColumnElement[bool]:
    """The cases (or rows with the same place columns and ``readers``) that ``actor`` may see."""
    return _anywhere(table, _masks(actor, None), table.c.readers)


def _anywhere(table: Any, masks: dict[tuple[int, int], int], read: Any) -> ColumnElement[bool]:
    terms = []
    for (level, unit_id), mask in masks.items():
        here = true() if level == 0 else table.c[LEVEL_COLUMNS[level]] == unit_id
        terms.append(here if read is None else and_(here, read.op("&")(mask) != 0))
    return or_(*terms) if terms else false()


def sees(actor: Actor, row: Any) -> bool:
    """Whether ``actor`` may see one row with place columns and ``readers``: the same answer as ``visible_to``."""
    return any(covers(held, row) and ROLES[held.role].bit & row.readers for held in actor.grants)


def covers(held: Held, place: Any) -> bool:
    """Whether a grant holds for a place (anything with unit_id, district_id, province_id)."""
    return held.level == 0 or getattr(place, LEVEL_COLUMNS[held.level]) == held.unit_id


def held_at(actor: Actor, roles: Collection[str], place: Any, level: int | None = None) -> Held | None:
    """The first of ``roles`` that ``actor`` holds over ``place``, at exactly ``level`` when one is given."""
    return next(
        (
            held
            for held in actor.grants
            if held.role in roles and (level is None or held.level == level) and covers(held, place)
        ),
        None,
    )


def may(actor: Actor, permission: str, place: Any) -> bool:
    """Whether ``actor`` holds ``permission`` over ``place``."""
    return held_at(actor, PERMISSIONS[permission], place) is not None


def require(actor: Actor, permission: str, place: Any = None) -> None:
    """Raise ``NotAllowed`` unless ``actor`` holds ``permission`` over ``place`` (anywhere, when no place is given)."""
    roles = PERMISSIONS[permission]
    allowed = bool(actor.roles & set(roles)) if place is None else may(actor, permission, place)
    if not allowed:
        raise NotAllowed(role_missing(roles))


def role_missing(roles: Collection[str], at: Text | None = None) -> Reason:
    """The reason that says which role the step asks for."""
    vi = " hoặc ".join(ROLES[role].title.vi for role in roles)
    en = " or ".join(ROLES[role].title.en for role in roles)
    where = Text(f" tại {at.vi}", f" at {at.en}") if at else Text("", "")
    return Reason(
        "role_missing",
        Text(f"Việc này cần vai trò {vi}{where.vi}", f"This takes the role {en}{where.en}"),
        needed=sorted(roles),
    )


def grants_on(today: date) -> ColumnElement[bool]:
    """The grants in force on a date."""
    return and_(
        role_grant.c.revoked_at.is_(None),
        role_grant.c.valid_from <= today,
        or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to >= today),
    )
