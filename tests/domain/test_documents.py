"""What is kept of a file: a picture drawn anew, a PDF that does nothing, and nothing else."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from core import db
from core.domain import cases, history
from core.domain.documents import content as contents
from core.domain.documents.content import Unusable, kept_form
from tests.stories import opened
from tests.worlds import World

STUB = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(prepare: Callable[[PdfWriter], object] = lambda writer: None) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    prepare(writer)
    writer.write(out)
    return out.getvalue()


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    out = io.BytesIO()
    made = Image.new(mode, size, 0)
    made.putpixel((0, 0), 255 if mode == "L" else (255,) * len(mode))
    made.save(out, kind, **options)
    return out.getvalue()


def located() -> Image.Exif:
    """The data that a telephone writes: place, camera, which side is up."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera of Mrs Lan", 6
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def action(writer: PdfWriter, kind: str) -> None:
    made = DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")})
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(made)


def script(writer: PdfWriter) -> None:
    made = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")})
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(made)


def form(writer: PdfWriter) -> None:
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): ArrayObject()})


def goes_to_its_first_page(writer: PdfWriter) -> None:
    target = ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])
    writer._root_object[NameObject("/OpenAction")] = target


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_of_a_picture_only_the_pixels_are_kept_and_which_side_is_up(kind: str) -> None:
    sent = picture(kind, exif=located().tobytes()) + b"<script>alert(1)</script>PK\x03\x04"
    kept, type_ = kept_form(sent)
    assert type_ == contents.IMAGES[kind]
    for told in (b"Mrs Lan", b"script", b"PK\x03\x04", b"GPS"):
        assert told not in kept
    with Image.open(io.BytesIO(kept)) as seen:
        turned = seen.size == (20, 40) or seen.getexif().get(0x0112) == 6
        assert turned
        assert seen.getexif().get(0x0110) is None
        assert dict(seen.getexif().get_ifd(0x8825)) == {}


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "L"), ("WEBP", "RGBA")]
)
def test_a_picture_drawn_anew_twice_is_the_same_file(kind: str, mode: str) -> None:
    once, type_ = kept_form(picture(kind, mode))
    assert kept_form(picture(kind, mode))[0] == once
    with Image.open(io.BytesIO(once)) as seen:
        assert seen.size == (40, 20)
    if kind == "PNG":
        assert kept_form(once) == (once, type_)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = picture("PNG", "L", (8_000, 8_000))
    assert len(bomb) < 200_000
    with pytest.raises(Unusable, match="too many pixels"):
        kept_form(bomb)


def test_a_quiet_pdf_is_kept_byte_for_byte_because_it_may_be_signed() -> None:
    for sent in (pdf(), pdf(goes_to_its_first_page), STUB):
        assert kept_form(sent) == (sent, "application/pdf")
    assert len(PdfReader(io.BytesIO(pdf())).pages) == 1


@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("JavaScript", pdf(script)),
        ("EmbeddedFile", pdf(lambda writer: writer.add_attachment("a.exe", b"MZ"))),
        ("Launch", pdf(lambda writer: action(writer, "/Launch"))),
        ("SubmitForm", pdf(lambda writer: action(writer, "/SubmitForm"))),
        ("GoToE", pdf(lambda writer: action(writer, "/GoToE"))),
        ("XFA", pdf(form)),
        ("JavaScript", STUB.replace(b"<<>>endobj", b"<</S/J#61vaScript>>endobj")),
        ("JS", STUB.replace(b"<<>>endobj", b"<</JS(app.alert)>>endobj")),
    ],
)
def test_a_pdf_in_which_something_acts_is_refused_and_the_sentence_says_what(what: str, made: bytes) -> None:
    with pytest.raises(Unusable, match=what) as refused:
        kept_form(made)
    assert "in lại thành PDF" in refused.value.why.vi


def test_what_acts_is_found_in_compressed_objects_too() -> None:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    script(writer)
    writer.write(out)
    sent = out.getvalue().replace(b"/JavaScript", b"/Quiet     ")  # the action's kind is hidden, its script is not
    with pytest.raises(Unusable, match="JS"):
        kept_form(sent)


def test_an_encrypted_and_a_damaged_pdf_get_a_sentence_each() -> None:
    locked = pdf(lambda writer: writer.encrypt("mật khẩu", algorithm="RC4-128"))
    with pytest.raises(Unusable, match="password"):
        kept_form(locked)
    whole = pdf(lambda writer: writer.add_metadata({"/Title": "x"}))
    with_stream = whole.replace(b"endobj", b"stream\nxx\nendstream\nendobj", 1)
    for broken in (
        whole[:-40],
        b"%PDF-1.7\n\x00\xff stream endstream %%EOF",
        with_stream[: len(with_stream) // 3] + b"%%EOF",
    ):
        with pytest.raises(Unusable, match="damaged"):
            kept_form(broken)


@given(st.binary(max_size=400), st.integers(0, 3))
def test_whatever_bytes_come_are_kept_or_refused_by_a_sentence(noise: bytes, coat: int) -> None:
    sent = (
        (b"", b"%PDF-1.7\n", picture("PNG")[:60], picture("JPEG")[:200])[coat]
        + noise
        + (b"%%EOF" if coat == 1 else b"")
    )
    with suppress(Unusable):
        assert kept_form(sent)[1] in {contents.PDF, *contents.IMAGES.values()}


def test_the_history_keeps_the_digest_of_what_was_sent(world: World) -> None:
    number, sent = opened(world), picture("JPEG", exif=located().tobytes())
    with db.transaction(world.instance):
        cases.attach_paper(world.officer, number, "request", "đơn.jpg", sent)
        row = cases.find(world.officer, number)
        facts = history.of_case(row.id)[0].facts
    assert facts["original"] == hashlib.sha256(sent).hexdigest()
    assert facts["sha256"] not in ("", facts["original"])


def test_a_number_is_no_object_to_be_afraid_of() -> None:
    kept_form(pdf(lambda writer: writer._root_object.update({NameObject("/Count"): NumberObject(2)})))
