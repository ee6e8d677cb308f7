"""The one predicate of reach, in SQL and of one row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from core.domain.access.actors import Actor, Held
from core.domain.access.roles import PERMISSIONS, ROLES, role_missing
from core.domain.units import LEVEL_COLUMNS
from core.errors import NotAllowed


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
