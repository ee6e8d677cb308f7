"""Cases on pages, as an office works with them: no JavaScript anywhere in here."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from core import db, instance as instances, plugins
from core.domain import cases, disbursement, history, monitoring, people, units
from tests.stories import DECISION, GOOD, PAID, SEEN, approved, opened, picture, proposed, state
from tests.web.visitors import Visitor
from tests.worlds import World, person

Visit = Callable[[str], Visitor]
TYPED = {"depth": "12", "central": "40.000.000", "local": "3.000.001"}
BY_DECISION = DECISION | {"decision_date": "20/11/2026"}


def words(response: TestResponse) -> str:
    """What a reader sees of a page."""
    body = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(body).split())


def version(response: TestResponse) -> str:
    """The version of the case that a form carries."""
    found = re.search(r'name="version" value="(\d+)"', response.text)
    assert found
    return found[1]


@contextmanager
def statements(instance: db.Instance) -> Iterator[list[str]]:
    """The SQL statements that run inside, without those that only set up a connection."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "SET ")):
            seen.append(statement)

    event.listen(instance.engine, "before_cursor_execute", note)
    yield seen
    event.remove(instance.engine, "before_cursor_execute", note)


def actor_called(world: World, login: str, *grants: tuple[str, int]) -> None:
    with db.transaction(world.instance):
        person(login, *grants)


def test_a_case_is_opened_filled_in_proposed_and_approved_on_pages(world: World, visit: Visit) -> None:
    officer = visit("officer")
    page = officer.get(f"/cases/new?household={world.household}")
    assert "Giếng nước" in words(page)
    page = officer.post("/cases/new", {"household": world.household, "programme": "well"})
    [number] = re.findall(r"/cases/(BN-26-\d+)/edit", page.request.path)
    page = officer.post(f"/cases/{number}/edit", {**TYPED, "version": version(page), "then": "show"})
    assert "Chưa thể «Đề xuất»: còn 1 điều" in words(page)
    assert "Thiếu giấy tờ: Đơn đề nghị" in words(page)
    page = officer.post(f"/cases/{number}/papers", {"kind": "request", "file": [(io.BytesIO(picture()), "đơn.png")]})
    assert "Đã đính kèm: đơn.png" in words(page)
    page = officer.get(f"/cases/{number}/transitions/propose")
    page = officer.post(f"/cases/{number}/transitions/propose", {"version": version(page), "comment": ""})
    assert "nay ở bước «Đã đề xuất»" in words(page)
    approver = visit("approver")
    assert number in words(approver.get("/"))
    page = approver.get(f"/cases/{number}/transitions/approve")
    page = approver.post(f"/cases/{number}/transitions/approve", {**BY_DECISION, "version": version(page)})
    assert "nay ở bước «Đã phê duyệt»" in words(page)
    assert "Giữ 40.000.000 đ của nguồn TW" in words(page)
    assert "Quyết định 12/QĐ-UBND ngày 20/11/2026" in words(page)
    assert number not in words(approver.get("/"))


