"""What an officer reads beside each criterion."""

from datetime import date

import pytest

from core.criteria import Criterion, DateRange, compile, gather
from core.text import Text
from tests.criteria_housing import FACTS, ON, PARAMETERS, SENTENCE, judge


def reasons(expression, params=None, **groups):
    return judge(expression, params, **groups).reasons


def sentence(expression, params=None, **groups):
    [reason] = reasons(expression, params, **groups)
    return reason.sentence


def test_a_reason_gives_what_was_seen_what_is_needed_and_the_clause_typed_and_in_words():
    [reason] = reasons("answers.area >= params.house_area", {"house_area": 24}, answers={"area": 21})
    assert reason.sentence.vi == "Diện tích thiết kế: 21 m², cần từ 24 m²"
    assert reason.sentence.en == "Designed area: 21 m², needs at least 24 m²"
    assert (reason.seen, reason.needed) == (21, 24)
    assert reason.source == "Điều 3; 121/KH-UBND"
    assert (reason.code, reason.field) == ("house", "answers.area")


def test_it_does_not_matter_on_which_side_the_limit_is_written():
    limit = {"house_area": 24}
    for expression in ("params.house_area <= answers.area", "not answers.area < params.house_area"):
        assert sentence(expression, limit, answers={"area": 21}).vi == "Diện tích thiết kế: 21 m², cần từ 24 m²"


def test_a_criterion_that_holds_says_on_what():
    [reason] = reasons("answers.area >= params.house_area", {"house_area": 24}, answers={"area": 30})
    assert (reason.seen, reason.needed) == (30, 24)


def test_a_missing_fact_is_named_with_the_input_to_fill_in_and_what_will_be_asked_of_it():
    [reason] = reasons("answers.area >= 24", answers={})
    assert reason.sentence == Text("Chưa có: Diện tích thiết kế", "Missing: Designed area")
    assert (reason.seen, reason.needed, reason.field) == (None, 24, "answers.area")


def test_a_missing_fact_of_a_member_is_named_with_its_row():
    found = reasons("all(m.sex == 'F' for m in members)", members=[{"sex": "F"}, {"sex": None}])
    assert [(each.sentence.vi, each.field) for each in found] == [
        ("Chưa có: Giới tính (thành viên thứ 2)", "members[1].sex")]


def test_only_what_can_still_decide_is_asked_for():
    members = [{"sex": "F", "income": None}, {"sex": "M", "income": None}, {"sex": None, "income": 1}]
    found = reasons("all(m.sex == 'F' or m.income <= 5 for m in members)", members=members)
    assert [each.field for each in found] == ["members[1].income"]
    found = reasons("sum(m.income for m in members if m.sex == 'F') >= 5", members=members)
    assert [each.field for each in found] == ["members[0].income", "members[2].sex"]
    found = reasons("sum(m.income for m in members if m.sex == 'F') >= 5", members=[{"sex": None, "income": None}])
    assert [each.field for each in found] == ["members[0].sex", "members[0].income"]


def test_a_parameter_that_is_not_set_is_no_input_of_the_case():
    [reason] = reasons("answers.area >= params.house_area", answers={"area": 30})
    assert reason.sentence.vi == "Diện tích tối thiểu: chưa có mức áp dụng"
    assert reason.field == ""


def test_a_birth_year_that_leaves_the_age_open_is_said_to_do_so():
    [reason] = reasons("all(age(m.birth, on) >= 16 for m in members)", members=[{"birth": DateRange.of_year(2009)}])
    assert reason.sentence.vi == "Ngày sinh (thành viên thứ 1): chỉ biết năm 2009, chưa đủ để kết luận"
    assert reason.seen == ["2009-01-01", "2009-12-31"]


def test_every_part_of_an_and_that_fails_or_is_open_is_told_and_no_other():
    found = reasons("answers.area >= 24 and not answers.helped and answers.own >= 5 and household.category == 'N'",
                    answers={"area": 21, "helped": False, "own": None}, household={"category": "C"})
    assert [each.field for each in found] == ["answers.area", "answers.own", "household.category"]


def test_every_alternative_of_an_or_that_fails_is_told():
    found = reasons("answers.area >= 24 or household.category == 'N'",
                    answers={"area": 21}, household={"category": "C"})
    assert [each.field for each in found] == ["answers.area", "household.category"]


