"""The households that a list does not have: what became of each is chosen by a person, and only then recorded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core import db
from core.domain import access, movements
from core.domain.people import import_line
from core.errors import BadInput, Reason, WrongState
from core.exchange.imports import import_of
from core.text import Text

_NOT_NOW = Text("Ghi danh sách vào sổ trước, rồi mới chọn biến động của các hộ không có trong danh sách",
                "Write the list into the register first, then choose what became of the households it does not have")
_NOT_MISSING = Text("Hộ này không nằm trong các hộ mà danh sách thiếu", "This household is not one that the list lacks")


def settle_missing(actor: access.Actor, import_id: int, said: Sequence[movements.Said]) -> list[int]:
    """Record what became of households that an accepted list does not have; returns the movements' keys.

    They are undone with the list. Raises what ``movements.record_movements`` does; ``WrongState`` while the list is
    not written or once it is undone.
    """
    row = import_of(actor, import_id)
    access.require(actor, "household.edit", row)
    if row.accepted_at is None or row.undone_at is not None:
        raise WrongState(Reason("import_not_written", _NOT_NOW, seen=row.file_name))
    ids = {one.household_id for one in said}
    missing = set(db.execute(select(import_line.c.household_id).where(
        import_line.c.import_id == import_id, import_line.c.state == "missing",
        import_line.c.household_id.in_(ids))).scalars())
    if ids - missing:
        raise BadInput([Reason("not_missing", _NOT_MISSING, seen=key, field=f"kind-{key}") for key in ids - missing])
    return movements.record_movements(actor, said, import_id)
