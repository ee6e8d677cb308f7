"""What programmes are in force."""

from __future__ import annotations

import click

from core import db, shapes
from core.cli import frame
from core.cli.frame import as_json, t


@click.group("programme", cls=frame.Group)
def group() -> None:
    """Programmes: each one kind of support."""


@group.command("list")
@as_json
def list_() -> None:
    """The programmes in force, and the plugins that were set aside."""
    chosen = frame.language()
    with frame.work(read_only=True):
        registry = db.registry()
        found = [shapes.programme_line(one, chosen) for _, one in sorted(registry.programmes.items())]
        broken = [{"name": each.name, "why": each.why} for each in registry.broken]
    if frame.wants_json():
        frame.show({"programmes": found, "broken": broken})
        return
    for one in found:
        click.echo(f"{one['code']:<20} {one['title']} ({one['subject']}, {one['workflow']}, {one['version']})")
    for each in broken:
        click.echo(t(f"Bỏ qua {each['name']}: {each['why']}", f"Set aside {each['name']}: {each['why']}"), err=True)


@group.command()
@click.argument("name")
@as_json
def show(name: str) -> None:
    """What programme NAME asks, judges, pays and follows up; with --json the JSON Schema of its answers."""
    with frame.work(read_only=True):
        found = shapes.programme(db.registry().programme(name), frame.language())
    if frame.wants_json():
        frame.show(found)
        return
    click.echo(f"{found['title']} ({found['code']}, {found['version']})\n{found['description']}")
    _lines(
        t("Câu hỏi", "Questions"),
        [
            f"{field}: {about['title']}" + (" *" if field in found["required"] else "")
            for field, about in found["properties"].items()
        ],
    )
    _lines(t("Tiêu chí", "Criteria"), [f"{each['code']}: {each['sentence']}" for each in found["criteria"]])
    for heading, name in (
        (t("Giấy tờ", "Papers"), "papers"),
        (t("Đợt chi trả", "Instalments"), "instalments"),
        (t("Kiểm tra", "Visits"), "steps"),
    ):
        _lines(heading, [f"{each['code']}: {each['title']}" for each in found[name]])


def _lines(heading: str, lines: list[str]) -> None:
    if lines:
        click.echo("\n".join([f"{heading}:", *(f"  {line}" for line in lines)]))
