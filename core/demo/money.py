"""The manager's part: the funds of each year, money added when they run short and, once, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from core import db
from core.demo.accounts import COMMUNES, PROVINCE, Commune
from core.domain import budget, units
from core.domain.access import Actor
from core.domain.programmes import Programme, Support
from core.errors import Reason

GRANTED = "Quyết định giao dự toán năm {year} của UBND tỉnh Bắc Ninh (dữ liệu thử)"
ADDED = "Quyết định bổ sung dự toán năm {year} của UBND tỉnh Bắc Ninh (dữ liệu thử)"
TAKEN_BACK = "Quyết định điều chỉnh giảm dự toán năm {year} của UBND tỉnh Bắc Ninh (dữ liệu thử)"
STEP = 10_000_000  # đồng; funds hold whole multiples


def grant(manager: Actor, programme: Programme, year: int, approvals: dict[str, int]) -> None:
    """The funds of a year for about as many cases as ``approvals`` has by commune, and two more."""
    for support in {(each.source, each.capital): each for each in programme.supports}.values():
        for place in _places(programme, support):
            code = _code(programme, support, place, year)
            values = {
                "code": code,
                "name": f"{programme.title.vi}: {support.title.vi[:1].lower()}{support.title.vi[1:]} năm {year}",
                "source": support.source,
                "capital": support.capital,
                "year": str(year),
                "programme": programme.code,
                "unit": place,
            }
            cases = sum(approvals.values()) if place == PROVINCE else approvals.get(place, 0)
            amount = (cases + 2) * {"central": 4, "local": 2}.get(support.source, 1) * STEP
            budget.create_fund(manager, values)
            budget.allocate(manager, code, amount, GRANTED.format(year=year), db.today())


def add(manager: Actor, programme: Programme, commune: Commune, reasons: Sequence[Reason]) -> None:
    """Add to the funds of a commune's cases what an approval was refused for, and the like for one more."""
    for reason in reasons:
        support = next(each for each in programme.supports if each.field == reason.field)
        place = commune.code if commune.code in _places(programme, support) else PROVINCE
        year = db.today().year
        wanted = (2 * reason.needed - reason.seen + STEP - 1) // STEP * STEP
        code = _code(programme, support, place, year)
        budget.allocate(manager, code, wanted, ADDED.format(year=year), db.today())


def take_back(manager: Actor, programme: Programme, commune: Commune, asked: dict[str, int]) -> None:
    """Take back so much of a commune's own funds that half of what a case asks of each source is missing."""
    unit, year = units.unit_by_code(commune.code, db.today()), db.today().year
    for fund in db.execute(budget.funds(manager)).all():
        if (fund.owner_id, fund.year, fund.programme) == (unit.id, year, programme.code):
            spare = fund.allocated - fund.committed - fund.reserved - asked.get(fund.source, 0) // 2
            if spare > 0:
                budget.allocate(manager, fund.code, -spare, TAKEN_BACK.format(year=year), db.today())


def _places(programme: Programme, support: Support) -> tuple[str, ...]:
    """Where the funds of a source lie: a local counterpart or an only source with the communes, the others above."""
    by_commune = support.source == "local" or len(programme.supports) == 1
    return tuple(commune.code for commune in COMMUNES) if by_commune else (PROVINCE,)


def _code(programme: Programme, support: Support, place: str, year: int) -> str:
    return f"{year % 100}-{place}-{support.source.replace('_', '-')}-{programme.code}"[:40].upper()
