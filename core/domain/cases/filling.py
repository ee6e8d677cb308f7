"""Unanswered questions of many cases filled in at once, as ``people.fill`` fills in the register."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_

from core import db
from core.domain import people
from core.domain.access import Actor
from core.domain.cases import editing, reading
from core.domain.cases.tables import case
from core.errors import BadInput, Reason, Refused
from core.fields import Field, Unreadable, asked, parse, read, show
from core.text import Text

AT_ONCE = 200  # cases looked through in one query
MOST_CELLS = 2000


@dataclass(frozen=True)
class Unfinished:
    """A case that may be edited, with the required questions it has no answer to (or may be asked, once others are)."""

    row: Any
    answers: Mapping[str, Any]
    open: tuple[Field, ...]


def _open(fields: Sequence[Field], answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """The required questions without an answer; one that hangs on an open question is among them."""
    found: list[Field] = []
    for field in fields:
        waits = field.shown_when is not None and field.shown_when[0] in {each.name for each in found}
        if field.required and field.name not in answers and (asked(field, answers) or waits):
            found.append(field)
    return tuple(found)


def unfinished(
    actor: Actor, programme: str, unit: Any = None, village: str = "", after: str = "", size: int = 50
) -> tuple[list[Unfinished], str]:
    """A page of cases of a programme that this person may edit and that lack answers, by the name of their subject.

    Also the number of the case behind which the next page begins, "" on the last one. A query looks through
    ``AT_ONCE`` cases; the answers are read here, as no database can.
    """
    fields = db.registry().programme(programme).programme.fields
    edge: Any = db.execute(select(case.c.subject_sort_key, case.c.id).where(case.c.number == after)).first()
    found: list[Unfinished] = []
    statement = _editable(actor, programme, unit, village)
    while len(found) <= size:
        here = statement if edge is None else statement.where(tuple_(case.c.subject_sort_key, case.c.id) > tuple(edge))
        rows = list(db.execute(here.limit(AT_ONCE)))
        for row in rows:
            answers = json.loads(row.answers)
            if lacking := _open(fields, answers):
                found.append(Unfinished(row, answers, lacking))
        if len(rows) < AT_ONCE:
            break
        edge = (rows[-1].subject_sort_key, rows[-1].id)
    return found[:size], found[size - 1].row.number if len(found) > size else ""


def _editable(actor: Actor, programme: str, unit: Any, village: str) -> Any:
    """The cases of a programme that are open to this person's hand, by the name of their subject."""
    statement = reading.editable(actor, [programme])
    if unit is not None and unit.level:
        column = {1: case.c.province_id, 2: case.c.district_id, 3: case.c.unit_id}[unit.level]
        statement = statement.where(column == unit.id)
    if village:
        statement = statement.where(case.c.village == village)
    return statement.order_by(case.c.subject_sort_key, case.c.id)


_ANSWERED = Text(
    "Hồ sơ đã có câu trả lời «{known}» do người khác ghi; ô của bạn («{said}») không được ghi đè.",
    "The case was answered “{known}” by somebody else; your cell (“{said}”) does not overwrite it.",
)
_NOT_ASKED = Text(
    "Không hỏi mục này khi đã trả lời như vậy ở mục «{other}»", "This is not asked after such an answer to “{other}”"
)
_NO_SUCH = Text("Chương trình không có mục này", "The programme has no such question")
_TOO_MANY = Text("Một trang có nhiều nhất {n} ô", "A page has at most {n} cells")


def fill_answers(actor: Actor, programme: str, said: Mapping[str, Mapping[str, str]]) -> people.Filled:
    """Keep what was written into open questions of cases of a programme: texts by question, by case number.

    Each case is saved as its form saves it, with its history; what cannot be read, was answered otherwise meanwhile
    or is no longer open is refused by itself. Raises ``BadInput`` only for too many cells.
    """
    if sum(map(len, said.values())) > MOST_CELLS:
        raise BadInput(Reason("grid_too_large", _TOO_MANY.format(n=MOST_CELLS), needed=MOST_CELLS))
    done = people.Filled()
    for number in sorted(said):  # always in one order: two pages cannot wait for each other
        texts = {name: text for name, text in said[number].items() if text.strip()}
        if not texts:
            continue
        before = len(done.refused)
        try:
            with db.work().connection.begin_nested():
                kept = _fill_case(actor, programme, number, texts, done)
        except Refused as refusal:  # of the whole case: out of reach, or no longer to be edited
            del done.refused[before:]
            reason = refusal.reasons[0]
            done.refused += [
                Reason(reason.code, reason.sentence, seen=text[:200], field=f"{name}.{number}")
                for name, text in texts.items()
            ]
            continue
        done.cells += kept
        done.subjects += bool(kept)
    return done


def _fill_case(actor: Actor, programme: str, number: str, texts: Mapping[str, str], done: people.Filled) -> int:
    fields = {field.name: field for field in db.registry().programme(programme).programme.fields}
    row = reading.find(actor, number, lock=True)
    editing.may_edit(actor, row)
    answers = json.loads(row.answers)
    fresh: dict[str, Any] = {}

    def refuse(name: str, code: str, sentence: Text) -> None:
        done.refused.append(Reason(code, sentence, seen=texts[name][:200], field=f"{name}.{number}"))

    for name, text in texts.items():
        if name not in fields or row.programme != programme:
            refuse(name, "unknown_field", _NO_SUCH)
            continue
        try:
            value = parse(fields[name], text)
        except Unreadable as wrong:
            refuse(name, "unreadable", wrong.reason.sentence)
            continue
        if name in answers and answers[name] != value:
            known, written = (
                Text(*(show(fields[name], each, language) for language in ("vi", "en")))
                for each in (answers[name], value)
            )
            refuse(name, "filled_already", _ANSWERED.format(known=known, said=written))
        elif name not in answers:
            fresh[name] = value
    typed, _ = read(list(fields.values()), {**answers, **fresh})
    for name in [name for name in fresh if name not in typed]:
        condition = fields[name].shown_when
        other = fields[condition[0]].label if condition else Text("", "")
        refuse(name, "not_asked", _NOT_ASKED.format(other=other))
        del fresh[name]
    if fresh:
        draft = editing.draft_of(actor, row.id)
        editing.save_answers(actor, number, {**answers, **fresh})
        if draft is not None:  # what this person was typing into the form is not what was saved here: it stays
            editing.keep_draft(actor, number, json.loads(draft.form), draft.version)
    return len(fresh)
