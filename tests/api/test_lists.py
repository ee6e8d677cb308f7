"""Lists in an office's own words, and long ones, through the API."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from core import db, exchange
from core.domain import people
from tests.api.conftest import Caller
from tests.api.test_cases import codes, told
from tests.worlds import World

Callers = Callable[[str], Caller]
OWN = "Người đứng tên;Khu vực ở\nLê Văn An;Khu 5\n".encode()


def a_form(world: World, content: bytes = OWN, **said: Any) -> dict[str, object]:
    return {"file": (io.BytesIO(content), "danh sach.csv"), "unit": world.commune.code, **said}


def test_headers_are_explained_and_what_is_the_same_for_all_is_given_once(world: World, caller: Callers) -> None:
    officer = caller("officer")
    assert officer.post("/imports/households", data=a_form(world)).status_code == 422
    said: dict[str, Any] = {"map": ["Người đứng tên=name", "Khu vực ở=village"], "category": "Hộ nghèo", "line": "Tỉnh"}
    report = told(officer.post("/imports/households", data=a_form(world, **said)))
    assert report["new"] == 1
    assert report["titles"][0] == {"key": "nguoi dung ten", "written": "Người đứng tên", "column": "name"}
    with db.transaction(world.instance):
        fact, house = people.household_category, people.household
        found = db.execute(select(fact.c.category, fact.c.line, house.c.village).join(
            house, house.c.id == fact.c.household_id).where(house.c.head_name == "Lê Văn An")).one()
        assert tuple(found) == ("poor", "provincial", "Khu 5")
    kept = told(officer.post("/imports", data=a_form(world, category="Hộ nghèo")), 201)  # the headers are remembered
    assert not kept["unknown_columns"]


def test_what_is_said_wrongly_is_named(world: World, caller: Callers) -> None:
    officer = caller("officer")
    assert codes(told(officer.post("/imports", data=a_form(world, map=["x=y"])), 422)) == ["mapping_column_unknown"]
    assert codes(told(officer.post("/imports", data=a_form(world, decided_on="31/02/2026")), 422)) == ["unreadable"]


def test_a_list_may_be_larger_than_what_is_sent_elsewhere(world: World, caller: Callers) -> None:
    officer = caller("officer")
    officer.client.application.config["MAX_CONTENT_LENGTH"] = 1000
    long = OWN + b"\n" * 2000
    form = a_form(world, long, category="HN", map="Người đứng tên=name")
    assert told(officer.post("/imports", data=form), 201)["new"] == 1
    announced = {"CONTENT_LENGTH": str(exchange.LARGEST_SENT + 1), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    assert officer.post("/imports", environ_overrides=announced).status_code == 413
