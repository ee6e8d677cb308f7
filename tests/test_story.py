"""A house from the commune's Excel list to the closed case, in real browsers, each person at a desk of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import db
from core.app import create_app
from core.cli import main
from core.domain import cases, people
from tests import office
from tests.databases import Databases
from tests.live import Desks, served
from tests.office import HEAD, HOUSE, PASSWORD, head, member
from tests.stories import DECISION, picture

A_YEAR_LATER = datetime(2027, 11, 24, 3, tzinfo=UTC)
BY_DECISION = DECISION | {"decision_date": "20/11/2026"}
Sit = Callable[..., Page]


@pytest.fixture
def province(engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[db.Instance]:
    """An instance with the office of ``tests.office``."""
    with databases.fresh(engine_kind, tmp_path, office.build) as made:
        office.open_again(made)
        yield made


@pytest.fixture
def sit(province: db.Instance, browser: Browser) -> Iterator[Sit]:
    """``sit("officer", width=360)``: a browser of their own in which this person has signed in, by the page."""
    app = create_app(province)
    app.testing = True
    with served(app) as site:
        desks = Desks(browser, site)

        def sit_down(login: str, **looks: int) -> Page:
            page = desks.open(**looks)
            page.goto("/")
            sign_in(page, login)
            return page

        yield sit_down
        desks.close()


def sign_in(page: Page, login: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    click(page, "Đăng nhập")


def click(page: Page | Locator, name: str, role: str = "button") -> None:
    page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]


def choose(page: Page, **chosen: str) -> None:
    """Answer questions that offer a few answers: the question's name, the words of the answer."""
    for name, words in chosen.items():
        page.locator(f"fieldset#{name}").get_by_label(words, exact=True).check()


def write(page: Page, **written: str) -> None:
    for name, words in written.items():
        page.locator(f"#{name}").fill(words)


def a_photo(name: str) -> FilePayload:
    """A picture like no other."""
    colour = f"#{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": picture(colour, 240)}


def second_case(province: db.Instance) -> str:
    """The other household's case, opened and proposed by the officer in another way than the browser."""
    officer = office.actor(province, "officer")
    with db.transaction(province):
        household = people.household_number(people.household_by_code(officer, "MĐ-0002"))
        number: str = cases.open_case(officer, "housing", household, HOUSE).number
        for kind in ("application", "house_photo", "estimate"):
            cases.attach_paper(officer, number, kind, f"{kind}.png", picture())
        cases.move(officer, number, "propose")
    return number


# ---- the chapters ----


def import_the_list(officer: Page) -> None:
    """One row of the list is wrong; its household is refused, with the row, what is written there and what to write."""
    expect(officer.get_by_role("heading", name="Chưa có việc nào chờ bạn")).to_be_visible()
    click(officer.get_by_role("main"), "Nhập danh sách", "link")
    officer.get_by_label("Tệp danh sách").set_input_files(
        {
            "name": "danh-sach-2025.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": office.workbook(
                [
                    HEAD,
                    member(HEAD, "Trần Thị Bình", "Vợ", "1970", "Nữ"),
                    member(HEAD, "Nguyễn Văn Cường", "Con", "12/09/2001", "Nam"),
                    head("MĐ-0002", "Đỗ Thị Ẩn"),
                    head("MĐ-0003", "Lê Văn Sai", **{"Ngày sinh": "31/02/1975"}),
                ]
            ),
        }
    )
    click(officer, "Kiểm tra danh sách")
    expect(officer.get_by_text("Sẽ thêm 2 hộ, sửa 0 hộ.")).to_be_visible()
    refused = officer.get_by_role("row").filter(has_text="31/02/1975")
    expect(refused).to_contain_text("9")  # the row as Excel counts it, titles included
    expect(refused).to_contain_text("Ngày sinh")
    click(officer, "Ghi vào sổ")
    expect(officer.get_by_text("Đã ghi danh sách vào sổ.")).to_be_visible()
    click(officer, "Xem các hộ", "link")


