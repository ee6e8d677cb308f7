"""Programmes: one declaration each, judged for one case or many, frozen as they were when a case was opened.

A programme says who it is for, what it asks, what it judges, what it pays and when, and what is followed up. Everything that a
decree can change is a parameter; everything here is the shape of the programme.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Column, String, Table, Text as LongText, select

from core import criteria, db
from core.criteria import Criterion, Verdict
from core.domain import parameters, people, units
from core.domain.parameters import Declared
from core.errors import Reason
from core.fields import Field, thaw as thaw_field
from core.parameters import Resolved
from core.plugins import Plugins
from core.registry import Registry
from core.text import Text, canonical
from core.workflow import Effect, Machine, Requirement, freeze, problems, thaw, version_of

SUBJECTS = ("household", "person")

definition = Table(  # every workflow and programme that a case was ever opened under, as it was then
    "definition",
    db.metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("version", String(12), primary_key=True),
    Column("body", LongText, nullable=False),
    Column("first_used_at", db.Moment, nullable=False),
)

When = tuple[str, tuple[Any, ...]]  # (name of a question, answers): the row counts only for cases that answered so


@dataclass(frozen=True)
class Paper:
    """A paper the case has to carry; ``required_for`` names the transitions that ask for it."""

    code: str
    title: Text
    required_for: tuple[str, ...] = ()
    help: Text | None = None
    when: When | None = None


@dataclass(frozen=True)
class Support:
    """Money asked of one source: ``field`` is the question whose answer is the amount in đồng.

    ``source`` and ``capital`` ("recurrent" or "investment") say which funds can bear it.
    """

    source: str
    capital: str
    title: Text
    field: str


@dataclass(frozen=True)
class Instalment:
    """A payment. ``share`` names the parameter with its percentage of the whole; None: all that is left.

    ``after`` is the monitoring step that must have been passed first.
    """

    code: str
    title: Text
    share: str | None
    after: str | None = None
    when: When | None = None


@dataclass(frozen=True)
class Step:
    """A visit that is planned when the case is approved.

    ``due`` names the parameter with the number of days (``unit`` "days") or months after ``after``: "approve" or a step. A step
    whose parameter is not set in the case's place is not planned. ``point`` is the point at which criteria are judged
    on its answers; ``gates`` the transitions that wait for it to be passed.
    """

    code: str
    title: Text
    due: str
    after: str = "approve"
    unit: str = "days"
    fields: tuple[Field, ...] = ()
    point: str = ""
    photos: int = 0
    gates: tuple[str, ...] = ()
    when: When | None = None


@dataclass(frozen=True)
class Programme:
    """One kind of support. ``subject`` is who a case is about: "household" or "person".

    ``counts_on`` says which date the law of the day is taken on: "application" (the day the case was first proposed) or
    "decision" (the day it is approved).
    """

    code: str
    title: Text
    summary: Text
    subject: str
    workflow: str
    fields: tuple[Field, ...]
    criteria: tuple[Criterion, ...] = ()
    papers: tuple[Paper, ...] = ()
    supports: tuple[Support, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    steps: tuple[Step, ...] = ()
    parameters: tuple[Declared, ...] = ()
    counts_on: str = "application"

    def step(self, code: str) -> Step:
        """The monitoring step of that code. Raises ``KeyError``."""
        return {step.code: step for step in self.steps}[code]

    def field(self, name: str) -> Field:
        """The question of that name. Raises ``KeyError``."""
        return {field.name: field for field in self.fields}[name]


def applies(row: Any, answers: Mapping[str, Any]) -> bool:
    """Whether a paper, instalment or step counts for a case with these answers."""
    return row.when is None or answers.get(row.when[0]) in row.when[1]


@dataclass(frozen=True)
class InForce:
    """A programme with its version and its criteria compiled, as the registry holds it."""

    programme: Programme
    version: str
    body: str
    criteria: tuple[criteria.CompiledCriterion, ...]
    plugin: str = ""


def body_of(programme: Programme) -> str:
    """What cases of this programme need to stay readable: canonical JSON, without the parameter rows, which have their own dates."""
    told = asdict(programme)
    del told["parameters"]
    return canonical(told)


@dataclass(frozen=True)
class Form:
    """What a stored definition still tells about a programme, whether or not its plugin is there."""

    code: str
    title: Text
    fields: tuple[Field, ...]
    papers: tuple[Paper, ...]
    steps: tuple[Step, ...] = field(default=())
    instalments: tuple[Instalment, ...] = field(default=())

    def field(self, name: str) -> Field | None:
        """The question of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def _thaw_form(body: str) -> Form:
    data = json.loads(body)
    return Form(
        data["code"],
        Text(*data["title"]),
        tuple(thaw_field(row) for row in data["fields"]),
        tuple(Paper(**_thawed(row)) for row in data["papers"]),
        tuple(Step(**_thawed(row)) for row in data["steps"]),
        tuple(Instalment(**_thawed(row)) for row in data["instalments"]),
    )


