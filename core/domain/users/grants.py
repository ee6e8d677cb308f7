"""Roles given and taken: at a unit, from a date to a date, by somebody whose own reach covers the unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, insert, or_, select, update

from core import db
from core.domain import access, units
from core.domain.access import Actor, role_grant, user
from core.domain.users.events import write_event
from core.errors import BadInput, NotAllowed, NotFound, Reason
from core.text import Text


class Place(NamedTuple):
    """A unit with the units it lies in, as ``access.covers`` asks for it."""

    unit_id: int
    district_id: int | None
    province_id: int | None


def place_of(unit_id: int) -> Place:
    """The place a unit is. Raises ``NotFound``."""
    found = units.unit_by_id(unit_id)
    return Place(found.id, found.district_id, found.province_id)


def grant_role(
    actor: Actor | None,
    user_id: int,
    role: str,
    unit_id: int,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Give ``role`` at a unit and all below it, from ``valid_from`` (default today)
    through ``valid_to`` (default open). The key of the grant.

    No actor is the terminal of the machine. Raises ``NotAllowed`` beyond the actor's own reach or
    for the actor's own account, ``BadInput`` for an unknown role, dates in the wrong order, or a role held then.
    """
    valid_from = valid_from or db.today()
    place = place_of(unit_id)
    if actor is not None:
        if actor.id == user_id:
            raise NotAllowed(
                Reason("own_account", Text("Không ai tự giao vai trò cho mình.", "Nobody grants a role to themselves."))
            )
        _require_reach(actor, place)
    _refuse_bad_grant(user_id, role, unit_id, valid_from, valid_to)
    key = db.new_id()
    db.execute(
        insert(role_grant).values(
            id=key,
            user_id=user_id,
            role=role,
            unit_id=unit_id,
            valid_from=valid_from,
            valid_to=valid_to,
            granted_by=actor.id if actor else None,
            granted_at=db.now(),
        )
    )
    write_event(
        actor,
        user_id,
        "role_granted",
        grant=key,
        role=role,
        unit=unit_id,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
    )
    return key


def _refuse_bad_grant(user_id: int, role: str, unit_id: int, valid_from: date, valid_to: date | None) -> None:
    reasons = []
    if role not in access.ROLES:
        reasons.append(
            Reason(
                "role_unknown",
                Text("Không có vai trò này.", "There is no such role."),
                seen=role,
                needed=sorted(access.ROLES),
                field="role",
            )
        )
    if valid_to is not None and valid_to < max(valid_from, db.today()):
        reasons.append(
            Reason(
                "grant_ends_early",
                Text(
                    "Ngày kết thúc phải từ hôm nay trở đi và không trước ngày bắt đầu.",
                    "The last day must not lie in the past or before the first.",
                ),
                seen=valid_to.isoformat(),
                needed=max(valid_from, db.today()).isoformat(),
                field="valid_to",
            )
        )
    if not reasons and _held_then(user_id, role, unit_id, valid_from, valid_to):
        reasons.append(
            Reason(
                "grant_overlaps",
                Text(
                    "Người này đã có vai trò đó tại đơn vị trong thời gian này.",
                    "This person already holds the role there in that time.",
                ),
                field="role",
            )
        )
    if reasons:
        raise BadInput(reasons)


def _held_then(user_id: int, role: str, unit_id: int, valid_from: date, valid_to: date | None) -> bool:
    overlaps = or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to >= valid_from)
    if valid_to is not None:
        overlaps = and_(overlaps, role_grant.c.valid_from <= valid_to)
    return (
        db.execute(
            select(role_grant.c.id).where(
                role_grant.c.user_id == user_id,
                role_grant.c.role == role,
                role_grant.c.unit_id == unit_id,
                role_grant.c.revoked_at.is_(None),
                overlaps,
            )
        ).first()
        is not None
    )


def revoke_grant(actor: Actor | None, grant_id: int) -> None:
    """End a grant now. Raises ``NotFound`` beyond the actor's reach, ``NotAllowed`` for a role of their own."""
    grant = db.execute(select(role_grant).where(role_grant.c.id == grant_id)).first()
    if grant is None or (actor is not None and not access.may(actor, "user.manage", place_of(grant.unit_id))):
        raise NotFound(
            Reason(
                "grant_unknown",
                Text("Không có vai trò này trong địa bàn của bạn.", "There is no such grant within your reach."),
            )
        )
    if actor is not None and grant.user_id == actor.id:
        raise NotAllowed(
            Reason(
                "own_account",
                Text(
                    "Không ai tự thu hồi vai trò của mình; hãy nhờ một quản trị viên khác.",
                    "Nobody revokes their own role; ask another administrator.",
                ),
            )
        )
    if grant.revoked_at is not None:
        return
    db.execute(
        update(role_grant)
        .where(role_grant.c.id == grant_id, role_grant.c.revoked_at.is_(None))
        .values(revoked_at=db.now(), revoked_by=actor.id if actor else None)
    )
    write_event(actor, grant.user_id, "role_revoked", grant=grant_id, role=grant.role, unit=grant.unit_id)


def grants_of(user_id: int) -> Sequence[Row[Any]]:
    """Every grant of a person, in force or not, newest first."""
    return db.execute(select(role_grant).where(role_grant.c.user_id == user_id).order_by(role_grant.c.id.desc())).all()


def logins_with(permission: str, place: Any) -> list[str]:
    """The sign-in names of everybody who holds ``permission`` over ``place`` today and is not locked, in order."""
    above = [place.unit_id, place.district_id, place.province_id, units.COUNTRY]
    return list(
        db.execute(
            select(user.c.login)
            .distinct()
            .join(role_grant, role_grant.c.user_id == user.c.id)
            .where(
                user.c.locked_at.is_(None),
                access.grants_on(db.today()),
                role_grant.c.role.in_(access.PERMISSIONS[permission]),
                role_grant.c.unit_id.in_([unit_id for unit_id in above if unit_id is not None]),
            )
            .order_by(user.c.login)
        ).scalars()
    )


class HeldRole(NamedTuple):
    """A role in force and the name of its unit, as lists show it."""

    role: Text
    unit: str


def roles_of(user_ids: Collection[int]) -> dict[int, list[HeldRole]]:
    """The roles in force today of many people; somebody without one has an empty list."""
    found: dict[int, list[HeldRole]] = {user_id: [] for user_id in user_ids}
    rows = db.execute(
        select(role_grant.c.user_id, role_grant.c.role, role_grant.c.unit_id)
        .where(role_grant.c.user_id.in_(user_ids), access.grants_on(db.today()))
        .order_by(role_grant.c.granted_at, role_grant.c.id)
    ).all()
    named = units.names({row.unit_id for row in rows})
    for row in rows:
        found[row.user_id].append(HeldRole(access.ROLES[row.role].title, named.get(row.unit_id, "")))
    return found


def revocable(actor: Actor, grant: Row[Any]) -> bool:
    """Whether ``revoke_grant`` would end this grant for this actor."""
    ended = grant.revoked_at is not None or (grant.valid_to is not None and grant.valid_to < db.today())
    return not ended and grant.user_id != actor.id and access.may(actor, "user.manage", place_of(grant.unit_id))


def _require_reach(actor: Actor, place: Place) -> None:
    if not access.may(actor, "user.manage", place):
        raise NotAllowed(access.role_missing(access.PERMISSIONS["user.manage"], at=_named(place.unit_id)))


def _named(unit_id: int) -> Text:
    name = units.unit_by_id(unit_id).name
    return Text(name, name)
