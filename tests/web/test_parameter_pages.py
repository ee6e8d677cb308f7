"""Legal values on pages: what holds where and when, who changed what, and how one is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from core import db, instance as instances
from core.domain import parameters, programmes, units
from core.toolkit import hookimpl
from tests.web.visitors import Visitor
from tests.worlds import TODAY, World

Visit = Callable[[str], Visitor]
CHANGE = {
    "value": "15",
    "valid_from": "01/01/2027",
    "unit": "24",
    "source": "Quyết định 9/QĐ-UBND ngày 20/11/2026",
    "verified": "y",
    "note": "Theo <b>biên bản</b>",
}


def value_at(world: World, name: str, code: str, on: date) -> object:
    with db.transaction(world.instance):
        instances.refresh(world.instance)
        place = units.unit_by_code(code, TODAY)
        row = programmes.resolve(units.Place(unit_id=place.id), on)(name)
        return row.value if row else None


def test_every_parameter_stands_under_its_programme_with_value_and_mark(world: World, visit: Visit) -> None:
    page = visit("officer").get("/parameters").text
    for words in (
        "Dùng chung",
        "deadline.decide",
        "15 ngày",
        "chưa kiểm chứng",
        "Giếng nước",
        "well_depth",
        "đã kiểm chứng",
    ):
        assert words in page


def test_the_value_of_another_place_and_day_can_be_asked_for(world: World, visit: Visit) -> None:
    manager = visit("manager")
    manager.post("/parameters/well_depth", CHANGE)
    page = manager.get("/parameters?q=well_depth&place=bac ninh&on=01/01/2027")
    assert "<b>15</b>" in page.text
    for question in ("?q=well_depth&place=24&on=31/12/2026", "?q=well_depth&place=01&on=01/01/2027"):
        assert "<b>10</b>" in manager.get(f"/parameters/{question}").text
    wrong = manager.get("/parameters?place=khong co&on=31/02/2026")
    assert wrong.status_code == 200
    assert "không phải là ngày có thật" in wrong.text
    assert "Không có đơn vị nào tên như vậy" in wrong.text


def test_a_change_cuts_the_row_it_overlaps_and_everything_stays_on_record(world: World, visit: Visit) -> None:
    manager = visit("manager")
    manager.post("/parameters/well_depth", CHANGE)
    page = manager.post("/parameters/well_depth", CHANGE | {"value": "18", "valid_from": "01/06/2027"}).text
    for words in ("<b>18</b>", "01/01/2027 – 31/05/2027", "đã thay 23/11/2026", "Manager", "Theo &lt;b&gt;biên bản"):
        assert words in page
    assert [value_at(world, "well_depth", "24", date(2027, month, 1)) for month in (1, 5, 6)] == [15, 15, 18]
    assert value_at(world, "well_depth", "24", TODAY) == 10


def test_a_change_is_in_force_on_the_next_page(world: World, visit: Visit) -> None:
    manager = visit("manager")
    manager.post("/parameters/well_depth", CHANGE | {"valid_from": "23/11/2026"})
    assert "<b>15</b>" in visit("officer").get("/parameters?q=well_depth").text


def test_a_value_can_be_declared_not_set(world: World, visit: Visit) -> None:
    visit("manager").post("/parameters/well_depth", CHANGE | {"value": "", "not_set": "y"})
    assert value_at(world, "well_depth", "24", date(2027, 1, 1)) is None
    assert value_at(world, "well_depth", "01", date(2027, 1, 1)) == 10


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "mười"}, "value"),
        ({"value": ""}, "value"),
        ({"source": ""}, "source"),
        ({"valid_from": "31/02/2027"}, "valid_from"),
        ({"valid_to": "31/12/2026"}, "valid_to"),
        ({"unit": "99999"}, "unit"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_changes_nothing(
    world: World, visit: Visit, wrong: dict[str, str], field: str
) -> None:
    answer = visit("manager").post("/parameters/well_depth", CHANGE | wrong)
    assert answer.status_code in (404, 422)
    assert f'id="{field}-error"' in answer.text
    with db.transaction(world.instance):
        assert len(parameters.rows_of("well_depth")) == 1


def test_a_code_is_chosen_by_its_name_or_its_code(world: World, visit: Visit) -> None:
    manager = visit("manager")
    assert manager.post("/parameters/authority.approve", CHANGE | {"value": "cấp xã"}).status_code == 200
    assert value_at(world, "authority.approve", "24", date(2027, 1, 1)) == "commune"
    assert manager.post("/parameters/authority.approve", CHANGE | {"value": "thôn"}).status_code == 422


def test_only_the_manager_of_the_place_changes_a_value(world: World, visit: Visit) -> None:
    officer = visit("officer")
    assert 'name="value"' not in officer.get("/parameters/well_depth").text
    assert officer.post("/parameters/well_depth", CHANGE).status_code == 403
    for place in ("VN", "01"):
        assert visit("manager").post("/parameters/well_depth", CHANGE | {"unit": place}).status_code == 403


def test_the_values_of_a_province_that_was_merged_are_kept_by_the_manager_of_the_new_one(
    world: World, visit: Visit
) -> None:
    merged = CHANGE | {"unit": "27", "unit_on": "30/06/2025"}
    assert visit("manager").post("/parameters/well_depth", merged).status_code == 200
    with db.transaction(world.instance):
        latest = parameters.rows_of("well_depth")[0]
        assert latest.place_id == units.unit_by_code("27", date(2025, 6, 30)).id


def test_a_parameter_nobody_declared_is_not_found(world: World, visit: Visit) -> None:
    assert visit("manager").get("/parameters/no_such").status_code == 404


class Broken:
    """A plugin with a fault."""

    @hookimpl
    def tiepsuc_programmes(self) -> list[object]:
        raise RuntimeError("no such <file>")


def test_a_broken_plugin_is_named_to_those_who_can_do_something_about_it(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        world.instance.plugins.manager.register(Broken(), name="broken")
        instances.build_registry(world.instance)
    for login in ("manager", "admin"):
        assert "«broken» không dùng được: RuntimeError: no such &lt;file&gt;" in visit(login).get("/parameters").text
    assert "broken" not in visit("officer").get("/parameters").text
