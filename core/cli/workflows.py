"""Workflows as tables and as drawings."""

from __future__ import annotations

import click

from core import db, shapes
from core.cli import frame
from core.cli.frame import as_json, t
from core.domain.access import ROLES
from core.errors import BadInput, NotFound, Reason
from core.text import Text
from core.workflow import Machine, Workflow, problems

REFUSED = 3


@click.group("workflow", cls=frame.Group)
def group() -> None:
    """Workflows: states, transitions, and who may take them."""


@group.command("list")
@as_json
def list_() -> None:
    """The workflows in force."""
    with frame.work(read_only=True):
        found = [
            shapes.workflow_line(machine, frame.language()) for _, machine in sorted(db.registry().machines.items())
        ]
    if frame.wants_json():
        frame.show({"workflows": found})
        return
    for one in found:
        click.echo(f"{one['name']:<20} {one['title']} ({one['version']}): {', '.join(one['states'])}")


@group.command()
@as_json
@click.pass_context
def check(context: click.Context) -> None:
    """Check every workflow that a plugin brings; what is wrong is said in sentences."""
    with frame.work(read_only=True) as instance:
        registry = db.registry()
        found = {
            workflow.name: problems(workflow, ROLES, registry.requirements, registry.effects)
            for _, workflow in instance.plugins.ask("tiepsuc_workflows")
        }
    if frame.wants_json():
        frame.show({name: {"problems": wrong} for name, wrong in found.items()})
    else:
        for name, wrong in found.items():
            click.echo(f"{name}: {t('đúng', 'in order') if not wrong else ''}".rstrip())
            for each in wrong:
                click.echo(f"- {each}")
    if any(found.values()):
        context.exit(REFUSED)


@group.command()
@click.argument("name", required=False)
@as_json
def matrix(name: str | None) -> None:
    """For each state and role: transitions and permissions. NAME may be left out where one workflow is in force."""
    with frame.work(read_only=True):
        found = shapes.matrix(_named(name))
    if frame.wants_json():
        frame.show(found)
        return
    for state, roles in found.items():
        click.echo(state)
        for role, here in roles.items():
            if here["transitions"] or here["permissions"]:
                click.echo(
                    f"  {role:<12} {', '.join(here['transitions']) or '–'} | {', '.join(here['permissions']) or '–'}"
                )


@group.command()
@click.argument("name", required=False)
def draw(name: str | None) -> None:
    """The workflow as a diagram in Mermaid's language."""
    with frame.work(read_only=True):
        click.echo(mermaid(_named(name), frame.language()))


def _named(name: str | None) -> Workflow:
    machines: dict[str, Machine] = db.registry().machines
    if name is None and len(machines) == 1:
        return next(iter(machines.values())).workflow
    known = ", ".join(sorted(machines)) or "–"
    if name is None:
        sentence = Text(f"Nêu tên quy trình: {known}", f"Name the workflow: {known}")
        raise BadInput(Reason("workflow_missing", sentence, needed=sorted(machines), field="name"))
    if name not in machines:
        sentence = Text(f"Không có quy trình «{name}». Đang có: {known}", f"No workflow “{name}”. There are: {known}")
        raise NotFound(Reason("workflow_unknown", sentence, seen=name, needed=sorted(machines), field="name"))
    return machines[name].workflow


def mermaid(workflow: Workflow, language: str) -> str:
    """The workflow as a Mermaid state diagram; an automatic step has a dotted name: «…»."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.initial}"]
    lines += [f"    {state.code} : {state.title.to(language)}" for state in workflow.states]
    for step in workflow.transitions:
        title = f"«{step.title.to(language)}»" if step.automatic else step.title.to(language)
        lines += [f"    {source} --> {step.target} : {title}" for source in step.sources]
    lines += [f"    {state.code} --> [*]" for state in workflow.states if state.final]
    return "\n".join(lines)
