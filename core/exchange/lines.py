"""The preview of a list, a household a line, kept so that ten thousand of them can be paged through.

``details`` of a line is canonical JSON with ``rows`` (the rows of the file it is said by) and, by its state:
``new`` {"members", "category", "made"}: whether its code was made here; ``changed`` {"cells"}: a list of [who, column,
before, after]; ``doubtful`` {"why", "said", "candidates"}; ``refused`` {"findings"}: a list of [row, field, column,
value, sentence]; ``missing`` {"category"}; and ``how`` where the household was known without its code. A sentence is
[Vietnamese, English].
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select

from core import db
from core.domain import people
from core.domain.people import Change, Record, import_choice, import_line
from core.exchange.columns import BY_NAME
from core.exchange.judgement import Doubt, Judgement, Refusal
from core.exchange.telling import told
from core.text import canonical

STATES = ("new", "changed", "doubtful", "refused", "missing", "unchanged")
_QUIET = ("unchanged", "missing")  # what accepting leaves alone
_SHOWN_MEMBERS = 12


class Line(NamedTuple):
    """One household of a judged list."""

    state: str
    row: int
    code: str
    head: str
    village: str
    household_id: int | None
    details: str


def lines_of(judgement: Judgement) -> list[Line]:
    """The households of a list by state, each state in the order of the file."""
    found = [
        *(_change(change, judgement) for change in judgement.changes),
        *map(_doubt, judgement.doubts), *map(_refusal, judgement.refusals), *map(_missing, judgement.missing)]
    return sorted(found, key=lambda line: (STATES.index(line.state), line.row, line.code))


def digest(lines: Iterable[Line]) -> str:
    """What accepting these lines would write, as one text: two previews with the same digest say the same."""
    seen = sha256()
    for line in lines:
        if line.state not in _QUIET:
            seen.update(canonical(list(line)).encode())
    return seen.hexdigest()


def stage(import_id: int, lines: list[Line], mark: bool = False) -> None:
    """Keep the lines in the place of those kept before; with ``mark`` a line unlike those shown before is marked."""
    told = import_line.c.state.not_in(_QUIET)
    before = {(row.state, row.row, row.code): row.details for row in db.execute(
        select(import_line).where(import_line.c.import_id == import_id, told))} if mark else {}
    db.execute(delete(import_line).where(import_line.c.import_id == import_id))
    db.insert_many(import_line, (
        [import_id, position, *line, int(mark and line.state not in _QUIET
                                         and before.get((line.state, line.row, line.code)) != line.details)]
        for position, line in enumerate(lines)))


def counts(import_id: int) -> dict[str, tuple[int, int, int]]:
    """By state: how many lines, the position of the first, and how many are unlike what was shown before."""
    query = (select(import_line.c.state, func.count().label("lines"), func.min(import_line.c.position).label("first"),
                    func.sum(import_line.c.differs).label("differ"))
             .where(import_line.c.import_id == import_id).group_by(import_line.c.state))
    return {row.state: (row.lines, row.first, int(row.differ)) for row in db.execute(query)}


def page(import_id: int, state: str, start: int, size: int) -> list[dict[str, Any]]:
    """Some lines of a state from the ``start``-th on (from 0), with what was chosen of doubtful ones."""
    first = counts(import_id).get(state, (0, 0, 0))[1]
    rows = db.execute(
        select(import_line, import_choice.c.household_id.label("chosen"), import_choice.c.chosen_at)
        .outerjoin(import_choice, (import_choice.c.import_id == import_line.c.import_id)
                   & (import_choice.c.row == import_line.c.row) & (import_line.c.row > 0))
        .where(import_line.c.import_id == import_id, import_line.c.state == state,
               import_line.c.position >= first + start, import_line.c.position < first + start + size)
        .order_by(import_line.c.position))
    return [_read(row) for row in rows]


def all_lines(import_id: int) -> Iterator[dict[str, Any]]:
    """Every line, a state after the other."""
    for row in db.execute(select(import_line).where(import_line.c.import_id == import_id)
                          .order_by(import_line.c.position)):
        yield _read(row)


def choices_of(import_id: int) -> dict[int, int | None]:
    """By the head's row whom a doubtful household means, as was chosen."""
    return {row.row: row.household_id for row in db.execute(
        select(import_choice.c.row, import_choice.c.household_id).where(import_choice.c.import_id == import_id))}


