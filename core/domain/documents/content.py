"""What a file is, by what is in it, and the form of it that is kept: a picture drawn anew, a PDF in which nothing acts.

Nothing is guessed from names or from what a browser says. Four kinds are taken; everything else is refused.
"""

from __future__ import annotations

import io
import re
import time
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from core.text import Text

IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
LARGEST_PICTURE = 60_000_000  # pixels; a phone takes 12 to 50 million, a bomb many more
MOST_OBJECTS = 200_000  # of a PDF; a scan of 300 pages has some thousands
LONGEST = 10.0  # seconds that reading a PDF may take
_ORIENTATION = 0x0112

# Names of a PDF by which something runs, is sent, is fetched or is hidden inside (ISO 32000-2: 12.6 Actions, 7.11.4
# Embedded files, 12.7.8 XFA forms, 13 Multimedia). A jump within the file is no such thing.
_ACTIVE = {
    "/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/SubmitForm", "/ImportData", "/GoToE",
    "/GoToR", "/RichMedia", "/RichMediaContent", "/Movie", "/Sound", "/Rendition", "/AA",
}  # fmt: skip
_NAMES = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%]+")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")


class Unusable(ValueError):
    """A file that is not kept; ``why`` says what to do instead."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


def kept_form(content: bytes) -> tuple[bytes, str]:
    """The bytes that are kept of an upload, and their type. Raises ``Unusable``.

    A picture is decoded and encoded again: what stood beside or behind its pixels (place, camera, another file) is
    gone, only which side is up stays. A PDF stays as it came, byte for byte, because a signature may cover it; one in
    which something acts, or that cannot be looked through, is refused.
    """
    if content.startswith(b"%PDF-"):
        look_through(content)
        return content, PDF
    return _drawn_anew(content)


_NO_PICTURE = Text("không phải ảnh JPEG, PNG, WebP hay PDF đọc được", "is no readable JPEG, PNG, WebP or PDF")
_TOO_LARGE = Text(
    "ảnh có quá nhiều điểm ảnh; hãy chụp lại với độ phân giải thấp hơn",
    "the picture has too many pixels; take it again at a lower resolution",
)


def _drawn_anew(content: bytes) -> tuple[bytes, str]:
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGES)) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise Unusable(_TOO_LARGE)
            made, kind = picture.format or "", IMAGES[picture.format or ""]
            side = picture.getexif().get(_ORIENTATION, 1)
            picture.load()
            out = io.BytesIO()
            if made == "JPEG" and picture.mode in ("L", "RGB", "CMYK"):
                plain = Image.Exif()
                if side in range(2, 9):
                    plain[_ORIENTATION] = side
                picture.info = {}
                picture.save(out, "JPEG", quality="keep", subsampling="keep", exif=plain.tobytes() if plain else b"")
            else:
                upright = ImageOps.exif_transpose(picture)
                upright.info = {}
                upright.save(out, made, **({"quality": 90} if made == "WEBP" else {}))
            return out.getvalue(), kind
    except Unusable:
        raise
    except Image.DecompressionBombError as error:
        raise Unusable(_TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, TypeError, EOFError) as error:
        raise Unusable(_NO_PICTURE) from error


_ENCRYPTED = Text(
    "PDF có mật khẩu hoặc bị mã hóa; hãy bỏ mật khẩu rồi tải lại",
    "the PDF has a password or is encrypted; take that off and send it again",
)
_DAMAGED = Text(
    "PDF bị hỏng hoặc thiếu một phần; hãy quét lại, hoặc mở rồi in lại thành PDF",
    "the PDF is damaged or incomplete; scan it again, or open it and print it to a PDF",
)
_TOO_MUCH = Text(
    "PDF quá phức tạp để kiểm tra; hãy mở rồi in lại thành PDF",
    "the PDF is too complex to be checked; open it and print it to a PDF",
)
_ACTS = Text(
    "PDF chứa mã lệnh, tệp đính kèm hoặc biểu mẫu tự chạy ({what}); hãy mở rồi in lại thành PDF",
    "the PDF holds scripts, embedded files or a form that acts ({what}); open it and print it to a PDF",
)


def look_through(content: bytes) -> None:
    """Raise ``Unusable`` for a PDF that is encrypted, cannot be read, or in which something acts.

    Every object that the cross-reference names is read, bounded in number and time, besides those that can be reached:
    a viewer that repairs a file may find the others. A file without any stream hides nothing: it is read as it stands.
    """
    if b"%%EOF" not in content[-2048:]:
        raise Unusable(_DAMAGED)
    _judge(_written(content))
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Unusable(_ENCRYPTED)
        _judge(_names_in(reader))
        if not len(reader.pages):
            raise PyPdfError("no page")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, AssertionError) as error:
        if isinstance(error, Unusable):
            raise
        if b"stream" in content:
            raise Unusable(_DAMAGED) from error
        _judge(_written(content, shortest=0))
    except (RecursionError, MemoryError) as error:
        raise Unusable(_TOO_MUCH) from error


def _written(content: bytes, shortest: int = 7) -> set[str]:
    """The names that stand openly in the file, escapes undone; in compressed streams chance makes up no long one."""
    found = {_HEX.sub(lambda match: bytes([int(match[1], 16)]), name) for name in set(_NAMES.findall(content))}
    if b"/Encrypt" in found:
        raise Unusable(_ENCRYPTED)
    return {name.decode("latin-1") for name in found if len(name) >= shortest}


def _names_in(reader: PdfReader) -> set[str]:
    until, names = time.monotonic() + LONGEST, set()
    numbers = {number for of in reader.xref.values() for number in of} | set(reader.xref_objStm)
    if len(numbers) > MOST_OBJECTS:
        raise Unusable(_TOO_MUCH)
    waiting: list[Any] = [reader.trailer, *(IndirectObject(number, 0, reader) for number in numbers)]
    seen: set[int] = set()
    while waiting:
        if time.monotonic() > until or len(seen) > MOST_OBJECTS:
            raise Unusable(_TOO_MUCH)
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):  # a stream is one too; what it shows is not looked into
            names |= _of_dictionary(one)
            waiting.extend(value for value in one.values() if _holds(value))
        elif isinstance(one, ArrayObject):
            waiting.extend(value for value in one if _holds(value))
    return names


def _holds(value: Any) -> bool:
    return isinstance(value, IndirectObject | DictionaryObject | ArrayObject | StreamObject)


def _of_dictionary(one: DictionaryObject) -> set[str]:
    """Keys, and the values that say what kind of action or object this is."""
    kinds = {str(value) for value in (one.raw_get(key) for key in ("/S", "/Type", "/Subtype") if key in one)}
    return {str(key) for key in one} | kinds


def _judge(names: set[str]) -> None:
    acting = sorted(names & _ACTIVE)
    if acting:
        raise Unusable(_ACTS.format(what=", ".join(name.lstrip("/") for name in acting)))
