"""A file that somebody sent, opened by what it is and not by what its name says."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from core.exchange.delimited import open_delimited
from core.exchange.oldbook import is_old, open_old
from core.exchange.sheets import LARGEST_FILE, MOST_ROWS, Sheet, refuse
from core.exchange.zipped import LARGEST_UNPACKED, open_zipped
from core.text import Text

_NOTHING = Text("Tệp trống, không có gì bên trong: chọn lại tệp danh sách", "The file is empty: choose the list again")
_TOO_LARGE = Text("Tệp nặng {size} MB, nhiều nhất là {most} MB: tách thành nhiều tệp",
                  "The file has {size} MB, at most {most} MB: split it into several")


def read_bytes(source: bytes | str | Path) -> bytes:
    """The file's content; refused by its size before it is read. Raises ``BadInput``."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if not size:
        raise refuse("no_workbook", _NOTHING, 0)
    if size > LARGEST_FILE:
        raise refuse("file_too_large", _TOO_LARGE.format(size=-(-size // 1024**2), most=LARGEST_FILE // 1024**2), size,
                     LARGEST_FILE)
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def digest(content: bytes) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return sha256(content).hexdigest()


def sheets(content: bytes) -> Iterator[Sheet]:
    """The sheets that somebody would see in a file, each read when its turn comes.

    Raises ``BadInput`` for what is no list, is locked, or asks for too much.
    """
    if content.startswith(b"PK\x03\x04"):
        return open_zipped(content)
    return open_old(content) if is_old(content) else open_delimited(content)


__all__ = ["LARGEST_FILE", "LARGEST_UNPACKED", "MOST_ROWS", "digest", "read_bytes", "refuse", "sheets"]
