"""Taking an accepted list back as a whole, while nothing was built on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, or_, select

from core import db
from core.domain import access, cases, movements, people
from core.domain.people import import_batch, import_household
from core.errors import Reason, WrongState
from core.exchange.imports import import_of
from core.text import Text

_NAMED = 50  # what stands in the way is named one by one up to here; its count is whole

_NOT_WRITTEN = Text("Danh sách này chưa được ghi vào sổ nên không có gì để hoàn tác",
                    "This list is not in the register: there is nothing to undo")
_CASES = Text("Không hoàn tác được: {n} hồ sơ đã mở hoặc xử lý tiếp dựa trên danh sách này ({codes})",
              "It cannot be undone: {n} cases were opened or moved on since, of its households ({codes})")
_CHANGES = Text("Không hoàn tác được: {n} hộ của danh sách đã được sửa sau đó ({codes}). Nếu là do lần nhập sau, hoàn "
                "tác lần nhập sau trước",
                "It cannot be undone: {n} of its households were changed since ({codes}). Where a later import did "
                "so, undo that one first")


def undo(actor: access.Actor, import_id: int) -> Row[Any]:
    """Take back all that an accepted list wrote, and the movements recorded from it; returns the import's row.

    Nothing is deleted: what was believed in between stays readable. A second undo changes nothing. Raises
    ``WrongState`` for a list that was not written, and with everything that was built on it since; ``NotAllowed``.
    """
    row = import_of(actor, import_id)
    access.require(actor, "household.edit", row)
    if row.accepted_at is None:
        raise WrongState(Reason("import_not_written", _NOT_WRITTEN, seen=row.file_name))
    if _locked(import_id):
        if reasons := built_on(row):
            raise WrongState(reasons)
        people.undo_import(import_id, actor.id)
        movements.forget_import(import_id, actor.id)
    return import_of(actor, import_id)


def _locked(import_id: int) -> bool:
    """Whether the import is still to be undone; nobody else undoes it or changes its households until this is done."""
    this = select(import_batch.c.undone_at).where(import_batch.c.id == import_id).with_for_update()
    if db.execute(this).scalar() is not None:
        return False
    touched = select(import_household.c.household_id).where(import_household.c.import_id == import_id)
    if db.is_postgres():
        db.execute(select(people.household.c.id).where(people.household.c.id.in_(touched))
                   .order_by(people.household.c.id).with_for_update())
    return True


def built_on(row: Row[Any]) -> list[Reason]:
    """Why an accepted list can no longer be undone: cases of its households, later changes of them."""
    case = cases.case
    of_import = (
        select(case.c.number).join(import_household, import_household.c.household_id == case.c.household_id)
        .where(import_household.c.import_id == row.id,
               or_(import_household.c.did == "new", case.c.opened_at >= row.accepted_at,
                   case.c.changed_at >= row.accepted_at)))
    found = (
        ("import_built_on", _CASES, of_import, case.c.number),
        ("import_overtaken", _CHANGES, people.changed_since(row.id), people.household.c.code))
    reasons = []
    for code, sentence, query, name in found:
        count = db.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
        if count:
            names = list(db.execute(query.with_only_columns(name, maintain_column_froms=True).order_by(None)
                                    .order_by(name).limit(_NAMED)).scalars())
            told = ", ".join(names) + (" …" if count > len(names) else "")
            reasons.append(Reason(code, sentence.format(n=count, codes=told), seen=names))
    return reasons
