"""Cases at a terminal: open, move, show; papers, visits and payments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from core import db, shapes
from core.cli import frame
from core.cli.frame import as_json, as_user, data_option, refusals_about, t, version_option
from core.domain import cases, disbursement, monitoring, people, reads, units
from core.domain.access import Actor
from core.fields import MASKED


@click.group("case", cls=frame.Group)
def group() -> None:
    """Cases: one application for support each."""


@group.command("open")
@click.argument("programme")
@click.option("--household", metavar="CODE", help="The household: its number (H…) or its code in the commune.")
@click.option("--person", metavar="ID", help="The person: a 12-digit ID number, or the key that the household shows.")
@click.option("--unit", metavar="CODE", help="The commune, where several have a household of that code.")
@click.option("--answers", metavar="FILE.json", help="The answers of the form; - is standard input.")
@as_user
@as_json
def open_(
    programme: str, household: str | None, person: str | None, unit: str | None, answers: str | None, login: str
) -> None:
    """Open a case of PROGRAMME for a household or a person."""
    refusals_about(number=None, state=None, moved=False)
    given = frame.read_json(answers)
    with frame.work():
        who = frame.actor(login)
        place = units.unit_by_code(unit, db.today()).id if unit else None
        number, person_id = people.subject_named(who, household, person, place)
        opened = cases.open_case(who, programme, number, given, person_id)
    _tell(opened, True, t(f"Đã mở hồ sơ {opened.number}", f"Case {opened.number} is open"))


@group.command()
@click.argument("case", metavar="CASE")
@click.option("--answers", required=True, metavar="FILE.json", help="All the answers of the form; - is standard input.")
@version_option
@as_user
@as_json
def edit(case: str, answers: str, version: int | None, login: str) -> None:
    """Replace the answers of CASE."""
    given = frame.read_json(answers)
    with frame.work():
        who = frame.actor(login)
        _about(who, case)
        row = cases.save_answers(who, case, given, version)
    _tell(row, False, t(f"Đã lưu biểu mẫu của {row.number}", f"The form of {row.number} is saved"))


@group.command()
@click.argument("case", metavar="CASE")
@click.argument("transition")
@click.option("--note", default="", help="The comment or the reason that the step asks for.")
@data_option
@version_option
@as_user
@as_json
def move(case: str, transition: str, note: str, data: str | None, version: int | None, login: str) -> None:
    """Take CASE one step on."""
    given = frame.read_json(data)
    with frame.work():
        who = frame.actor(login)
        _about(who, case)
        outcome = cases.move(who, case, transition, given, version, note)
    _tell(
        outcome, outcome.moved, t(f"Hồ sơ {outcome.number}: {outcome.state}", f"Case {outcome.number}: {outcome.state}")
    )


@group.command()
@click.argument("case", metavar="CASE")
@click.argument("file")
@click.option("--kind", required=True, help="Which paper it is; `tiepsuc programme show` lists them, or: other.")
@as_user
@as_json
def attach(case: str, file: str, kind: str, login: str) -> None:
    """Attach FILE (JPEG, PNG, WebP or PDF) to CASE as a paper."""
    content = frame.read_bytes(file, frame.current_instance().settings.upload_limit)
    with frame.work():
        who = frame.actor(login)
        _about(who, case)
        document = cases.attach_paper(who, case, kind, Path(file).name, content)
        row = cases.find(who, case)
    _tell(row, False, t(f"Đã đính kèm vào {row.number}", f"Attached to {row.number}"), document=document, kind=kind)


@group.command()
@click.argument("case", metavar="CASE")
@click.argument("step")
@click.option(
    "--photo", "photos", multiple=True, metavar="FILE", help="A photograph from the spot; may be given several times."
)
@data_option
@version_option
@as_user
@as_json
def visit(case: str, step: str, photos: tuple[str, ...], data: str | None, version: int | None, login: str) -> None:
    """Record the visit of CASE planned as STEP."""
    given = frame.read_json(data)
    limit = frame.current_instance().settings.upload_limit
    pictures = [(Path(name).name, frame.read_bytes(name, limit)) for name in photos]
    with frame.work():
        who = frame.actor(login)
        before = _about(who, case)
        recorded = monitoring.record_visit(who, case, step, given, pictures, version)
    sentence = (
        t("Đã ghi, đạt", "Recorded, passed")
        if recorded.passed
        else t("Đã ghi, chưa đạt: sẽ kiểm tra lại", "Recorded, not passed: it is planned again")
    )
    _tell(
        recorded.case,
        recorded.case.state != before.state,
        sentence,
        recorded.reasons,
        step=step,
        passed=recorded.passed,
    )


@group.command()
@click.argument("case", metavar="CASE")
@click.argument("instalment", required=False)
@data_option
@version_option
@as_user
@as_json
def pay(case: str, instalment: str | None, data: str | None, version: int | None, login: str) -> None:
    """Record that an instalment of CASE was paid: the one that comes next, or INSTALMENT."""
    given = frame.read_json(data)
    with frame.work():
        who = frame.actor(login)
        before = _about(who, case)
        due = instalment or getattr(disbursement.next_payment(before.id), "code", None)
        row = disbursement.pay(who, case, instalment, given, version)
        paid = next(each for each in disbursement.of_case(row.id) if each.code == due)
    sentence = t(f"Đã ghi chi trả {paid.code}", f"Payment {paid.code} is recorded")
    _tell(row, row.state != before.state, sentence, instalment=paid.code, amount=paid.amount)


@group.command()
@click.argument("case", metavar="CASE")
@click.option("--reveal", multiple=True, type=click.Choice(sorted(MASKED)), help="Show this class whole; logged.")
@click.option("--reason", default="", type=click.Choice(["", *reads.REASONS]), help="Why it has to be seen whole.")
@click.option("--note", default="", help="The reason in your own words, with --reason other.")
@as_user
@as_json
def show(case: str, reveal: tuple[str, ...], reason: str, note: str, login: str) -> None:
    """Show CASE: answers, what can be done next and why not, papers, money, visits, history.

    What is sensitive is masked; --reveal shows a class of it whole, to who may and says why.
    """
    if reveal:
        with frame.work():
            who = frame.actor(login)
            row = cases.find(who, case)
            sight = reads.reveal(who, row, reveal, reason, note, case_id=row.id, household_id=row.household_id)
            found = shapes.case(who, row, frame.language(), sight)
    else:
        with frame.reading(login, "case show") as who:
            found = shapes.case(who, cases.find(who, case), frame.language())
    if frame.wants_json():
        frame.show(found)
        return
    click.echo(
        f"{found['number']}  {found['programme']}  {found['state']}  {found['subject']}, {found['unit']['name']}"
    )
    for name, value in found["answers"].items():
        click.echo(f"  {name}: {value}")
    for name, step in found["transitions"].items():
        if step["allowed"]:
            click.echo(t(f"→ làm được: {name} ({step['title']})", f"→ possible: {name} ({step['title']})"))
    for entry in found["history"]:
        at = datetime.fromisoformat(entry["at"]).astimezone(db.HANOI)
        click.echo(f"{at:%d/%m/%Y %H:%M}  {entry['actor']}  {entry['action']}  {entry['note'] or ''}".rstrip())


def _about(who: Actor, number: str) -> Any:
    """The case as it is before anything is tried; a refusal says this number and state."""
    refusals_about(number=number.strip().upper(), state=None, moved=False)
    row = cases.find(who, number)
    refusals_about(number=row.number, state=row.state, version=row.version)
    return row


def _tell(row: Any, moved: bool, sentence: str, reasons: Any = (), **more: Any) -> None:
    if frame.wants_json():
        frame.show(shapes.outcome(row, moved, reasons, frame.language(), **more))
        return
    click.echo(sentence)
    for reason in reasons:
        click.echo(f"- {reason.sentence.to(frame.language())}")
