"""Who sees private values whole: nobody in a list, few on a page, and with a reason whoever needs to."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import select

from core import db, shapes
from core.app import create_app
from core.domain import access, cases, people, reads, users
from core.errors import BadInput, NotAllowed
from core.fields import HIDDEN, MASKED, PRIVACY, Field, mask, read
from core.text import Text
from tests.web.visitors import Visitor
from tests.worlds import World

ID = re.compile(r"(?<!\d)\d{12}(?!\d)")
NUMBERS = st.from_regex(r"\A0[0-9]{2}[0-3][0-9]{8}\Z")
PHONE = "0912 345 678"


@pytest.mark.parametrize(
    ("privacy", "value", "shown"),
    [
        ("identity", "027068001234", "0270•••••234"),
        ("identity", "123456789", "1234••789"),
        ("identity", "1234567", "••••••7"),
        ("bank", "19036789012345", "••••••••••2345"),
        ("bank", "123", HIDDEN),
        ("contact", "0912 345 678", "•••••••678"),
        ("health", True, HIDDEN),
        ("health", "Suy thận mạn", HIDDEN),
        ("sensitive", 0, HIDDEN),
        ("identity", "", ""),
        ("identity", None, None),
        ("personal", "Nguyễn Văn Á", "Nguyễn Văn Á"),
        ("public", 12, 12),
    ],
)
def test_a_value_is_masked_by_its_class(privacy: str, value: Any, shown: Any) -> None:
    assert mask(privacy, value) == shown


@given(st.sampled_from(sorted(MASKED)), st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=1, max_size=40))
def test_what_is_masked_never_holds_more_than_seven_signs_of_it(privacy: str, value: str) -> None:
    shown = mask(privacy, value)
    plain = "".join(value.split())
    if plain:
        assert sum(c != "•" for c in shown) <= min(7, max(len(plain) - 2, 0))


def test_every_class_is_either_shown_to_all_or_says_to_whom() -> None:
    assert set(PRIVACY) - {"public", "personal"} == set(MASKED) == set(access.SHOWN_TO)
    assert set(MASKED) <= set(reads.KINDS)


def test_a_masked_value_that_comes_back_is_not_taken_for_the_value() -> None:
    account = Field("account", "text", Text("Số tài khoản", "Account"), privacy="bank")
    answers, reasons = read([account], {"account": mask("bank", "19036789012345")})
    assert answers == {}
    assert "đã che" in reasons[0].sentence.vi


def test_on_the_page_of_a_household_each_role_sees_whole_what_its_work_needs(world: World) -> None:
    place = people.Place(world.commune.id, None, world.commune.province_id)
    sees = {role: access.sight(world.actors[role], place).whole for role in access.ROLES}
    assert sees["officer"] == {"contact", "health", "sensitive"}
    assert sees["approver"] == {"health", "sensitive"}
    assert sees["monitor"] == {"contact"}
    assert {role for role, whole in sees.items() if not whole} == {"accountant", "manager", "auditor", "admin"}
    assert all("identity" not in whole and "bank" not in whole for whole in sees.values())


def test_seeing_whole_takes_a_reason_which_stands_in_the_log(world: World) -> None:
    with db.transaction(world.instance):
        row = people.household_of(world.accountant, world.household).row
        sight = reads.reveal(world.accountant, row, ["identity"], "payment", household_id=row.id)
        assert sight.sees("identity")
        assert not sight.sees("bank")
        [logged] = db.execute(select(reads.read_event)).all()
    assert (logged.way, logged.kinds, logged.reason) == ("reveal", "identity", "Lập chứng từ chi trả")
    assert (logged.actor_id, logged.household_id) == (world.accountant.id, row.id)


def test_without_a_reason_a_class_or_the_role_nothing_is_seen_and_all_is_said_at_once(world: World) -> None:
    with db.transaction(world.instance):
        row = people.household_of(world.officer, world.household).row
        for classes, reason, note, fields in (
            (["identity"], "", "", ["reason"]),
            ([], "", "x" * 400, ["classes", "reason", "note"]),
            (["nothing"], "other", "vì", ["classes", "note"]),
        ):
            with pytest.raises(BadInput) as refused:
                reads.reveal(world.officer, row, classes, reason, note)
            assert [each.field for each in refused.value.reasons] == fields
        for role in ("manager", "admin"):
            with pytest.raises(NotAllowed):
                reads.reveal(world.actors[role], row, ["identity"], "inspection")
        assert db.execute(select(reads.read_event)).all() == []


def test_a_case_tells_the_api_and_the_terminal_its_private_answers_masked_also_in_its_history(world: World) -> None:
    with db.transaction(world.instance):
        row = cases.open_case(world.officer, "well", world.household, {"depth": 12, "illness": "Suy thận mạn"})
        number = row.number
        row = cases.save_answers(world.officer, number, {"depth": 12, "illness": "Ung thư"})
        told = shapes.case(world.officer, row, "vi")
        whole = shapes.case(world.officer, row, "vi", access.sight(world.officer, row))
    assert told["answers"] == {"depth": 12, "illness": HIDDEN}
    assert "Suy thận" not in json.dumps(told, ensure_ascii=False)
    assert "Ung thư" not in json.dumps(told, ensure_ascii=False)
    assert whole["answers"]["illness"] == "Ung thư"
    assert "Suy thận mạn" in json.dumps(whole["history"], ensure_ascii=False)


MEMBERS = st.lists(
    st.tuples(NUMBERS, st.sampled_from(["", "NKT", "NCC", "PN"])),
    min_size=1,
    max_size=5,
    unique_by=lambda each: each[0],
)


@pytest.mark.databases("sqlite")
def test_no_list_search_print_or_answer_of_the_api_holds_an_id_number(world: World) -> None:
    """Random households, looked at from everywhere by everybody who may."""
    app = create_app(world.instance)
    app.testing = True
    looking = ("officer", "approver", "accountant", "monitor", "manager", "auditor")
    visitors = {login: Visitor(app).enter(world.actors[login]) for login in looking}
    with db.transaction(world.instance):
        bearers = {login: users.create_token(world.actors[login], "x", 3) for login in looking}
    kept: list[str] = []

    @given(st.lists(MEMBERS, min_size=1, max_size=2), st.sampled_from(looking))
    def law(homes: list[list[tuple[str, str]]], login: str) -> None:
        for members in homes:
            kept.append(_saved(world, f"L{len(kept)}", members))
        visitor, bearer = visitors[login], {"Authorization": f"Bearer {bearers[login]}"}
        addresses = ["/households", "/households?print=1", f"/households?q={homes[0][0][0][:9]}"]
        pages = [visitor.get(address).text for address in [*addresses, f"/households/{kept[-1]}"]]
        answers = [
            visitor.client.get(f"/api/v1/{address}", headers=bearer).text
            for address in ("households", f"households/{kept[-1]}")
        ]
        assert all("Người Thứ A" in text for text in [*pages[:2], *answers])
        assert [text for text in [*pages, *answers] if ID.search(text)] == []
        assert "NKT" not in answers[1]

    law()


def _saved(world: World, code: str, members: list[tuple[str, str]]) -> str:
    with db.transaction(world.instance):
        said = [
            {
                "name": f"Người Thứ {'ABCDE'[place]}",
                "relation": "Con" if place else "Chủ hộ",
                "birth": "1990",
                "id_number": number,
                "marks": marks,
            }
            for place, (number, marks) in enumerate(members)
        ]
        key, _ = people.save_household(
            world.officer, {"unit": world.commune.id, "code": code, "phone": PHONE, "members": said}
        )
        return people.household_number(key)
