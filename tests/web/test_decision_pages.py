"""Decisions: the list, its cases and sums, and the signed paper."""

from __future__ import annotations

import io
from collections.abc import Callable

from core import db
from core.domain import cases, decisions, units
from tests.stories import DECISION, approved, picture
from tests.web.visitors import Visitor
from tests.worlds import World, household, person

Visit = Callable[[str], Visitor]
SMALL = {"depth": 12, "central": 10_000_000, "local": 500_000}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def decision_of(world: World, number: str) -> int:
    with db.transaction(world.instance):
        [row] = decisions.of_case(cases.find(world.auditor, number).id)
        return int(row.id)


def two_cases(world: World) -> tuple[str, str]:
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bình")
    return approved(world, SMALL), approved(world, SMALL, other)


def test_one_decision_lists_all_its_cases_with_their_sum(world: World, visit: Visit) -> None:
    numbers = two_cases(world)
    approver = visit("approver")
    listed = approver.get("/decisions").text
    assert listed.count("12/QĐ-UBND") == 1
    assert "21.000.000" in listed
    page = approver.get(f"/decisions/{decision_of(world, numbers[0])}").text
    for words in (*numbers, "Trần Thị Bình", "Cộng 2 hồ sơ", "21.000.000", "Ủy ban nhân dân tỉnh Bắc Ninh"):
        assert words in page


def test_a_decision_is_found_by_a_part_of_its_number_or_issuer(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        other = household(world, "H2", "Trần Thị Bình")
    approved(world, SMALL)
    approved(world, SMALL, other, DECISION | {"decision_number": "98/QĐ-SXD"})
    approver = visit("approver")
    assert "12/QĐ-UBND" not in approver.get("/decisions?q=98/qd").text
    found = approver.get("/decisions?q=uy ban bac ninh").text
    assert "98/QĐ-SXD" in found
    assert "12/QĐ-UBND" in found
    assert "Không thấy quyết định nào khớp" in approver.get("/decisions?q=hà giang").text


def test_the_signed_paper_is_attached_once_and_the_one_it_replaces_is_kept(world: World, visit: Visit) -> None:
    address = f"/decisions/{decision_of(world, approved(world))}"
    approver = visit("approver")
    for content in (PDF, PDF, PDF + b"%%EOF\n"):
        assert approver.post(address, {"file": (io.BytesIO(content), "quyết định.pdf")}).status_code == 200
    page = approver.get(address).text
    assert page.count(f"{address}/files/") == 2
    assert "đã thay bằng bản trên" in page
    assert "Đã có" in approver.get("/decisions").text


def test_whoever_may_see_a_case_of_the_decision_may_read_its_paper_and_nobody_else(world: World, visit: Visit) -> None:
    decision_id = decision_of(world, approved(world))
    visit("approver").post(f"/decisions/{decision_id}", {"file": (io.BytesIO(PDF), "qd.pdf")})
    with db.transaction(world.instance):
        [kept] = decisions.files_of(decision_id)
        person("elsewhere", ("officer", units.unit_by_code("01", db.today()).id))
    address = f"/decisions/{decision_id}/files/{kept.id}"
    with visit("auditor").get(address) as found:
        assert (found.status_code, found.mimetype, found.data) == (200, "application/pdf", PDF)
    stranger = visit("elsewhere")
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/decisions/{decision_id}").status_code == 404
    assert "12/QĐ-UBND" not in stranger.get("/decisions").text


def test_a_picture_or_a_program_named_pdf_is_refused(world: World, visit: Visit) -> None:
    address = f"/decisions/{decision_of(world, approved(world))}"
    approver = visit("approver")
    for content, why in ((picture(), "không phải PDF"), (b"MZ\x90\x00", "không phải ảnh JPEG"), (b"", "tệp rỗng")):
        answer = approver.post(address, {"file": (io.BytesIO(content), "quyết định.pdf")})
        assert answer.status_code == 422
        assert why in answer.text
        assert 'id="file-error"' in answer.text
    assert approver.post(address, {}).status_code == 422


def test_only_who_approves_there_attaches_the_signed_paper(world: World, visit: Visit) -> None:
    address = f"/decisions/{decision_of(world, approved(world))}"
    officer = visit("officer")
    assert 'name="file"' not in officer.get(address).text
    assert officer.post(address, {"file": (io.BytesIO(PDF), "qd.pdf")}).status_code == 403
