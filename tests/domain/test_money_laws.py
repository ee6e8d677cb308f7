"""Laws of money, whatever happens in whatever order: what is promised is the money of approved cases, no fund is ever
overspent, and the instalments of a case are its amount to the last đồng.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import func, select

from core import db
from core.domain import budget, cases, disbursement, drafts, monitoring
from core.domain.disbursement.parts import part
from core.errors import Refused, WrongState
from tests.databases import undone
from tests.stories import DECISION, PAID, SEEN, picture
from tests.worlds import TODAY, World, household

HOUSEHOLDS = 3
WAY = ("approve", "dig", "pay", "finish", "pay")
SPENDING = ("approved", "disbursed", "monitored", "closed")

amounts = st.integers(0, 80_000_000)
which = st.integers(0, HOUSEHOLDS - 1)
deeds = st.one_of(
    st.tuples(st.just("propose"), which, amounts, amounts),
    st.tuples(st.just("go on"), which),
    st.tuples(st.just("go on"), which),  # twice: most of what an office does is the next step
    st.tuples(
        st.sampled_from(["approve", "return", "withdraw", "withdraw", "dig", "fail", "finish", "pay", "pay twice"]),
        which,
    ),
    st.tuples(st.just("allocate"), st.sampled_from(["TW", "DP"]), st.integers(-150_000_000, 150_000_000)),
)
drafting = st.one_of(  # of cases that are all proposed
    st.tuples(st.just("draft"), which),
    st.tuples(st.sampled_from(["issue", "leave out", "undo", "return", "approve", "revoke", "withdraw"]), which),
    st.tuples(st.just("allocate"), st.sampled_from(["TW", "DP"]), st.integers(-60_000_000, 60_000_000)),
)


class Desk:
    """Everybody at work on a few households; what is refused leaves no trace, as in the program."""

    def __init__(self, world: World, households: list[str]) -> None:
        self.world = world
        self.households = households
        self.numbers: dict[int, str] = {}
        self.decisions = 100
        self.reached: dict[int, int] = {}  # how far along WAY each case has come

    def do(self, deed: tuple[Any, ...]) -> bool:
        """Whether the deed was done and not refused."""
        act, *how = deed
        try:
            with db.work().connection.begin_nested():
                if act == "allocate":
                    budget.allocate(self.world.manager, how[0], how[1], "Quyết định điều chỉnh", TODAY)
                elif act == "propose":
                    self._propose(*how)
                elif how[0] not in self.numbers:
                    return False
                elif act == "go on":
                    step = self.reached[how[0]]
                    self._go_on(WAY[min(step, len(WAY) - 1)], self.numbers[how[0]])
                    self.reached[how[0]] = step + 1
                else:
                    self._go_on(act, self.numbers[how[0]])
        except Refused:
            return False
        return True

    def _propose(self, place: int, central: int, local: int) -> None:
        answers = {"depth": 12, "central": central, "local": local}
        number = cases.open_case(self.world.officer, "well", self.households[place], answers).number
        cases.attach_paper(self.world.officer, number, "request", "đơn.png", picture())
        cases.move(self.world.officer, number, "propose")
        self.numbers[place], self.reached[place] = number, 0

    def _go_on(self, act: str, number: str) -> None:
        world = self.world
        if act == "approve":
            cases.move(world.approver, number, "approve", DECISION)
        elif act == "return":
            cases.move(world.approver, number, "return", {"comment": "Bổ sung giấy tờ"})
        elif act == "withdraw":
            cases.move(world.officer, number, "withdraw", {"reason": "Hộ đã chuyển đi"})
        elif act == "dig":
            monitoring.record_visit(world.monitor, number, "dug", SEEN)
        elif act in ("fail", "finish"):
            seen = {"water": "yes" if act == "finish" else "no"}
            monitoring.record_visit(world.monitor, number, "finished", SEEN | seen)
        elif act == "pay":
            disbursement.pay(world.accountant, number, None, PAID)
        elif act in ("draft", "issue", "leave out", "undo"):
            self._draft(act, number)
        elif act == "revoke":
            cases.move(world.approver, number, "revoke", self._decision() | {"reason": "Xét duyệt nhầm hộ"})
        else:  # a second click on what was paid
            code = next((row.code for row in disbursement.of_case(self._id(number)) if row.paid_at), "first")
            disbursement.pay(world.accountant, number, code, PAID)

    def _draft(self, act: str, number: str) -> None:
        """Draft with the case: put it into the draft there is, or do something with the draft it stands in."""
        approver, inside = self.world.approver, cases.find(self.world.auditor, number).draft_id
        if act == "draft":
            there = drafts.latest_of(approver, "well")
            if there is None:
                drafts.start(approver, [number])
            else:
                drafts.add(approver, there.id, [number])
        elif inside is None:
            raise WrongState(())
        elif act == "issue":
            drafts.issue(approver, inside, self._decision())
        elif act == "undo":
            drafts.undo(approver, inside)
        else:
            drafts.leave_out(approver, inside, [number])

    def _decision(self) -> dict[str, str]:
        """Another decision each time."""
        self.decisions += 1
        return DECISION | {"decision_number": f"{self.decisions}/QĐ-UBND"}

    def _id(self, number: str) -> int:
        return int(cases.find(self.world.auditor, number).id)


def books_are_in_order() -> None:
    """Every law at once, read from the tables and not from the program's own sums."""
    for fund in db.execute(select(budget.fund)):
        promised = db.execute(
            select(
                func.coalesce(func.sum(budget.commitment.c.amount - budget.commitment.c.released), 0),
                func.coalesce(func.sum(budget.commitment.c.paid), 0),
            ).where(budget.commitment.c.fund_id == fund.id)
        ).one()
        payments = select(func.coalesce(func.sum(disbursement.payment.c.amount), 0))
        paid = db.execute(payments.where(disbursement.payment.c.fund_id == fund.id)).scalar()
        given_in_all = select(func.coalesce(func.sum(budget.allocation.c.amount), 0))
        assert fund.allocated == db.execute(given_in_all.where(budget.allocation.c.fund_id == fund.id)).scalar()
        assert [fund.committed, fund.paid] == list(promised)
        assert fund.paid == paid
        kept = select(func.coalesce(func.sum(budget.reservation.c.amount), 0))
        assert fund.reserved == db.execute(kept.where(budget.reservation.c.fund_id == fund.id)).scalar()
        assert 0 <= fund.paid <= fund.committed <= fund.allocated - fund.reserved
    for case in db.execute(select(cases.case)):
        promises = budget.of_case(case.id)
        plan = disbursement.of_case(case.id)
        kept = sum(each.amount - each.released for each in promises)
        assert kept == (case.amount if case.state in SPENDING else 0)
        reserved = sum(budget.reserved_for([case.id]).get(case.id, {}).values())
        assert reserved == (case.amount if case.draft_id else 0)
        assert case.draft_id is None or case.state == "proposed"
        if plan:
            assert sum(each.amount for each in plan) == case.amount
            assert all(each.amount >= 0 for each in plan)
        for each in promises:
            taken = select(func.coalesce(func.sum(disbursement.payment.c.amount), 0))
            of_promise = db.execute(taken.where(disbursement.payment.c.commitment_id == each.id)).scalar()
            assert of_promise == each.paid <= each.amount - each.released
        for each in plan:
            from_funds = sum(row.amount for row in disbursement.paid_from(each.id))
            assert from_funds == (each.amount if each.paid_at else 0)


