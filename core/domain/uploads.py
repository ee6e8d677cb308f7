"""Files that arrive in pieces over a line that breaks: each belongs to one person and one case until it is whole.

A piece is taken at the offset that is expected and nowhere else, and lies on the disk before its row says so: after a
lost connection or a restart of the server the sender asks how much there is and goes on from there.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, bindparam, delete, select, update

from core import db
from core.domain import cases
from core.domain.access import Actor
from core.errors import BadInput, NotFound, Reason, Stale, TooMany
from core.text import Text, nfc

upload = Table(
    "upload",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),
    Column("visit_id", BigInteger, index=True),  # of a photograph: the planned visit it is for
    Column("kind", String(64), nullable=False),  # of paper; "visit" of a photograph
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),  # of the whole file, said by the sender and checked at the end
    Column("size", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("begun_at", db.Moment, nullable=False),
    Column("touched_at", db.Moment, nullable=False),
)

PIECE = 256 * 1024  # bytes at once, at most
MOST = 100  # files one person may have on the way
KEPT = timedelta(days=7)  # after the last piece


def begin(actor: Actor, row: Any, kind: str, name: str, size: int, sha256: str, visit_id: int | None = None) -> Any:
    """The row of a file that is to come for a case, the same for the same file; the caller has asked who may send it.

    Raises ``BadInput`` for a size or a hash that cannot be, ``TooMany`` when too much is on the way already.
    """
    limit = db.settings().upload_limit
    if not re.fullmatch("[0-9a-f]{64}", sha256) or not 0 < size <= limit:
        said = Text("Tệp rỗng hoặc lớn hơn {most} MB", "The file is empty or larger than {most} MB")
        raise BadInput(Reason("file_unusable", said.format(most=limit // 1024 // 1024), seen=size, field="size"))
    mine = list(db.execute(_of_user, {"user": actor.id}))
    for each in mine:
        if (each.case_id, each.kind, each.visit_id, each.sha256, each.size) == (row.id, kind, visit_id, sha256, size):
            return each
    if len(mine) >= MOST:
        said = Text("Đang có {n} tệp chưa gửi xong; hãy chờ chúng tới đã", "{n} files are on their way; wait for them")
        raise TooMany(Reason("too_many_uploads", said.format(n=len(mine)), seen=len(mine), needed=MOST))
    key = db.new_id()
    db.execute(
        upload.insert(),
        {
            "id": key,
            "user_id": actor.id,
            "case_id": row.id,
            "visit_id": visit_id,
            "kind": kind,
            "name": nfc(name)[:200],
            "sha256": sha256,
            "size": size,
            "received": 0,
            "begun_at": db.now(),
            "touched_at": db.now(),
        },
    )
    return find(actor, key)


def begin_paper(actor: Actor, number: str, kind: str, name: str, size: int, sha256: str) -> Any:
    """The row of a paper that is to come. Raises as ``cases.attach_paper`` does for who may not, and as ``begin``."""
    row = cases.find(actor, number, lock=True)
    cases.may_attach(actor, row, kind)
    return begin(actor, row, kind, name, size, sha256)


_number = select(cases.case.c.number).where(cases.case.c.id == bindparam("id"))
_of_user = select(upload).where(upload.c.user_id == bindparam("user")).order_by(upload.c.id)
_mine = select(upload).where(upload.c.id == bindparam("id"), upload.c.user_id == bindparam("user"))
_mine_locked = _mine.with_for_update()
_advance = (
    update(upload)
    .where(upload.c.id == bindparam("b_id"))
    .values(received=bindparam("b_received"), touched_at=bindparam("b_at"))
)


def find(actor: Actor, upload_id: int, *, lock: bool = False) -> Any:
    """A file this person is sending. Raises ``NotFound`` for anybody else's."""
    row = db.execute(_mine_locked if lock else _mine, {"id": upload_id, "user": actor.id}).first()
    if row is None:
        gone = Text("Không có tệp nào đang gửi với mã này", "No file on its way has this key")
        raise NotFound(Reason("upload_unknown", gone))
    return row


def of_visit(actor: Actor, visit_id: int) -> list[Any]:
    """The photographs this person is sending for a planned visit, in the order in which they were begun."""
    return [row for row in db.execute(_of_user, {"user": actor.id}) if row.visit_id == visit_id]


def whole(row: Any) -> bool:
    """Whether all of a file is here."""
    return bool(row.received == row.size)


def append_to(actor: Actor, upload_id: int, offset: int, piece: bytes) -> Any:
    """Take the next piece of a file; gives its row as it is then.

    A file that is whole and is not the one that was announced begins again at nothing. Raises ``NotFound``,
    ``Stale`` when the piece does not begin where the last one ended (``needed`` says where), and ``BadInput`` for too
    large a piece.
    """
    row = find(actor, upload_id, lock=True)
    if offset != row.received:
        said = Text("Phần này không nối tiếp phần đã nhận", "This piece does not follow what was received")
        raise Stale(Reason("offset", said, seen=offset, needed=row.received))
    if len(piece) > min(PIECE, row.size - offset):
        said = Text("Phần gửi lên quá dài", "The piece is too long")
        raise BadInput(Reason("piece_too_long", said, seen=len(piece), needed=min(PIECE, row.size - offset)))
    _write(path_of(row.id), offset, piece)
    received = offset + len(piece)
    if received == row.size and hashlib.sha256(path_of(row.id).read_bytes()).hexdigest() != row.sha256:
        received = 0
    db.execute(_advance, {"b_id": row.id, "b_received": received, "b_at": db.now()})
    return find(actor, upload_id)


def path_of(upload_id: int) -> Path:
    """Where the pieces of a file lie until it is whole and used."""
    return db.settings().instance / "uploads" / str(upload_id)


def _write(path: Path, offset: int, piece: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(offset)
        file.write(piece)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def content_of(row: Any) -> bytes:
    """The bytes received so far; nothing when somebody took the file away."""
    path = path_of(row.id)
    return path.read_bytes()[: row.received] if path.is_file() else b""


def attach_whole_paper(actor: Actor, row: Any) -> int:
    """Make a whole file the paper it was sent as; gives the id of the document. Raises as ``cases.attach_paper``."""
    number = db.execute(_number, {"id": row.case_id}).scalar_one()
    document_id = cases.attach_paper(actor, number, row.kind, row.name, content_of(row))
    forget(row)
    return document_id


def forget(row: Any) -> None:
    """Let go of a file, arrived or not. Its bytes go with it; left by a crash in between, ``forget_old`` finds them."""
    db.execute(delete(upload).where(upload.c.id == row.id))
    path_of(row.id).unlink(missing_ok=True)


def forget_old() -> int:
    """Let go of files of which nothing came for a week, and of bytes without a row; gives how many."""
    count = 0
    for row in db.execute(select(upload).where(upload.c.touched_at < db.now() - KEPT)).all():
        forget(row)
        count += 1
    folder = path_of(0).parent
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    known = {str(key) for key in db.execute(select(upload.c.id)).scalars()}
    for name in names - known:
        path = folder / name
        if db.now().timestamp() - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink(missing_ok=True)
            count += 1
    return count


__all__ = [
    "KEPT",
    "MOST",
    "PIECE",
    "append_to",
    "attach_whole_paper",
    "begin",
    "begin_paper",
    "content_of",
    "find",
    "forget",
    "forget_old",
    "of_visit",
    "upload",
    "whole",
]
