"""What a unit says once of its lists, and what a list leaves unsaid, up to what criteria read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core import db, exchange
from core.domain import people
from core.errors import BadInput, NotAllowed
from tests.test_exchange import ELSEWHERE, HEAD, KINH_BAC, TODAY, VO_CUONG, WIFE, a_file, counts, officer, unit
from tests.test_reading import text

HEADS = [["Người đứng tên", "Địa bàn", "Loại"], ["Lê Văn An", "Khu 5", "HN"], ["Lê Văn Bình", "Khu 6", "HCN"]]
DECIDED = {"decided_on": "15/12/2025", "decision_number": "31/QĐ-UBND", "decision_issuer": "UBND phường Kinh Bắc"}
SAID = {"nguoi dung ten": "name", "loai": "category"}


@pytest.fixture
def work(country: db.Instance) -> Iterator[db.Work]:
    with db.transaction(country) as work:
        yield work


def judged(table: Any = HEADS, code: str = KINH_BAC, **how: Any) -> exchange.Judged:
    return exchange.judge_households(officer(code), text(table, ";").encode(), unit(code).id, **how)


def facts(head: str) -> dict[str, Any]:
    key = db.execute(select(people.household.c.id).where(people.household.c.head_name == head)).scalar_one()
    return people.household_facts(key, TODAY)


def test_a_list_of_heads_alone_leaves_their_members_unknown(work: db.Work) -> None:
    table = [[*HEADS[0], "Số nhân khẩu"], [*HEADS[1], "4"], [*HEADS[2], "1"]]
    exchange.accept(officer(), judged(table, mapping=SAID, given=DECIDED))
    unknown, alone = facts("Lê Văn An"), facts("Lê Văn Bình")
    assert (unknown["household.size"], unknown["members"], unknown["household.marks"]) == (4, None, None)
    assert unknown["household.category"] == "poor"
    assert (alone["household.size"], len(alone["members"]), alone["household.marks"]) == (1, 1, [])
    assert unknown["household.deprivations"] is None


def test_a_list_of_members_makes_them_known_and_one_of_heads_takes_nothing_away(work: db.Work) -> None:
    exchange.accept(officer(), exchange.judge_households(officer(), a_file(HEAD, WIFE), unit(KINH_BAC).id))
    heads = [["Mã hộ", "Họ tên chủ hộ", "Phân loại"], ["BN-001", "Nguyễn Văn Á", "HN"]]
    again = judged(heads)
    assert counts(again.report())["unchanged"] == 1
    assert not again.report()["warnings"][1:]
    exchange.accept(officer(), judged([heads[0], ["BN-002", "Lê Văn An", "HN"]]))
    assert facts("Lê Văn An")["members"] is None
    whole = [["Mã hộ", "Họ tên", "Quan hệ", "Phân loại"], ["BN-002", "Lê Văn An", "Chủ hộ", "HN"],
             ["BN-002", "Lê Thị Mai", "Con", ""]]
    exchange.accept(officer(), judged(whole))
    assert [member["relation"] for member in facts("Lê Văn An")["members"]] == ["head", "child"]


def test_what_is_given_for_the_file_stays_with_a_kept_list(work: db.Work) -> None:
    key = exchange.keep(officer(), judged(mapping=SAID, given={**DECIDED, "line": "Tỉnh"}))
    exchange.accept_kept(officer(), key)
    known = facts("Lê Văn An")
    assert known["household.provincial_category"] == "poor"
    assert known["household.provincial_category_since"] == date(2025, 12, 15)


def test_what_a_header_means_is_said_once_for_a_unit_and_those_below_it(work: db.Work) -> None:
    with pytest.raises(BadInput):
        judged()
    exchange.remember(officer("24"), unit("24"), SAID)
    assert counts(judged().report())["new"] == 2
    exchange.remember(officer(), unit(KINH_BAC), {"loai": "ignore"})
    with pytest.raises(BadInput) as refused:
        judged()
    assert [reason.needed for reason in refused.value.reasons] == ["Phân loại"]
    assert counts(judged(code=VO_CUONG).report())["new"] == 2
    exchange.remember(officer(), unit(KINH_BAC), {"loai": ""})
    assert counts(judged().report())["new"] == 2
    with pytest.raises(BadInput):
        judged(code=ELSEWHERE)


def test_only_who_edits_households_there_says_what_headers_mean(work: db.Work) -> None:
    with pytest.raises(NotAllowed):
        exchange.remember(officer(KINH_BAC), unit("24"), SAID)
    with pytest.raises(BadInput) as refused:
        exchange.remember(officer(), unit(KINH_BAC), {"loai": "no_such_column"})
    assert refused.value.reasons[0].seen == "no_such_column"


def test_pairs_of_a_terminal_name_columns_or_their_titles(work: db.Work) -> None:
    assert exchange.read_pairs(["Năm sinh / Nam=birth_male", "Đại diện=Họ và tên", "a = b=ignore"]) == {
        "nam sinh/nam": "birth_male", "dai dien": "name", "a b": "ignore"}
    with pytest.raises(BadInput) as refused:
        exchange.read_pairs(["Đại diện", "x=khôngcó"])
    assert [reason.code for reason in refused.value.reasons] == ["mapping_unreadable", "mapping_column_unknown"]


def test_a_trial_remembers_nothing_and_a_kept_list_what_was_said_with_it(work: db.Work) -> None:
    found = judged(mapping=SAID)
    assert exchange.remembered(unit(KINH_BAC)) == {}
    exchange.keep(officer(), found)
    assert exchange.remembered(unit(KINH_BAC)) == SAID


def test_a_list_that_cannot_be_read_yet_waits_for_somebody_to_say_what_its_headers_mean(work: db.Work) -> None:
    content = text(HEADS, ";").encode()
    with pytest.raises(BadInput) as refused:
        exchange.judge_households(officer(), content, unit(KINH_BAC).id)
    with pytest.raises(BadInput) as locked:
        exchange.judge_households(officer(), b"%PDF-1.7", unit(KINH_BAC).id)
    assert exchange.keep_unread(officer(), content, unit(KINH_BAC).id, TODAY, "ds.csv", DECIDED, locked.value) is None
    key = exchange.keep_unread(officer(), content, unit(KINH_BAC).id, TODAY, "ds.csv", DECIDED, refused.value)
    assert key is not None
    report = exchange.report_in(exchange.import_of(officer(), key).report)
    assert report["rows"] == 0
    assert [why[0].split(":")[0] for why in report["unread"]] == ["Thiếu cột «Họ và tên»", "Thiếu cột «Phân loại»"]
    assert report["titles"][0] == {"key": "nguoi dung ten", "written": "Người đứng tên", "column": "",
                                   "samples": ["Lê Văn An", "Lê Văn Bình"]}
    exchange.remember(officer(), unit(KINH_BAC), SAID)
    exchange.show_kept(officer(), key, exchange.judge_kept(officer(), key))
    assert exchange.accept_kept(officer(), key).accepted_at is not None
    assert facts("Lê Văn Bình")["household.category"] == "near_poor"


def test_text_of_an_old_font_is_said_in_the_report(work: db.Work) -> None:
    table = [["Mã hộ", "Họ tên", "Quan hệ", "Phân loại"], ["1", "NguyÔn V¨n ¸", "Chñ hé", "Hé nghÌo"]]
    report = judged(table).report()
    assert counts(report)["new"] == 1
    assert any("TCVN3" in note["reason"] for note in report["notes"])
