"""A list is judged, shown and only then written: as it was shown, once, and without guessing whom a row means."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, func, select

from core import db, exchange
from core.domain import people
from core.errors import BadInput, Stale, WrongState
from tests.test_exchange import (
    HEAD,
    KINH_BAC,
    OTHER,
    TITLES,
    WIFE,
    a_file,
    counts,
    imported,
    judged,
    officer,
    unit,
    work as work,
)

BARE = [title for title in TITLES if title != "Mã hộ"]  # a list without household codes


def without_code(*rows: dict[str, Any], **more: Any) -> exchange.Judged:
    return exchange.judge_households(officer(), a_file(*rows, titles=BARE), unit(KINH_BAC).id, **more)


def lines(found: exchange.Judged, state: str) -> list[Any]:
    return [line for line in found.lines if line.state == state]


def kept(found: exchange.Judged) -> int:
    return exchange.keep(officer(), found)


def states(key: int) -> dict[str, int]:
    return {state: number for state, (number, _, _) in exchange.counts(key).items()}


# Whom a row means, where the list has no codes


def test_a_household_without_code_is_known_by_the_number_of_its_head(work: db.Work) -> None:
    imported(HEAD, WIFE, OTHER)
    found = without_code(HEAD | {"Thôn": "Khu 8"}, WIFE, OTHER)
    assert counts(found.report()) | {"missing": 0} == {
        "rows": 3, "new": 0, "changed": 1, "unchanged": 1, "missing": 0, "refused_households": 0}
    assert '"how":["theo số định danh của chủ hộ"' in lines(found, "changed")[0].details
    assert lines(found, "changed")[0].code == "BN-001"


def test_else_by_name_without_marks_birth_and_village(work: db.Work) -> None:
    imported(HEAD, WIFE)
    found = without_code(HEAD | {"Số định danh": "", "Họ và tên": "NGUYEN VAN A", "Thôn": "khu 5"}, WIFE)
    assert [line.state for line in found.lines] == ["changed"]  # the name is written otherwise
    assert '"how":["theo tên chủ hộ, năm sinh và thôn"' in found.lines[0].details


def test_a_household_nobody_knows_is_new_and_gets_a_code_of_the_commune_and_year(work: db.Work) -> None:
    imported(HEAD, WIFE)
    third = OTHER | {"Họ và tên": "Phạm Văn Cường", "Số định danh": ""}
    found = without_code(OTHER, third)
    assert [line.code for line in lines(found, "new")] == [f"{KINH_BAC}-2026-0001", f"{KINH_BAC}-2026-0002"]
    exchange.accept(officer(), found)
    again = without_code(OTHER, third)
    assert counts(again.report())["unchanged"] == 2
    fourth = OTHER | {"Họ và tên": "Đỗ Thị Em", "Số định danh": ""}
    assert lines(without_code(OTHER, third, fourth), "new")[0].code == f"{KINH_BAC}-2026-0003"


@pytest.mark.parametrize(("said", "why"), [
    ({"Số định danh": "", "Ngày sinh": "1951"}, "gần giống"),
    ({"Số định danh": "", "Thôn": "Khu 6"}, "gần giống"),
    ({"Số định danh": "", "Ngày sinh": ""}, "gần giống"),
    ({"Số định danh": "027050009999"}, "gần giống"),
    ({"Họ và tên": "Đinh Bộ Lĩnh", "Ngày sinh": "1970"}, "tên và năm sinh khác"),
    ({"Số định danh": "027155004321"}, "một thành viên của hộ"),
])
def test_what_is_only_alike_is_asked_and_never_guessed(work: db.Work, said: dict[str, Any], why: str) -> None:
    imported(HEAD, WIFE)
    found = without_code(HEAD | said)
    assert [line.state for line in found.lines] == ["doubtful"]
    assert why in found.lines[0].details
    refusal = found.report()["refused"][0]
    assert (refusal["row"], refusal["column"]) == (2, "Mã hộ")
    assert "BN-001 (Nguyễn Văn Á)" in refusal["reason"]
    exchange.accept(officer(), found)
    assert db.execute(select(func.count()).select_from(people.household)).scalar() == 1, "and not written"


def test_two_of_one_name_birth_and_village_are_asked_about(work: db.Work) -> None:
    twin = HEAD | {"Mã hộ": "BN-002", "Số định danh": ""}
    imported(HEAD | {"Số định danh": ""}, twin)
    found = without_code(HEAD | {"Số định danh": ""})
    assert "Có 2 hộ trùng tên" in found.lines[0].details


def test_two_rows_are_not_one_household(work: db.Work) -> None:
    imported(HEAD, WIFE)
    assert [line.state for line in without_code(HEAD, HEAD).lines] == ["doubtful", "unchanged"]


def test_a_code_that_was_given_to_somebody_else_is_asked_about(work: db.Work) -> None:
    imported(HEAD, WIFE)
    found = judged(OTHER | {"Mã hộ": "BN-001"})
    assert [line.state for line in found.lines] == ["doubtful"]
    assert "của hộ khác" in found.lines[0].details


def test_a_choice_settles_a_doubt(work: db.Work) -> None:
    imported(HEAD, WIFE)
    known = people.household_by_code(officer(), "BN-001")
    doubts = (HEAD | {"Số định danh": "", "Ngày sinh": "1951"}, OTHER)
    for choice, expected in ((known, {"changed": 1, "new": 1}), (None, {"new": 2, "missing": 1})):
        key = kept(without_code(*doubts))
        assert states(key)["doubtful"] == 1
        exchange.choose(officer(), key, {2: choice})
        exchange.show_kept(officer(), key, exchange.judge_kept(officer(), key))
        assert states(key) == expected
    row = exchange.accept_kept(officer(), key)
    assert row.accepted_at is not None
    with pytest.raises(WrongState):
        exchange.choose(officer(), key, {2: known})


def test_only_what_is_asked_can_be_chosen(work: db.Work) -> None:
    imported(HEAD, WIFE, OTHER)
    key = kept(without_code(HEAD | {"Số định danh": "", "Ngày sinh": "1951"}))
    other = people.household_by_code(officer(), "BN-002")
    for chosen in ({2: other}, {3: None}):
        with pytest.raises(BadInput):
            exchange.choose(officer(), key, chosen)


# As it was shown, and once


def test_what_was_not_shown_is_not_written_but_shown_first(work: db.Work) -> None:
    imported(HEAD, WIFE)
    key = kept(judged(HEAD | {"Điểm A": 90}, WIFE, OTHER))
    imported(HEAD | {"Thôn": "Khu 7"}, WIFE)  # somebody else, in between
    row = exchange.accept_kept(officer(), key)
    assert row.accepted_at is None
    changed = exchange.page(key, "changed", 0, 50)
    assert [line["differs"] for line in changed] == [1]
    assert [cell[1:] for cell in changed[0]["details"]["cells"]] == [
        ["Thôn", "Khu 7", "Khu 5"], ["Điểm A", "120", "90"]]
    assert [line["differs"] for line in exchange.page(key, "new", 0, 50)] == [0]
    assert exchange.accept_kept(officer(), key).accepted_at is not None


def test_a_change_elsewhere_does_not_hold_a_list_up(work: db.Work) -> None:
    key = kept(judged(HEAD, WIFE))
    imported(OTHER)
    assert exchange.accept_kept(officer(), key).accepted_at is not None


def test_a_list_judged_before_the_register_changed_is_not_accepted_at_once(work: db.Work) -> None:
    found = judged(HEAD, WIFE)
    imported(OTHER)
    with pytest.raises(Stale):
        exchange.accept(officer(), found)


def test_nobody_waits_for_the_writer_while_a_list_is_judged(country: db.Instance) -> None:
    with db.transaction(country, read_only=True):
        found = judged(HEAD, WIFE)
        with db.transaction(country):
            key = kept(found)
    ready = Barrier(2)

    def click(_: int) -> Any:
        with db.transaction(country, read_only=True):
            seen = exchange.judge_kept(officer(), key)
            ready.wait()
            with db.transaction(country):
                return exchange.accept_kept(officer(), key, seen).accepted_by

    with ThreadPoolExecutor(2) as clicks:
        assert list(clicks.map(click, range(2))) == [7, 7]
    with db.transaction(country):
        assert db.execute(select(func.count()).select_from(people.household)).scalar() == 1


def test_a_long_list_takes_no_more_statements_than_a_short_one(country: db.Instance) -> None:
    def statements(number: int) -> int:
        rows = [OTHER | {"Mã hộ": f"{number}-{each}", "Họ và tên": f"Người {each}", "Số định danh": ""}
                for each in range(number)]
        found: list[str] = []
        with db.transaction(country) as work:
            key = kept(judged(*rows))
            event.listen(work.connection, "before_cursor_execute", lambda *said: found.append(said[2]))
            exchange.accept_kept(officer(), key)
            exchange.undo(officer(), key)
        return len(found)

    assert statements(300) <= statements(3)


# Part of a list


def test_of_part_of_a_list_nobody_is_missing(work: db.Work) -> None:
    imported(HEAD, WIFE, OTHER)
    assert judged(HEAD, WIFE).report()["missing"] == 1
    part = exchange.judge_households(officer(), a_file(HEAD, WIFE), unit(KINH_BAC).id, partial=True)
    assert (part.report()["missing"], part.report()["partial"]) == (0, True)


def test_corrected_rows_know_what_they_correct_and_no_other_file_does(work: db.Work) -> None:
    key = kept(judged(HEAD | {"Ngày sinh": "31/02/1950"}, WIFE, OTHER))
    row = exchange.import_of(officer(), key)
    found = exchange.judge_households(officer(), exchange.write_refused(row).getvalue(), unit(KINH_BAC).id)
    assert (found.corrects, found.partial, found.judgement.rows) == (key, True, 2)
    whole = exchange.judge_households(officer(), exchange.write_report(row).getvalue(), unit(KINH_BAC).id)
    assert (whole.corrects, whole.partial, whole.judgement.rows) == (None, False, 3)
    assert not whole.report()["unknown_columns"]


def test_a_doubtful_row_is_settled_in_the_file_by_the_code_of_the_household(work: db.Work) -> None:
    imported(HEAD, WIFE)
    row = exchange.import_of(officer(), kept(judged(HEAD | {
        "Mã hộ": "", "Số định danh": "", "Ngày sinh": "1951"}, OTHER)))
    book = load_workbook(exchange.write_refused(row))
    sheet = book.active
    assert sheet is not None
    sheet.cell(2, TITLES.index("Mã hộ") + 1, "BN-001")
    corrected = io.BytesIO()
    book.save(corrected)
    found = exchange.judge_households(officer(), corrected.getvalue(), unit(KINH_BAC).id)
    assert [line.state for line in found.lines] == ["changed"]