def find_and_open(officer: Page) -> str:
    """Found by a name without marks; gives the number of the case that is opened."""
    officer.get_by_role("searchbox").fill("nguyen van a")
    expect(officer.get_by_role("link", name="Đỗ Thị Ẩn")).to_be_hidden()
    click(officer, "Nguyễn Văn Á", "link")
    click(officer, "Mở hồ sơ", "link")
    click(officer, "Mở hồ sơ")
    expect(officer.get_by_role("heading", name="Biểu mẫu: Nguyễn Văn Á")).to_be_visible()
    return officer.url.split("/")[-2]


def fill_the_form(officer: Page) -> None:
    """Half of it is a draft that survives the page; then the rest, with a house that is too small."""
    choose(
        officer,
        has_house="Có",
        present_floor="Không bền chắc",
        present_frame="Không bền chắc",
        present_roof="Không bền chắc",
    )
    write(officer, present_area="20", present_heads="3")
    choose(officer, helped_before="Không")
    expect(officer.get_by_role("status").filter(has_text="Đã lưu nháp")).to_be_visible()
    officer.reload()
    expect(officer.get_by_text("Đã khôi phục bản nháp")).to_be_visible()
    expect(officer.locator("#present_area")).to_have_value("20")
    choose(officer, kind="Xây mới", planned_floor_hard="Có", planned_frame_hard="Có", planned_roof_hard="Có")
    write(officer, planned_area="20", planned_life="20", planned_cost="90000000")
    write(officer, money_central="40000000", money_local="20000000", money_own="30000000")
    expect(officer.locator("#planned_cost")).to_have_value("90.000.000")
    click(officer, "Lưu và xem lại")


def correct_the_area(officer: Page) -> None:
    """A criterion fails and says what is seen and needed, with its clause; its link leads to the field."""
    criteria = officer.locator("#criteria")
    failing = criteria.get_by_role("listitem").filter(has_text="Diện tích dự kiến đạt mức tối thiểu")
    expect(failing).to_contain_text("Không đạt")
    expect(failing).to_contain_text("20 m²")
    expect(failing).to_contain_text("24 m²")
    expect(failing).to_contain_text("Kế hoạch 121/KH-UBND")
    failing.get_by_role("link").first.click()
    officer.locator("#planned_area").fill("30")
    click(officer, "Lưu và xem lại")
    expect(criteria).to_contain_text("13/13 đạt")


def attach_the_papers(officer: Page) -> None:
    for kind in ("Đơn đề nghị hỗ trợ nhà ở", "Ảnh nhà ở hiện tại", "Dự toán hoặc bảng kê chi phí"):
        paper = officer.locator("#papers").locator("li.paper-kind", has_text=kind)
        paper.get_by_label("Chọn tệp").set_input_files(a_photo(kind))
        expect(paper.get_by_text("còn thiếu")).to_be_hidden()


def propose(officer: Page) -> None:
    click(officer, "Đề xuất", "link")
    click(officer, "Đề xuất")
    expect(officer.get_by_text("nay ở bước «Đã đề xuất»")).to_be_visible()


def give_back(approver: Page, case: str) -> None:
    approver.goto("/")
    waiting = approver.get_by_role("row").filter(has_text=case)
    expect(waiting).to_contain_text("Xét duyệt")
    expect(waiting).to_contain_text("08/12/2026")  # the deadline
    click(waiting, "Nguyễn Văn Á", "link")
    expect(approver.locator("#answers")).to_contain_text("30 m²")
    expect(approver.locator("#household")).to_contain_text("Trần Thị Bình")
    expect(approver.locator("#papers")).to_contain_text("Ảnh nhà ở hiện tại.png")
    expect(approver.locator("#money")).to_contain_text("100.000.000 đ")
    expect(approver.locator("#history")).to_contain_text("13/13 tiêu chí đạt")
    click(approver, "Trả lại", "link")
    approver.get_by_label("Nội dung cần bổ sung, sửa").fill("Tuổi thọ 20 năm chưa khớp với dự toán, đề nghị sửa.")
    click(approver, "Trả lại")
    expect(approver.get_by_text("nay ở bước «Trả lại»")).to_be_visible()