def test_the_household_leads_to_its_open_case_and_a_second_click_opens_none(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    assert f"Hộ đang có hồ sơ {case}" in words(officer.get(f"/cases/new?household={world.household}"))
    page = officer.post("/cases/new", {"household": world.household, "programme": "well"})
    assert page.request.path == f"/cases/{case}"
    with db.transaction(world.instance):
        assert len(list(db.execute(cases.cases(world.officer)))) == 1


def test_a_day_that_does_not_exist_is_told_beside_its_field_and_what_was_typed_is_kept(
    world: World, visit: Visit
) -> None:
    case, approver = proposed(world), visit("approver")
    page = approver.post(
        f"/cases/{case}/transitions/approve", {**BY_DECISION, "decision_date": "31/02/2026", "decision_signer": ""}
    )
    assert page.status_code == 422
    assert re.search(r'id="decision_date-error"><span>[^<]*ngày có thật', page.text)
    assert "Người ký Chưa nhập" in words(page)
    assert 'value="31/02/2026"' in page.text
    assert 'value="12/QĐ-UBND"' in page.text
    assert state(world, case) == "proposed"


def test_unreadable_answers_are_not_saved_and_stay_on_the_page(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    page = officer.get(f"/cases/{case}/edit")
    page = officer.post(f"/cases/{case}/edit", {"depth": "sâu", "central": "-5", "version": version(page)})
    assert page.status_code == 422
    assert 'value="sâu"' in page.text
    assert re.search(r'id="depth-error"', page.text)
    assert re.search(r'id="central-error"', page.text)
    with db.transaction(world.instance):
        assert '"depth":12' in cases.find(world.officer, case).answers


def test_the_second_of_two_editors_sees_what_the_first_wrote_with_their_own_input_kept(
    world: World, visit: Visit
) -> None:
    actor_called(world, "lan", ("officer", world.commune.id))
    case, first, second = opened(world), visit("officer"), visit("lan")
    seen = version(first.get(f"/cases/{case}/edit"))
    assert version(second.get(f"/cases/{case}/edit")) == seen
    first.post(f"/cases/{case}/edit", {**TYPED, "depth": "20", "version": seen})
    page = second.post(f"/cases/{case}/edit", {**TYPED, "depth": "15", "version": seen})
    assert page.status_code == 409
    assert "Officer đã «Sửa nội dung» hồ sơ" in words(page)
    assert "Độ sâu : đang lưu 20 m" in words(page)
    assert 'value="15"' in page.text
    page = second.post(f"/cases/{case}/edit", {**TYPED, "depth": "15", "version": version(page), "then": "show"})
    assert "Độ sâu: 20 m → 15 m" in words(page)


def test_a_stale_approval_says_what_happened_and_keeps_the_decision(world: World, visit: Visit) -> None:
    case, approver = proposed(world), visit("approver")
    seen = version(approver.get(f"/cases/{case}/transitions/approve"))
    with db.transaction(world.instance):
        cases.move(world.approver, case, "return", {"comment": "Bổ sung đơn"})
        cases.move(world.officer, case, "propose")
    page = approver.post(f"/cases/{case}/transitions/approve", {**BY_DECISION, "version": seen})
    assert page.status_code == 409
    assert "Officer đã «Đề xuất» hồ sơ" in words(page)
    assert 'value="12/QĐ-UBND"' in page.text
    assert state(world, case) == "proposed"


def test_a_double_click_on_approve_approves_once_and_says_so(world: World, visit: Visit) -> None:
    case, approver = proposed(world), visit("approver")
    sent = {**BY_DECISION, "version": version(approver.get(f"/cases/{case}/transitions/approve"))}
    approver.post(f"/cases/{case}/transitions/approve", sent)
    page = approver.post(f"/cases/{case}/transitions/approve", sent)
    assert page.status_code == 200
    assert "Bạn đã «Phê duyệt» hồ sơ này" in words(page)
    with db.transaction(world.instance):
        acts = [each.action for each in history.of_case(cases.find(world.approver, case).id)]
    assert acts.count("approve") == 1


def test_a_refused_step_says_every_reason_each_with_the_way_to_put_it_right(world: World, visit: Visit) -> None:
    case = opened(world, {"depth": 8})
    page = visit("officer").get(f"/cases/{case}")
    assert "Chưa thể «Đề xuất»: còn 3 điều" in words(page)
    assert f'href="/cases/{case}/edit#central"' in page.text
    assert f'href="/cases/{case}/edit#depth"' in page.text
    assert f'href="/cases/{case}#papers"' in page.text
    page = visit("officer").post(f"/cases/{case}/transitions/propose", {"comment": "Hộ rất khó khăn"})
    assert page.status_code == 422
    assert "Chưa nhập: Ngân sách trung ương" in words(page)
    assert "Thiếu giấy tờ: Đơn đề nghị" in words(page)
    assert "Hộ rất khó khăn" in page.text


def test_short_money_is_told_on_the_case_before_anybody_clicks(world: World, visit: Visit) -> None:
    case = proposed(world, GOOD | {"central": 120_000_000})
    page = visit("approver").get(f"/cases/{case}")
    assert "Chưa thể «Phê duyệt»" in words(page)
    assert "thiếu 20.000.000" in words(page)


def test_whoever_proposed_is_told_that_somebody_else_has_to_approve(world: World, visit: Visit) -> None:
    actor_called(world, "both", ("officer", world.commune.id), ("approver", world.commune.province_id or 0))
    case, both = opened(world), visit("both")
    both.post(f"/cases/{case}/papers", {"kind": "request", "file": [(io.BytesIO(picture()), "đơn.png")]})
    both.post(f"/cases/{case}/transitions/propose")
    page = both.post(f"/cases/{case}/transitions/approve", BY_DECISION)
    assert page.status_code == 403
    assert "một người khác phải làm bước này" in words(page)
    assert case not in words(both.get("/"))


@pytest.mark.parametrize("path", ["", "/edit", "/transitions/approve"])
def test_a_case_of_another_commune_is_not_found_by_its_number(world: World, visit: Visit, path: str) -> None:
    case = opened(world)
    with db.transaction(world.instance):
        other = next(unit.id for unit in units.children(world.commune.province_id or 0) if unit.id != world.commune.id)
        person("stranger", ("officer", other))
    stranger = visit("stranger")
    assert stranger.get(f"/cases/{case}{path}").status_code == 404
    assert stranger.post(f"/cases/{case}/draft", TYPED).status_code == 404
    assert stranger.get(f"/cases/transitions/propose?number={case}").status_code == 404
    assert case not in words(stranger.get("/cases"))


def test_a_step_that_does_not_exist_and_one_from_another_state_are_refused(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    assert officer.get(f"/cases/{case}/transitions/fly").status_code == 404
    assert officer.post(f"/cases/{case}/transitions/fly").status_code == 404
    assert officer.get(f"/cases/{case}/transitions/close").status_code == 409
    assert officer.post(f"/cases/{case}/transitions/close").status_code == 409


def test_a_script_in_a_name_is_shown_and_never_run(world: World, visit: Visit) -> None:
    evil = "<script>alert(1)</script>"
    case, officer = opened(world, GOOD | {"illness": evil}), visit("officer")
    with db.transaction(world.instance):  # no form takes such a name; an old list might have left one
        db.execute(update(cases.case).values(subject_name=evil, village=evil))
        db.execute(update(people.household).values(head_name=evil, village=evil))
        db.execute(update(people.person).values(name=evil))
    for path in (
        "/",
        "/cases",
        f"/cases/{case}",
        f"/cases/{case}/edit",
        f"/cases/{case}/transitions/withdraw",
        f"/cases/transitions/withdraw?number={case}",
        f"/cases/new?household={world.household}",
        f"/cases?q={evil}",
    ):
        page = officer.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path


def test_what_is_being_typed_is_kept_and_is_there_again_on_return(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    seen = version(officer.get(f"/cases/{case}/edit"))
    answer = officer.post(f"/cases/{case}/draft", {**TYPED, "depth": "mười", "version": seen})
    assert answer.text == "Đã lưu nháp lúc 10:00"
    page = officer.get(f"/cases/{case}/edit")
    assert "Đã khôi phục bản nháp lúc 23/11/2026 10:00" in words(page)
    assert 'value="mười"' in page.text
    page = officer.post(f"/cases/{case}/draft/drop")
    assert 'value="mười"' not in page.text
    assert "khôi phục" not in words(page)


def test_a_draft_of_one_person_is_not_shown_to_another(world: World, visit: Visit) -> None:
    actor_called(world, "lan", ("officer", world.commune.id))
    case = opened(world)
    visit("officer").post(f"/cases/{case}/draft", {**TYPED, "depth": "77", "version": "1"})
    assert 'value="77"' not in visit("lan").get(f"/cases/{case}/edit").text


def test_a_draft_that_is_saved_already_is_not_offered_again(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    seen = version(officer.get(f"/cases/{case}/edit"))
    officer.post(f"/cases/{case}/edit", {**TYPED, "depth": "14", "version": seen})
    officer.post(f"/cases/{case}/draft", {**TYPED, "depth": "14", "version": seen})  # came late on a slow line
    assert "khôi phục" not in words(officer.get(f"/cases/{case}/edit"))


def test_a_returned_draft_tells_what_others_did_meanwhile(world: World, visit: Visit) -> None:
    actor_called(world, "lan", ("officer", world.commune.id))
    case, officer, lan = opened(world), visit("officer"), visit("lan")
    seen = version(officer.get(f"/cases/{case}/edit"))
    officer.post(f"/cases/{case}/draft", {**TYPED, "depth": "14", "version": seen})
    lan.post(f"/cases/{case}/edit", {**TYPED, "depth": "20", "version": seen})
    page = officer.get(f"/cases/{case}/edit")
    assert "Lan đã «Sửa nội dung»" in words(page)
    assert 'value="14"' in page.text


def test_the_history_says_who_did_what_and_what_changed(world: World, visit: Visit) -> None:
    case = approved(world)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN | {"note": "Giếng đã đào xong"})
    text = words(visit("auditor").get(f"/cases/{case}"))
    for told in (
        "Mở hồ sơ Officer",
        "Đính kèm giấy tờ Officer",
        "Đơn đề nghị: đơn.png",
        "Phê duyệt → Đã phê duyệt Approver",
        "Ghi kết quả kiểm tra Monitor",
        "Đã đào: đạt, 23/11/2026",
        "Giếng đã đào xong",
        "1/1 tiêu chí đạt",
    ):
        assert told in text, told


def test_a_case_whose_programme_is_gone_can_still_be_read(world: World, visit: Visit) -> None:
    case, officer = proposed(world), visit("officer")
    world.instance.plugins = plugins.find((), installed=True)
    with db.transaction(world.instance):
        instances.build_registry(world.instance)
    page = officer.get(f"/cases/{case}")
    assert page.status_code == 200
    assert "không còn áp dụng" in words(page)
    assert "40.000.000 đồng" in words(page)
    assert officer.get(f"/cases/{case}/edit").status_code in (403, 404)
    assert case in words(officer.get("/cases"))
    assert case in words(visit("approver").get("/"))


def test_a_case_page_asks_the_database_the_same_whatever_its_length(world: World, visit: Visit) -> None:
    case, officer = opened(world), visit("officer")
    officer.get(f"/cases/{case}")
    with statements(world.instance) as short:
        officer.get(f"/cases/{case}")
    for depth in range(13, 33):
        with db.transaction(world.instance):
            cases.save_answers(world.officer, case, GOOD | {"depth": depth})
            cases.attach_paper(world.officer, case, "other", f"{depth}.png", picture() + bytes([depth]))
    with statements(world.instance) as long:
        officer.get(f"/cases/{case}")
    assert len(short) == len(long)
    assert len(long) < 90


def test_paid_and_checked_the_case_tells_the_next_person_what_to_do(world: World, visit: Visit) -> None:
    case = approved(world)
    assert "Chưa thể chi trả «Đợt 1»" in words(visit("accountant").get(f"/cases/{case}"))
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
        disbursement.pay(world.accountant, case, "first", PAID)
    text = words(visit("accountant").get(f"/cases/{case}"))
    assert "Đợt 1 25.800.000 đ" in text or "Đợt 1 sau khi đạt: Đã đào 25.800.000 đ" in text
    assert "chứng từ PC01" in text
