"""The accountant's pages: what can be paid, paying it once, and the receipt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import db
from core.domain import budget, units
from tests.stories import PAID, approved, dug, first_paid
from tests.web.visitors import Visitor
from tests.worlds import World, household, person

Visit = Callable[[str], Visitor]
SMALL = {"depth": 12, "central": 10_000_000, "local": 500_000}


def test_the_list_says_what_can_be_paid_and_what_it_takes_from_each_fund(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        others = [household(world, f"H{n}", name) for n, name in ((2, "Trần Thị Bình"), (3, "Lê Văn Chờ"))]
    payable = [dug(world, SMALL), dug(world, SMALL, others[0])]
    waiting = approved(world, SMALL, others[1])
    page = visit("accountant").get("/payments").text
    assert all(case in page for case in payable)
    assert waiting not in page
    for amount in ("12.000.000", "600.000", "12.600.000"):  # of TW, of DP and in all: 60 % of each, twice
        assert f"{amount}\u00a0đ" in page


def test_paying_shows_amount_words_funds_and_the_check_before_it(world: World, visit: Visit) -> None:
    case = dug(world)
    page = visit("accountant").get(f"/cases/{case}/payments/first").text
    for words in ("25.800.000", "Hai mươi lăm triệu tám trăm nghìn đồng", "Đã đào", "Nguyễn Văn Á", "23/11/2026", "TW"):
        assert words in page


def test_a_payment_is_recorded_and_leads_to_the_receipt(world: World, visit: Visit) -> None:
    case, accountant = dug(world), visit("accountant")
    answer = accountant.post(f"/cases/{case}/payments/first", PAID)
    assert answer.status_code == 200
    assert "Đã ghi chi trả" in answer.text
    receipt = accountant.get(f"/cases/{case}/payments/first/receipt").text
    for words in ("PC01", "Nguyễn Văn Á", "25.800.000", "Hai mươi lăm triệu tám trăm nghìn đồng", "12/QĐ-UBND"):
        assert words in receipt


def test_a_second_click_pays_nothing_and_says_when_it_was_paid(world: World, visit: Visit) -> None:
    case, accountant = dug(world), visit("accountant")
    accountant.post(f"/cases/{case}/payments/first", PAID)
    again = accountant.post(f"/cases/{case}/payments/first", PAID)
    assert again.status_code == 409
    assert "Đợt này đã chi ngày 23/11/2026" in again.text
    with db.transaction(world.instance):
        assert sum(row.paid for row in db.execute(budget.funds(world.manager))) == 25_800_000


def test_every_mistake_stands_beside_its_field_and_what_was_typed_is_kept(world: World, visit: Visit) -> None:
    case = dug(world)
    answer = visit("accountant").post(
        f"/cases/{case}/payments/first", {"paid_on": "31/02/2026", "payee": "Bà <b>Lan</b>", "voucher": "9" * 101}
    )
    assert answer.status_code == 422
    assert 'id="paid_on-error"' in answer.text
    assert 'id="voucher-error"' in answer.text
    assert "31/02/2026" in answer.text
    assert "Bà &lt;b&gt;Lan&lt;/b&gt;" in answer.text


def test_what_cannot_be_paid_yet_says_why_and_offers_no_form(world: World, visit: Visit) -> None:
    case = approved(world)
    page = visit("accountant").get(f"/cases/{case}/payments/first")
    assert page.status_code == 200
    assert "Chưa đạt bước kiểm tra: Đã đào" in page.text
    assert 'name="voucher"' not in page.text
    later = visit("accountant").get(f"/cases/{case}/payments/last").text
    assert "Phải chi đợt trước đã" in later
    assert "Chưa đạt bước kiểm tra: Hoàn thành" in later
    assert visit("accountant").post(f"/cases/{case}/payments/first", PAID).status_code == 422


def test_who_may_see_but_not_pay_is_told_which_role_it_takes(world: World, visit: Visit) -> None:
    case = dug(world)
    assert "cần vai trò Kế toán" in visit("officer").get(f"/cases/{case}/payments/first").text
    assert visit("officer").post(f"/cases/{case}/payments/first", PAID).status_code == 403
    assert visit("officer").get("/payments").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/cases/{case}/payments/third", "/cases/XX-26-00009/payments/first", "/cases/{case}/payments/last/receipt"],
)
def test_an_instalment_that_is_not_there_is_not_found(world: World, visit: Visit, address: str) -> None:
    assert visit("accountant").get(address.format(case=first_paid(world))).status_code == 404


def test_a_case_of_another_province_is_not_found(world: World, visit: Visit) -> None:
    case = dug(world)
    with db.transaction(world.instance):
        person("elsewhere", ("accountant", units.unit_by_code("01", db.today()).id))
    stranger = visit("elsewhere")
    assert stranger.get(f"/cases/{case}/payments/first").status_code == 404
    assert stranger.post(f"/cases/{case}/payments/first", PAID).status_code == 404
    assert case not in stranger.get("/payments").text
