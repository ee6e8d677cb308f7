"""Building the registry from the plugins and the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from core import criteria, db
from core.domain import parameters
from core.domain.parameters import Declared
from core.domain.programmes.checking import faults
from core.domain.programmes.declaration import Programme
from core.domain.programmes.definitions import InForce, body_of, definition, thaw_form
from core.domain.programmes.judging import vocabulary
from core.parameters import ParameterRow, Parameters
from core.plugins import Plugins
from core.registry import Registry
from core.workflow import Effect, Machine, Requirement, problems, thaw, version_of


def load(
    plugins: Plugins, own_requirements: Iterable[Requirement], own_effects: Iterable[Effect], roles: Mapping[str, Any]
) -> Registry:
    """The registry of this process from its plugins and the database. A plugin with a fault is set aside and named."""
    version = parameters.version()  # first: what changes while the rest is read brings another version soon
    requirements = _by_code(plugins, "tiepsuc_requirements", own_requirements)
    effects = _by_code(plugins, "tiepsuc_effects", own_effects)
    machines: dict[str, Machine] = {}
    for plugin, workflow in plugins.ask("tiepsuc_workflows"):
        with _or_set_aside(plugins, plugin, f"workflow {getattr(workflow, 'name', workflow)}"):
            wrong = problems(workflow, roles, requirements, effects)
            if wrong or workflow.name in machines:
                raise ValueError("; ".join(wrong) or "there is one of this name already")
            machines[workflow.name] = Machine(workflow)
    common = [each for _, each in _common(plugins)]
    programmes: dict[str, InForce] = {}
    taken = {each.name for each in common}
    for plugin, programme in plugins.ask("tiepsuc_programmes"):
        with _or_set_aside(plugins, plugin, f"programme {getattr(programme, 'code', programme)}"):
            if programme.code in programmes:
                raise ValueError("there is one of this code already")
            _check_parameters(programme.parameters, taken)
            programmes[programme.code] = _put_in_force(programme, machines, plugin, common)
            taken |= {each.name for each in programme.parameters}
    declared = common + [each for one in programmes.values() for each in one.programme.parameters]
    versions = {
        (row.name, row.version): Machine(thaw(json.loads(row.body)))
        for row in db.execute(select(definition).where(definition.c.kind == "workflow"))
    }
    forms = {
        (row.name, row.version): thaw_form(row.body)
        for row in db.execute(select(definition).where(definition.c.kind == "programme"))
    }
    return Registry(
        version=version,
        machines=machines,
        versions=versions | {(name, machine.version): machine for name, machine in machines.items()},
        programmes=programmes,
        forms=forms | {(code, one.version): thaw_form(one.body) for code, one in programmes.items()},
        requirements=requirements,
        effects=effects,
        parameters=parameters.in_force(declared),
        broken=tuple(plugins.broken),
    )


@contextmanager
def _or_set_aside(plugins: Plugins, plugin: str, what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever a plugin brings, the others go on
        plugins.set_aside(plugin, f"{what}: {error}")


def _by_code(plugins: Plugins, question: str, own: Iterable[Any]) -> dict[str, Any]:
    """The core's rules and those that plugins add; none replaces another."""
    found = {each.code: each for each in own}
    for plugin, each in plugins.ask(question):
        with _or_set_aside(plugins, plugin, f"rule {getattr(each, 'code', each)}"):
            if each.code in found:
                raise ValueError("there is one of this code already")
            found[each.code] = each
    return found


def _common(plugins: Plugins) -> list[tuple[str, Declared]]:
    """The parameters that belong to no programme, each with its plugin."""
    found: list[tuple[str, Declared]] = []
    for plugin, each in plugins.ask("tiepsuc_parameters"):
        with _or_set_aside(plugins, plugin, f"parameter {getattr(each, 'name', each)}"):
            _check_parameters((each,), [one.name for _, one in found])
            found.append((plugin, each))
    return found


def declared_by(plugins: Plugins) -> Iterator[tuple[str, Sequence[Declared]]]:
    """The parameters that each plugin declares for its workflows and for those of its programmes that are in force."""
    yield from ((plugin, [each]) for plugin, each in _common(plugins))
    yield from ((each.plugin, each.programme.parameters) for each in db.registry().programmes.values())


def _check_parameters(declared: Sequence[Declared], taken: Collection[str]) -> None:
    """Raise ``ValueError`` for a name somebody else declares, ``BadInput`` for rows of a wrong type or that overlap."""
    twice = sorted(each.name for each in declared if each.name in taken)
    if twice:
        raise ValueError(f"parameters that are declared elsewhere: {', '.join(twice)}")
    places: dict[tuple[str, str], int] = {}
    Parameters(
        [
            ParameterRow(
                each.name,
                row.value,
                row.valid_from,
                row.valid_to,
                places.setdefault((row.place, str(row.place_on)), len(places)),
                row.area_kind,
                row.source,
                row.verified,
            )
            for each in declared
            for row in each.rows
        ],
        [each.declaration for each in declared],
    )


def _put_in_force(
    programme: Programme, machines: Mapping[str, Machine], plugin: str, declared: Iterable[Declared]
) -> InForce:
    if programme.workflow not in machines:
        raise ValueError(f"no workflow {programme.workflow!r}")
    names = {each.name for each in (*declared, *programme.parameters)}
    wrong = faults(programme, machines[programme.workflow].workflow, names)
    if wrong:
        raise ValueError("; ".join(wrong))
    compiled = []
    by_point = {step.point: step.fields for step in programme.steps if step.point}
    declarations = {each.name: each.declaration for each in programme.parameters}
    for criterion in programme.criteria:
        compiled.append(
            criteria.compile(criterion, vocabulary(programme.fields, by_point.get(criterion.point, ())), declarations)
        )
    body = body_of(programme)
    return InForce(programme, version_of(body), body, tuple(compiled), plugin)
