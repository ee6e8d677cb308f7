"""Opening a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError

from core import db
from core.domain import access, history, people, programmes, tasks, units
from core.domain.access import Actor
from core.domain.cases import reading
from core.domain.cases.editing import amount_of, keep_facts
from core.domain.cases.tables import case, case_place
from core.domain.programmes import InForce
from core.errors import BadInput, NotAllowed, Reason, Unmet
from core.fields import read
from core.text import Text, canonical, fold
from core.workflow import Machine

_next = text(
    "INSERT INTO counter (name, value) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
)
_by_open_key = select(case.c.number).where(case.c.open_key == bindparam("open_key"))


@dataclass(frozen=True)
class Opened:
    """A case just opened."""

    id: int
    number: str
    state: str
    version: int


def open_case(
    actor: Actor,
    programme_code: str,
    household_number: str,
    answers: Mapping[str, Any] | None = None,
    person_id: int | None = None,
) -> Opened:
    """Open a case of a programme for a household (and, where the programme is about persons, one of its members).

    A member named to a programme about households stands for the household.

    Raises ``NotFound`` for an unknown programme or a household out of reach, ``NotAllowed`` without the role at the
    household's unit, ``Unmet`` when the same subject has an open case already or the household has ended, ``BadInput``
    for answers that cannot be read.
    """
    in_force: InForce = db.registry().programme(programme_code)
    programme = in_force.programme
    machine: Machine = db.registry().machines[programme.workflow]
    record = people.household_of(actor, household_number)
    household = record.row
    opening = machine.workflow.opening
    if access.held_at(actor, opening.roles, household) is None:
        raise NotAllowed(access.role_missing(opening.roles))
    typed, reasons = read(programme.fields, answers or {})
    person_id = person_id if programme.subject == "person" else None
    subject = _subject(programme.subject, record, person_id)
    if reasons:
        raise BadInput(reasons)
    open_key = f"{programme.code}:{household.id}" + (f":{person_id}" if person_id else "")
    existing = open_number(programme.code, household.id, person_id)
    unmet = [_ended(household.ended_on)] if household.ended_on else []
    unmet += [_already_open(existing)] if existing else []
    if unmet:
        raise Unmet(unmet)
    programmes.keep_definitions(machine, in_force)
    now, case_id = db.now(), db.new_id()
    number = _number(household.province_id)
    state = machine.workflow.state(machine.workflow.initial)
    row = {
        "id": case_id,
        "number": number,
        "programme": programme.code,
        "programme_version": in_force.version,
        "workflow": programme.workflow,
        "workflow_version": machine.version,
        "state": state.code,
        "version": 1,
        "household_id": household.id,
        "person_id": person_id,
        "about_case": None,
        "subject_name": subject.name,
        "subject_sort_key": subject.sort_key,
        "village": household.village,
        "open_key": open_key,
        "search": fold(f"{number} {subject.name} {household.village}"),
        "unit_id": household.unit_id,
        "district_id": household.district_id,
        "province_id": household.province_id,
        "readers": access.readers(state.roles("view")),
        "answers": canonical(typed),
        "amount": amount_of(programme, typed),
        "opened_at": now,
        "opened_by": actor.id,
        "applied_on": None,
        "decided_on": None,
        "draft_id": None,
        "state_since": now,
        "changed_at": now,
        "round_seq": 0,
        "history_seq": 1,
        "history_hash": "",
    }
    [(_, row["history_hash"])] = history.append(
        actor.id,
        [
            history.Entry(
                case_id,
                number,
                0,
                "",
                "open",
                None,
                state.code,
                {"programme": programme.code, "household": people.household_number(household.id)},
                {"answers": typed} if typed else {},
            )
        ],
    )
    try:
        db.execute(insert(case), row)
    except IntegrityError as error:
        raise Unmet(
            Reason(
                "already_open",
                Text(
                    "Đối tượng này vừa có một hồ sơ cùng chương trình đang mở",
                    "This subject has just got an open case of the same programme",
                ),
            )
        ) from error
    db.execute(
        insert(case_place),
        {
            "id": db.new_id(),
            "case_id": case_id,
            "unit_id": household.unit_id,
            "valid_from": db.today(),
            "valid_to": None,
            "reason": "open",
        },
    )
    keep_facts(case_id, programme, typed)
    opened = reading.find(actor, number)
    tasks.arrive([opened], state, programme.code, db.today())
    return Opened(case_id, number, state.code, 1)


def _ended(day: date) -> Reason:
    sentence = Text(
        "Hộ này đã kết thúc từ ngày {day} (chuyển đi, nhập hộ khác hoặc không còn ai); mở hồ sơ cho hộ đang cư trú",
        "This household ended on {day} (moved away, merged or died out); open the case for the one that lives there",
    ).format(day=f"{day:%d/%m/%Y}")
    return Reason("household_ended", sentence, seen=day.isoformat(), field="household")


def _already_open(number: str) -> Reason:
    sentence = Text(
        "Đang có hồ sơ {number} cùng chương trình cho đối tượng này; hãy mở hồ sơ đó",
        "This subject has the open case {number} of the same programme; go on with that one",
    ).format(number=number)
    return Reason("already_open", sentence, seen=number)


def open_number(programme_code: str, household_id: int, person_id: int | None = None) -> str | None:
    """The number of the open case that a subject has in a programme, if any."""
    key = f"{programme_code}:{household_id}" + (f":{person_id}" if person_id else "")
    found = db.execute(_by_open_key, {"open_key": key}).scalar()
    return str(found) if found else None


@dataclass(frozen=True)
class _Subject:
    name: str
    sort_key: bytes


def _subject(kind: str, record: people.Record, person_id: int | None) -> _Subject:
    if kind == "household":
        return _Subject(record.row.head_name, record.row.head_sort_key)
    member = next((each.row for each in record.members if each.row.id == person_id), None)
    if member is None:
        sentence = Text("Chọn một thành viên của hộ", "Choose a member of the household")
        raise BadInput(Reason("member_missing", sentence, field="person"))
    return _Subject(member.name, member.sort_key)


def _number(province_id: int) -> str:
    """The next number of a province in a year, for example BN-26-00017.

    It never changes and says nothing of the person.
    """
    province = units.unit_by_id(province_id)
    prefix = f"{province.abbr or province.code}-{db.today():%y}"
    value = db.execute(_next, {"name": prefix}).scalar_one()
    return f"{prefix}-{value:05d}"
