"""The signed file of a decision, kept as it was signed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select

from core import db
from core.domain import access, documents
from core.domain.access import Actor
from core.domain.decisions.reading import cases_of, find
from core.domain.decisions.tables import decision_file
from core.errors import BadInput, NotAllowed, Reason
from core.text import Text

_SIGNING = ("approver",)


def may_attach(actor: Actor, decision_id: int, case_table: Any) -> bool:
    """Whether this person may attach the signed paper: who approves at the place of a case that it covers."""
    return any(
        access.held_at(actor, _SIGNING, row) is not None for row in db.execute(cases_of(actor, decision_id, case_table))
    )


def attach_signed(actor: Actor, decision_id: int, case_table: Any, name: str, content: bytes) -> None:
    """Attach the signed paper, a PDF. It replaces the one before, which is kept; the same file twice is attached once.

    Raises ``NotFound``, ``NotAllowed`` or ``BadInput`` (field ``file``).
    """
    find(actor, decision_id, case_table)
    if not may_attach(actor, decision_id, case_table):
        raise NotAllowed(access.role_missing(_SIGNING))
    stored = documents.store(content, name)
    if stored.type != "application/pdf":
        raise BadInput(
            Reason(
                "not_a_pdf",
                Text(
                    "Tệp này không phải PDF. Hãy quét quyết định đã ký thành tệp PDF",
                    "This file is no PDF. Scan the signed decision as a PDF",
                ),
                seen=stored.type,
                needed="application/pdf",
                field="file",
            )
        )
    latest = files_of(decision_id)[:1]
    if latest and latest[0].sha256 == stored.sha256:
        return
    db.execute(
        decision_file.insert(),
        {
            "id": db.new_id(),
            "decision_id": decision_id,
            "name": documents.file_name(name, stored.type),
            "sha256": stored.sha256,
            "attached_at": db.now(),
            "attached_by": actor.id,
        },
    )


_files = (
    select(decision_file, documents.file.c.size, access.user.c.name.label("by"))
    .join(documents.file, documents.file.c.sha256 == decision_file.c.sha256)
    .join(access.user, access.user.c.id == decision_file.c.attached_by)
    .where(decision_file.c.decision_id == bindparam("decision_id"))
    .order_by(decision_file.c.id.desc())
)


def files_of(decision_id: int) -> list[Any]:
    """The signed papers attached to a decision, the one that counts first."""
    return list(db.execute(_files, {"decision_id": decision_id}))


_signed = (
    select(decision_file.c.decision_id)
    .distinct()
    .where(decision_file.c.decision_id.in_(bindparam("ids", expanding=True)))
)


def signed(decision_ids: Collection[int]) -> set[int]:
    """Those of the decisions that have their signed paper."""
    return {row.decision_id for row in db.execute(_signed, {"ids": list(decision_ids)})}
