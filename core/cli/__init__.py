"""The terminal: the same functions as the pages and the API, for people, scripts and cron.

| exit status | means |
|---|---|
| 0 | done |
| 1 | the database or the machine cannot be used |
| 2 | bad input |
| 3 | refused, with all reasons |
| 4 | not found, or out of reach |
| 5 | somebody changed it in the meantime |
"""

from __future__ import annotations

import click

from core.cli import (
    backup,
    cases,
    decisions,
    demo,
    frame,
    history,
    households,
    programmes,
    reads,
    server,
    users,
    workflows,
)


@click.group("tiepsuc", cls=frame.Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tiepsuc")
def main() -> None:
    """Tiếp Sức: cases of support, handed on from desk to desk."""


for command in (  # one line a noun: add yours here
    server.init,
    server.serve,
    server.work,
    households.group,
    cases.group,
    decisions.group,
    programmes.group,
    workflows.group,
    history.verify,
    history.seal,
    backup.backup,
    backup.restore,
    users.group,
    reads.command,
    demo.command,
):
    main.add_command(command)

__all__ = ["main"]