def _thawed(row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row)
    values["title"] = Text(*values["title"])
    if values.get("help"):
        values["help"] = Text(*values["help"])
    if values.get("when"):
        values["when"] = (values["when"][0], tuple(values["when"][1]))
    for name in ("required_for", "gates"):
        if name in values:
            values[name] = tuple(values[name])
    if "fields" in values:
        values["fields"] = tuple(thaw_field(item) for item in values["fields"])
    return values


# Judging


def vocabulary(fields: Iterable[Field], extra: Iterable[Field] = ()) -> dict[str, criteria.Fact]:
    """The names a criterion may read: the registry's facts, ``answers.…`` and, at a visit, ``visit.…``."""
    return {
        **people.FACTS,
        **{
            fact.name: fact
            for prefix, each in (("answers", fields), ("visit", extra))
            for fact in (_fact(prefix, one) for one in each)
        },
    }


def _fact(prefix: str, field: Field) -> criteria.Fact:
    kind = "text" if field.type == "long_text" else field.type
    unit = Text(field.unit, field.unit)
    return criteria.Fact(f"{prefix}.{field.name}", kind, field.label, unit=unit, choices=dict(field.choices))  # type: ignore[arg-type]


def facts_of(answers: Mapping[str, Any], fields: Iterable[Field], prefix: str = "answers") -> dict[str, Any]:
    """Stored answers as facts: ISO texts become dates, what is not answered is unknown."""
    return {f"{prefix}.{field.name}": _typed(field, answers.get(field.name)) for field in fields}


def _typed(field: Field, value: Any) -> Any:
    return date.fromisoformat(value) if field.type == "date" and value is not None else value


@dataclass(frozen=True)
class Judgement:
    """The verdicts on one case at one point, and the parameter rows they rest on."""

    verdicts: tuple[Verdict, ...]
    resolved: Resolved

    @property
    def holds(self) -> bool:
        """Whether every criterion is known to hold."""
        return all(verdict.outcome is True for verdict in self.verdicts)

    @property
    def reasons(self) -> list[Reason]:
        """Why not, for every criterion that fails or is unknown."""
        return [reason for verdict in self.verdicts if verdict.outcome is not True for reason in verdict.reasons]


def resolve(place: Any, on: date, village: str | None = None) -> Resolved:
    """The legal values at a place (it has unit_id) on a date."""
    kind = units.difficulty(place.unit_id, on, village)
    return db.registry().parameters.resolve(on, units.territory(place.unit_id), (kind,) if kind else ())


