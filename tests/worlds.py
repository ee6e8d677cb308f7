"""A small world to tell stories in: a commune of Bắc Ninh, a household, people with roles, money, and a programme
written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import db, instance as instances, plugins
from core.domain import access, budget, parameters, people, programmes, units
from core.domain.access import Actor
from core.toolkit import Criterion, Declared, Field, Instalment, Paper, Programme, Row, Step, Support, Text, hookimpl

TODAY = date(2026, 11, 23)
CONFIRMED = "Quyết định thử nghiệm"


def both(text: str) -> Text:
    """The same words in both languages, where a test does not care."""
    return Text(text, text)


def declared(name: str, value: Any, kind: Any = "integer") -> Declared:
    """A parameter with one value for the whole country."""
    return Declared(name, kind, both(name), rows=(Row(value, CONFIRMED, verified=True),))


WELL = Programme(
    code="well",
    title=Text("Giếng nước", "Well"),
    summary=Text("Hỗ trợ đào giếng", "Help with a well"),
    subject="household",
    workflow="support",
    fields=(
        Field("depth", "integer", Text("Độ sâu", "Depth"), unit="m", required=True, indexed=True),
        Field("central", "money", Text("Ngân sách trung ương", "Central budget"), required=True),
        Field("local", "money", Text("Ngân sách địa phương", "Local budget")),
        Field("illness", "text", Text("Bệnh trong hộ", "Illness in the household"), privacy="sensitive"),
    ),
    criteria=(
        Criterion("deep_enough", Text("Giếng đủ sâu", "The well is deep enough"), "answers.depth >= params.well_depth"),
        Criterion("water_reached", Text("Có nước", "There is water"), "visit.water == True", point="finished"),
    ),
    papers=(Paper("request", Text("Đơn đề nghị", "Request"), required_for=("propose",)),),
    supports=(
        Support("central", "recurrent", Text("Trung ương", "Central"), "central"),
        Support("local", "recurrent", Text("Địa phương", "Local"), "local"),
    ),
    instalments=(
        Instalment("first", Text("Đợt 1", "First"), share="well_first_share", after="dug"),
        Instalment("last", Text("Đợt cuối", "Last"), share=None, after="finished"),
    ),
    steps=(
        Step("dug", Text("Đã đào", "Dug"), due="well_days"),
        Step(
            "finished",
            Text("Hoàn thành", "Finished"),
            due="well_days",
            after="dug",
            point="finished",
            fields=(Field("water", "yes_no", Text("Có nước", "Water"), required=True),),
            gates=("finish_monitoring",),
        ),
        Step(
            "later",
            Text("Sau một năm", "A year later"),
            due="well_months",
            unit="months",
            after="finished",
            gates=("close",),
        ),
    ),
    parameters=(
        declared("well_depth", 10),
        declared("well_first_share", 60),
        declared("well_days", 30),
        declared("well_months", 12),
    ),
)


class WellPlugin:
    """All that a plugin is: an object that answers hooks."""

    @hookimpl
    def tiepsuc_programmes(self) -> list[Programme]:
        """The programme of these stories."""
        return [WELL]


@dataclass
class World:
    """Who and what there is; ``people`` by role."""

    instance: db.Instance
    commune: units.Unit
    household: str
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, role: str) -> Actor:
        try:
            return self.actors[role]
        except KeyError:
            raise AttributeError(role) from None


def start(
    instance: db.Instance, extra: tuple[tuple[str, Any], ...] = (("well", WellPlugin()),), installed: bool = True
) -> None:
    """Give a migrated instance plugins, their rows and a registry."""
    instance.plugins = plugins.find(extra, installed=installed)
    instances.prepare(instance)


def person(login: str, *grants: tuple[str, int]) -> Actor:
    """A user with roles at units; the password is no concern here."""
    user_id = db.new_id()
    db.execute(
        access.user.insert(),
        {
            "id": user_id,
            "login": login,
            "name": login.capitalize(),
            "password_hash": "-",
            "must_change": 0,
            "epoch": 1,
            "language": "vi",
            "created_at": db.now(),
            "created_by": None,
            "locked_at": None,
        },
    )
    for role, unit_id in grants:
        db.execute(
            access.role_grant.insert(),
            {
                "id": db.new_id(),
                "user_id": user_id,
                "role": role,
                "unit_id": unit_id,
                "valid_from": date(2020, 1, 1),
                "valid_to": None,
                "granted_by": None,
                "granted_at": db.now(),
                "revoked_by": None,
                "revoked_at": None,
            },
        )
    return access.actor_by_login(login)


def money(
    actor: Actor, code: str, amount: int, source: str = "central", programme: str = "well", unit: str = "24"
) -> None:
    """A fund of this year with money in it."""
    budget.create_fund(
        actor,
        {
            "code": code,
            "name": code,
            "source": source,
            "capital": "recurrent",
            "year": str(TODAY.year),
            "programme": programme,
            "unit": unit,
        },
    )
    budget.allocate(actor, code, amount, "Quyết định giao vốn", TODAY)


def build(instance: db.Instance) -> World:
    """The world, inside one unit of work of its own."""
    start(instance)
    with db.transaction(instance):
        province = units.unit_by_code("24", TODAY)
        commune = units.children(province.id, TODAY)[0]
        world = World(instance, commune, "")
        for role, at in (
            ("officer", commune.id),
            ("approver", province.id),
            ("accountant", province.id),
            ("monitor", commune.id),
            ("manager", province.id),
            ("auditor", province.id),
            ("admin", 1),
        ):
            world.actors[role] = person(role, (role, at))
        world.household = household(world)
        money(world.manager, "TW", 100_000_000)
        money(world.manager, "DP", 50_000_000, source="local")
    return world


def again(instance: db.Instance) -> World:
    """The world of an instance that is a copy of one that ``build`` filled."""
    start(instance)
    with db.transaction(instance):
        province = units.unit_by_code("24", TODAY)
        world = World(instance, units.children(province.id, TODAY)[0], "")
        world.actors = {role: access.actor_by_login(role) for role in access.ROLES}
        world.household = people.household_number(people.household_by_code(world.officer, "H1"))
    return world


def household(world: World, code: str = "H1", name: str = "Nguyễn Văn Á") -> str:
    """A poor household of the commune; gives its number."""
    key, _ = people.save_household(
        world.officer,
        {
            "unit": world.commune.id,
            "code": code,
            "village": "Thôn Đông",
            "members": [{"name": name, "relation": "Chủ hộ", "birth": "1960", "sex": "Nam"}],
            "category": "Hộ nghèo",
            "decision_number": "01/QĐ-UBND",
            "decided_on": "01/12/2025",
            "score_a": "120",
            "score_b": "40",
        },
    )
    return people.household_number(key)


__all__ = ["TODAY", "WELL", "World", "build", "household", "money", "parameters", "person", "programmes", "start"]
