"""Plugins come and go: broken ones are set aside, cases of missing ones stay readable, the toolkit is enough."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from core import db, plugins
from core.domain import cases
from core.errors import NotFound, Refused, Unmet
from core.toolkit import Criterion, Programme, Requirement, Text, Workflow, hookimpl
from plugins import housing
from tests import worlds
from tests.stories import GOOD, proposed
from tests.worlds import WELL, World
from workflows import support


class Brings:
    """A plugin with one programme."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    @hookimpl
    def tiepsuc_programmes(self) -> list[Programme]:
        return [self.programme]


class Raises:
    """A plugin that fails at the first question."""

    @hookimpl
    def tiepsuc_programmes(self) -> list[Programme]:
        raise RuntimeError("no disk")


def restarted(world: World, *extra: tuple[str, Any]) -> None:
    """The same database under a process with other plugins."""
    worlds.start(world.instance, tuple(extra))


def test_a_programme_needs_only_the_toolkit_and_a_hook() -> None:
    tree = ast.parse(Path(worlds.__file__).read_text())
    needed = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "WELL"
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    } - {"WELL", "True", "False"}
    toolkit = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "core.toolkit"
        for alias in node.names
    }
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert needed <= toolkit | own


def test_a_case_stays_readable_when_its_plugin_is_gone(world: World) -> None:
    number = proposed(world)
    restarted(world)
    with db.transaction(world.instance):
        row = cases.find(world.officer, number)
        assert cases.form_of(row).fields[0].label.vi == "Độ sâu"
        assert not any(each.allowed for each in cases.possible(world.approver, row))
        with pytest.raises(NotFound) as refused:
            cases.open_case(world.officer, "well", world.household)
    assert "well" in refused.value.reasons[0].sentence.vi


def test_no_step_is_taken_while_the_plugin_is_gone_and_all_is_there_when_it_is_back(world: World) -> None:
    number = proposed(world)
    restarted(world)
    with db.transaction(world.instance), pytest.raises(Refused):
        cases.move(world.approver, number, "return", {"comment": "Bổ sung giấy tờ"})
    restarted(world, ("well", worlds.WellPlugin()))
    with db.transaction(world.instance):
        assert cases.move(world.approver, number, "return", {"comment": "Bổ sung giấy tờ"}).moved


def test_a_plugin_that_raises_is_set_aside_and_named(world: World) -> None:
    restarted(world, ("well", worlds.WellPlugin()), ("bad", Raises()))
    assert [broken.name for broken in world.instance.registry.broken] == ["bad"]
    assert "well" in world.instance.registry.programmes


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("workflow", {"workflow": "nothing"}),
        ("criterion", {"criteria": (Criterion("odd", Text("Lạ", "Odd"), "answers.nothing > 1"),)}),
        ("support", {"supports": (dataclasses.replace(WELL.supports[0], field="nothing"),)}),
    ],
)
def test_a_programme_with_a_fault_is_set_aside_with_a_sentence(world: World, name: str, change: dict[str, Any]) -> None:
    faulty = dataclasses.replace(WELL, code="faulty", **change)
    restarted(world, ("faulty", Brings(faulty)))
    [broken] = world.instance.registry.broken
    assert broken.name == "faulty"
    assert "nothing" in broken.why
    assert "faulty" not in world.instance.registry.programmes


def test_a_running_case_keeps_the_form_it_was_opened_under(world: World) -> None:
    number = proposed(world)
    renamed = dataclasses.replace(WELL.fields[0], label=Text("Chiều sâu", "Deepness"))
    changed = dataclasses.replace(WELL, fields=(renamed, *WELL.fields[1:]))
    restarted(world, ("well", Brings(changed)))
    with db.transaction(world.instance):
        assert cases.form_of(cases.find(world.officer, number)).fields[0].label.vi == "Độ sâu"
        other = worlds.household(world, "H2", "Trần Thị Bé")
        fresh = cases.open_case(world.officer, "well", other, GOOD).number
        assert cases.form_of(cases.find(world.officer, fresh)).fields[0].label.vi == "Chiều sâu"


def test_finding_plugins_without_installed_ones_gives_only_those_named() -> None:
    assert plugins.find((("well", worlds.WellPlugin()),), installed=False).ask("tiepsuc_programmes") == [("well", WELL)]


class Explodes:
    """A plugin whose own requirement has a fault."""

    @hookimpl
    def tiepsuc_requirements(self) -> list[Requirement]:
        return [Requirement("explodes", Text("Có phép màu", "There is magic"), lambda batch: batch.data["magic"])]

    @hookimpl
    def tiepsuc_workflows(self) -> list[Workflow]:
        steps = [
            dataclasses.replace(step, requirements=("explodes", *step.requirements)) if step.code == "propose" else step
            for step in support.WORKFLOW.transitions
        ]
        return [dataclasses.replace(support.WORKFLOW, name="magic", transitions=tuple(steps))]

    @hookimpl
    def tiepsuc_programmes(self) -> list[Programme]:
        return [dataclasses.replace(WELL, workflow="magic")]


def test_a_requirement_that_fails_itself_refuses_with_a_sentence_beside_the_other_reasons(world: World) -> None:
    restarted(world, ("explodes", Explodes()))
    with db.transaction(world.instance):
        number = cases.open_case(world.officer, "well", world.household, {"depth": 9}).number
        with pytest.raises(Unmet) as refused:
            cases.move(world.officer, number, "propose")
        assert cases.find(world.officer, number).state == "draft"
    assert [reason.code for reason in refused.value.reasons] == ["explodes", "missing", "paper_missing", "deep_enough"]
    assert "Có phép màu" in refused.value.reasons[0].sentence.vi


def test_a_plugin_that_is_installed_and_given_by_hand_counts_once() -> None:
    found = plugins.find((("housing", housing),))
    assert (found.broken, found.manager.get_plugin("housing")) == ([], housing)
