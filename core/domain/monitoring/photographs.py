"""Photographs of a visit that arrive in their own time: the visit is written down without waiting for them.

What is handed in before enough pictures are here is kept with the planned visit and recorded, by the one who handed it
in, as soon as the last of them arrives. Until then nothing depends on it: no gate opens, no money is paid.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from core import db
from core.domain import cases, documents, uploads
from core.domain.access import Actor
from core.domain.monitoring.planning import of_case, visit
from core.domain.monitoring.recording import Recorded, may_visit, open_visit, record_visit, weigh
from core.errors import BadInput, NotAllowed, Reason, Refused
from core.text import Text, canonical

LONGEST = 20_000  # characters of a draft
MOST = 20  # photographs of one visit


@dataclass(frozen=True)
class Draft:
    """What somebody wrote down for a planned visit: as typed, with the hashes of its pictures; handed in or not yet."""

    by: int
    at: datetime
    data: dict[str, str]
    sent: tuple[str, ...]
    handed_in: bool


@dataclass(frozen=True)
class Waiting:
    """A visit that was handed in and waits for ``missing`` of its pictures."""

    missing: int


def begin_photograph(
    actor: Actor, number: str, step: str, attempt: int | None, name: str, size: int, sha256: str
) -> Any:
    """The row of a photograph that is to come for a visit: one that is planned, or one that this person recorded.

    Raises ``NotFound``, ``WrongState`` and ``NotAllowed`` as recording the visit does, and as ``uploads.begin``.
    """
    row = cases.find(actor, number, lock=True)
    made = next((each for each in of_case(row.id) if (each.step, each.attempt) == (step, attempt)), None)
    if made is None or not _own(actor, made):
        may_visit(actor, row)
        made = open_visit(row, step)
    coming = uploads.of_visit(actor, made.id)
    if len(coming) >= MOST and sha256 not in {each.sha256 for each in coming}:
        said = Text("Mỗi lần kiểm tra tối đa {n} ảnh", "At most {n} photographs a visit")
        raise BadInput(Reason("too_many_photos", said.format(n=MOST), seen=len(coming), needed=MOST, field="photos"))
    return uploads.begin(actor, row, "visit", name, size, sha256, made.id)


def _own(actor: Actor, made: Any) -> bool:
    """Whether this person recorded the visit lately, so that what was taken there may still come."""
    return made.recorded_by == actor.id and made.recorded_at is not None and db.now() - made.recorded_at < uploads.KEPT


def hand_in(
    actor: Actor,
    number: str,
    step: str,
    data: Mapping[str, str],
    photos: Sequence[tuple[str, bytes]],
    sent: Sequence[str],
    attempt: int | None = None,
) -> Recorded | Waiting:
    """Record a visit with the photographs that are here, or keep it until those that it cannot do without arrive.

    ``photos`` are (name, bytes), ``sent`` the hashes of those that come by ``uploads``. Raises as ``record_visit``;
    what else is wrong is told at once, also while pictures are still on their way.
    """
    row = cases.find(actor, number, lock=True)
    planned = open_visit(row, step)
    coming = {each.sha256: each for each in uploads.of_visit(actor, planned.id) if each.sha256 in sent}
    here = [each for each in coming.values() if uploads.whole(each)]
    missing = [each for each in dict.fromkeys(sent) if each not in {row.sha256 for row in here}]
    given = [*photos, *((each.name, uploads.content_of(each)) for each in here)]
    planned, declared, _typed, refusal = weigh(actor, row, step, data, [content for _, content in given], attempt)
    lacking = refusal is not None and {reason.code for reason in refusal.reasons} == {"photos_missing"}
    if lacking and not photos and missing and len(given) + len(missing) >= declared.photos:
        _keep(actor, planned.id, data, sent, handed_in=True)
        return Waiting(len(missing))
    recorded = record_visit(actor, number, step, data, given, attempt=attempt)
    for each in here:
        uploads.forget(each)
    return recorded


def keep_draft(actor: Actor, number: str, step: str, data: Mapping[str, str], sent: Sequence[str]) -> datetime:
    """Keep what is being written down for a planned visit; gives the moment."""
    row = cases.find(actor, number, lock=True)
    may_visit(actor, row)
    return _keep(actor, open_visit(row, step).id, data, sent, handed_in=False)


_set_draft = update(visit).where(visit.c.id == bindparam("b_id")).values(draft=bindparam("b_draft"))


def _keep(actor: Actor, visit_id: int, data: Mapping[str, str], sent: Sequence[str], *, handed_in: bool) -> datetime:
    kept = {"by": actor.id, "at": db.now().isoformat(), "data": dict(data), "sent": list(sent), "handed_in": handed_in}
    written = canonical(kept)
    if len(written) > LONGEST:
        raise BadInput(
            Reason("draft_too_long", Text("Nội dung quá dài, hãy rút gọn", "The text is too long; shorten it"))
        )
    db.execute(_set_draft, {"b_id": visit_id, "b_draft": written})
    return db.now()


def draft_of(actor: Actor, planned: Any) -> Draft | None:
    """What this person was writing down for a planned visit; nobody reads another's."""
    found = json.loads(planned.draft) if planned is not None and planned.draft else None
    if found is None or found["by"] != actor.id:
        return None
    moment = datetime.fromisoformat(found["at"])
    return Draft(found["by"], moment, found["data"], tuple(found["sent"]), found["handed_in"])


_ANOTHERS = Text(
    "Lần kiểm tra này đã được người khác ghi, nên ảnh không thêm vào được",
    "This visit was recorded by somebody else, so the photograph cannot be added",
)
_visit = select(visit, cases.case.c.number).join(cases.case, cases.case.c.id == visit.c.case_id)
_by_id = _visit.where(visit.c.id == bindparam("id"))


def arrived(actor: Actor, photograph: Any) -> Recorded | Waiting | None:
    """What follows from a photograph that is whole: the visit that waited for it is recorded, or nothing yet.

    One that comes after its visit was recorded is added to it. A refusal of the visit leaves it for its author to see.
    """
    planned = db.execute(_by_id, {"id": photograph.visit_id}).one()
    if planned.recorded_at is not None:
        _add(actor, planned, photograph)
        return None
    draft = draft_of(actor, planned)
    if draft is None or not draft.handed_in:
        return None
    try:
        with db.work().connection.begin_nested():
            return hand_in(actor, planned.number, planned.step, draft.data, (), draft.sent, planned.attempt)
    except Refused:
        _keep(actor, planned.id, draft.data, draft.sent, handed_in=False)
        return None


def _add(actor: Actor, made: Any, photograph: Any) -> None:
    row = cases.find(actor, made.number, lock=True)
    if not _own(actor, made):
        raise NotAllowed(Reason("visit_of_another", _ANOTHERS))
    stored = documents.store(uploads.content_of(photograph), photograph.name)
    documents.attach(row.id, actor.id, "visit", photograph.name, stored, made.step)
    facts = {"kind": "visit", "step": made.step, **stored.digests}
    cases.record(actor, row, "attach", facts, {"name": photograph.name})
    uploads.forget(photograph)
