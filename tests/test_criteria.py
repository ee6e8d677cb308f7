import re
import warnings
from datetime import date, datetime
from pathlib import Path

import pytest

from core.criteria import Criterion, CriterionError, DateRange, Fact, compile, vocabulary
from core.criteria.names import FUNCTIONS
from core.text import Text, canonical
from tests.criteria_housing import FACTS, PARAMETERS, SENTENCE, criterion, judge


def refusal(expression, **more):
    with pytest.raises(CriterionError) as refused:
        compile(criterion(expression, **more), FACTS, PARAMETERS)
    return refused.value


def outcome(expression, params=None, **groups):
    return judge(expression, params, **groups).outcome


def test_a_house_of_the_area_asked_for_is_large_enough():
    assert outcome("answers.area >= params.house_area", {"house_area": 24}, answers={"area": 24}) is True
    assert outcome("answers.area >= params.house_area", {"house_area": 24}, answers={"area": 23}) is False


@pytest.mark.parametrize("params", [{}, {"house_area": None}])
def test_a_parameter_that_is_not_set_leaves_the_criterion_open(params):
    assert outcome("answers.area >= params.house_area", params, answers={"area": 1000}) is None


def test_a_fact_that_is_missing_leaves_open_only_what_hangs_on_it():
    known = {"area": None, "helped": True}
    assert outcome("answers.area >= 24 and not answers.helped", answers=known) is False
    assert outcome("answers.area >= 24 or answers.helped", answers=known) is True
    assert outcome("answers.area >= 24 and answers.helped", answers=known) is None
    assert outcome("answers.area >= 24 and not answers.helped", answers={"helped": False}) is None


def test_a_birth_year_is_enough_when_every_day_of_it_gives_the_same():
    born = DateRange.of_year(2009)
    assert outcome("all(age(m.birth, on) >= 15 for m in members)", members=[{"birth": born}]) is True
    assert outcome("all(age(m.birth, on) >= 16 for m in members)", members=[{"birth": born}]) is None
    assert outcome("all(age(m.birth, on) >= 17 for m in members)", members=[{"birth": born}]) is False


def test_a_count_over_members_is_open_only_as_far_as_the_unknown_member_can_move_it():
    members = [{"sex": "F"}, {"sex": None}, {"sex": "M"}]
    women = "count(m for m in members if m.sex == 'F')"
    answers = [outcome(f"{women} >= {number}", members=members) for number in (1, 2, 3)]
    assert answers == [True, None, False]


def test_a_count_that_is_open_is_in_a_list_only_when_the_list_has_all_it_can_be():
    members = [{"sex": "F"}, {"sex": None}]
    women = "count(m for m in members if m.sex == 'F')"
    lists = [outcome(f"{women} in {numbers}", members=members) for numbers in ("(1, 2)", "(2, 3)", "(3, 4)")]
    assert lists == [True, None, False]


def test_a_sum_takes_an_unknown_income_as_any_income():
    members = [{"income": 5, "sex": "F"}, {"income": None, "sex": "M"}]
    assert outcome("sum(m.income for m in members) >= 5", members=members) is None
    assert outcome("sum(m.income for m in members if m.sex == 'F') >= 5", members=members) is True


def test_of_a_household_whose_members_are_not_recorded_nothing_is_known_about_members():
    for expression in ("any(m.sex == 'F' for m in members)", "all(m.sex == 'F' for m in members)",
                       "count(m for m in members) == 0"):
        assert outcome(expression, members=None) is None
        assert outcome(expression, members=[]) is not None
    assert outcome("count(m for m in members) >= 0", members=None) is True


def test_a_loop_inside_a_loop_compares_members_with_each_other():
    same_sex = "any(count(n for n in members if n.sex == m.sex) >= 2 for m in members)"
    assert outcome(same_sex, members=[{"sex": "F"}, {"sex": "M"}]) is False
    assert outcome(same_sex, members=[{"sex": "F"}, {"sex": "F"}]) is True


def test_known_asks_whether_something_is_recorded_and_is_never_open_itself():
    assert outcome("known(answers.area)", answers={}) is False
    assert outcome("not known(answers.area) or answers.area > 0", answers={}) is True
    assert outcome("all(known(m.birth) for m in members)", members=[{"birth": DateRange.of_year(1950)}]) is True
    assert outcome("known(params.house_area)", {"house_area": None}) is False


def test_text_and_codes_are_compared_for_equality_and_looked_for_in_lists():
    household = {"category": "C", "marks": ["NCC"], "address": "Thôn Đông"}
    assert outcome("household.category in ('N', 'C')", household=household)
    assert outcome("household.category not in params.categories", {"categories": ["N"]}, household=household)
    assert outcome("'NCC' in household.marks", household=household)
    assert outcome("household.address == 'Thôn Đông'", household=household)
    assert outcome("household.address != 'Thôn Đông'", household=household) is False


