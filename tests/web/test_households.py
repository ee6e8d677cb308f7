"""The pages of households: found, read, entered, corrected, and given a category."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import event, update

from core import db
from core.domain import people, units
from tests.web.visitors import Visitor
from tests.worlds import World, household, person

Visit = Callable[[str], Visitor]
OpenAs = Callable[..., Page]

ID = "027060001234"
GIVEN = ("Ăn", "Âu", "Bình", "Dung", "Đào", "Ê")
FORM = {
    "code": "H1",
    "village": "Thôn Đông",
    "members-0-name": "Nguyễn Văn Á",
    "members-0-relation": "head",
    "members-0-birth": "1960",
    "members-0-sex": "male",
}


def entered(world: World, code: str, name: str, **more: Any) -> str:
    """Another household of the commune, with a wife; gives its number."""
    members = [
        {"name": name, "relation": "Chủ hộ", "birth": "1960", "sex": "Nam", "id_number": more.pop("id", "")},
        {"name": "Trần Thị Đào", "relation": "Vợ", "birth": "05/08/1965"},
    ]
    with db.transaction(world.instance):
        key, _ = people.save_household(
            world.officer,
            {
                "unit": world.commune.id,
                "code": code,
                "village": "Thôn Đoài",
                "members": members,
                "category": "Hộ cận nghèo",
                "decision_number": "02/QĐ-UBND",
                "decided_on": "01/12/2025",
                **more,
            },
        )
    return people.household_number(key)


def record(world: World, number: str | None = None) -> people.Record:
    with db.transaction(world.instance):
        return people.household_of(world.officer, number or world.household)


def sent(world: World, number: str | None = None, **changed: str) -> dict[str, str]:
    """The form of a known household as its page shows it, with something changed."""
    known = record(world, number)
    members = {f"members-{place}-person_id": str(each.row.id) for place, each in enumerate(known.members)}
    return {
        **FORM,
        **members,
        "version": str(known.row.version),
        **{name.replace("__", "-"): value for name, value in changed.items()},
    }


def beside(page: str, field: str) -> str:
    """What a page says beside one of its inputs."""
    found = re.search(rf'id="{field}-error">(.*?)</p>', page)
    return html.unescape(found[1]) if found else ""


def heads(page: str) -> list[str]:
    return re.findall(r'<a href="/households/H[^"]+">([^<]+)</a>', page)


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The statements that the database is sent in this block, without those that only set up a connection."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "SET ")):
            seen.append(statement)

    event.listen(world.instance.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(world.instance.engine, "before_cursor_execute", note)


# Finding


@pytest.mark.parametrize("text", ["nguyen van a", "NGUYỄN VĂN Á", "H1", "văn á"])
def test_a_household_is_found_by_name_without_marks_and_by_code(world: World, visit: Visit, text: str) -> None:
    entered(world, "K2", "Lê Văn Cường")
    assert heads(visit("officer").get("/households", query_string={"q": text}).text) == ["Nguyễn Văn Á"]


def test_a_household_is_found_by_the_id_number_of_a_member(world: World, visit: Visit) -> None:
    entered(world, "K2", "Lê Văn Cường", id=ID)
    assert heads(visit("officer").get(f"/households?q={ID}").text) == ["Lê Văn Cường"]


def test_a_household_found_by_a_member_says_which(world: World, visit: Visit) -> None:
    entered(world, "K2", "Lê Văn Cường")
    page = visit("officer").get("/households?q=thi+dao").text
    assert heads(page) == ["Lê Văn Cường"]
    assert "<small>có Trần Thị Đào</small>" in page


def test_the_list_is_narrowed_by_category_village_and_commune(world: World, visit: Visit) -> None:
    entered(world, "K2", "Lê Văn Cường")
    officer, manager = visit("officer"), visit("manager")
    assert heads(officer.get("/households?category=near_poor").text) == ["Lê Văn Cường"]
    assert heads(officer.get("/households", query_string={"village": "Thôn Đông"}).text) == ["Nguyễn Văn Á"]
    with db.transaction(world.instance):
        elsewhere = units.children(world.commune.province_id or 0)[1]
    assert len(heads(manager.get(f"/households?unit={world.commune.code}").text)) == 2
    assert "Không thấy hộ nào khớp" in manager.get(f"/households?unit={elsewhere.code}").text


def test_a_household_of_another_commune_is_not_there(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        person("xa", ("officer", units.children(world.commune.province_id or 0)[1].id))
    stranger = visit("xa")
    assert "Nguyễn Văn Á" not in stranger.get("/households?q=nguyen").text
    for address in ("", "/edit", "/category"):
        assert stranger.get(f"/households/{world.household}{address}").status_code == 404
    assert stranger.post(f"/households/{world.household}/edit", FORM).status_code == 404
    assert visit("officer").get("/households/H0").status_code == 404


def test_an_empty_register_offers_the_import_to_who_may_import(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        elsewhere = units.children(world.commune.province_id or 0)[1].id
        person("xa", ("officer", elsewhere))
        person("xem", ("auditor", elsewhere))
    assert "Nhập danh sách từ Excel" in visit("xa").get("/households").text
    page = visit("xem").get("/households").text
    assert "Nhập danh sách từ Excel" not in page
    assert "Chưa có hộ nào trong địa bàn của bạn" in page


def test_pages_turn_by_given_name_forward_and_back(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        for number in range(60):
            household(world, f"K{number:02}", f"Lê Thị {GIVEN[number % 6]}")
    visitor = visit("officer")
    first = visitor.get("/households").text
    ahead = html.unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
    second = visitor.get(ahead).text
    names = heads(first) + heads(second)
    assert [name.split()[-1] for name in names] == [
        "Á",
        *["Ăn"] * 10,
        *["Âu"] * 10,
        *["Bình"] * 10,
        *["Dung"] * 10,
        *["Đào"] * 10,
        *["Ê"] * 10,
    ]
    assert 'rel="next"' not in second
    back = html.unescape(re.findall(r'rel="prev" href="([^"]+)"', second)[0])
    again = visitor.get(back).text
    assert heads(again) == heads(first)
    assert 'rel="prev"' not in again
    assert "61 hộ" in first


def test_counting_stops_at_a_thousand(world: World, visit: Visit) -> None:
    table = people.household
    with db.transaction(world.instance):
        row = dict(db.execute(table.select()).one()._mapping)
        db.execute(table.insert(), [{**row, "id": number, "code": str(number)} for number in range(1, 1001)])
    assert "1.000+ hộ" in visit("officer").get("/households").text


def test_a_long_list_takes_as_many_statements_as_a_short_one(world: World, visit: Visit) -> None:
    visitor = visit("officer")
    visitor.get("/households")
    with statements(world) as few:
        visitor.get("/households")
    with db.transaction(world.instance):
        for number in range(40):
            household(world, f"K{number:02}")
    with statements(world) as many:
        visitor.get("/households")
    assert len(many) == len(few) <= 19  # three of them log that the list was read


# Reading


def test_the_page_of_a_household_says_what_is_known(world: World, visit: Visit) -> None:
    number = entered(
        world,
        "K2",
        "Lê Văn Cường",
        id=ID,
        score_a="120",
        score_b="30",
        deprivations=["7", "8"],
        residence="Thường trú",
        resident_since="01/02/2010",
        phone="0912 345 678",
        causes="Thiếu vốn",
        demands="Nhà ở",
    )
    page = visit("officer").get(f"/households/{number}").text
    for said in (
        "Lê Văn Cường",
        "K2",
        "Thôn Đoài",
        "Hộ cận nghèo",
        "02/QĐ-UBND, 01/12/2025",
        "Trần Thị Đào",
        "05/08/1965",
        "Chất lượng nhà ở",
        "Thường trú từ 01/02/2010",
        "0912 345 678",
        "Không có vốn sản xuất, kinh doanh",
        "Nhà ở",
        "0270•••••234",
        "Chuẩn quốc gia",
    ):
        assert said in page, said
    assert f'href="/cases/new?household={number}"' in page


def test_id_numbers_stand_masked_on_the_page_and_in_its_history(world: World, visit: Visit) -> None:
    number = entered(world, "K2", "Lê Văn Cường", id=ID)
    officer, address = visit("officer"), f"/households/{number}/edit"
    form = fields(officer.get(address).text)
    assert officer.post(address, form | {"members-0-id_number": "027060009999"}).status_code == 200
    for login in ("officer", "auditor"):
        page = visit(login).get(f"/households/{number}").text
        assert "027060009999" not in page
        assert ID not in page  # nor in the history of what was corrected
        assert "0270•••••999" in page
        assert "0270•••••234" in page
    assert "/edit" not in page
    assert visit("auditor").get(f"/households/{number}/edit").status_code == 403


def test_a_script_in_what_was_typed_is_only_text(world: World, visit: Visit) -> None:
    script = "<script>alert(1)</script>"
    officer = visit("officer")
    refused = officer.post(f"/households/{world.household}/edit", sent(world, members__0__name=script))
    assert refused.status_code == 422
    assert "Không phải họ tên" in beside(refused.text, "members-0-name")
    taken = officer.post(f"/households/{world.household}/edit", sent(world, village=script, address=script))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in taken.text
    for page in (refused.text, taken.text, officer.get("/households?q=" + script).text):
        assert "<script>alert" not in page


# Entering and correcting


def test_a_household_is_entered_by_hand(world: World, visit: Visit) -> None:
    officer = visit("officer")
    form = officer.get("/households/new").text
    assert f'name="unit" value="{world.commune.id}"' in form
    shown = officer.post(
        "/households/new",
        {
            **FORM,
            "unit": str(world.commune.id),
            "code": "H2",
            "members-1-name": "Trần Thị Đào",
            "members-1-relation": "spouse",
            "members-1-ethnic": "Tày",
            "members-2-name": " ",
            "category": "poor",
            "line": "national",
            "decision_number": "31/QĐ-UBND",
            "decided_on": "15/12/2025",
            "score_a": "120",
            "score_b": "30",
            "deprivations": ["1", "7"],
            "marks": ["DTTS"],
            "causes": ["no_capital", "illness"],
            "other_causes": "Nuôi con nhỏ",
        },
    )
    assert "Đã thêm hộ" in shown.text
    known = record(world, shown.request.path.rsplit("/", 1)[1])
    assert [(each.row.name, each.row.relation) for each in known.members] == [
        ("Nguyễn Văn Á", "head"),
        ("Trần Thị Đào", "spouse"),
    ]
    assert people.deprivation_list(known.categories["national"].deprivations) == [1, 7]
    assert {each.said or each.code for each in known.causes} == {"no_capital", "illness", "Nuôi con nhỏ"}
    assert set(known.marks) == {"DTTS"}


def test_every_mistake_stands_beside_its_field_and_what_was_typed_is_kept(world: World, visit: Visit) -> None:
    page = visit("officer").post(
        "/households/new",
        {
            **FORM,
            "code": "",
            "phone": "gọi sau",
            "members-0-birth": "31/02/1970",
            "members-1-name": "",
            "members-2-name": "Trần Thị Đào",
            "members-2-relation": "spouse",
            "members-2-id_number": "12345678901",
        },
    )
    assert page.status_code == 422
    assert "Bắt buộc ghi" in beside(page.text, "code")
    assert "bằng chữ số" in beside(page.text, "phone")
    assert "Không có ngày 31/02/1970 trên lịch" in beside(page.text, "members-0-birth")
    assert "Chỉ có 11 chữ số" in beside(page.text, "members-2-id_number")  # the empty second row is no person
    for value in ("gọi sau", "31/02/1970", "12345678901", "Trần Thị Đào"):
        assert f'value="{value}"' in page.text


def test_one_code_in_one_commune_names_one_household(world: World, visit: Visit) -> None:
    page = visit("officer").post("/households/new", FORM)
    assert page.status_code == 422
    assert world.household in beside(page.text, "code")


def test_a_household_cannot_be_entered_in_another_commune(world: World, visit: Visit) -> None:
    with db.transaction(world.instance):
        elsewhere = units.children(world.commune.province_id or 0)[1].id
        person("hai", ("officer", world.commune.id), ("officer", units.children(world.commune.province_id or 0)[2].id))
    page = visit("hai").post("/households/new", {**FORM, "unit": str(elsewhere)})
    assert page.status_code == 422
    assert "Hộ phải thuộc một xã" in beside(page.text, "unit")
    assert visit("hai").post("/households/new", {**FORM, "unit": "9" * 30}).status_code == 422


def test_a_member_is_added_without_javascript_and_saved_only_by_the_save_button(world: World, visit: Visit) -> None:
    officer, address = visit("officer"), f"/households/{world.household}/edit"
    more = officer.post(address, sent(world, add="1", phone="0912"))
    assert more.status_code == 200
    assert 'name="members-1-name"' in more.text
    assert 'value="0912"' in more.text
    assert len(record(world).members) == 1
    officer.post(address, sent(world, members__1__name="Trần Thị Đào", members__1__relation="spouse"))
    assert [each.row.name for each in record(world).members] == ["Nguyễn Văn Á", "Trần Thị Đào"]


def test_who_is_ticked_as_gone_leaves_and_the_rest_stays(world: World, visit: Visit) -> None:
    number = entered(world, "K2", "Lê Văn Cường")
    form = sent(
        world,
        number,
        code="K2",
        members__0__gone="y",
        members__1__name="Trần Thị Đào",
        members__1__relation="head",
        members__1__birth="05/08/1965",
    )
    assert "Đã lưu" in visit("officer").post(f"/households/{number}/edit", form).text
    assert [each.row.name for each in record(world, number).members] == ["Trần Thị Đào"]
    assert record(world, number).row.head_name == "Trần Thị Đào"


def test_members_of_a_list_of_heads_stay_unknown_until_somebody_says_that_all_are_written(
    world: World, visit: Visit
) -> None:
    house, officer = people.household, visit("officer")
    with db.transaction(world.instance):
        key = people.household_id(world.household)
        db.execute(update(house).where(house.c.id == key).values(members_known=0, size_said=4))
    address = f"/households/{world.household}"
    assert "hộ có 4 người" in officer.get(f"{address}/edit").text
    assert officer.post(f"{address}/edit", sent(world, phone="0912345678")).request.path == address
    row = record(world).row
    assert (row.phone, row.members_known, row.size_said) == ("0912345678", 0, 4)
    decided = {"category": "near_poor", "decision_number": "9/QĐ-UBND", "decided_on": "01/11/2026", "line": "national"}
    assert officer.post(f"{address}/category", decided).request.path == address
    assert record(world).row.members_known == 0
    assert officer.post(f"{address}/edit", sent(world, members_known="y")).request.path == address
    row = record(world).row
    assert (row.members_known, row.size_said) == (1, None)
    assert 'name="members_known"' not in officer.get(f"{address}/edit").text


def test_opening_the_form_and_saving_it_changes_nothing(world: World, visit: Visit) -> None:
    number = entered(
        world,
        "K2",
        "Lê Văn Cường",
        id=ID,
        phone="0912 345 678",
        set_up_on="06/05/2012",
        residence="Tạm trú",
        resident_since="01/02/2010",
        marks="DTTS; NCC",
        demands="Nhà ở; việc làm",
        causes="Thiếu vốn; nuôi con nhỏ; khác",
    )
    officer, address = visit("officer"), f"/households/{number}/edit"
    page, before = officer.get(address).text, record(world, number)
    assert "Đã lưu" in officer.post(address, fields(page)).text
    assert record(world, number) == before


def fields(page: str) -> dict[str, Any]:
    """What a browser would send of the page's form, nothing touched."""
    form = re.findall(r'<form method="post" action=""[^>]*>(.*?)</form>', page, re.DOTALL)[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        values = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if "name" in values and (values.get("type") not in ("checkbox", "radio") or re.search(r"\bchecked\b", tag)):
            found.setdefault(values["name"], []).append(values.get("value", "y"))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)"[^>]* selected', options) or re.findall(r'value="([^"]*)"', options)
        found[name] = [html.unescape(chosen[0])]
    return found


def test_the_second_of_two_people_sees_what_the_first_did_and_keeps_their_own(world: World, visit: Visit) -> None:
    address, first, second = f"/households/{world.household}/edit", visit("officer"), visit("officer")
    older = sent(world, village="Thôn Tây")
    first.post(address, sent(world, phone="0912", members__1__name="Trần Thị Đào", members__1__relation="spouse"))
    page = second.post(address, older)
    assert page.status_code == 409
    assert "Officer đã lưu hộ này" in page.text
    assert "Thôn, tổ dân phố: trong sổ «Thôn Đông», bạn ghi «Thôn Tây»" in page.text
    assert "Điện thoại: trong sổ «0912», bạn ghi «trống»" in page.text
    assert 'value="Thôn Tây"' in page.text
    assert second.post(address, fields(page.text)).status_code == 200
    assert record(world).row.village == "Thôn Tây"
    assert len(record(world).members) == 2  # who joined meanwhile was not thrown out by the older form


def test_who_left_meanwhile_does_not_come_back_as_another_person(world: World, visit: Visit) -> None:
    number, officer = entered(world, "K2", "Lê Văn Cường"), visit("officer")
    address = f"/households/{number}/edit"
    older = fields(officer.get(address).text)
    officer.post(address, {**older, "members-1-gone": "y"})
    page = officer.post(address, older)
    assert page.status_code == 409
    assert officer.post(address, fields(page.text)).status_code == 200
    assert [each.row.name for each in record(world, number).members] == ["Lê Văn Cường"]


def test_a_number_that_contradicts_the_person_is_taken_and_pointed_out(world: World, visit: Visit) -> None:
    page = visit("officer").post(
        f"/households/{world.household}/edit", sent(world, members__0__id_number="027199001234")
    )
    assert "Đã lưu" in page.text
    assert "Nguyễn Văn Á: Chữ số thứ 4 của số định danh cho biết giới tính Nữ" in page.text


def test_a_correction_is_told_on_the_page(world: World, visit: Visit) -> None:
    page = visit("officer").post(f"/households/{world.household}/edit", sent(world, members__0__birth="05/08/1961"))
    assert "Ngày sinh: (trống) → 05/08/1961" in page.text


# Categories


def test_a_category_is_recorded_by_its_decision(world: World, visit: Visit) -> None:
    address, officer = f"/households/{world.household}/category", visit("officer")
    decision = {
        "category": "near_poor",
        "line": "national",
        "decision_number": "77/QĐ-UBND",
        "decided_on": "20/11/2026",
        "deprivations": ["3"],
    }
    for wrong, field, said in (
        ({"decided_on": "31/02/2026"}, "decided_on", "không phải là ngày có thật"),
        ({"decided_on": "01/01/2027"}, "decided_on", "còn ở tương lai"),
        ({"decision_number": ""}, "decision_number", "phải ghi"),
        ({"score_a": "-5"}, "score_a", "từ 0 đến 1000"),
    ):
        page = officer.post(address, decision | wrong)
        assert page.status_code == 422
        assert said in beside(page.text, field)
    assert "Đã ghi phân loại" in officer.post(address, decision).text
    key = record(world).row.id
    with db.transaction(world.instance):
        history = people.category_history(key)
    assert [(each.category, each.decision_number) for each in history] == [
        ("near_poor", "77/QĐ-UBND"),
        ("poor", "01/QĐ-UBND"),
    ]
    assert visit("approver").post(address, decision).status_code == 403


# In a real browser


@pytest.mark.databases("sqlite")
def test_the_list_answers_while_one_types(world: World, open_as: OpenAs) -> None:
    entered(world, "K2", "Lê Văn Cường")
    page = open_as("officer")
    page.goto("/households")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("searchbox").press_sequentially("cuong")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=cuong"))
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Phân loại").select_option("poor")
    expect(page.get_by_role("link", name="Nguyễn Văn Á")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("scripts", [True, False])
def test_a_member_is_added_in_place(world: World, open_as: OpenAs, scripts: bool) -> None:
    page = open_as("officer", java_script_enabled=scripts)
    page.goto(f"/households/{world.household}/edit")
    page.get_by_label("Điện thoại").fill("0912")
    page.get_by_role("button", name="Thêm thành viên").click()
    added = page.get_by_role("group", name="2. Thành viên")
    added.get_by_label("Họ và tên").fill("Trần Thị Đào")
    added.get_by_label("Quan hệ với chủ hộ").select_option("spouse")
    expect(page.get_by_label("Điện thoại")).to_have_value("0912")
    page.get_by_label("Điện thoại").press("Enter")  # saves, and adds no further row
    expect(page.get_by_role("heading", name="Thành viên (2)")).to_be_visible()


@pytest.mark.databases("sqlite")
def test_the_pages_are_readable_for_everybody_and_on_a_telephone(world: World, open_as: OpenAs) -> None:
    pages = ("", "/new", f"/{world.household}", f"/{world.household}/edit", f"/{world.household}/category")
    wide, narrow = open_as("officer"), open_as("officer", width=360)
    for address in pages:
        wide.goto(f"/households{address}")
        found = Axe().run(wide).response["violations"]
        assert not found, (address, [(each["id"], each["nodes"][0]["html"]) for each in found])
        narrow.goto(f"/households{address}")
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 360, address


@pytest.mark.databases("sqlite")
def test_the_whole_list_prints_without_the_screens_tools(world: World, open_as: OpenAs) -> None:
    with db.transaction(world.instance):
        for number in range(60):
            household(world, f"K{number:02}")
    page = open_as("officer")
    page.goto("/households?category=poor")
    page.get_by_role("link", name="Bản in").click()
    expect(page.locator("tbody tr")).to_have_count(61)
    expect(page.get_by_role("button", name="In", exact=True)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("in ngày 23/11/2026")).to_be_visible()
    for gone in (
        page.get_by_role("button", name="In", exact=True),
        page.locator("header.side"),
        page.locator(".pager"),
    ):
        expect(gone).to_be_hidden()


def test_marks_and_wants_of_a_member_are_ticked_by_name_and_others_are_kept(world: World, visit: Visit) -> None:
    number = entered(world, "K2", "Lê Văn Cường", marks="DTTS; NCC", demands="Nhà ở; việc làm")
    officer, address = visit("officer"), f"/households/{number}/edit"
    page = officer.get(address)
    assert "Người khuyết tật" in page.text
    form = fields(page.text)
    form["members-0-marks"] = [*form.get("members-0-marks", []), "NKT"]
    form["members-0-demands"] = ["well"]
    form["members-0-other_demands"] = ["học nghề; vay vốn"]
    assert "Đã lưu" in officer.post(address, form).text
    with db.transaction(world.instance, read_only=True):
        head = people.household_of(world.officer, number).members[0]
    assert "NKT" in head.marks
    assert {each.wanted for each in head.demands} == {"well", "học nghề", "vay vốn"}
    shown = officer.get(address).text
    assert re.search(r'name="members-0-demands"[^>]*value="vay vốn" checked', shown)