def correct_and_propose_again(officer: Page, case: str) -> None:
    officer.goto("/")
    click(officer.get_by_role("row").filter(has_text=case), "Nguyễn Văn Á", "link")
    expect(officer.get_by_text("Tuổi thọ 20 năm chưa khớp").first).to_be_visible()
    click(officer, "Sửa biểu mẫu", "link")
    officer.locator("#planned_life").fill("25")
    click(officer, "Lưu và xem lại")
    expect(officer.locator("#history")).to_contain_text("20 → 25")
    propose(officer)


def approve_both(approver: Page, numbers: list[str]) -> None:
    approver.goto("/")
    for number in numbers:
        approver.get_by_role("checkbox", name=f"Chọn {number}").check()
    click(approver, "Phê duyệt theo một quyết định")
    expect(approver.get_by_text("2 hồ sơ đủ điều kiện")).to_be_visible()
    write(approver, **BY_DECISION)
    click(approver, "Phê duyệt 2 hồ sơ")
    expect(approver.get_by_text("Đã «Phê duyệt» 2 hồ sơ, tổng 120.000.000 đ.")).to_be_visible()


def be_too_late(second: Page) -> None:
    """The stale page says who was quicker, and what was typed is not lost."""
    click(second, "Phê duyệt")
    expect(second.get_by_text("Trần Quang Huy đã «Phê duyệt» hồ sơ")).to_be_visible()
    expect(second.get_by_text("13/QĐ-UBND")).to_be_visible()


def visit(monitor: Page, step: str, result: str = "Đạt", **built: str) -> None:
    """From the list of the road to the recorded result, with a photograph."""
    monitor.goto("/visits")
    monitor.get_by_role("link", name="Nguyễn Văn Á").filter(has_text=step).click()
    expect(monitor.get_by_role("heading", name=step, exact=False).first).to_be_visible()
    write(monitor, **{name: words for name, words in built.items() if words.isdecimal()})
    choose(monitor, **{name: words for name, words in built.items() if not words.isdecimal()})
    monitor.get_by_label("Chọn ảnh có sẵn").set_input_files(a_photo(step))
    expect(monitor.get_by_text(f"{step}.png")).to_be_visible()
    monitor.locator("#passed").get_by_label(result, exact=True).check()
    assert monitor.evaluate("document.documentElement.scrollWidth") <= 360
    click(monitor, "Ghi kết quả")
    expect(monitor.get_by_text("Đã ghi kết quả: đạt.")).to_be_visible()


def pay(accountant: Page, instalment: str, amount: str, voucher: str) -> None:
    accountant.goto("/payments")
    due = accountant.get_by_role("row").filter(has_text="Nguyễn Văn Á")
    expect(due).to_contain_text(instalment)
    expect(due).to_contain_text(amount)
    click(due, "Chi trả", "link")
    expect(accountant.get_by_label("Người nhận")).to_have_value("Nguyễn Văn Á")
    accountant.get_by_label("Số chứng từ").fill(voucher)
    click(accountant, f"Ghi đã chi {amount} đ")
    expect(accountant.get_by_text("Đã ghi chi trả đợt này.")).to_be_visible()


