"""Finding cases: one by its number, many by what a list asks; always within the reader's reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_

from core import db
from core.domain import history, reads
from core.domain.access import Actor, sees, visible_to
from core.domain.cases.tables import case
from core.errors import NotFound, Reason, Stale
from core.text import Text, sought

_by_number = select(case).where(case.c.number == bindparam("number"))
_key = select(case.c.id).where(case.c.number == bindparam("number"))
_by_numbers = select(case).where(case.c.number.in_(bindparam("numbers", expanding=True))).order_by(case.c.id)
_by_numbers_locked = _by_numbers.with_for_update()
_keys = select(case.c.id).where(case.c.number.in_(bindparam("numbers", expanding=True)))
_by_ids = select(case).where(case.c.id.in_(bindparam("ids", expanding=True))).order_by(case.c.id)
_by_ids_locked = _by_ids.with_for_update()
AT_ONCE = 1000  # cases named one by one in a query


def find(actor: Actor, number: str, *, lock: bool = False) -> Any:
    """The case of that number. Raises ``NotFound`` when there is none within reach; which of the two is not told."""
    return find_many(actor, [number], lock=lock)[0]


def find_many(actor: Actor, numbers: Sequence[str], *, lock: bool = False) -> list[Any]:
    """The cases of those numbers, in that order, locked until the end of the work if asked.

    Raises ``NotFound`` naming every number that is not within reach.
    """
    wanted = [clean(number) for number in numbers]
    if len(wanted) == 1 and not lock:
        rows = db.execute(_by_number, {"number": wanted[0]}).all()
    elif len(wanted) <= AT_ONCE:
        rows = db.execute(_by_numbers_locked if lock else _by_numbers, {"numbers": wanted}).all()
    else:
        rows = _found_in_parts(wanted, lock)
    found = {row.number: row for row in rows if sees(actor, row)}
    lost = [number for number in wanted if number not in found]
    if lost:
        raise NotFound(
            [
                Reason(
                    "case_unknown",
                    Text(
                        "Không có hồ sơ {number} trong phạm vi của bạn", "There is no case {number} within your reach"
                    ).format(number=number[:40]),
                    seen=number[:40],
                )
                for number in lost
            ]
        )
    for row in found.values():
        reads.handed_out("case", case_id=row.id, household_id=row.household_id, unit_id=row.unit_id)
    return [found[number] for number in wanted]


def _found_in_parts(wanted: Sequence[str], lock: bool) -> list[Any]:
    """The cases of very many numbers, in the order of the key, which is also the order in which they are locked."""
    keys: list[int] = []
    for start in range(0, len(wanted), AT_ONCE):
        keys += db.execute(_keys, {"numbers": wanted[start : start + AT_ONCE]}).scalars()
    keys.sort()
    rows: list[Any] = []
    for start in range(0, len(keys), AT_ONCE):
        rows += db.execute(_by_ids_locked if lock else _by_ids, {"ids": keys[start : start + AT_ONCE]}).all()
    return rows


def heads() -> dict[int, history.Head]:
    """The head of the history of every case, by key, as ``history.verify`` asks for them."""
    columns = select(case.c.id, case.c.number, case.c.history_seq, case.c.history_hash)
    rows = db.execute(columns.execution_options(yield_per=5000))
    return {row.id: history.Head(row.number, row.history_seq, row.history_hash) for row in rows}


def key_of(number: str) -> int | None:
    """The key of the case of a number, for logs: whether it lies in reach is not asked."""
    found: int | None = db.execute(_key, {"number": clean(number)}).scalar()
    return found


def clean(number: str) -> str:
    """A case number as people type it: blanks off, capital letters."""
    return number.strip().upper()


def by_ids_locked(ids: Sequence[int]) -> list[Any]:
    """Cases by key, locked until the end of the work; the caller has asked who may."""
    return list(db.execute(_by_ids_locked, {"ids": list(ids)}))


def cases(
    actor: Actor,
    *,
    state: str = "",
    programme: str = "",
    text: str = "",
    unit: Any = None,
    household_id: int | None = None,
) -> Select[Any]:
    """A statement of the cases within reach, latest change first; the way in pages it by (changed_at, id).

    ``text`` is a part of a number or of a name, without marks if you like; ``unit`` a ``units.Unit`` to look below.
    """
    statement = select(case).where(visible_to(actor, case)).order_by(case.c.changed_at.desc(), case.c.id.desc())
    if state:
        statement = statement.where(case.c.state == state)
    if programme:
        statement = statement.where(case.c.programme == programme)
    if household_id is not None:
        statement = statement.where(case.c.household_id == household_id)
    if unit is not None and unit.level:
        column = {1: case.c.province_id, 2: case.c.district_id, 3: case.c.unit_id}[unit.level]
        statement = statement.where(column == unit.id)
    for word in sought(text).split():
        statement = statement.where(case.c.search.contains(word, autoescape=True))
    return statement


def editable(actor: Actor, programmes: Collection[str]) -> Select[Any]:
    """A statement of the cases of these programmes whose answers and papers this person may change in their state."""
    registry = db.registry()
    states = {
        (machine.workflow.name, machine.version, state.code)
        for machine in (*registry.machines.values(), *registry.versions.values())
        for state in machine.workflow.states
        if not state.final and actor.roles & set(state.roles("edit"))
    }
    place = tuple_(case.c.workflow, case.c.workflow_version, case.c.state)
    return select(case).where(
        visible_to(actor, case), case.c.programme.in_(sorted(programmes)), place.in_(sorted(states))
    )


def older_than(changed_at: datetime, case_id: int) -> ColumnElement[bool]:
    """The part of ``cases`` behind a row: the next page."""
    return and_(case.c.changed_at <= changed_at, or_(case.c.changed_at < changed_at, case.c.id < case_id))


def open_counts(actor: Actor, household_ids: Collection[int]) -> dict[int, int]:
    """How many open cases within reach each household has; one with none is left out."""
    query: Select[Any] = (
        select(case.c.household_id, func.count().label("number"))
        .where(visible_to(actor, case), case.c.household_id.in_(household_ids), case.c.open_key.is_not(None))
        .group_by(case.c.household_id)
    )
    return {row.household_id: row.number for row in db.execute(query)}


def check_version(row: Any, version: int | None) -> None:
    """Raise ``Stale``, saying who did what since, unless ``version`` is the present one (None: not asked)."""
    if version is None or version == row.version:
        return
    raise Stale(stale_reason(row, version))


def stale_reason(row: Any, version: int) -> Reason:
    """Who changed the case since a person saw ``version`` of it, when, and what to do now."""
    latest = history.of_case(row.id)[0]
    when = latest.at.astimezone(db.HANOI).strftime("%H:%M %d/%m/%Y")
    act = action_title(row, latest.action)
    return Reason(
        "stale",
        Text(
            f"{latest.actor} đã «{act.vi}» hồ sơ {row.number} lúc {when}. "
            "Hãy xem lại rồi làm tiếp; phần bạn nhập vẫn được giữ.",
            f"{latest.actor} did “{act.en}” on case {row.number} at {when}. "
            "Look again, then go on; what you typed is kept.",
        ),
        seen=version,
        needed=row.version,
    )


ACTS = {
    "open": Text("Mở hồ sơ", "Open"),
    "edit": Text("Sửa nội dung", "Edit"),
    "attach": Text("Đính kèm giấy tờ", "Attach a paper"),
    "remove": Text("Gỡ giấy tờ", "Remove a paper"),
    "visit": Text("Ghi kết quả kiểm tra", "Record a visit"),
    "pay": Text("Chi trả", "Pay"),
    "draft": Text("Đưa vào dự thảo quyết định", "Put into a draft decision"),
    "undraft": Text("Đưa ra khỏi dự thảo quyết định", "Take out of a draft decision"),
}


def action_title(row: Any, action: str) -> Text:
    """What an act in the history is called."""
    if action in ACTS:
        return ACTS[action]
    try:
        title: Text = db.registry().machine(row.workflow, row.workflow_version).workflow.transition(action).title
    except KeyError:
        return Text(action, action)
    return title