def test_an_alternative_that_a_parameter_rules_out_was_never_open_and_is_not_told():
    either = ("(params.need_rule == 'and' and answers.area < 8 and answers.helped)"
              " or (params.need_rule == 'or' and (answers.area < 8 or answers.helped))")
    found = reasons(either, {"need_rule": "or"}, answers={"area": 21, "helped": False})
    assert [each.sentence.vi for each in found] == [
        "Diện tích thiết kế: 21 m², cần dưới 8 m²", "Đã được hỗ trợ nhà ở: không, cần có"]


@pytest.mark.parametrize("expression", [
    "household.category == 'N' and answers.area >= 30 or household.category == 'C' and answers.area >= 24",
    "household.category in ('N',) and answers.area >= 30 or household.category != 'N' and answers.area >= 24",
    "not answers.helped and answers.area >= 30 or answers.helped and answers.area >= 24",
    "answers.own == 0 or answers.own > 0 and answers.area >= 24",
    "household.category == 'N'"
    " or household.category == 'C' and (not answers.helped or answers.area >= 24 and answers.helped)",
])
def test_an_alternative_that_was_written_for_other_cases_is_not_told(expression):
    case = {"answers": {"area": 21, "helped": True, "own": 5}, "household": {"category": "C"}}
    assert [each.sentence.vi for each in reasons(expression, **case)] == ["Diện tích thiết kế: 21 m², cần từ 24 m²"]


def test_an_alternative_that_could_still_be_met_by_changing_how_much_is_told():
    either = "answers.area >= 30 and answers.helped or answers.area >= 20 and household.category == 'N'"
    found = reasons(either, answers={"area": 21, "helped": True}, household={"category": "C"})
    assert [each.field for each in found] == ["answers.area", "household.category"]


def test_the_parameter_that_opened_an_alternative_is_not_told_as_a_merit_of_the_case():
    found = reasons("params.need_rule == 'or' and answers.area < 8", {"need_rule": "or"}, answers={"area": 5})
    assert [each.field for each in found] == ["answers.area"]


def test_a_value_that_nobody_has_verified_says_so_in_the_sentence():
    [reason] = judge("answers.area >= params.house_area", {"house_area": 24}, verified=False,
                     answers={"area": 21}).reasons
    assert reason.sentence == Text("Diện tích thiết kế: 21 m², cần từ 24 m² (mức chưa kiểm chứng)",
                                   "Designed area: 21 m², needs at least 24 m² (value not verified)")


def test_an_unverified_value_that_only_chose_between_alternatives_is_told_all_the_same():
    found = judge("params.need_rule == 'and' and answers.helped or params.need_rule == 'or' and answers.area < 8",
                  {"need_rule": "or"}, verified=False, answers={"area": 21, "helped": True}).reasons
    assert [each.sentence.vi for each in found] == [
        "Diện tích thiết kế: 21 m², cần dưới 8 m²",
        "Mức áp dụng: Cách xét nhu cầu một trong hai (mức chưa kiểm chứng)"]


def test_a_criterion_that_nobody_has_verified_says_so():
    unsure = Criterion("house", SENTENCE, "answers.helped", "Điều 3", verified=False)
    [reason] = compile(unsure, FACTS, PARAMETERS).judge({"answers.helped": False}, lambda name: None).reasons
    assert reason.sentence.vi == "Đã được hỗ trợ nhà ở: không, cần có (tiêu chí chưa kiểm chứng)"


def test_the_same_thing_is_not_said_twice():
    assert len(reasons("answers.area > 3 and answers.area < 99 or answers.area > 3", answers={})) == 1
    assert len(reasons("answers.own >= answers.cost or answers.own * 2 >= answers.cost", answers={"cost": 5})) == 1


MEMBERS = [{"sex": "F", "birth": date(1980, 5, 1), "income": 1_500_000},
           {"sex": "M", "birth": date(2015, 5, 1), "income": 0}]


