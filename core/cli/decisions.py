"""Decisions at a terminal: drafted for many cases, issued once, or undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core import db, shapes
from core.cli import frame
from core.cli.frame import as_json, as_user, data_option, t
from core.domain import drafts, reviews
from core.domain.access import Actor


@click.group("decision", cls=frame.Group)
def group() -> None:
    """Decisions: what one of them approves is drafted first, and issued for all its cases together."""


@group.command()
@click.argument("cases", nargs=-1, metavar="CASE…")
@click.option("--clean", metavar="PROGRAMME", help="All clean cases of this programme that wait for the user.")
@click.option("--into", "draft_id", type=int, metavar="DRAFT", help="Add them to a draft there is.")
@as_user
@as_json
def draft(cases: tuple[str, ...], clean: str | None, draft_id: int | None, login: str) -> None:
    """Draft a decision for CASES of one programme: their money is reserved until it is issued or undone."""
    with frame.work():
        who = frame.actor(login)
        numbers = [*cases, *(_clean(who, clean) if clean else ())]
        if draft_id is None:
            draft_id, added = drafts.start(who, numbers)
        else:
            added = drafts.add(who, draft_id, numbers)
        found = {**_told(who, draft_id), **shapes.kept_out(added, frame.language())}
    _show(found)
    for number, reasons in found["refused"].items() if not frame.wants_json() else ():
        click.echo(f"- {number}: {'; '.join(reason['sentence'] for reason in reasons)}")


def _clean(who: Actor, programme: str) -> list[str]:
    waiting = reviews.judged(who)
    return [each.row.number for each in waiting if each.kind == reviews.CLEAN and each.row.programme == programme]


@group.command()
@click.argument("draft_id", type=int, metavar="DRAFT")
@as_user
@as_json
def show(draft_id: int, login: str) -> None:
    """Show DRAFT with its cases and its money by source."""
    with frame.work(read_only=True):
        found = _told(frame.actor(login), draft_id)
    _show(found)


@group.command("list")
@as_user
@as_json
def list_(login: str) -> None:
    """List the open drafts, those changed last first; at most 200."""
    with frame.work(read_only=True):
        rows = db.execute(drafts.drafts(frame.actor(login)).limit(200)).all()
        found = [shapes.draft_line(row) for row in rows]
    if frame.wants_json():
        frame.show({"drafts": found})
        return
    for each in found:
        click.echo(f"{each['draft']}  {each['programme']}  {each['cases']}  {each['amount']}")


@group.command()
@click.argument("draft_id", type=int, metavar="DRAFT")
@click.argument("cases", nargs=-1, required=True, metavar="CASE…")
@as_user
@as_json
def drop(draft_id: int, cases: tuple[str, ...], login: str) -> None:
    """Take CASES out of DRAFT; their money is free again."""
    with frame.work():
        who = frame.actor(login)
        drafts.leave_out(who, draft_id, cases)
        found = _told(who, draft_id)
    _show(found)


@group.command()
@click.argument("draft_id", type=int, metavar="DRAFT")
@data_option
@click.option("--file", "file", metavar="FILE.pdf", help="The signed decision.")
@click.option("--without", multiple=True, metavar="CASE", help="A case to leave out; may be given several times.")
@as_user
@as_json
def issue(draft_id: int, data: str | None, file: str | None, without: tuple[str, ...], login: str) -> None:
    """Issue DRAFT: all its cases are approved in one go, or none is and the refusal names which cannot be."""
    given = frame.read_json(data)
    limit = frame.current_instance().settings.upload_limit
    signed = (Path(file).name, frame.read_bytes(file, limit)) if file else None
    with frame.work():
        decision_id = drafts.issue(frame.actor(login), draft_id, given, signed, None, without)
    _ended(draft_id, decision_id, t("Đã ban hành quyết định", "The decision is issued"))


@group.command()
@click.argument("draft_id", type=int, metavar="DRAFT")
@as_user
@as_json
def undo(draft_id: int, login: str) -> None:
    """Undo DRAFT, which was not issued: its cases wait as before."""
    with frame.work():
        drafts.undo(frame.actor(login), draft_id)
    _ended(draft_id, None, t("Đã bỏ dự thảo", "The draft is undone"))


def _told(who: Actor, draft_id: int) -> dict[str, Any]:
    return shapes.draft(drafts.find(who, draft_id), db.execute(drafts.cases_of(who, draft_id)), frame.language())


def _show(found: dict[str, Any]) -> None:
    if frame.wants_json():
        frame.show(found)
        return
    click.echo(f"{found['draft']}  {found['programme']}  {found['cases']}  {found['amount']}")
    for each in found["list"]:
        click.echo(f"  {each['number']}  {each['subject']}  {each['amount']}")


def _ended(draft_id: int, decision_id: int | None, sentence: str) -> None:
    if frame.wants_json():
        frame.show({"draft": str(draft_id), "decision": str(decision_id) if decision_id else None})
        return
    click.echo(sentence)
