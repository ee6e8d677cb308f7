"""Building the registry from the plugins and the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core import criteria, db
from core.domain import parameters
from core.domain.parameters import Declared
from core.domain.programmes.declaration import SUBJECTS, Programme
from core.domain.programmes.definitions import InForce, body_of, definition, thaw_form
from core.domain.programmes.judging import vocabulary
from core.errors import Refused
from core.parameters import ParameterRow, Parameters
from core.plugins import Plugins
from core.registry import Registry
from core.workflow import Effect, Machine, Requirement, problems, thaw, version_of


def load(
    plugins: Plugins, own_requirements: Iterable[Requirement], own_effects: Iterable[Effect], roles: Mapping[str, Any]
) -> Registry:
    """The registry of this process from its plugins and the database. A plugin with a fault is set aside and named."""
    version = parameters.version()  # first: what changes while the rest is read brings another version soon
    requirements = {each.code: each for each in own_requirements} | {
        each.code: each for _, each in plugins.ask("tiepsuc_requirements")
    }
    effects = {each.code: each for each in own_effects} | {
        each.code: each for _, each in plugins.ask("tiepsuc_effects")
    }
    machines = {}
    for plugin, workflow in plugins.ask("tiepsuc_workflows"):
        wrong = problems(workflow, roles, requirements, effects)
        if wrong:
            plugins.set_aside(plugin, f"workflow {workflow.name}: {'; '.join(wrong)}")
        else:
            machines[workflow.name] = Machine(workflow)
    common = [each for _, each in plugins.ask("tiepsuc_parameters")]
    programmes: dict[str, InForce] = {}
    taken = {each.name for each in common}
    for plugin, programme in plugins.ask("tiepsuc_programmes"):
        try:
            _check_parameters(programme, taken)
            programmes[programme.code] = _put_in_force(programme, machines, plugin)
            taken |= {each.name for each in programme.parameters}
        except (Refused, ValueError) as error:
            plugins.set_aside(plugin, f"programme {programme.code}: {error}")
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


def declared_by(plugins: Plugins) -> Iterator[tuple[str, Sequence[Declared]]]:
    """The parameters that each plugin declares for its workflows and for those of its programmes that are in force."""
    in_force = {one.programme.code for one in db.registry().programmes.values()}
    for plugin, declared in plugins.ask("tiepsuc_parameters"):
        yield plugin, [declared]
    for plugin, programme in plugins.ask("tiepsuc_programmes"):
        if programme.code in in_force:
            yield plugin, programme.parameters


def _check_parameters(programme: Programme, taken: Collection[str]) -> None:
    """Raise ``ValueError`` for a name somebody else declares, ``BadInput`` for rows of a wrong type or that overlap."""
    twice = sorted(each.name for each in programme.parameters if each.name in taken)
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
            for each in programme.parameters
            for row in each.rows
        ],
        [each.declaration for each in programme.parameters],
    )


def _put_in_force(programme: Programme, machines: Mapping[str, Machine], plugin: str) -> InForce:
    if programme.subject not in SUBJECTS:
        raise ValueError(f"no subject {programme.subject!r}; one of {', '.join(SUBJECTS)}")
    if programme.workflow not in machines:
        raise ValueError(f"no workflow {programme.workflow!r}")
    names = {field.name for field in programme.fields}
    steps = {step.code for step in programme.steps}
    transitions = {step.code for step in machines[programme.workflow].workflow.transitions}
    wrong = [
        f"support from {each.source}: no question {each.field!r}"
        for each in programme.supports
        if each.field not in names
    ]
    wrong += [
        f"instalment {each.code}: no step {each.after!r}"
        for each in programme.instalments
        if each.after and each.after not in steps
    ]
    wrong += [
        f"step {each.code}: no transition {gate!r}"
        for each in programme.steps
        for gate in each.gates
        if gate not in transitions
    ]
    wrong += [
        f"paper {each.code}: no transition {gate!r}"
        for each in programme.papers
        for gate in each.required_for
        if gate not in transitions
    ]
    rows: tuple[Any, ...] = (*programme.papers, *programme.instalments, *programme.steps)
    wrong += [f"{each.code}: no question {each.when[0]!r}" for each in rows if each.when and each.when[0] not in names]
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
