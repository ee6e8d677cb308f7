"""Reading everything again to find the first row touched, cut or missing."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select

from core import db
from core.domain.history.appending import digest
from core.domain.history.sealing import digest_between, mac_of, taken_over
from core.domain.history.tables import history, history_value, seal
from core.text import Text


class Head(NamedTuple):
    """What a case keeps of its own chain: its number, and the place and hash of the last row."""

    number: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first thing found wrong: a row of a case's chain, or a seal (then ``case_id`` and ``seq`` are None)."""

    what: Text
    case_id: int | None = None
    seq: int | None = None
    seal: int | None = None


_TEXT = Text("nội dung không cho ra mã băm đã ghi", "the text does not give the hash that stands beside it")
_COLUMNS = Text(
    "các cột không khớp với nội dung đã băm, hoặc chuỗi bị đứt ngay trước dòng này",
    "the columns do not say what the hashed text says, or the chain is cut before this row",
)
_MISSING = Text("dòng này bị mất", "this row is missing")
_END = Text(
    "cuối chuỗi không phải là dòng cuối mà hồ sơ giữ: có dòng bị cắt hoặc thêm vào sau dòng này",
    "the chain does not end where the case says: rows were cut or added after this one",
)
_WHOLE = Text("toàn bộ lịch sử của hồ sơ bị mất", "the whole history of the case is missing")
_NO_CASE = Text("có lịch sử nhưng không còn hồ sơ", "there is a history but no case")
_VALUE = Text("giá trị «{name}» không cho ra mã băm đã ghi", "the value “{name}” does not give its digest")
_SEAL_MISSING = Text("dấu niêm này bị mất", "this seal is missing")
_SEALED = Text(
    "các dòng dưới dấu niêm này không còn như lúc niêm", "the rows under this seal are not those that were sealed"
)
_KEY = Text("dấu niêm không được làm bằng khóa của hệ thống này", "the seal was not made with this instance's key")
_KEPT = Text("khác với bản dấu niêm giữ ở bên ngoài", "it differs from the seal that was kept outside")

_chains = select(
    history.c.case_id,
    history.c.seq,
    history.c.body,
    history.c.hash,
    history.c.at,
    history.c.actor_id,
    history.c.action,
    history.c.from_state,
    history.c.to_state,
).order_by(history.c.case_id, history.c.seq)


def verify(heads: Mapping[int, Head], kept: Sequence[Mapping[str, Any]] = ()) -> Broken | None:
    """Read everything again and give the first row touched, cut or missing; None when all holds.

    ``heads`` are those of all cases, by key. ``kept`` are seals a third party kept, each with ``id`` and ``mac``.
    Call it in a read-only unit of work, which sees the database as it is at one moment.
    """
    return _verify_chains(heads) or _verify_values() or _verify_seals(kept)


def _verify_chains(heads: Mapping[int, Head]) -> Broken | None:
    seen: set[int] = set()
    with db.execute(_chains.execution_options(yield_per=2000)) as rows:
        for case_id, chain in groupby(rows, key=lambda row: row.case_id):
            seen.add(case_id)
            if broken := _verify_chain(case_id, chain, heads.get(case_id)):
                return broken
    return next((Broken(_WHOLE, case_id, 1) for case_id in heads if case_id not in seen), None)


def _verify_chain(case_id: int, chain: Iterable[Any], kept: Head | None) -> Broken | None:
    seq, head = 0, ""
    for row in chain:
        if row.seq != seq + 1:
            return Broken(_MISSING, case_id, seq + 1)
        if hashlib.sha256(row.body.encode()).hexdigest() != row.hash:
            return Broken(_TEXT, case_id, row.seq)
        if not _says(row.body, row, kept, head):
            return Broken(_COLUMNS, case_id, row.seq)
        seq, head = row.seq, row.hash
    if kept is None:
        return Broken(_NO_CASE, case_id, seq)
    return None if (kept.seq, kept.hash) == (seq, head) else Broken(_END, case_id, seq)


def _says(written: str, row: Any, kept: Head | None, before: str) -> bool:
    """Whether the hashed text says of the row what its columns say."""
    try:
        body = json.loads(written)
    except ValueError:
        return False
    columns = {
        "seq": row.seq,
        "actor": row.actor_id,
        "action": row.action,
        "from": row.from_state,
        "to": row.to_state,
        "at": row.at.isoformat(),
        "before": before,
        **({"case": kept.number} if kept else {}),
    }
    return isinstance(body, dict) and all(body.get(name) == value for name, value in columns.items())


def _verify_values() -> Broken | None:
    statement = (
        select(history_value, history.c.body)
        .join(
            history,
            (history.c.case_id == history_value.c.case_id) & (history.c.seq == history_value.c.seq),
            isouter=True,
        )
        .order_by(history_value.c.case_id, history_value.c.seq, history_value.c.name)
    )
    with db.execute(statement.execution_options(yield_per=2000)) as rows:
        for row in rows:
            told = json.loads(row.body)["digests"].get(row.name) if row.body else None
            if told != digest(row.salt, row.value):
                return Broken(_VALUE.format(name=row.name), row.case_id, row.seq)
    return None


def _verify_seals(kept: Sequence[Mapping[str, Any]]) -> Broken | None:
    last_id, mac, trusted = 0, "", taken_over()
    found: dict[Any, str] = {}
    for row in db.execute(select(seal).order_by(seal.c.id)).all():
        if row.id != len(found) + 1:
            return Broken(_SEAL_MISSING, seal=len(found) + 1)
        if row.id > trusted and not hmac.compare_digest(row.mac, mac_of(mac, row.last_id, row.rows, row.digest)):
            return Broken(_KEY, seal=row.id)
        _, rows, digested = digest_between(last_id, row.last_id)
        if (rows, digested) != (row.rows, row.digest):
            return Broken(_SEALED, seal=row.id)
        last_id, mac = row.last_id, row.mac
        found[row.id] = row.mac
    for one in kept:
        if one["id"] not in found:
            return Broken(_SEAL_MISSING, seal=one["id"])
        if found[one["id"]] != one["mac"]:
            return Broken(_KEPT, seal=one["id"])
    return None