def test_the_books_are_in_order_after_anything_that_anybody_does(world: World) -> None:
    seen = law_of(world, st.lists(deeds, min_size=12, max_size=40))
    assert seen >= {"approved", "withdrawn", "monitored"}  # else the law was told of nothing


@pytest.mark.databases("sqlite")  # two at once on PostgreSQL stand in test_at_once
def test_the_books_are_in_order_whatever_is_drafted_issued_undone_and_revoked(world: World) -> None:
    first = st.tuples(*(st.tuples(st.just("propose"), st.just(n), amounts, amounts) for n in range(HOUSEHOLDS)))
    later = st.lists(drafting, min_size=6, max_size=14)
    seen = law_of(world, st.builds(lambda begun, then: [*begun, *then], first, later))
    assert seen >= {"proposed", "approved", "revoked"}


def law_of(world: World, happenings: st.SearchStrategy[list[tuple[Any, ...]]]) -> set[str]:
    """Try every law after every deed of what happens; gives the states that cases have come to."""
    with db.transaction(world.instance):
        names = ["Trần Thị Bình", "Lê Văn Cường"]
        households = [world.household, *(household(world, f"H{n}", name) for n, name in enumerate(names, 2))]

    seen: set[str] = set()

    @given(happenings)
    def law(happened: list[tuple[Any, ...]]) -> None:
        with undone(world.instance):
            desk = Desk(world, households)
            for deed in happened:
                before = _sums()
                done = desk.do(deed)
                books_are_in_order()
                assert done or _sums() == before
            seen.update(cases.find(world.auditor, number).state for number in desk.numbers.values())

    law()
    return seen


def _sums() -> list[Any]:
    columns = budget.fund.c
    sums = select(columns.allocated, columns.committed, columns.paid, columns.reserved)
    return list(db.execute(sums.order_by(columns.id)))


def test_the_whole_way_of_a_case_is_among_what_the_law_tries(world: World) -> None:
    whole = [("propose", 0, 40_000_000, 3_000_001), *((act, 0) for act in WAY)]
    with undone(world.instance):
        desk = Desk(world, [world.household])
        assert all(desk.do(deed) for deed in whole)
        assert cases.find(world.auditor, desk.numbers[0]).state == "monitored"
        books_are_in_order()


class Promise:
    """A promise of a fund, as much of it as parting reads."""

    def __init__(self, key: int, amount: int) -> None:
        self.id = self.fund_id = key
        self.code = self.name = f"F{key}"
        self.amount, self.paid, self.released = amount, 0, 0


@given(st.lists(st.integers(1, 50_000_000), min_size=1, max_size=4), st.lists(st.integers(0, 100), max_size=4))
def test_instalments_take_every_promise_to_the_last_dong_and_never_more(promised: list[int], shares: list[int]) -> None:
    whole, left = sum(promised), sum(promised)
    funds = [Promise(key, amount) for key, amount in enumerate(promised)]
    plan = []
    for share in shares:
        plan.append(min(left, whole * share // 100))
        left -= plan[-1]
    for amount in (*plan, left):
        parts = part(whole, amount, funds)
        assert sum(each.amount for each in parts) == amount
        for each in parts:
            funds[each.commitment_id].paid += each.amount
        assert all(0 <= fund.paid <= fund.amount for fund in funds)
    assert [fund.paid for fund in funds] == promised
