"""Files and what they are attached to."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, bindparam, select, update

from core import db
from core.domain.documents.content import Unusable, kept_form
from core.errors import BadInput, NotFound, Reason
from core.text import Text, nfc

file = Table(
    "file",
    db.metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("type", String(64), nullable=False),
    Column("stored_at", db.Moment, nullable=False),
)

document = Table(
    "document",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, nullable=False, index=True),
    Column("kind", String(64), nullable=False),
    Column("step", String(64), nullable=False, default=""),  # the monitoring step it was made at, or ""
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), ForeignKey("file.sha256"), nullable=False),
    Column("attached_at", db.Moment, nullable=False),
    Column("attached_by", BigInteger, nullable=False),
    Column("removed_at", db.Moment),
)

SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
PARTIAL = re.compile(r"\.\d+\.\d{15,}$")  # the end of a file's name while it is being written


@dataclass(frozen=True)
class Stored:
    """A file as it was stored: SHA-256 in hex, size in bytes, type by content.

    ``original`` is the SHA-256 of what was sent, where something else of it is kept.
    """

    sha256: str
    size: int
    type: str
    original: str = ""

    @property
    def digests(self) -> dict[str, str]:
        """What the history says of the file."""
        return {"sha256": self.sha256} | ({"original": self.original} if self.original else {})


def path_of(sha256: str) -> Path:
    """Where the bytes of a stored file lie."""
    return db.settings().instance / "files" / sha256[:2] / sha256


def kept(sha256: str) -> Path:
    """Where the bytes of a stored file lie; raises ``NotFound`` when somebody took them away."""
    path = path_of(sha256)
    if not path.is_file():
        gone = Text(
            "Tệp này không còn trong kho lưu trữ; hãy báo quản trị viên.",
            "The file is no longer in the store; tell the administrator.",
        )
        raise NotFound(Reason("file_gone", gone))
    return path


def store(content: bytes, name: str) -> Stored:
    """Keep an upload, once whatever the number of its uses, in the form that ``kept_form`` gives it.

    Raises ``BadInput`` for an unusable file.
    The bytes are written and flushed before the row, so a row never points at nothing; an orphan file harms nobody.
    """
    limit = db.settings().upload_limit
    if not content:
        raise BadInput(_unusable(name, Text("tệp rỗng; hãy chọn lại tệp", "the file is empty; choose it again")))
    if len(content) > limit:
        size = Text(
            f"lớn hơn {limit // 1024 // 1024} MB; hãy chụp hoặc quét lại với độ phân giải thấp hơn",
            f"is larger than {limit // 1024 // 1024} MB; photograph or scan it again at a lower resolution",
        )
        raise BadInput(_unusable(name, size))
    try:
        clean, kind = kept_form(content)
    except Unusable as unusable:
        raise BadInput(_unusable(name, unusable.why)) from unusable
    original = hashlib.sha256(content).hexdigest() if clean != content else ""
    stored = Stored(hashlib.sha256(clean).hexdigest(), len(clean), kind, original)
    write_file(path_of(stored.sha256), clean)
    db.insert_once(file, {"sha256": stored.sha256, "size": stored.size, "type": kind, "stored_at": db.now()})
    return stored


def _unusable(name: str, why: Text) -> Reason:
    return Reason(
        "file_unusable",
        Text("Tệp «{name}»: {why}", "File “{name}”: {why}").format(name=nfc(name)[:100], why=why),
        seen=nfc(name)[:100],
        field="file",
    )


def write_file(path: Path, content: bytes) -> None:
    """Keep ``content`` under ``path``, whole or not at all; what is there already in full stays."""
    if path.exists() and path.stat().st_size == len(content):
        os.utime(path)  # somebody is about to name it in a row: ``sweep`` leaves it
        return
    copy_file(path, (content,))


def copy_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all, flushed to the disk, piece by piece."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.{db.fresh_key()}")
    try:
        with open(partial, "xb") as out:
            out.writelines(pieces)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Take files out of the store that no row names: of uploads that were refused or cut off. Gives how many.

    They hold somebody's data and nobody can see them. A file is written before its row, so young ones are left alone.
    """
    store, before = db.settings().instance / "files", time.time() - older_than.total_seconds()
    count = 0
    for folder in sorted(store.iterdir()) if store.is_dir() else ():
        old = [path for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < before]
        names = [path.name for path in old]
        named = set(db.execute(select(file.c.sha256).where(file.c.sha256.in_(names))).scalars()) if names else set()
        for path in old:
            if path.name not in named:
                path.unlink(missing_ok=True)
                count += 1
    return count


def attach(case_id: int, actor_id: int, kind: str, name: str, stored: Stored, step: str = "") -> int:
    """Attach a stored file to a case; gives the id of the document.

    The same file under the same kind is attached once.
    """
    same = db.execute(_same, {"case_id": case_id, "kind": kind, "step": step, "sha256": stored.sha256}).scalar()
    if same is not None:
        return int(same)
    document_id = db.new_id()
    db.execute(
        document.insert(),
        {
            "id": document_id,
            "case_id": case_id,
            "kind": kind,
            "step": step,
            "sha256": stored.sha256,
            "name": file_name(name, stored.type),
            "attached_at": db.now(),
            "attached_by": actor_id,
            "removed_at": None,
        },
    )
    return document_id


_same = select(document.c.id).where(
    document.c.case_id == bindparam("case_id"),
    document.c.kind == bindparam("kind"),
    document.c.step == bindparam("step"),
    document.c.sha256 == bindparam("sha256"),
    document.c.removed_at.is_(None),
)


def file_name(name: str, kind: str) -> str:
    """The last part of the name a browser gave, with a suffix that says what the content is."""
    stem = nfc(name.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", ""))
    stem = "".join(c for c in stem if c.isprintable() and c not in '<>:"|?*')[:150].strip(". ") or "file"
    suffix = SUFFIXES[kind]
    known = (suffix, ".jpeg") if suffix == ".jpg" else (suffix,)
    return stem if stem.lower().endswith(known) else f"{stem}{suffix}"


_of_case = (
    select(document, file.c.size, file.c.type)
    .join(file, file.c.sha256 == document.c.sha256)
    .where(document.c.case_id == bindparam("case_id"), document.c.removed_at.is_(None))
    .order_by(document.c.attached_at, document.c.id)
)
_one = (
    select(document, file.c.size, file.c.type)
    .join(file, file.c.sha256 == document.c.sha256)
    .where(document.c.id == bindparam("id"), document.c.removed_at.is_(None))
)


def of_case(case_id: int) -> list[Any]:
    """The documents of a case, oldest first, with size and type."""
    return list(db.execute(_of_case, {"case_id": case_id}))


def document_row(document_id: int) -> Any | None:
    """One document with size and type, or None. The caller has to ask whether its case may be seen."""
    return db.execute(_one, {"id": document_id}).first()


def remove(document_id: int) -> None:
    """Take a document off its case."""
    db.execute(update(document).where(document.c.id == document_id).values(removed_at=db.now()))


def kinds_attached(case_ids: list[int]) -> dict[int, set[str]]:
    """Which kinds of paper each case has."""
    found: dict[int, set[str]] = {case_id: set() for case_id in case_ids}
    for row in db.execute(_kinds, {"ids": case_ids}):
        found[row.case_id].add(row.kind)
    return found


_kinds = (
    select(document.c.case_id, document.c.kind)
    .distinct()
    .where(document.c.case_id.in_(bindparam("ids", expanding=True)), document.c.removed_at.is_(None))
)