def doubtful(import_id: int, rows: Iterable[int]) -> list[dict[str, Any]]:
    """The doubtful lines among some rows of the file."""
    return [_read(row) for row in db.execute(select(import_line).where(
        import_line.c.import_id == import_id, import_line.c.state == "doubtful", import_line.c.row.in_(list(rows))))]


def keep_choices(actor_id: int | None, import_id: int, chosen: Mapping[int, int | None]) -> None:
    """Keep whom rows mean; the last choice of a row holds."""
    db.execute(delete(import_choice).where(import_choice.c.import_id == import_id,
                                           import_choice.c.row.in_(list(chosen))))
    rows = [{"import_id": import_id, "row": row, "household_id": household_id, "chosen_by": actor_id,
             "chosen_at": db.now()} for row, household_id in chosen.items()]
    if rows:
        db.execute(import_choice.insert(), rows)


def _read(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "details": json.loads(row.details)}


def _change(change: Change, judgement: Judgement) -> Line:
    entry, record = change.entry, change.record
    details: dict[str, Any] = {"rows": [member.row for member in entry.members]}
    if (how := judgement.found_by.get(entry.row)) is not None:
        details["how"] = list(how)
    if record is None:
        details |= {"members": len(entry.members) if entry.members_known else entry.size_said,
                    "category": entry.category, "made": entry.row in judgement.coded}
    elif change.state == "changed":
        details["cells"] = [list(cell) for cell in told(change)]
    head = next((member.name for member in entry.members if member.relation == "head"), "")
    return Line(change.state, entry.row, entry.code, head, entry.village or (record.row.village if record else ""),
                record.row.id if record else None, canonical(details))


def _doubt(doubt: Doubt) -> Line:
    entry = doubt.entry
    birth = entry.head.birth
    details = {
        "rows": [member.row for member in entry.members], "why": list(doubt.why),
        "said": {"birth": _birth(birth), "id_number": entry.head.id_number or "",
                 "members": [member.name for member in entry.members[:_SHOWN_MEMBERS]], "category": entry.category},
        "candidates": [_candidate(record) for record in doubt.candidates]}
    return Line("doubtful", entry.row, entry.code, entry.head.name, entry.village or "", None, canonical(details))


def _candidate(record: Record) -> dict[str, Any]:
    head = record.head
    return {
        "id": record.row.id, "number": people.household_number(record.row.id), "code": record.row.code,
        "head": record.row.head_name, "village": record.row.village,
        "birth": _birth(head.row.birth_date or head.row.birth_year) if head else "",
        "id_number": (head.row.id_number if head else None) or "",
        "members": [member.row.name for member in record.members[:_SHOWN_MEMBERS]],
        "category": {line: fact.category for line, fact in record.categories.items()}}


def _birth(birth: Any) -> str:
    return "" if birth is None else str(birth) if isinstance(birth, int) else f"{birth:%d/%m/%Y}"


def _refusal(refusal: Refusal) -> Line:
    findings = [[finding.row, finding.field, BY_NAME[finding.field].title if finding.field in BY_NAME else "",
                 finding.value, list(finding.sentence)] for finding in refusal.findings]
    return Line("refused", refusal.row, refusal.code[:64], refusal.head[:200], refusal.village[:200], None,
                canonical({"rows": refusal.rows, "findings": findings}))


def _missing(record: Record) -> Line:
    row = record.row
    return Line("missing", 0, row.code, row.head_name, row.village, row.id,
                canonical({"rows": [], "category": {line: fact.category for line, fact in record.categories.items()}}))
