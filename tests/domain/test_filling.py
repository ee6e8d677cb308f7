"""What is unknown of many households and cases, filled in at once."""

from __future__ import annotations

import json

import pytest

from core import db
from core.domain import cases, history, people
from core.domain.cases import unfinished
from core.errors import BadInput
from tests.stories import GOOD, opened, proposed
from tests.worlds import World, household, person


def line(number: str, world: World, member: int | None = None) -> str:
    """The key of a household in a grid, or of its member at that place."""
    if member is None:
        return number
    record = people.household_of(world.officer, number)
    return f"{number}-{record.members[member].row.id}"


def test_what_is_unknown_is_listed_and_counted_and_what_is_known_is_not(world: World) -> None:
    with db.transaction(world.instance):
        second = household(world, "H2", "Lê Thị Bé")
        people.fill(world.officer, {second: {"phone": "0912 345 678", "address": "Số 1"}})
        counts = people.lacking_counts(world.officer, "household", world.commune)
        assert (counts["phone"], counts["village"], counts["residence"]) == (1, 0, 2)
        lines, behind = people.lacking(world.officer, "household", fact="phone")
        assert [each.key for each in lines] == [world.household]
        assert behind == 0
        assert people.lacking_counts(world.officer, "person")["id_number"] == 2
        assert not people.lacking(world.approver, "household")[0]  # who may not write sees no grid


def test_a_page_ends_where_the_next_begins(world: World) -> None:
    with db.transaction(world.instance):
        for each in range(2, 7):
            household(world, f"H{each}", f"Trần Thị {each}")
        for subject in ("household", "person"):
            seen, behind = people.lacking(world.officer, subject, size=4)
            rest, end = people.lacking(world.officer, subject, after=behind, size=4)
            every, _ = people.lacking(world.officer, subject, size=50)
            assert [each.key for each in [*seen, *rest]] == [each.key for each in every]
            assert (len(every), end) == (6, 0)


def test_wrong_cells_are_refused_and_every_other_is_kept_and_dated(world: World) -> None:
    with db.transaction(world.instance):
        second = household(world, "H2", "Lê Thị Bé")
        head = line(second, world, 0)
        done = people.fill(
            world.officer,
            {
                world.household: {"phone": "không có", "address": "Số 5, đường Lê Lợi", "set_up_on": "01/01/2030"},
                second: {"residence": "Thường trú", "resident_since": "32/01/2020", "phone": "  "},
                head: {"id_number": "27060001234", "ethnic": "Tày"},
            },
        )
        assert {reason.field for reason in done.refused} == {
            f"phone.{world.household}",
            f"set_up_on.{world.household}",
            f"resident_since.{second}",
            f"id_number.{head}",
        }
        assert (done.cells, done.subjects) == (3, 2)
        record = people.household_of(world.officer, second)
        assert record.residence
        assert record.residence.kind == "permanent"
        assert people.group_name(record.members[0].row.ethnic_code) == "Tày"
        changed = people.registry_changes(people.household_id(world.household) or 0)
        assert json.loads(changed[0].changed) == {"address": ["", "Số 5, đường Lê Lợi"]}
        assert changed[0].recorded_by == world.officer.id


def test_a_page_sent_twice_is_saved_once(world: World) -> None:
    said = {world.household: {"phone": "0912 345 678", "residence": "Thường trú"}}
    with db.transaction(world.instance):
        first = people.fill(world.officer, said)
        version = people.household_of(world.officer, world.household).row.version
        second = people.fill(world.officer, said)
        assert (first.cells, second.cells, second.refused) == (2, 0, [])
        assert people.household_of(world.officer, world.household).row.version == version


def test_what_somebody_else_filled_in_meanwhile_is_named_and_not_overwritten(world: World) -> None:
    with db.transaction(world.instance):
        other = person("lan", ("officer", world.commune.id))
        people.fill(other, {world.household: {"phone": "0900 000 001"}})
        done = people.fill(world.officer, {world.household: {"phone": "0900 000 002", "address": "Số 1"}})
        [reason] = done.refused
        assert (reason.code, reason.field) == ("filled_already", f"phone.{world.household}")
        assert "Lan đã ghi «0900 000 001»" in reason.sentence.vi
        assert done.cells == 1
        assert people.household_of(world.officer, world.household).row.phone == "0900 000 001"


def test_nobody_fills_in_what_lies_out_of_reach(world: World) -> None:
    with db.transaction(world.instance):
        key = line(world.household, world, 0)
        for actor in (world.approver, person("xa", ("officer", 1 if world.commune.id != 1 else 2))):
            if actor.login == "xa":
                continue
            done = people.fill(actor, {world.household: {"phone": "0900 000 001"}, key: {"sex": "Nữ"}})
            assert {reason.code for reason in done.refused} == {"line_gone"}
        done = people.fill(world.officer, {"H": {"phone": "1"}, "x-9": {"phone": "1"}, f"{key}9": {"sex": "Nam"}})
        assert [reason.code for reason in done.refused] == ["line_gone"] * 3
        with pytest.raises(BadInput):
            people.fill(world.officer, {str(each): {"phone": "1"} for each in range(2001)})


def test_an_id_number_that_stands_twice_or_contradicts_the_birth_is_kept_and_warned_of(world: World) -> None:
    with db.transaction(world.instance):
        second = household(world, "H2", "Lê Thị Bé")
        number = "027160001234"  # a woman, born in 1960
        done = people.fill(
            world.officer,
            {line(world.household, world, 0): {"id_number": number}, line(second, world, 0): {"id_number": number}},
        )
        assert done.cells == 2
        assert sorted(reason.code for reason in done.warnings).count("id_twice") == 2
        assert any("giới tính" in reason.sentence.vi for reason in done.warnings)


def test_open_questions_of_cases_are_answered_as_their_form_answers_them(world: World) -> None:
    with db.transaction(world.instance):
        second = household(world, "H2", "Lê Thị Bé")
    lacking, done, gone = opened(world, {"central": 1_000_000}), proposed(world, GOOD, second), "BN-26-99999"
    with db.transaction(world.instance):
        found, behind = unfinished(world.officer, "well")
        assert [(each.row.number, [field.name for field in each.open]) for each in found] == [(lacking, ["depth"])]
        assert behind == ""
        cases.keep_draft(world.officer, lacking, {"illness": "đang gõ"}, 1)
        filled = cases.fill_answers(
            world.officer,
            "well",
            {lacking: {"depth": "12", "central": "2.000.000"}, done: {"depth": "9"}, gone: {"depth": "9"}},
        )
        assert (filled.cells, filled.subjects) == (1, 1)
        assert {reason.field: reason.code for reason in filled.refused} == {
            f"central.{lacking}": "filled_already",
            f"depth.{done}": "wrong_state",
            f"depth.{gone}": "case_unknown",
        }
        row = cases.find(world.officer, lacking)
        assert json.loads(row.answers) == {"central": 1_000_000, "depth": 12}
        assert history.of_case(row.id)[0].facts["changed"] == {"depth": [None, 12]}
        draft = cases.draft_of(world.officer, row.id)
        assert draft is not None  # what was being typed into the form stays
        again = cases.fill_answers(world.officer, "well", {lacking: {"depth": "12"}})
        assert (again.cells, again.refused) == (0, [])