@pytest.mark.parametrize(("expression", "vi", "en"), [
    ("answers.cost <= 40000000", "Tổng chi phí: 90.000.000 đồng, cần không quá 40.000.000 đồng",
     "Total cost: 90,000,000 dong, needs at most 40,000,000 dong"),
    ("answers.own >= answers.cost", "Vốn tự có: 15.000.000 đồng, cần từ 90.000.000 đồng (tổng chi phí)",
     "Own contribution: 15,000,000 dong, needs at least 90,000,000 dong (total cost)"),
    ("answers.own * 2 >= 40000000", "Vốn tự có × 2: 30.000.000 đồng, cần từ 40.000.000 đồng",
     "Own contribution × 2: 30,000,000 dong, needs at least 40,000,000 dong"),
    ("answers.own + answers.cost - answers.own * 2 >= 100000000",
     "Vốn tự có + tổng chi phí − (vốn tự có × 2): 75.000.000 đồng, cần từ 100.000.000 đồng",
     "Own contribution + total cost − (own contribution × 2): 75,000,000 dong, needs at least 100,000,000 dong"),
    ("household.category == 'N'", "Phân loại: Hộ cận nghèo, cần là Hộ nghèo",
     "Category: Near-poor household, needs to be Poor household"),
    ("household.category != 'C'", "Phân loại: Hộ cận nghèo, cần khác Hộ cận nghèo",
     "Category: Near-poor household, needs other than Near-poor household"),
    ("household.category in ('N',)", "Phân loại: Hộ cận nghèo, cần thuộc: Hộ nghèo",
     "Category: Near-poor household, needs one of: Poor household"),
    ("household.category not in ('N', 'C')", "Phân loại: Hộ cận nghèo, không được thuộc: Hộ nghèo, Hộ cận nghèo",
     "Category: Near-poor household, must be none of: Poor household, Near-poor household"),
    ("'NKT' in household.marks", "Diện ưu tiên: NCC, cần có NKT", "Marks: NCC, needs NKT among them"),
    ("'NCC' not in household.marks", "Diện ưu tiên: NCC, không được có NCC", "Marks: NCC, must not include NCC"),
    ("not answers.helped", "Đã được hỗ trợ nhà ở: có, cần không", "Helped with housing before: yes, needs no"),
    ("known(answers.area)", "Chưa có: Diện tích thiết kế", "Missing: Designed area"),
    ("not known(answers.own)", "Đã có: Vốn tự có", "Recorded: Own contribution"),
    ("household.set_up_on <= date(2019, 1, 1)", "Ngày lập hộ: 05/02/2020, cần không muộn hơn ngày 01/01/2019",
     "Set up on: 05/02/2020, needs not later than 01/01/2019"),
    ("add_years(household.set_up_on, 3) < date(2022, 1, 1)",
     "Ngày lập hộ cộng 3 năm: 05/02/2023, cần trước ngày 01/01/2022",
     "Set up on plus 3 years: 05/02/2023, needs before 01/01/2022"),
    ("years_between(household.set_up_on, on) >= 7", "Số năm từ Ngày lập hộ đến Ngày xét: 5 năm, cần từ 7 năm",
     "Years from Set up on to Date of judging: 5 years, needs at least 7 years"),
    ("count(m for m in members if age(m.birth, on) < 16) >= 2", "Số thành viên có (tuổi dưới 16): 1, cần từ 2",
     "Number of members with (age less than 16): 1, needs at least 2"),
    ("sum(m.income for m in members) >= 2000000", "Tổng thu nhập của thành viên: 1.500.000 đồng, cần từ 2.000.000 đồng",
     "Sum of income over members: 1,500,000 dong, needs at least 2,000,000 dong"),
    ("any(age(m.birth, on) >= 60 for m in members)", "Không có thành viên nào: tuổi từ 60",
     "Members: none with age at least 60"),
    ("all(m.sex == 'F' for m in members if age(m.birth, on) < 16)",
     "1 trong 2 thành viên không đạt: tuổi từ 16 hoặc giới tính là Nữ",
     "Members: 1 of 2 fail: age at least 16 or sex is Female"),
])
def test_every_kind_of_comparison_reads_as_a_sentence_in_both_languages(expression, vi, en):
    found = judge(expression, answers={"cost": 90_000_000, "own": 15_000_000, "helped": True}, members=MEMBERS,
                  household={"category": "C", "marks": ["NCC"], "set_up_on": date(2020, 2, 5)})
    assert found.outcome is False
    assert [each.sentence for each in found.reasons] == [Text(vi, en)]


def test_a_verdict_is_given_as_json_in_the_language_asked_for():
    told = judge("answers.area >= 24", answers={"area": 21}).as_json("en")
    assert told["outcome"] is False
    assert told["reasons"][0]["sentence"] == "Designed area: 21 m², needs at least 24 m²"


def test_a_value_with_braces_is_shown_as_it_was_written():
    facts = gather(on=ON, household={"address": "{name}"})
    home = compile(Criterion("home", SENTENCE, "household.address == 'x'"), FACTS)
    [reason] = home.judge(facts, lambda name: None).reasons
    assert reason.sentence.vi == "Địa chỉ: {name}, cần là x"
