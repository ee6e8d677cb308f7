"""Indicators: the sums are the sums of the rows, and the file that a spreadsheet opens runs nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import update

from core import db
from core.domain import cases, indicators, units
from core.web.streaming import csv_line
from tests.stories import approved, first_paid, proposed
from tests.web.visitors import Visitor
from tests.worlds import World, household, person

Visit = Callable[[str], Visitor]
SMALL = {"depth": 12, "central": 10_000_000, "local": 500_000}


@pytest.fixture
def two_communes(world: World) -> World:
    """Three cases in one commune and one in another."""
    with db.transaction(world.instance):
        others = [
            household(world, f"H{n}", name) for n, name in ((2, "Trần Thị Bình"), (3, "Lê Văn Cường"), (4, "Vũ Thị D"))
        ]
    proposed(world, SMALL)
    approved(world, SMALL, others[0])
    first_paid(world, SMALL, others[1])
    moved = approved(world, SMALL, others[2])
    with db.transaction(world.instance):
        elsewhere = units.children(world.commune.province_id or 0)[5]
        db.execute(update(cases.case).where(cases.case.c.number == moved).values(unit_id=elsewhere.id))
    return world


def table(page: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption, each as its text."""
    body = page.partition(f'<caption class="visually-hidden">{caption}</caption>')[2].partition("</table>")[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body.partition("<tbody>")[2], re.DOTALL)
    return [
        [re.sub(r"<[^>]+>|[.\xa0đ]", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.parametrize("caption", ["Theo chương trình", "Theo đơn vị"])
def test_the_last_line_is_the_sum_of_the_lines_above(two_communes: World, visit: Visit, caption: str) -> None:
    *lines, total = table(visit("manager").get("/indicators").text, caption)
    assert lines
    for place in range(1, len(total)):
        assert sum(int(line[place] or 0) for line in lines) == int(total[place])


def test_both_tables_tell_the_same_sum_and_it_is_that_of_the_cases(two_communes: World, visit: Visit) -> None:
    page = visit("manager").get("/indicators").text
    programmes, places = table(page, "Theo chương trình"), table(page, "Theo đơn vị")
    assert programmes[-1] == places[-1]
    assert programmes[-1][-4:] == ["4", "42000000", "31500000", "6300000"]
    assert len(places) == 3


def test_the_provinces_lead_to_their_communes(two_communes: World, visit: Visit) -> None:
    manager = visit("manager")
    country = manager.get("/indicators?unit=VN").text
    assert 'href="/indicators?unit=24"' in country
    [province, total] = table(country, "Theo đơn vị")
    assert province[1:] == total[1:]
    assert two_communes.commune.name in manager.get("/indicators?unit=24").text


def test_figures_of_one_programme_can_be_asked_for(two_communes: World, visit: Visit) -> None:
    manager = visit("manager")
    assert len(table(manager.get("/indicators?programme=well").text, "Theo đơn vị")) == 3
    assert table(manager.get("/indicators?programme=other").text, "Theo đơn vị")[-1][-4:] == ["0", "0", "0", "0"]


def test_everybody_counts_only_what_they_may_see(two_communes: World) -> None:
    with db.transaction(two_communes.instance):
        stranger = person("elsewhere", ("manager", units.unit_by_code("01", db.today()).id))
        local = person("local", ("auditor", two_communes.commune.id))
        assert indicators.overview(stranger) == []
        assert indicators.total(indicators.overview(local)).cases == 3
        assert indicators.total(indicators.by_programme(local)).cases == 3


def test_the_download_holds_the_same_figures_and_opens_in_a_spreadsheet(two_communes: World, visit: Visit) -> None:
    with visit("manager").get("/indicators/indicators.csv?unit=24") as answer:
        assert answer.mimetype == "text/csv"
        assert answer.data.startswith(b"\xef\xbb\xbf")
        [heads, *lines, total] = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert heads[0] == "Đơn vị"
    assert heads[-1] == "Đã chi (đồng)"
    assert total[0] == "Cộng"
    for place in range(1, len(total)):
        assert sum(int(line[place]) for line in lines) == int(total[place])
    assert total[-4:] == ["4", "42000000", "31500000", "6300000"]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_stays_text(text: str) -> None:
    [[cell]] = csv.reader(io.StringIO(csv_line([text]).decode(), newline=""))
    assert cell == f"'{text}"


def test_numbers_and_harmless_texts_stay_as_they_are() -> None:
    assert csv_line(["Xã A, B", -5]) == '"Xã A, B",-5\r\n'.encode()


def test_a_monitor_has_no_indicators(world: World, visit: Visit) -> None:
    assert visit("monitor").get("/indicators").status_code == 403
    assert visit("manager").get("/indicators?unit=99999").status_code == 404
