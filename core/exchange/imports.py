"""The import of household lists: judged, shown, then accepted in one transaction.

A list may be judged and accepted at once (a terminal), or kept with its report and accepted later by a click.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, true, update

from core import db
from core.domain import access, documents, people, reads, units
from core.domain.people import Change, Finding, Place, import_batch
from core.errors import BadInput, NotFound, Reason, Stale, WrongState
from core.exchange import lines, marking, workbook
from core.exchange.judged import Judged
from core.exchange.judgement import Choices
from core.exchange.judging import judge
from core.exchange.mapping import remember, remembered
from core.exchange.reading import read_given
from core.text import Text, canonical, nfc

_AT_ONCE = 5_000  # numbers asked for in one query

_ALSO_KNOWN = Text("Số định danh này đã ghi cho {name}, hộ {code}: kiểm tra có phải cùng một người",
                   "{name} of household {code} has this number already: check whether it is the same person")
_FUTURE = Text("Danh sách không thể của ngày {day}, còn ở tương lai: ghi ngày lập danh sách",
               "No list can be of {day}, which lies in the future: write the day it was made")
_CHANGED = Text("Sổ hộ vừa thay đổi sau khi danh sách được kiểm tra: kiểm tra lại danh sách",
                "The register changed after the list was judged: judge it again")
_WRITTEN = Text("Danh sách này đã được ghi vào sổ", "This list is in the register already")
_NO_CHOICE = Text("Dòng {row} không có lựa chọn này: tải lại trang rồi chọn lại",
                  "Row {row} has no such choice: load the page again and choose")
_LOST = Text("Máy chủ không còn giữ tệp này: hãy gửi lại tệp", "The server no longer has this file: send it again")
_GONE = Text("Không có lần nhập này, hoặc nó ở ngoài địa bàn của bạn", "No such import, or it lies out of your reach")


def judge_households(actor: access.Actor, source: bytes | str | Path, unit_id: int, on: date | None = None,
                     file_name: str = "", *, partial: bool = False, choices: Choices | None = None,
                     given: Mapping[str, str] | None = None, mapping: Mapping[str, str] | None = None) -> Judged:
    """Judge a household list (the file's bytes, or its path) for a unit, on a day (default today); write nothing.

    Unit codes are read on that day. The unit is a commune, or one above when every row has ``Mã xã``. Of a ``partial``
    list, as of the corrected rows of an earlier one (its file says so itself), nobody is missing. ``choices`` say whom
    doubtful rows mean. ``given`` are values said once for the file, as written, by column (corrected rows have those
    of the list they come from); ``mapping`` says what headers mean (``mapping.read_pairs``), before what the unit
    remembers. Raises ``BadInput`` for a file that cannot be read at all, ``NotAllowed`` for who does not edit
    households there.
    """
    on = on or db.today()
    if on > db.today():
        raise BadInput(Reason("list_of_the_future", _FUTURE.format(day=f"{on:%d/%m/%Y}"), seen=on.isoformat(),
                              field="on"))
    unit = units.unit_by_id(unit_id, on)
    access.require(actor, "household.edit", place_in(unit))
    read_given(given or {})  # what was typed is refused before a long file is read
    content = workbook.read_bytes(source)
    corrects = _corrected(actor, marking.import_marked(content), unit)
    given = {**(given_with(corrects) if corrects else {}), **(given or {})}
    register = people.standing(inside(unit))
    judgement = judge(content, unit, on, choices, read_given(given), {**remembered(unit), **(mapping or {})})
    judgement.warned += _known_elsewhere(judgement.changes)
    if partial or corrects is not None:
        judgement.missing = []
    name = file_name or ("" if isinstance(source, bytes) else Path(source).name)
    return Judged(nfc(name)[:200] or "danh-sach.xlsx", workbook.digest(content), content, unit, on, db.now(), judgement,
                  register, partial or corrects is not None, given, dict(mapping or {}),
                  corrects.id if corrects else None)


def judge_kept(actor: access.Actor, import_id: int, mapping: Mapping[str, str] | None = None,
               given: Mapping[str, str] | None = None) -> Judged:
    """Judge a kept list again, as the register is now and by what was chosen of its doubtful rows; write nothing.

    ``mapping`` and ``given`` are said now, before what is remembered and what was given with it.
    """
    row = import_of(actor, import_id)
    return judge_households(actor, kept_file(row), row.for_unit_id, row.on_date, row.file_name,
                            partial=bool(row.partial), choices=lines.choices_of(import_id),
                            given={**given_with(row), **(given or {})}, mapping=mapping)


def accept(actor: access.Actor, judged: Judged) -> int:
    """Write what was judged, in the current unit of work; returns the import's key.

    The same file accepted for the same unit since it was judged (a double click) writes nothing and returns that
    import. Raises ``NotAllowed``; ``Stale`` when the register changed after it was judged.
    """
    access.require(actor, "household.edit", place_in(judged.unit))
    twin = db.execute(select(import_batch.c.id).where(
        import_batch.c.for_unit_id == judged.unit.id, import_batch.c.sha256 == judged.sha256,
        import_batch.c.accepted_at >= judged.at, import_batch.c.undone_at.is_(None)).limit(1)).scalar()
    if twin is not None:
        key: int = twin
        return key
    if people.standing(inside(judged.unit)) != judged.register:
        raise Stale(Reason("register_changed", _CHANGED))
    key = keep(actor, judged)
    _write(actor, judged, key)
    return key


def keep(actor: access.Actor, judged: Judged) -> int:
    """Keep a judged list with its preview, to be accepted later; returns the import's key. The register stays as is."""
    access.require(actor, "household.edit", place_in(judged.unit))
    if judged.mapping:
        remember(actor, judged.unit, judged.mapping)
    documents.write_file(_file(judged.sha256), judged.content)
    key = _record(actor, judged)
    lines.stage(key, judged.lines)
    return key


def accept_kept(actor: access.Actor, import_id: int, judged: Judged | None = None) -> Row[Any]:
    """Accept a kept list as it was shown; returns the import's row.

    ``judged`` is the list judged just before (``judge_kept``), so that nobody waits while a long one is read; it is
    judged here where there is none, or where the register has changed since. If that would write something that was
    not shown, nothing is written: the new preview takes the place of the old one, its new lines marked, and the row
    has no ``accepted_at``. A list that was accepted, or undone, stays as it is: the second click of a double click
    changes nothing.
    """
    row = import_of(actor, import_id)
    access.require(actor, "household.edit", row)
    claimed = row.accepted_at is None and db.execute(
        update(import_batch).where(import_batch.c.id == import_id, import_batch.c.accepted_at.is_(None))
        .values(accepted_at=db.now(), accepted_by=actor.id)).rowcount
    if claimed:
        if judged is None or judged.register != people.standing(inside(judged.unit)):
            judged = judge_kept(actor, import_id)
        if judged.seen == row.seen:
            _write(actor, judged, import_id)
        else:
            _restage(import_id, judged, mark=True)
    return import_of(actor, import_id)


def choose(actor: access.Actor, import_id: int, chosen: Mapping[int, int | None]) -> None:
    """Keep whom doubtful rows mean (by the head's row a household's id, or None for one not known yet).

    It takes effect when the list is judged again (``judge_kept``, ``show_kept``). Raises ``BadInput`` for a row that is
    not doubtful or a household that is not among its candidates; ``WrongState`` once the list is written.
    """
    row = import_of(actor, import_id)
    access.require(actor, "household.edit", row)
    _still_open(row)
    asked = {line["row"]: {each["id"] for each in line["details"]["candidates"]}
             for line in lines.doubtful(import_id, chosen)}
    wrong = [Reason("choice_unknown", _NO_CHOICE.format(row=number), seen=household_id, field=f"row-{number}")
             for number, household_id in chosen.items()
             if household_id not in {None, *asked.get(number, ())} or number not in asked]
    if wrong:
        raise BadInput(wrong)
    lines.keep_choices(actor.id, import_id, chosen)


def show_kept(actor: access.Actor, import_id: int, judged: Judged) -> None:
    """Put a list judged again in the place of its preview; what was said of its headers for it is remembered.

    Raises ``WrongState`` once it is written.
    """
    row = import_of(actor, import_id)
    access.require(actor, "household.edit", row)
    _still_open(row)
    if judged.mapping:
        remember(actor, judged.unit, judged.mapping)
    _restage(import_id, judged)


def import_of(actor: access.Actor, import_id: int) -> Row[Any]:
    """One import within reach. Raises ``NotFound``."""
    row = db.execute(imports(actor).where(import_batch.c.id == import_id)).first()
    if row is None:
        raise NotFound(Reason("import_not_found", _GONE, seen=import_id))
    reads.handed_out("import", unit_id=row.unit_id)
    reads.listed(row.rows)
    return row


def imports(actor: access.Actor) -> Select[Any]:
    """The imports within reach, the latest first."""
    return (select(import_batch).where(access.within_reach(actor, import_batch, "household.view"))
            .order_by(import_batch.c.uploaded_at.desc(), import_batch.c.id.desc()))


def given_with(row: Row[Any]) -> dict[str, str]:
    """What was said once for the whole file of an import, as written, by column."""
    given: dict[str, str] = json.loads(row.given or "{}")
    return given


def place_in(unit: units.Unit) -> Place:
    return Place(unit.id if unit.level == 3 else None, unit.district_id, unit.province_id)  # type: ignore[arg-type]


def inside(unit: units.Unit) -> ColumnElement[bool]:
    """The households of a unit."""
    return people.household.c[units.LEVEL_COLUMNS[unit.level]] == unit.id if unit.level else true()


def _corrected(actor: access.Actor, marked: int | None, unit: units.Unit) -> Row[Any] | None:
    """The import whose refused rows a file says it has corrected, where it was one of this unit."""
    return None if marked is None else db.execute(
        imports(actor).with_only_columns(import_batch.c.id, import_batch.c.given).order_by(None)
        .where(import_batch.c.id == marked, import_batch.c.for_unit_id == unit.id)).first()


def _still_open(row: Row[Any]) -> None:
    if row.accepted_at is not None:
        raise WrongState(Reason("import_written", _WRITTEN, seen=row.file_name))


def kept_file(row: Row[Any]) -> Path:
    """The list that was sent, as it was. Raises ``NotFound`` when the server has it no longer."""
    file = _file(row.sha256)
    if not file.exists():
        raise NotFound(Reason("import_file_lost", _LOST, seen=row.file_name))
    return file


def _file(sha256: str) -> Path:
    return db.settings().instance / "imports" / f"{sha256}.xlsx"


def _record(actor: access.Actor, judged: Judged) -> int:
    key = db.new_id()
    db.execute(import_batch.insert(), {
        "id": key, **place_in(judged.unit)._asdict(), "for_unit_id": judged.unit.id, "on_date": judged.on,
        "file_name": judged.file_name, "sha256": judged.sha256, "rows": judged.judgement.rows,
        "report": canonical(judged.stored_report()), "uploaded_at": db.now(), "uploaded_by": actor.id,
        "partial": int(judged.partial), "corrects_id": judged.corrects, "register": judged.register,
        "seen": judged.seen, "given": canonical(dict(judged.given))})
    return key


def _write(actor: access.Actor, judged: Judged, key: int) -> None:
    people.write((change for change in judged.judgement.changes if change.state != "unchanged"), actor.id, judged.on,
                 key)
    db.execute(update(import_batch).where(import_batch.c.id == key).values(
        report=canonical(judged.stored_report()), accepted_at=db.now(), accepted_by=actor.id))


def _restage(import_id: int, judged: Judged, mark: bool = False) -> None:
    lines.stage(import_id, judged.lines, mark)
    db.execute(update(import_batch).where(import_batch.c.id == import_id).values(
        rows=judged.judgement.rows, report=canonical(judged.stored_report()), register=judged.register,
        seen=judged.seen, given=canonical(dict(judged.given)), accepted_at=None, accepted_by=None))


def _known_elsewhere(changes: Iterable[Change]) -> list[Finding]:
    """ID numbers that come into the register with this list and that somebody in it has already."""
    coming: dict[str, tuple[Change, int]] = {}
    for change in changes:
        joining = change.entry.members if change.record is None else change.joining
        told = {values["id_number"] for _, values in change.persons if values.get("id_number")}
        for member in change.entry.members:
            if member.id_number and (member in joining or member.id_number in told):
                coming.setdefault(member.id_number, (change, member.row))
    found = []
    numbers = list(coming)
    for start in range(0, len(numbers), _AT_ONCE):
        for row in db.execute(
                select(people.person.c.id_number, people.person.c.name, people.household.c.code, people.household.c.id)
                .join_from(people.person, people.membership, people.membership.c.person_id == people.person.c.id)
                .join(people.household, people.household.c.id == people.membership.c.household_id)
                .where(people.person.c.id_number.in_(numbers[start:start + _AT_ONCE]),
                       people.membership.c.superseded_at.is_(None), people.membership.c.valid_to.is_(None))):
            _, number_row = coming[row.id_number]
            found.append(Finding(number_row, "id_number", row.id_number,
                                 _ALSO_KNOWN.format(name=row.name, code=row.code)))
    return found
