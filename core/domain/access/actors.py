"""People who act, with the roles they hold today."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from core import db
from core.domain.access.tables import role_grant, user
from core.domain.units import unit as unit_table
from core.errors import NotFound, Reason
from core.text import Text


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


def grants_on(today: date) -> ColumnElement[bool]:
    """The grants in force on a date."""
    return and_(
        role_grant.c.revoked_at.is_(None),
        role_grant.c.valid_from <= today,
        or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to >= today),
    )


_names = select(user.c.id, user.c.name).where(user.c.id.in_(bindparam("ids", expanding=True)))


def names(user_ids: Collection[int | None]) -> dict[int, str]:
    """What people are called, by the id of their account."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    return {row.id: row.name for row in db.execute(_names, {"ids": sorted(wanted)})} if wanted else {}
