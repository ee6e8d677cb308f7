"""Long lists come in pages: every row stands on exactly one of them, forwards and back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from core import db
from core.web import budget, decisions, disbursement, monitoring
from tests.stories import DECISION, dug
from tests.web.visitors import Visitor
from tests.worlds import World, household

SMALL = {"depth": 12, "central": 10_000_000, "local": 500_000}


@pytest.mark.parametrize(
    ("concept", "login", "address"),
    [
        (disbursement, "accountant", "/payments"),
        (monitoring, "monitor", "/visits"),
        (decisions, "auditor", "/decisions"),
        (budget, "manager", "/funds/TW"),
    ],
    ids=["payments", "visits", "decisions", "fund"],
)
def test_every_row_stands_on_one_page(
    world: World,
    visit: Callable[[str], Visitor],
    monkeypatch: pytest.MonkeyPatch,
    concept: object,
    login: str,
    address: str,
) -> None:
    monkeypatch.setattr(concept, "PAGE", 1)
    with db.transaction(world.instance):
        others = [household(world, f"H{n}", name) for n, name in ((2, "Trần Thị Bình"), (3, "Lê Văn Cường"))]
    for number, one in enumerate([world.household, *others], 1):
        dug(world, SMALL, one, DECISION | {"decision_number": f"{number}/QĐ-UBND"})
    reader, seen, back = visit(login), [], ""
    page = reader.get(address).text
    while True:
        seen.append(rows_of(page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if not older:
            break
        page = reader.get(html.unescape(older[1])).text
        found = re.search(r'rel="prev" href="([^"]+)"', page)
        back = html.unescape(found[1]) if found else ""
    assert [len(rows) for rows in seen] == [1, 1, 1]
    assert len(set().union(*seen)) == 3
    assert rows_of(reader.get(back).text) == seen[1]


def rows_of(page: str) -> set[str]:
    """What the rows of a page lead to."""
    main = page.partition("<main")[2]
    return set(re.findall(r'href="(/cases/BN-26-\d+|/decisions/\d+)', main))
