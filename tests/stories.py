"""How a case of the world's programme comes as far as a story needs it; each gives the number of the case."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from core import db
from core.domain import cases, disbursement, monitoring
from core.errors import Refused
from tests.worlds import World

GOOD = {"depth": 12, "central": 40_000_000, "local": 3_000_001}
DECISION = {
    "decision_number": "12/QĐ-UBND",
    "decision_date": "2026-11-20",
    "decision_issuer": "Ủy ban nhân dân tỉnh Bắc Ninh",
    "decision_signer": "Người ký",
    "decision_capacity": "Chủ tịch",
}
PAID = {"paid_on": "23/11/2026", "payee": "Nguyễn Văn Á", "voucher": "PC01"}
SEEN = {"visited_on": "23/11/2026", "passed": "yes"}


def picture(colour: str = "white", side: int = 8) -> bytes:
    """A photograph."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """The codes of all reasons of a refusal, in their order."""
    return [reason.code for reason in refused.value.reasons]


def state(world: World, number: str) -> str:
    """The state a case is in."""
    with db.transaction(world.instance, read_only=True):
        return str(cases.find(world.auditor, number).state)


def opened(
    world: World, answers: dict[str, Any] = GOOD, household: str | None = None, programme: str = "well"
) -> str:
    with db.transaction(world.instance):
        return cases.open_case(world.officer, programme, household or world.household, answers).number


def proposed(
    world: World, answers: dict[str, Any] = GOOD, household: str | None = None, programme: str = "well"
) -> str:
    case = opened(world, answers, household, programme)
    with db.transaction(world.instance):
        cases.attach_paper(world.officer, case, "request", "đơn.png", picture())
        cases.move(world.officer, case, "propose")
    return case


def approved(
    world: World, answers: dict[str, Any] = GOOD, household: str | None = None, decision: dict[str, str] = DECISION
) -> str:
    case = proposed(world, answers, household)
    with db.transaction(world.instance):
        assert cases.move(world.approver, case, "approve", decision).moved
    return case


def dug(
    world: World, answers: dict[str, Any] = GOOD, household: str | None = None, decision: dict[str, str] = DECISION
) -> str:
    """Approved, and the check before the first instalment is passed."""
    case = approved(world, answers, household, decision)
    with db.transaction(world.instance):
        monitoring.record_visit(world.monitor, case, "dug", SEEN)
    return case


def first_paid(world: World, answers: dict[str, Any] = GOOD, household: str | None = None) -> str:
    case = dug(world, answers, household)
    with db.transaction(world.instance):
        disbursement.pay(world.accountant, case, "first", PAID)
    return case
