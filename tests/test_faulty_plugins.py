"""Whatever a plugin brings that cannot run is set aside and named at the start; the others go on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from core import plugins
from core.domain import budget
from core.toolkit import Declared, Field, Instalment, Requirement, Step, Text, Workflow, hookimpl
from tests.test_plugins import Brings, restarted
from tests.worlds import WELL, WellPlugin, World, both, declared
from workflows import support


class AsksNothing:
    """A plugin that answers a question nobody asks."""

    @hookimpl
    def tiepsuc_wishes(self) -> list[Any]:
        return []


class Requires:
    """A plugin with a requirement of a given code."""

    @hookimpl
    def tiepsuc_requirements(self) -> list[Requirement]:
        return [Requirement("budget_available", both("Luôn đủ"), lambda _batch: {})]


class Works:
    """A plugin with a workflow, whatever it is."""

    def __init__(self, workflow: Any) -> None:
        self.workflow = workflow

    @hookimpl
    def tiepsuc_workflows(self) -> list[Workflow]:
        return [self.workflow]


class Values:
    """A plugin with values of no programme."""

    def __init__(self, *values: Declared) -> None:
        self.values = values

    @hookimpl
    def tiepsuc_parameters(self) -> list[Declared]:
        return list(self.values)


def test_a_plugin_that_answers_an_unknown_question_takes_no_other_with_it() -> None:
    found = plugins.find((("odd", AsksNothing()), ("well", WellPlugin())), installed=False)
    assert [broken.name for broken in found.broken] == ["odd"]
    assert [name for name, _ in found.ask("tiepsuc_programmes")] == ["well"]


def test_no_plugin_replaces_a_requirement_of_the_core(world: World) -> None:
    restarted(world, ("well", WellPlugin()), ("generous", Requires()))
    [core_rule] = [each for each in budget.REQUIREMENTS if each.code == "budget_available"]
    assert world.instance.registry.requirements["budget_available"] is core_rule
    assert [broken.name for broken in world.instance.registry.broken] == ["generous"]


@pytest.mark.parametrize(
    "faulty",
    [
        lambda: Brings(WELL),
        lambda: Brings("no programme"),  # type: ignore[arg-type]
        lambda: Works(support.WORKFLOW),
        lambda: Works(7),
        lambda: Values(declared("authority.approve", "x", "code")),
        lambda: Values(declared("mine", "three")),
        lambda: Values(declared("mine", 1.5)),
        lambda: Values("no value"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_used_or_is_there_already_is_set_aside(world: World, faulty: Callable[[], Any]) -> None:
    restarted(world, ("well", WellPlugin()), ("x_faulty", faulty()))
    registry = world.instance.registry
    assert [broken.name for broken in registry.broken] == ["x_faulty"]
    assert registry.programmes["well"].plugin == "well"
    assert registry.machines["support"].workflow == support.WORKFLOW
    assert [row.value for row in registry.parameters.rows if row.name == "well_depth"] == [10]


STEP, LAST = WELL.steps[0], WELL.instalments[-1]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"steps": (dataclasses.replace(STEP, due="nothing"), *WELL.steps[1:])}, "nothing"),
        ({"steps": (dataclasses.replace(STEP, after="nothing"), *WELL.steps[1:])}, "nothing"),
        ({"steps": (dataclasses.replace(STEP, after="later"), *WELL.steps[1:])}, "circle"),
        ({"steps": (dataclasses.replace(STEP, unit="weeks"), *WELL.steps[1:])}, "weeks"),
        ({"steps": (*WELL.steps, STEP)}, "twice"),
        ({"fields": (*WELL.fields, WELL.fields[0])}, "twice"),
        ({"papers": (*WELL.papers, *WELL.papers)}, "twice"),
        ({"steps": (dataclasses.replace(STEP, when=("depth", (1,))), *WELL.steps[1:])}, "dug"),
        ({"instalments": (dataclasses.replace(WELL.instalments[0], share="nothing"), LAST)}, "nothing"),
        ({"instalments": (LAST, dataclasses.replace(LAST, code="more"))}, "rest"),
        ({"instalments": (*WELL.instalments, LAST)}, "twice"),
        ({"instalments": WELL.instalments[:1]}, "rest"),
        ({"supports": (dataclasses.replace(WELL.supports[0], field="depth"),)}, "money"),
        ({"counts_on": "birth"}, "birth"),
        ({"code": "w" * 41}, "wwww"),
        ({"fields": (*WELL.fields, Field("story", "long_text", both("Kể"), indexed=True))}, "story"),
        ({"fields": (Field("early", "text", both("Sớm"), shown_when=("depth", (1,))), *WELL.fields)}, "early"),
    ],
)
def test_a_programme_that_would_fail_on_the_way_is_refused_at_the_start(
    world: World, change: dict[str, Any], word: str
) -> None:
    restarted(world, ("well", Brings(dataclasses.replace(WELL, **change))))
    [broken] = world.instance.registry.broken
    assert word in broken.why
    assert "well" not in world.instance.registry.programmes


def test_instalments_of_which_each_case_has_one_that_takes_the_rest_are_sound(world: World) -> None:
    kind = Field("kind", "code", both("Loại"), choices=(("new", both("Mới")), ("old", both("Cũ"))))
    rest = tuple(Instalment(code, Text(code, code), share=None, when=("kind", (code,))) for code in ("new", "old"))
    step = Step("seen", both("Xem"), due="well_days", when=("kind", ("new",)))
    programme = dataclasses.replace(
        WELL,
        fields=(*WELL.fields, kind),
        instalments=(dataclasses.replace(rest[0], after="seen"), rest[1]),
        steps=(step,),
        criteria=(),
    )
    restarted(world, ("well", Brings(programme)))
    assert world.instance.registry.broken == ()