def test_a_share_is_written_without_dividing():
    own_part = "answers.own * 100 >= answers.cost * 15"
    assert outcome(own_part, answers={"own": 15_000_000, "cost": 100_000_000}) is True
    assert outcome(own_part, answers={"own": 14_999_999, "cost": 100_000_000}) is False


@pytest.mark.parametrize(("expression", "expected"), [
    ("age(date(2008, 2, 29), date(2025, 2, 28)) == 17", True),  # the last day of a month that is too short completes it
    ("age(date(2008, 2, 29), date(2025, 2, 27)) == 17", False),
    ("months_between(date(2025, 1, 31), date(2025, 2, 28)) == 1", True),
    ("years_between(date(2025, 9, 2), date(2025, 9, 1)) == -1", True),
    ("add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)", True),
    ("add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)", True),
    ("add_years(date(2024, 2, 29), 100000) > date(9000, 1, 1)", True),
    ("add_years(date(2022, 1, 1), -3) == date(2019, 1, 1)", True),
])
def test_years_and_months_are_completed_ones(expression, expected):
    assert outcome(expression) is expected


def test_iso_dates_of_stored_answers_and_parameters_are_dates():
    before = "add_years(household.set_up_on, 3) <= params.set_up_before"
    assert outcome(before, {"set_up_before": "2022-01-01"}, household={"set_up_on": "2019-01-01"}) is True
    assert outcome(before, {"set_up_before": "2022-01-01"}, household={"set_up_on": date(2019, 1, 2)}) is False


@pytest.mark.parametrize("nonsense", ["24", 24.0, True, [24], float("nan")])
def test_a_value_of_another_type_is_unknown_and_said_so(nonsense):
    verdict = judge("answers.area >= 24", answers={"area": nonsense})
    assert verdict.outcome is None
    assert "không đọc được" in verdict.reasons[0].sentence.vi
    assert verdict.reasons[0].field == "answers.area"


@pytest.mark.parametrize(("expression", "group", "value"), [
    ("household.set_up_on < on", "household", {"set_up_on": datetime(2020, 1, 1)}),
    ("household.set_up_on < on", "household", {"set_up_on": "31/12/2020"}),
    ("answers.helped", "answers", {"helped": "yes"}),
    ("household.category == 'N'", "household", {"category": 1}),
    ("'N' in household.marks", "household", {"marks": "N"}),
    ("any(m.sex == 'F' for m in members)", "members", ["F"]),
])
def test_nonsense_of_any_type_never_raises(expression, group, value):
    assert judge(expression, **{group: value}).outcome is None


def test_whatever_goes_wrong_while_judging_leaves_an_open_verdict_with_a_reason(caplog):
    def broken(name):
        raise RuntimeError("the table of parameters is gone")

    verdict = compile(criterion("answers.area >= params.house_area"), FACTS, PARAMETERS).judge({}, broken)
    assert verdict.outcome is None
    assert verdict.reasons[0].sentence.vi == "Chưa xét được: Nhà đủ rộng"
    assert "the table of parameters is gone" in caplog.text


def test_a_criterion_may_be_written_over_several_lines():
    written = """
        answers.area >= 24
        and not answers.helped
    """
    assert outcome(written, answers={"area": 24, "helped": False}) is True
    assert "dòng 3, cột 7" in refusal("\n  answers.area >= 24\n  and answers.hepled").reasons[0].sentence.vi


