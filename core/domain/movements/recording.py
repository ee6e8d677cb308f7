"""Recording what became of households, many at once, and taking it back with the list it came from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, tuple_, update

from core import db
from core.domain import access, people
from core.domain.movements.effects import apply, change_of
from core.domain.movements.saying import Said
from core.domain.movements.tables import movement
from core.errors import BadInput, NotFound, Reason, Stale
from core.text import Text

_GONE = Text("Không có hộ này, hoặc hộ ở ngoài địa bàn của bạn", "No such household, or it lies out of your reach")
_OVER = Text("Biến động của {head} đã được ghi: tải lại trang để xem",
             "What became of {head} is recorded already: load the page again")
_NO_SUCH = Text("Xã này không có hộ {code} đang còn để nhập vào", "The commune has no household {code} to be merged "
                "into")
_ITSELF = Text("Hộ không thể nhập vào chính nó, hoặc vào hộ cũng đang kết thúc", "A household is not merged into "
               "itself, nor into one that ends too")


def record_movements(actor: access.Actor, said: Sequence[Said], import_id: int | None = None) -> list[int]:
    """Record what became of some households and what follows for the register; returns the movements' keys.

    ``import_id`` names the list they were missing in: they are undone with it. What was said before in the same words
    (a double click) is left as it is. Raises ``BadInput`` with every reason; ``NotFound``, ``NotAllowed``; ``Stale``
    for a household that has ended or was changed meanwhile.
    """
    known = people.records_by_id([one.household_id for one in said], db.today())
    if len(known) < len({one.household_id for one in said}):
        raise NotFound(Reason("household_not_found", _GONE))
    for record in known.values():
        access.require(actor, "household.edit", record.row)
    before = {row.household_id: row for row in of_households(known, import_id)} if import_id is not None else {}
    said = [one for one in said if not _same(before.get(one.household_id), one)]
    over = [known[one.household_id].row for one in said
            if known[one.household_id].row.ended_on or _moved(before.get(one.household_id))]
    if over:
        raise Stale([Reason("household_moved", _OVER.format(head=row.head_name or row.code), field=f"kind-{row.id}")
                     for row in over])
    into = _targets(said, known)
    changes = {key: change_of(record) for key, record in {**known, **into[1]}.items()}
    reasons = into[2] + [
        reason for one in said
        for reason in apply(one, changes[one.household_id], changes.get(into[0].get(one.household_id, 0)))]
    if reasons:
        raise BadInput(reasons)
    people.write((change for change in changes.values() if change.state == "changed"), actor.id, db.today(), import_id)
    return _keep(actor, said, into[0], import_id)


def forget_import(import_id: int, by: int | None) -> None:
    """The movements recorded from an import are believed no longer; ``people.undo_import`` takes back what they did."""
    db.execute(update(movement).where(movement.c.import_id == import_id, movement.c.superseded_at.is_(None))
               .values(superseded_at=db.now(), superseded_by=by))


def of_households(ids: Collection[int], import_id: int | None = None) -> list[Row[Any]]:
    """The movements that are believed of some households, the latest first; of one import only where it is named."""
    query = select(movement).where(movement.c.household_id.in_(ids), movement.c.superseded_at.is_(None))
    if import_id is not None:
        query = query.where(movement.c.import_id == import_id)
    return list(db.execute(query.order_by(movement.c.moved_on.desc(), movement.c.id.desc())))


def _same(row: Row[Any] | None, said: Said) -> bool:
    return row is not None and (row.kind, row.decision_number, row.whereto, row.note) == (
        said.kind, said.decision_number, said.whereto, said.note) and (
        said.kind in ("stays", "error") or row.moved_on == said.on)


def _moved(row: Row[Any] | None) -> bool:
    return row is not None and row.kind != "stays"


def _targets(said: Iterable[Said], known: dict[int, people.Record]) -> tuple[
        dict[int, int], dict[int, people.Record], list[Reason]]:
    """Which household each merged one goes into, those households, and the reasons against."""
    merged = [one for one in said if one.kind == "merged"]
    places = {one.household_id: known[one.household_id].row.unit_id for one in merged}
    keys = {(places[one.household_id], one.into) for one in merged}
    table = people.household
    found = {(row.unit_id, row.code): row.id for row in db.execute(
        select(table.c.id, table.c.unit_id, table.c.code)
        .where(tuple_(table.c.unit_id, table.c.code).in_(keys), table.c.ended_on.is_(None)))} if keys else {}
    ends = {one.household_id for one in said if one.kind not in ("stays", "escaped")}
    goes, reasons = {}, []
    for one in merged:
        target = found.get((places[one.household_id], one.into))
        if target is None or target in ends:
            sentence = _ITSELF if target else _NO_SUCH.format(code=one.into)
            reasons.append(Reason("movement_into", sentence, seen=one.into, field=f"detail-{one.household_id}"))
        else:
            goes[one.household_id] = target
    return goes, people.records_by_id(set(goes.values()) - known.keys(), db.today()), reasons


def _keep(actor: access.Actor, said: Sequence[Said], goes: dict[int, int], import_id: int | None) -> list[int]:
    rows: list[dict[str, Any]] = [{
        "id": db.new_id(), "household_id": one.household_id, "kind": one.kind, "moved_on": one.on,
        "decision_number": one.decision_number, "decided_on": one.decided_on,
        "into_household_id": goes.get(one.household_id), "whereto": one.whereto, "note": one.note,
        "import_id": import_id, "recorded_at": db.now(), "recorded_by": actor.id} for one in said]
    if rows:
        db.execute(movement.insert(), rows)
    return [row["id"] for row in rows]
