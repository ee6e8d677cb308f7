"""What changed since a case was returned: answers, papers, the household, the amount. The rest was read before.

All of it is told by rows that are kept anyway: the history of the case says which answers and papers changed after the
return and what they were before, the register keeps every fact it no longer believes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, or_, select

from core import db
from core.domain import access, cases, history, people
from core.domain.people import household_category, mark, membership, person, registry_change, residence
from core.text import Text


@dataclass(frozen=True)
class Returned:
    """A return and what changed after it. ``answers`` are (question, before, after) in the order of the form, stored
    values; ``papers`` (kind, name, whether it came or went); ``household`` (what, before, after) in words; ``amount``
    (before, after) in đồng, None when it is the same; ``hidden`` when a value was restricted since.
    """

    at: datetime
    by: str
    said: str
    answers: list[tuple[str, Any, Any]] = field(default_factory=list)
    papers: list[tuple[str, str, bool]] = field(default_factory=list)
    household: list[tuple[Text, str, str]] = field(default_factory=list)
    amount: tuple[int, int] | None = None
    hidden: bool = False

    @property
    def nothing(self) -> bool:
        """Whether it came back as it went."""
        return not (self.answers or self.papers or self.household or self.amount or self.hidden)


def since_return(row: Any) -> Returned | None:
    """What changed in a case since it was returned last; None for one that never was."""
    if not row.round_seq:
        return None
    happened = history.of_case(row.id)
    back = next((each for each in happened if each.seq == row.round_seq), None)
    if back is None:
        return None
    later = [each for each in reversed(happened) if each.seq > row.round_seq]
    changed = _answers(row, later)
    said = next((str(back.private[name]) for name in ("comment", "reason", "note") if back.private.get(name)), "")
    return Returned(
        back.at,
        back.actor,
        said,
        [(name, before, after) for name, (before, after) in changed.items()],
        _papers(later),
        list(_household(row.household_id, back.at)) if row.household_id else [],
        _amount(row, changed),
        any(each.action == "edit" and not each.facts.get("changed") and not each.private for each in later),
    )


def _answers(row: Any, later: list[history.Happened]) -> dict[str, tuple[Any, Any]]:
    """By question, what it was at the return and what it is now; one changed to and fro is left out."""
    first: dict[str, Any] = {}
    for each in later:
        for changed in (
            (each.facts.get("changed", {}), each.private.get("changed", {})) if each.action == "edit" else ()
        ):
            for name, (before, _) in changed.items():
                first.setdefault(name, before)
    now: Mapping[str, Any] = json.loads(row.answers)
    order = [each.name for each in cases.form_of(row).fields]
    names = sorted(first, key=lambda name: order.index(name) if name in order else len(order))
    return {name: (first[name], now.get(name)) for name in names if first[name] != now.get(name)}


def _papers(later: list[history.Happened]) -> list[tuple[str, str, bool]]:
    """The papers that came or went; one that came and went again is left out."""
    found: dict[tuple[str, str], tuple[str, str, bool]] = {}
    for each in later:
        if each.action in ("attach", "remove"):
            key = (str(each.facts["kind"]), str(each.facts["sha256"]))
            came = each.action == "attach"
            if key in found and found[key][2] != came:
                del found[key]
            else:
                found[key] = (key[0], str(each.private.get("name", "")), came)
    return list(found.values())


def _amount(row: Any, changed: Mapping[str, tuple[Any, Any]]) -> tuple[int, int] | None:
    in_force = db.registry().programmes.get(row.programme)
    if in_force is None or not changed:
        return None
    answers = json.loads(row.answers) | {name: before for name, (before, _) in changed.items()}
    before = sum(amount for _, amount in in_force.programme.asked(answers))
    return (before, row.amount) if before != row.amount else None


# The household: a dated fact is told by its rows, a plain column by what was overwritten.


def _household(household_id: int, since: datetime) -> Iterator[tuple[Text, str, str]]:
    for table, title, key, words in _DATED:
        rows = db.execute(_touched(table, household_id, since)).all()
        for each in dict.fromkeys(key(row) for row in rows):
            same = [row for row in rows if key(row) == each]
            before = [words(row) for row in same if row.recorded_at <= since]
            after = [words(row) for row in same if row.superseded_at is None]
            if before != after:
                yield title, "; ".join(before), "; ".join(after)
    overwritten = select(registry_change).where(
        registry_change.c.household_id == household_id, registry_change.c.recorded_at > since
    )
    for row in db.execute(overwritten.order_by(registry_change.c.recorded_at)):
        for name, (before, after) in json.loads(row.changed).items():
            if name in _PLAIN:
                yield _PLAIN[name], _plain(name, before), _plain(name, after)


def _touched(table: Table, household_id: int, since: datetime) -> Any:
    """The rows that were believed at the return and no longer are, and those believed only since."""
    belongs = table.c.household_id == household_id
    columns = [table]
    statement: Any
    if table is membership:
        statement = select(*columns, person.c.name).join(person, person.c.id == membership.c.person_id)
    else:
        statement = select(*columns)
    if table in (mark, residence):
        inside = select(membership.c.person_id).where(membership.c.household_id == household_id)
        belongs = or_(belongs, table.c.person_id.in_(inside))
    gone = and_(table.c.recorded_at <= since, table.c.superseded_at > since)
    come = and_(table.c.recorded_at > since, table.c.superseded_at.is_(None))
    return statement.where(belongs, or_(gone, come)).order_by(table.c.id)


def _category(row: Any) -> str:
    known = people.CATEGORIES.get(row.category)
    points = ", ".join(
        f"{name} {value}" for name, value in (("A", row.score_a), ("B", row.score_b)) if value is not None
    )
    return " ".join(filter(None, (known.title.vi if known else str(row.category), f"({points})" if points else "")))


def _member(row: Any) -> str:
    known = people.RELATIONS.get(row.relation)
    return f"{row.name} ({known.title.vi if known else row.relation})"


def _residence(row: Any) -> str:
    since = f" từ {row.valid_from:%d/%m/%Y}" if row.valid_from else ""
    return f"{people.RESIDENCES[row.kind].title.vi}{since}"


def _mark(row: Any) -> str:
    known = people.MARKS.get(row.code)
    return known.title.vi if known else str(row.code)


_DATED: tuple[tuple[Table, Text, Callable[[Any], Any], Callable[[Any], str]], ...] = (
    (household_category, Text("Phân loại hộ", "Category"), lambda row: row.line, _category),
    (membership, Text("Thành viên", "Member"), lambda row: row.person_id, _member),
    (residence, Text("Cư trú", "Residence"), lambda row: row.person_id, _residence),
    (mark, Text("Diện ưu tiên", "Mark"), lambda row: (row.person_id, row.code), _mark),
)
_PLAIN = {
    "village": Text("Thôn, tổ dân phố", "Village"),
    "address": Text("Địa chỉ", "Address"),
    "set_up_on": Text("Lập hộ từ ngày", "Set up on"),
    "name": Text("Họ và tên", "Full name"),
    "birth_date": Text("Ngày sinh", "Born"),
    "birth_year": Text("Năm sinh", "Year of birth"),
    "sex": Text("Giới tính", "Sex"),
    "id_number": Text("Số định danh", "ID number"),
}


def _plain(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name == "id_number":
        return str(people.column_seen(access.MASKING, name, value))
    if name == "sex" and value in people.SEXES:
        return people.SEXES[value].title.vi
    return str(value)
