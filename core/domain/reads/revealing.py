"""Seeing a masked value whole: an act with a reason, which stands in the log before the value is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from core.domain import access
from core.domain.access import Actor
from core.domain.reads.noting import handed_out, keep, taken
from core.errors import BadInput, Reason
from core.fields import MASKED
from core.text import Text, nfc

REASONS = {
    "check_papers": Text("Đối chiếu giấy tờ của người dân", "To compare with the person's papers"),
    "payment": Text("Lập chứng từ chi trả", "To make out a payment"),
    "complaint": Text("Giải quyết phản ánh, khiếu nại", "To settle a complaint"),
    "inspection": Text("Thanh tra, kiểm tra, kiểm toán", "Inspection or audit"),
    "other": Text("Lý do khác", "Another reason"),
}
LEAST, MOST = 5, 300  # characters of a reason in one's own words


def reveal(
    actor: Actor,
    place: Any,
    classes: Collection[str],
    reason: str,
    note: str = "",
    *,
    case_id: int | None = None,
    household_id: int | None = None,
) -> access.Sight:
    """What ``actor`` sees whole of the household or case at ``place`` after giving a reason; the reason is logged.

    ``classes`` are privacy classes, ``reason`` a key of ``REASONS``, ``note`` the words of "other". Has to run in a
    unit of work that writes. Raises ``NotAllowed``, and ``BadInput`` with all that is missing.
    """
    access.require(actor, "private.reveal", place)
    note, reasons = nfc(note).strip(), []
    if not classes or not set(classes) <= set(MASKED):
        sentence = Text("Chọn loại dữ liệu cần xem đủ", "Choose what to see whole")
        reasons.append(Reason("classes_unknown", sentence, needed=sorted(MASKED), field="classes"))
    if reason not in REASONS:
        sentence = Text("Chọn lý do xem", "Choose why")
        reasons.append(Reason("reason_unknown", sentence, needed=list(REASONS), field="reason"))
    if (reason == "other" and len(note) < LEAST) or len(note) > MOST:
        sentence = Text(f"Ghi lý do bằng {LEAST} đến {MOST} ký tự", f"Give the reason in {LEAST} to {MOST} characters")
        reasons.append(Reason("note_length", sentence, seen=len(note), needed=LEAST, field="note"))
    if reasons:
        raise BadInput(reasons)
    handed_out("case", case_id=case_id, household_id=household_id, unit_id=place.unit_id)
    said = REASONS[reason].vi + (f": {note}" if note else "")
    keep(replace(taken(actor, "reveal", "reveal"), kinds=" ".join(sorted(classes)), reason=said))
    return access.sight(actor, place, classes)
