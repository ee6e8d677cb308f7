"""The workbooks that go back to an office know where they came from: a mark in the file's own properties.

Excel and LibreOffice keep such properties when a workbook is saved; a copy of its cells in a new file has none, and is
then a list like any other.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from core.text import Text

PROPERTY = "tiepsuc_import"
RESULT = Text("Kết quả nhập", "Result of the import")
DONE = Text("Đã thay đổi, đã sửa", "Changed, repaired")
TO_CORRECT = Text("Cần sửa", "To correct")
TITLES = frozenset(title for pair in (RESULT, DONE, TO_CORRECT) for title in pair)

_MOST = 100_000  # bytes of properties that are looked at
_MARK = re.compile(rb'name="' + PROPERTY.encode() + rb'"[^>]*>\s*<vt:lpwstr>(\d{1,19})</vt:lpwstr>')


def import_marked(content: bytes) -> int | None:
    """The import whose refused rows a workbook says to hold; None for every other file."""
    if not content.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("docProps/custom.xml") as part:
            found = _MARK.search(part.read(_MOST))
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        return None
    key = int(found[1]) if found else None
    return key if key is not None and key < 1 << 63 else None
