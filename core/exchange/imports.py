"""The import of household lists: judged, shown, then accepted in one transaction.

A list may be judged and accepted at once (a terminal), or kept with its report and accepted later by a click.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, select, update

from core import db
from core.domain import access, documents, people, units
from core.domain.people import Change, Finding, Place, import_batch
from core.errors import BadInput, NotFound, Reason
from core.exchange import workbook
from core.exchange.columns import BY_NAME
from core.exchange.judging import Judgement, judge
from core.exchange.telling import told
from core.text import Text, canonical, nfc

_AT_ONCE = 5_000  # numbers asked for in one query
_MOST_LISTED = 2_000  # findings and codes that a report lists one by one; its counts are always whole

_ALSO_KNOWN = Text("Số định danh này đã ghi cho {name}, hộ {code}: kiểm tra có phải cùng một người",
                   "{name} of household {code} has this number already: check whether it is the same person")
_FUTURE = Text("Danh sách không thể của ngày {day}, còn ở tương lai: ghi ngày lập danh sách",
               "No list can be of {day}, which lies in the future: write the day it was made")
_LOST = Text("Máy chủ không còn giữ tệp này: hãy gửi lại tệp", "The server no longer has this file: send it again")
_GONE = Text("Không có lần nhập này, hoặc nó ở ngoài địa bàn của bạn", "No such import, or it lies out of your reach")


@dataclass(slots=True)
class Judged:
    """A list judged for a unit on a day. ``judgement.changes`` are the households that accepting writes."""

    file_name: str
    sha256: str
    content: bytes
    unit: units.Unit
    on: date
    at: datetime
    judgement: Judgement

    def report(self, language: str = "vi") -> dict[str, Any]:
        """The report as the terminal and the API give it; see ``report_in``."""
        return report_in(self.stored_report(), language)

    def stored_report(self) -> dict[str, Any]:
        """The report with its sentences in both languages."""
        judgement = self.judgement
        states = [change.state for change in judgement.changes]
        return {
            "rows": judgement.rows, "new": states.count("new"), "changed": states.count("changed"),
            "unchanged": states.count("unchanged"), "missing": len(judgement.missing),
            "refused_households": judgement.refused_households, "refused_count": len(judgement.refused),
            "warning_count": len(judgement.warned),
            "refused": _listed(judgement.refused), "warnings": _listed(judgement.warned),
            "changes": _changed(judgement.changes),
            "missing_codes": judgement.missing[:_MOST_LISTED], "unknown_columns": list(judgement.header.unknown),
            "unit": self.unit.code, "on": self.on.isoformat(),
        }


def judge_households(actor: access.Actor, source: bytes | str | Path, unit_id: int, on: date | None = None,
                     file_name: str = "") -> Judged:
    """Judge a household list (XLSX: the file's bytes, or its path) for a unit, on a day (default today); write nothing.

    Unit codes are read on that day. The unit is a commune, or one above when every row has ``Mã xã``. Raises
    ``BadInput`` for a file that cannot be read at all, ``NotAllowed`` for who does not edit households there.
    """
    on = on or db.today()
    if on > db.today():
        raise BadInput(Reason("list_of_the_future", _FUTURE.format(day=f"{on:%d/%m/%Y}"), seen=on.isoformat(),
                              field="on"))
    unit = units.unit_by_id(unit_id, on)
    access.require(actor, "household.edit", _place(unit))
    content = workbook.read_bytes(source)
    judgement = judge(content, unit, on)
    judgement.warned += _known_elsewhere(judgement.changes)
    name = file_name or ("" if isinstance(source, bytes) else Path(source).name)
    return Judged(nfc(name)[:200] or "danh-sach.xlsx", workbook.digest(content), content, unit, on, db.now(), judgement)


def accept(actor: access.Actor, judged: Judged) -> int:
    """Write what was judged, in the current unit of work; returns the import's key.

    The same file accepted for the same unit since it was judged (a double click) writes nothing and returns that
    import. Raises ``NotAllowed``; ``Stale`` when a household changed after it was judged.
    """
    access.require(actor, "household.edit", _place(judged.unit))
    twin = db.execute(select(import_batch.c.id).where(
        import_batch.c.for_unit_id == judged.unit.id, import_batch.c.sha256 == judged.sha256,
        import_batch.c.accepted_at >= judged.at).limit(1)).scalar()
    if twin is not None:
        key: int = twin
        return key
    key = _record(actor, judged)
    return _write(actor, judged, key)


def keep(actor: access.Actor, judged: Judged) -> int:
    """Keep a judged list with its report, to be accepted later; returns the import's key. The register stays as is."""
    access.require(actor, "household.edit", _place(judged.unit))
    documents.write_file(_file(judged.sha256), judged.content)
    return _record(actor, judged)


def accept_kept(actor: access.Actor, import_id: int) -> Row[Any]:
    """Accept a kept list: it is judged again as the register is now, and written; returns the import's row.

    One that was accepted already stays as it is: the second click of a double click changes nothing.
    """
    row = import_of(actor, import_id)
    access.require(actor, "household.edit", row)
    if row.accepted_at is None and not _file(row.sha256).exists():
        raise NotFound(Reason("import_file_lost", _LOST, seen=row.file_name))
    claimed = db.execute(
        update(import_batch).where(import_batch.c.id == import_id, import_batch.c.accepted_at.is_(None))
        .values(accepted_at=db.now(), accepted_by=actor.id)).rowcount
    if claimed:
        judged = judge_households(actor, _file(row.sha256), row.for_unit_id, row.on_date, row.file_name)
        _write(actor, judged, import_id)
    return import_of(actor, import_id)


def import_of(actor: access.Actor, import_id: int) -> Row[Any]:
    """One import within reach. Raises ``NotFound``."""
    row = db.execute(imports(actor).where(import_batch.c.id == import_id)).first()
    if row is None:
        raise NotFound(Reason("import_not_found", _GONE, seen=import_id))
    return row


def imports(actor: access.Actor) -> Select[Any]:
    """The imports within reach, the latest first."""
    return (select(import_batch).where(access.within_reach(actor, import_batch, "household.view"))
            .order_by(import_batch.c.uploaded_at.desc(), import_batch.c.id.desc()))


def report_in(report: str | dict[str, Any], language: str = "vi") -> dict[str, Any]:
    """A stored report in one language.

    ``rows`` counts persons; ``new``, ``changed``, ``unchanged``, ``missing`` and ``refused_households`` count
    households. ``refused`` and ``warnings`` list {"row", "column", "value", "reason"}, at most 2,000 each
    (``refused_count`` is whole); ``changes`` lists as many {"code", "row", "who", "column", "before", "after"}, a cell
    of a known household each.
    """
    found: dict[str, Any] = json.loads(report) if isinstance(report, str) else dict(report)
    for name in ("refused", "warnings"):
        found[name] = [{**finding, "reason": finding["reason"][language == "en"]} for finding in found[name]]
    return found


def _listed(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    ordered = sorted(findings)[:_MOST_LISTED]
    return [{"row": finding.row, "column": BY_NAME[finding.field].title if finding.field in BY_NAME else finding.field,
             "value": finding.value, "reason": list(finding.sentence)} for finding in ordered]


def _changed(changes: Iterable[Change]) -> list[dict[str, Any]]:
    cells = ({"code": change.entry.code, "row": change.entry.row, **cell._asdict()}
             for change in changes if change.state == "changed" for cell in told(change))
    return list(islice(cells, _MOST_LISTED))


def _place(unit: units.Unit) -> Place:
    return Place(unit.id if unit.level == 3 else None, unit.district_id, unit.province_id)  # type: ignore[arg-type]


def _file(sha256: str) -> Path:
    return db.settings().instance / "imports" / f"{sha256}.xlsx"


def _record(actor: access.Actor, judged: Judged) -> int:
    key = db.new_id()
    db.execute(import_batch.insert(), {
        "id": key, **_place(judged.unit)._asdict(), "for_unit_id": judged.unit.id, "on_date": judged.on,
        "file_name": judged.file_name, "sha256": judged.sha256, "rows": judged.judgement.rows,
        "report": canonical(judged.stored_report()), "uploaded_at": db.now(), "uploaded_by": actor.id,
        "accepted_at": None, "accepted_by": None})
    return key


def _write(actor: access.Actor, judged: Judged, key: int) -> int:
    people.write((change for change in judged.judgement.changes if change.state != "unchanged"), actor.id, judged.on,
                 key)
    db.execute(update(import_batch).where(import_batch.c.id == key).values(
        report=canonical(judged.stored_report()), accepted_at=db.now(), accepted_by=actor.id))
    return key


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