def judge_many(
    programme_code: str,
    cases: Sequence[Any],
    on: Mapping[int, date],
    point: str = "proposal",
    visits: Mapping[int, Mapping[str, Any]] | None = None,
) -> dict[int, Judgement]:
    """Judge cases of one programme at ``point``, each by the law of its date ``on[case.id]``, in a fixed number of queries.

    ``cases`` have id, unit_id, household_id, person_id and answers (JSON text or mapping). ``visits`` are the answers of a visit.
    """
    in_force: InForce = db.registry().programme(programme_code)
    compiled = [each for each in in_force.criteria if each.criterion.point == point]
    facts: dict[int, dict[str, Any]] = {}
    for day in sorted(set(on[case.id] for case in cases)):
        same_day = [case for case in cases if on[case.id] == day]
        registry_facts = people.facts_for_many([case.household_id for case in same_day], day)
        for case in same_day:
            facts[case.id] = {**registry_facts[case.household_id], "on": day}
    step_fields = next((step.fields for step in in_force.programme.steps if step.point == point), ())
    judged = {}
    for case in cases:
        answers = json.loads(case.answers) if isinstance(case.answers, str) else case.answers
        known = facts[case.id] | facts_of(answers, in_force.programme.fields)
        if visits is not None:
            known |= facts_of(visits[case.id], step_fields, "visit")
        resolved = resolve(case, on[case.id], getattr(case, "village", None))
        judged[case.id] = Judgement(tuple(each.judge(known, resolved) for each in compiled), resolved)
    return judged


# Building the registry


def load(
    plugins: Plugins, own_requirements: Iterable[Requirement], own_effects: Iterable[Effect], roles: Mapping[str, Any]
) -> Registry:
    """The registry of this process from its plugins and the database. A plugin with a fault is set aside and named."""
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
    programmes = {}
    for plugin, programme in plugins.ask("tiepsuc_programmes"):
        try:
            programmes[programme.code] = _put_in_force(programme, machines, plugin)
        except (criteria.CriterionError, ValueError) as error:
            plugins.set_aside(plugin, f"programme {programme.code}: {error}")
    declared = common + [each for one in programmes.values() for each in one.programme.parameters]
    versions = {
        (row.name, row.version): Machine(thaw(json.loads(row.body)))
        for row in db.execute(select(definition).where(definition.c.kind == "workflow"))
    }
    forms = {
        (row.name, row.version): _thaw_form(row.body)
        for row in db.execute(select(definition).where(definition.c.kind == "programme"))
    }
    return Registry(
        version=parameters.version(),
        machines=machines,
        versions=versions | {(name, machine.version): machine for name, machine in machines.items()},
        programmes=programmes,
        forms=forms | {(code, one.version): _thaw_form(one.body) for code, one in programmes.items()},
        requirements=requirements,
        effects=effects,
        parameters=parameters.in_force(declared),
        broken=tuple(plugins.broken),
    )


def declared_by(plugins: Plugins) -> list[Declared]:
    """Every parameter that workflows and programmes declare."""
    return [each for _, each in plugins.ask("tiepsuc_parameters")] + [
        each for _, programme in plugins.ask("tiepsuc_programmes") for each in programme.parameters
    ]


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
    wrong += [
        f"{each.code}: no question {each.when[0]!r}"
        for each in rows
        if each.when and each.when[0] not in names
    ]
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


_known = select(definition.c.version)


def keep_definitions(machine: Machine, in_force: InForce) -> None:
    """Store the workflow and the programme as they are now, once, so that a case opened under them can always be read."""
    memo = db.registry().memo
    key = ("kept", machine.workflow.name, machine.version, in_force.programme.code, in_force.version)
    if key in memo:
        return
    for kind, name, version, body in (
        ("workflow", machine.workflow.name, machine.version, freeze(machine.workflow)),
        ("programme", in_force.programme.code, in_force.version, in_force.body),
    ):
        known = _known.where(definition.c.kind == kind, definition.c.name == name, definition.c.version == version)
        if db.execute(known).first() is None:
            db.execute(
                definition.insert(),
                {"kind": kind, "name": name, "version": version, "body": body, "first_used_at": db.now()},
            )
        else:
            memo[key] = True
