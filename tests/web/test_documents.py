"""Papers: attached by whoever may edit, seen by whoever may see the case, and harmless in a browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from core import db
from core.domain import documents, units
from tests.stories import opened, picture, proposed
from tests.web.test_cases import words
from tests.web.visitors import Visitor
from tests.worlds import World, person

Visit = Callable[[str], Visitor]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def address(page: str) -> str:
    """Where the first paper of a case is shown."""
    found = re.search(r'href="(/documents/\d+/[^"]+)"', page)
    assert found
    return found[1]


def test_several_files_are_attached_at_once_and_shown_in_the_browser(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    page = officer.post(
        f"/cases/{case}/papers",
        {"kind": "request", "file": [(io.BytesIO(picture()), "đơn.png"), (io.BytesIO(PDF), "đơn.pdf")]},
    )
    assert "Đã đính kèm: đơn.png, đơn.pdf" in words(page)
    shown = officer.get(address(page.text))
    assert shown.mimetype == "image/png"
    assert shown.data == picture()
    shown.close()
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_a_page_in_the_coat_of_a_picture_is_refused(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    evil = (io.BytesIO(b"<script>alert(1)</script>"), "ảnh.png")
    page = officer.post(f"/cases/{case}/papers", {"kind": "request", "file": [(io.BytesIO(picture()), "a.png"), evil]})
    assert page.status_code == 422
    assert "không phải ảnh" in words(page)
    assert "a.png" not in words(officer.get(f"/cases/{case}"))


def test_no_file_chosen_is_said_and_harms_nothing(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    page = officer.post(f"/cases/{case}/papers", {"kind": "request", "file": (io.BytesIO(b""), "")})
    assert "Hãy chọn tệp" in words(page)


def test_a_paper_is_found_only_by_whoever_may_see_its_case(world: World, visit: Visit) -> None:
    case = proposed(world)
    where = address(visit("approver").get(f"/cases/{case}").text)
    with db.transaction(world.instance):
        other = next(unit.id for unit in units.children(world.commune.province_id or 0) if unit.id != world.commune.id)
        person("stranger", ("officer", other))
    with visit("approver").get(where) as shown:
        assert shown.status_code == 200
    assert visit("stranger").get(where).status_code == 404
    assert visit("stranger").post(where.rsplit("/", 1)[0] + "/remove").status_code == 404
    assert visit("accountant").get(where).status_code == 404  # not yet at the accountant's desk
    assert visit("approver").get("/documents/1/x.png").status_code == 404


def test_a_paper_is_taken_off_while_the_case_is_open_to_edits_and_not_after(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    page = officer.post(f"/cases/{case}/papers", {"kind": "request", "file": (io.BytesIO(picture()), "đơn.png")})
    remove = address(page.text).rsplit("/", 1)[0] + "/remove"
    page = officer.post(remove)
    assert "Đã gỡ: đơn.png" in words(page)
    assert "Thiếu giấy tờ: Đơn đề nghị" in words(page)
    officer.post(f"/cases/{case}/papers", {"kind": "request", "file": (io.BytesIO(picture()), "đơn.png")})
    remove = address(officer.get(f"/cases/{case}").text).rsplit("/", 1)[0] + "/remove"
    officer.post(f"/cases/{case}/transitions/propose")
    assert officer.post(remove).status_code == 403


def test_a_file_lost_from_the_store_is_told_and_breaks_nothing(world: World, visit: Visit) -> None:
    case, approver = proposed(world), visit("approver")
    where = address(approver.get(f"/cases/{case}").text)
    with db.transaction(world.instance):
        documents.path_of(db.execute(documents.file.select()).one().sha256).unlink()
    page = approver.get(where)
    assert page.status_code == 404
    assert "không còn trong kho lưu trữ" in words(page)
