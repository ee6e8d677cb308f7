"""Communes of which it is not known whether they are rural or urban."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core import db
from core.domain import parameters, units
from core.errors import BadInput, NotAllowed
from tests.web.test_cases import words
from tests.web.visitors import Visitor
from tests.worlds import TODAY, World

Visit = Callable[[str], Visitor]


def test_a_manager_classes_communes_by_one_document_and_they_are_known_then(world: World, visit: Visit) -> None:
    manager = visit("manager")
    page = manager.get("/units/classes")
    codes = re.findall(r'name="class-(\d+)"', page.text)
    assert codes
    sent = {f"class-{codes[0]}": "urban", f"class-{codes[1]}": "rural", "valid_from": "01/07/2025"}
    page = manager.post("/units/classes", sent)
    assert page.status_code == 422  # no document, and what was chosen stays
    assert re.search(rf'name="class-{codes[0]}".*?value="urban" selected', page.text, re.DOTALL)
    page = manager.post("/units/classes", sent | {"source": "Quyết định 12/QĐ-UBND"})
    assert "Đã ghi loại của 2 xã, phường." in words(page)
    assert f'name="class-{codes[0]}"' not in page.text
    with db.transaction(world.instance, read_only=True):
        first, second = (units.unit_by_code(code, TODAY) for code in codes[:2])
        assert units.settlements([first.id, second.id], TODAY) == {first.id: "urban", second.id: "rural"}
        row = db.execute(units.unit_class.select().where(units.unit_class.c.unit_id == first.id)).one()
        assert (row.source, row.recorded_by) == ("Quyết định 12/QĐ-UBND", world.manager.id)


def test_only_who_manages_a_place_classes_it_and_only_once_for_a_time(world: World, visit: Visit) -> None:
    assert visit("officer").get("/units/classes").status_code == 403
    assert visit("admin").get("/units/classes").status_code == 200
    with db.transaction(world.instance):
        commune = parameters.unclassed(world.manager, units.unit_by_code("24", TODAY))[0]
        assert parameters.unclassed(world.manager, units.unit_by_code("01", TODAY)) == []
        with pytest.raises(NotAllowed):
            parameters.class_unit(world.officer, commune, "rural", TODAY, "Quyết định 1", verified=False)
        parameters.class_unit(world.admin, commune, "rural", TODAY, "Quyết định 1", verified=False)
        for value, source in (("urban", "Quyết định 2"), ("village", "Quyết định 2"), ("rural", " ")):
            with pytest.raises(BadInput):
                parameters.class_unit(world.admin, commune, value, TODAY, source, verified=False)