def read_everything(auditor: Page, case: str) -> None:
    """Who, when, what came of it, what changed; and no way to change anything."""
    auditor.goto(f"/cases/{case}")
    history = auditor.locator("#history")
    for told in (
        "Mở hồ sơ",
        "Diện tích sử dụng dự kiến: 20 m² → 30 m²",
        "Đề xuất → Đã đề xuất",
        "Tuổi thọ 20 năm chưa khớp với dự toán, đề nghị sửa.",
        "Quyết định 12/QĐ-UBND ngày 20/11/2026",
        "Giữ 40.000.000 đ của nguồn NSTW-26",
        "Kiểm tra nền, móng: đạt, 23/11/2026",
        "Sau khi xong nền, móng: 18.000.000 đ",
        "Chứng từ UNC-3",
        "Hoàn thành giám sát → Đã giám sát",
        "Đóng hồ sơ → Đã đóng",
    ):
        expect(history).to_contain_text(told)
    expect(auditor.locator("#next")).to_contain_text("Hồ sơ đã kết thúc: Đã đóng.")
    expect(auditor.get_by_role("main").get_by_role("button")).to_have_count(0)
    refused = auditor.goto(f"/cases/{case}/edit")
    assert refused is not None
    assert refused.status == 403


# ---- the story ----


def test_a_house_from_the_list_to_the_closed_case(province: db.Instance, sit: Sit) -> None:
    officer, approver, second = sit("officer"), sit("approver"), sit("second")
    import_the_list(officer)
    case = find_and_open(officer)
    fill_the_form(officer)
    correct_the_area(officer)
    attach_the_papers(officer)
    propose(officer)

    approver.reload()
    give_back(approver, case)
    correct_and_propose_again(officer, case)
    other = second_case(province)
    second.goto(f"/cases/{case}/transitions/approve")
    write(second, **BY_DECISION | {"decision_number": "13/QĐ-UBND"})
    approve_both(approver, [case, other])
    be_too_late(second)

    accountant, monitor = sit("accountant"), sit("monitor", width=360)
    accountant.goto(f"/cases/{case}")
    expect(accountant.locator("#next")).to_contain_text("Chưa thể chi trả «Sau khi xong nền, móng»")
    visit(monitor, "Kiểm tra nền, móng")
    pay(accountant, "Sau khi xong nền, móng", "18.000.000", "UNC-1")
    visit(monitor, "Kiểm tra khung, tường, mái")
    pay(accountant, "Sau khi xong khung, tường, mái", "24.000.000", "UNC-2")
    visit(monitor, "Kiểm tra đã làm xong")
    pay(accountant, "Sau khi làm xong", "18.000.000", "UNC-3")
    accountant.goto(f"/cases/{case}")
    expect(accountant.get_by_role("heading", level=1)).to_contain_text("Đã giải ngân")
    built = {"built_floor_hard": "Có", "built_frame_hard": "Có", "built_roof_hard": "Có"}
    visit(monitor, "Nghiệm thu nhà hoàn thành", built_area="31", built_life="25", **built)
    accountant.reload()
    expect(accountant.get_by_role("heading", level=1)).to_contain_text("Đã giám sát")

    province.clock.moment = A_YEAR_LATER  # type: ignore[attr-defined]
    monitor.goto("/")
    expect(monitor.get_by_text("Phiên làm việc đã hết")).to_be_visible()
    sign_in(monitor, "monitor")
    visit(monitor, "Kiểm tra sau khi đưa vào sử dụng", lived_in="Có")
    officer.goto(f"/cases/{case}")
    sign_in(officer, "officer")
    click(officer, "Đóng hồ sơ", "link")
    click(officer, "Đóng hồ sơ")
    expect(officer.get_by_text("nay ở bước «Đã đóng»")).to_be_visible()

    read_everything(sit("auditor"), case)
    manager = sit("manager")
    manager.goto("/indicators")
    expect(manager.get_by_role("row").filter(has_text="Phường Mão Điền")).to_contain_text("60.000.000")
    nothing_can_edit_it(province)
    verified = CliRunner().invoke(main, ["verify"], obj=province)
    assert verified.exit_code == 0
    assert "Lịch sử của 2 hồ sơ nguyên vẹn" in verified.output


def nothing_can_edit_it(province: db.Instance) -> None:
    for statement in ("UPDATE history SET actor_id = 1", "DELETE FROM history"):
        with pytest.raises(DBAPIError), db.transaction(province) as work:
            work.connection.execute(text(statement))
