"""Seeing a masked value whole on a page: one click, one reason, one page view, one row in the log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from core import db
from core.cli import main
from core.domain import cases, people, reads, users
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]
pytestmark = pytest.mark.databases("sqlite")
ID, PHONE = "027068001234", "0912 345 678"


@pytest.fixture
def home(world: World) -> str:
    """A household whose head has an ID number, a telephone and a disability."""
    with db.transaction(world.instance):
        head = {
            "name": "Lê Văn Cường",
            "relation": "Chủ hộ",
            "birth": "1968",
            "sex": "Nam",
            "id_number": ID,
            "marks": "NKT",
        }
        said = {"unit": world.commune.id, "code": "K2", "phone": PHONE, "causes": "Ốm đau", "members": [head]}
        return people.household_number(people.save_household(world.officer, said)[0])


def reasons(world: World) -> list[tuple[str, str]]:
    """Of what was seen whole, what and why."""
    with db.transaction(world.instance, read_only=True):
        rows = db.execute(select(reads.read_event).where(reads.read_event.c.way == "reveal"))
        return [(row.kinds, row.reason) for row in rows]


def test_an_officer_sees_the_number_masked_and_whole_after_a_reason_for_that_page_only(
    world: World, home: str, visit: Visit
) -> None:
    officer, address = visit("officer"), f"/households/{home}"
    page = officer.get(address).text
    assert "0270•••••234" in page
    assert ID not in page
    whole = officer.post(f"{address}/reveal", {"classes": "identity", "reason": "check_papers"})
    assert whole.status_code == 200
    assert ID in whole.text
    assert "đã được ghi vào sổ" in whole.text
    assert ID not in officer.get(address).text
    assert reasons(world) == [("identity", "Đối chiếu giấy tờ của người dân")]


def test_what_the_form_lacks_is_said_and_nothing_is_shown(world: World, home: str, visit: Visit) -> None:
    auditor = visit("auditor")
    for sent, said in (
        ({"classes": "identity", "reason": ""}, "Ô này phải ghi"),
        ({"classes": "identity", "reason": "other", "note": "vì"}, "Ghi lý do bằng"),
        ({"reason": "inspection"}, "Chọn loại dữ liệu"),
    ):
        answer = auditor.post(f"/households/{home}/reveal", sent)
        assert answer.status_code == 422
        assert said in answer.text, sent
        assert ID not in answer.text
    assert reasons(world) == []
    assert visit("manager").post(f"/households/{home}/reveal", {"classes": "identity"}).status_code == 403


def test_health_and_telephone_are_for_those_who_work_with_them(world: World, home: str, visit: Visit) -> None:
    seen = {login: visit(login).get(f"/households/{home}").text for login in ("officer", "monitor", "accountant")}
    assert "Người khuyết tật" in seen["officer"]
    assert "Có người ốm đau" in seen["officer"]
    assert PHONE in seen["officer"]
    assert PHONE in seen["monitor"]
    for login in ("monitor", "accountant"):
        assert "khuyết tật" not in seen[login]
        assert "ốm đau" not in seen[login]
    assert PHONE not in seen["accountant"]
    assert "•••••••678" in seen["accountant"]


def test_who_corrects_a_household_sees_what_is_typed_into_the_form(home: str, visit: Visit) -> None:
    assert ID in visit("officer").get(f"/households/{home}/edit").text


def test_a_case_shows_health_to_who_judges_it_and_to_others_by_reason(world: World, home: str, visit: Visit) -> None:
    with db.transaction(world.instance):
        number = cases.open_case(world.officer, "well", home, {"depth": 12, "illness": "Suy thận mạn"}).number
        cases.save_answers(world.officer, number, {"depth": 12, "illness": "Ung thư"})
    officer, auditor = visit("officer"), visit("auditor")
    page = officer.get(f"/cases/{number}").text
    assert "Ung thư" in page
    assert "Suy thận mạn" in page  # in the history
    masked = auditor.get(f"/cases/{number}").text
    assert "Ung thư" not in masked
    assert "Suy thận mạn" not in masked
    assert "khuyết tật" not in masked
    whole = auditor.post(f"/cases/{number}/reveal", {"classes": "sensitive", "reason": "inspection"}).text
    assert "Suy thận mạn" in whole
    assert "khuyết tật" not in whole  # another class, not asked for
    assert reasons(world) == [("sensitive", "Thanh tra, kiểm tra, kiểm toán")]


def test_the_api_and_the_terminal_reveal_with_a_reason_too(world: World, home: str, visit: Visit) -> None:
    with db.transaction(world.instance):
        number = cases.open_case(world.officer, "well", home, {"depth": 12, "illness": "Ung thư"}).number
        tokens = [users.create_token(world.officer, "x", 3, allowed) for allowed in ((), ("read",))]
    bearer, reader = ({"Authorization": f"Bearer {token}"} for token in tokens)
    client = visit("officer").client
    asked = {"privacy": "identity", "reason": "check_papers"}
    revealed = client.post(f"/api/v1/households/{home}/reveal", json=asked, headers=bearer)
    assert revealed.get_json()["members"][0]["id_number"] == ID
    assert client.post(f"/api/v1/households/{home}/reveal", json=asked, headers=reader).status_code == 403
    refused = client.post(f"/api/v1/cases/{number}/reveal", json=asked | {"reason": "x"}, headers=bearer)
    assert refused.get_json()["reasons"][0]["field"] == "reason"
    show = ["case", "show", number, "--as", "officer"]
    assert "Ung thư" not in CliRunner().invoke(main, show, obj=world.instance).output
    whole = [*show, "--reveal", "sensitive", "--reason", "check_papers"]
    assert "Ung thư" in CliRunner().invoke(main, whole, obj=world.instance).output
    assert [kinds for kinds, _ in reasons(world)] == ["identity", "sensitive"]


def test_a_masked_answer_sent_back_is_refused_and_does_not_overwrite(world: World, home: str, visit: Visit) -> None:
    with db.transaction(world.instance):
        row = cases.open_case(world.officer, "well", home, {"depth": 12, "illness": "Ung thư"})
        bearer = {"Authorization": f"Bearer {users.create_token(world.officer, 'x', 3)}"}
    client, address = visit("officer").client, f"/api/v1/cases/{row.number}"
    answers = client.get(address, headers=bearer).get_json()["answers"]
    sent = client.put(address, json={"answers": answers, "version": row.version}, headers=bearer)
    assert sent.status_code == 422
    assert sent.get_json()["reasons"][0]["field"] == "illness"