@pytest.mark.parametrize(("expression", "column", "instead"), [
    ("answers.aera >= 24", 1, "answers.area"),
    ("params.hose_area < 3", 1, "params.house_area"),
    ("answers.area >= 24 and", 23, "not an expression"),
    ("answers.cost >= household.set_up_on", 17, "cannot be put side by side"),
    ("answers.cost >= answers.area", 17, "cannot be put side by side"),
    ("answers.cost + answers.area >= 3", 1, "cannot be put side by side"),
    ("answers.cost * answers.own >= 3", 1, "money is not multiplied"),
    ("answers.cost / 2 >= 3", 1, "a >= b * c"),
    ("answers.area ** 2 >= 3", 1, "only +, - and *"),
    ("answers.area >= 24.5", 17, "whole numbers"),
    ("answers.area", 1, "compare it"),
    ("answers.area == None", 17, "known(name)"),
    ("answers.area is 3", 1, "write =="),
    ("(answers.area > 3) + 1 > 2", 2, "and, or, not"),
    ("(answers.area > 3) == answers.helped", 2, "and, or, not"),
    ("answers.helped > False", 1, "== or !="),
    ("household.address < 'B'", 1, "== or !="),
    ("household.category == 'X'", 23, "N, C"),
    ("household.category in ('N', 'X')", 29, "N, C"),
    ("any(m.sex == household.category for m in members)", 14, "common code"),
    ("household.category in answers.cost", 23, "list of codes"),
    ("household.category in ()", 23, "empty list"),
    ("household.category in ('N', params.house_area)", 29, "in params.NAME"),
    ("answers.area >= today()", 17, "use on"),
    ("len(members) >= 3", 1, "count(m for m in table)"),
    ("__import__('os').system('ls')", 1, "there is no function"),
    ("answers.__class__ == 'x'", 1, "there is no fact"),
    ("(lambda: answers.area)() > 1", 1, "no function"),
    ("[m for m in members]", 1, "a loop outside any/all/count/sum"),
    ("f'{answers.area}' == 'x'", 1, "f-string"),
    ("answers.area if answers.helped else 3", 1, "if … else"),
    ("any(m.sex for m in members)", 5, "compare it"),
    ("any(answers.helped for m in household.marks)", 29, "the tables are: members"),
    ("any(members.sex == 'F')", 5, "write any("),
    ("any(a.sex == b.sex for a in members for b in members)", 4, "write any("),
    ("count(m.sex for m in members) > 1", 7, "count counts rows"),
    ("count(answers for answers in members) > 1", 19, "is taken"),
    ("m.sex == 'F'", 1, "there is no fact m.sex"),
    ("any(any(any(c.sex == 'F' for c in members) for b in members) for a in members)", 12, "two loops"),
    ("age(m.birth) > 3", 1, "write age(birth, day)"),
    ("known(answers.area > 3)", 7, "write known(name)"),
    ("date(2025, 2, 30) < on", 1, "there is no day"),
    ("date(answers.area, 1, 1) < on", 1, "there is no day"),
    ("on + 3 > on", 1, "add_years"),
    ("answers.area > 9999999999999999", 16, "greater than"),
    ("answers.area > 24 # m²", 19, "no comment"),
    ("household.address == 'Thôn Đông' and answers.aera > 3", 38, "answers.area"),
    ("", 0, "empty"),
    ("answers.helped and " * 200 + "True", 0, "more than 2000 characters"),
    ("not " * 100 + "answers.helped", 121, "more than 30 deep"),
])
def test_what_cannot_be_meant_is_refused_at_its_column_with_what_to_write_instead(expression, column, instead):
    error = refusal(expression)
    assert instead in error.reasons[0].sentence.en
    assert error.reasons[0].sentence.vi.startswith("Tiêu chí house")
    assert error.column == column


def test_an_escape_that_python_only_warns_of_is_refused_whatever_warnings_are_set():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert "not an expression" in refusal(r"household.address == '\d'").reasons[0].sentence.en


def test_a_criterion_of_the_registry_stage_cannot_read_what_only_a_case_holds():
    assert "answers.area" in refusal("answers.area > 3", stage="registry").reasons[0].sentence.vi
    assert compile(criterion("household.category == 'N'", stage="registry"), FACTS).reads == {"household.category"}


def test_a_criterion_knows_which_facts_and_parameters_it_reads():
    compiled = compile(criterion("any(age(m.birth, on) < 16 for m in members) and answers.area >= params.house_area"),
                       FACTS, PARAMETERS)
    assert compiled.reads == {"members", "members.birth", "on", "answers.area", "params.house_area"}
    assert compiled.parameters == {"house_area"}


def test_a_criterion_without_a_sentence_or_with_a_strange_code_is_refused():
    for wrong in (Criterion("house", Text("Nhà", ""), "True"), Criterion("Nhà ở", SENTENCE, "True")):
        with pytest.raises(CriterionError):
            compile(wrong, FACTS)


@pytest.mark.parametrize("facts", [
    [Fact("answers.area", "integer", SENTENCE), Fact("answers.area", "integer", SENTENCE)],
    [Fact("answers", "integer", SENTENCE), Fact("answers.area", "integer", SENTENCE)],
    [Fact("members", "table", SENTENCE)],
    [Fact("area", "integer", SENTENCE, columns=(Fact("x", "integer", SENTENCE),))],
    [Fact("members", "table", SENTENCE, columns=(Fact("x", "table", SENTENCE),))],
    [Fact("answers.diện-tích", "integer", SENTENCE)],
    [Fact("on", "date", SENTENCE)],
])
def test_facts_that_do_not_go_together_are_refused(facts):
    with pytest.raises(ValueError, match=r"answers|members|area|on"):
        vocabulary(facts)


def test_days_that_end_before_they_begin_are_no_range():
    with pytest.raises(ValueError, match="before it begins"):
        DateRange(date(2020, 1, 2), date(2020, 1, 1))


PAGE = (Path(__file__).parents[1] / "docs" / "criteria.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"```criterion\n(.*?)```", PAGE, re.DOTALL))
def test_every_example_of_the_author_s_page_is_a_criterion(example):
    assert compile(criterion(example), FACTS, PARAMETERS).reads


def test_the_author_s_page_names_every_function():
    assert [name for name in FUNCTIONS if f"{name}(" not in PAGE] == []


def test_a_criterion_is_frozen_as_canonical_json():
    frozen = canonical(criterion("answers.area >= 24", point="completion", verified=False).as_json())
    assert frozen == (
        '{"code":"house","expression":"answers.area >= 24","point":"completion",'
        '"sentence":{"en":"The house is large enough","vi":"Nhà đủ rộng"},'
        '"source":"Điều 3","stage":"case","verified":false}')
