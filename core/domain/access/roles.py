"""The roles, and what each may do that is no step of a workflow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.errors import Reason
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
    "case.decide": ("approver",),
    "fund.view": ("approver", "accountant", "manager", "auditor"),
    "fund.manage": ("manager",),
    "payment.make": ("accountant",),
    "visit.record": ("monitor", "officer"),
    "indicator.view": ("manager", "auditor", "approver", "accountant", "officer"),
    "parameter.view": ("officer", "approver", "accountant", "monitor", "manager", "auditor", "admin"),
    "parameter.manage": ("manager",),
    "unit.classify": ("manager", "admin"),
    "user.manage": ("admin",),
    "read.view": ("auditor",),
    "private.reveal": ("officer", "approver", "accountant", "monitor", "auditor"),
}


def readers(roles: Collection[str]) -> int:
    """The bit set of ``roles``, as ``case.readers`` keeps it."""
    return sum({ROLES[role].bit for role in roles})


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
