"""The laws of judging, on generated expressions and facts; Python itself is the judge of complete facts."""

import operator
from datetime import date

import pytest
from hypothesis import assume, example, given, settings, strategies as st

from core.criteria import CriterionError, spans
from core.text import canonical
from tests.criteria_world import (
    FACTS,
    NUMBERS,
    according_to_python,
    compiled,
    complete_worlds,
    completions,
    expressions,
    judged,
    params_of,
    worlds,
)

thorough = settings(max_examples=4 * settings().max_examples)


@thorough
@given(expressions, complete_worlds)
def test_a_case_of_which_all_is_known_is_judged_as_python_reads_the_sentence(expression, facts):
    assert judged(expression, facts).outcome is bool(according_to_python(expression, facts)(facts))


@thorough
@given(expressions, worlds)
def test_yes_or_no_is_said_only_when_every_way_of_filling_in_the_unknown_says_the_same(expression, facts):
    outcome = judged(expression, facts).outcome
    assume(outcome is not None)
    python = according_to_python(expression, facts)
    assert {bool(python(each)) for each in completions(facts)} == {outcome}


@given(expressions, worlds)
def test_not_turns_yes_into_no_and_leaves_unknown(expression, facts):
    outcome = judged(expression, facts).outcome
    assert judged(f"not ({expression})", facts).outcome is (None if outcome is None else not outcome)


def nothing_twice(leaves):
    """Conditions joined with and, or, not, in which no fact is read twice."""
    def join(parts):
        if len(parts) == 1:
            return st.sampled_from([parts[0], f"not ({parts[0]})"])
        joined = st.tuples(join(parts[:len(parts) // 2]), st.sampled_from(["and", "or"]), join(parts[len(parts) // 2:]))
        return joined.map(lambda each: f"({each[0]}) {each[1]} ({each[2]})")
    return st.lists(st.sampled_from(leaves), min_size=1, max_size=5, unique=True).flatmap(join)


ONE_EACH = ["answers.a >= 2", "0 < answers.b", "answers.f", "answers.g", "answers.c == 'N'", "'C' in answers.s",
            "answers.d < on", "params.p == 0", "count(m for m in members if m.x > 0 or m.y) >= 1",
            "answers.e <= date(2024, 12, 31)"]


@given(nothing_twice(ONE_EACH), worlds)
def test_where_no_fact_is_read_twice_unknown_is_said_only_when_both_answers_are_still_possible(expression, facts):
    assume(judged(expression, facts).outcome is None)
    python = according_to_python(expression, facts)
    assert {bool(python(each)) for each in completions(facts)} == {True, False}


@thorough
@given(expressions, worlds, st.data())
def test_whoever_fills_in_what_the_reasons_name_gets_an_answer(expression, facts, data):
    assume("known" not in expression)
    full = data.draw(st.sampled_from(list(completions(facts))))
    facts = {name: list(map(dict, value)) if name == "members" and value is not None else value
             for name, value in facts.items()}
    for _ in range(40):
        verdict = judged(expression, facts)
        if verdict.outcome is not None:
            break
        for reason in verdict.reasons:
            fill_in(facts, full, reason)
    assert verdict.outcome is bool(according_to_python(expression, full)(full))


def fill_in(facts, full, reason):
    """Correct the one input that ``reason`` names; it must have been open."""
    if not reason.field:
        assert facts["params.p"] is None, reason
        facts["params.p"] = full["params.p"]
    elif "[" in reason.field:
        place, column = int(reason.field.split("[")[1][0]), reason.field.split(".")[-1]
        assert facts["members"][place][column] != full["members"][place][column] or reason.seen, reason
        facts["members"][place][column] = full["members"][place][column]
    else:
        assert facts[reason.field] != full[reason.field], reason
        facts[reason.field] = full[reason.field]


@given(expressions, worlds)
def test_every_verdict_has_reasons_that_can_be_stored_and_no_sentence_has_a_gap(expression, facts):
    criterion = compiled(expression)
    verdict = criterion.judge({**facts, "on": date(2025, 3, 1)}, params_of(facts))
    assert verdict.outcome is criterion.outcome({**facts, "on": date(2025, 3, 1)}, params_of(facts))
    assert verdict.reasons
    canonical(verdict.as_json())
    for reason in verdict.reasons:
        for sentence in reason.sentence:
            assert sentence.strip() == sentence != ""
            assert "{" not in sentence
            assert "None" not in sentence
            assert "inf" not in sentence
            assert "Chưa xét được" not in sentence


@given(expressions)
def test_what_a_criterion_reads_is_what_is_written_in_it(expression):
    written = compiled(expression).reads
    assert {name for name in (*FACTS, "params.p") if name in expression and name != "members"} == {
        name for name in written if not name.startswith("members") and name != "on"}
    assert ("members" in written) == ("members" in expression)


PIECES = [
    "any(", "count(", "date(", "known(", "(", ")", "[", "]", ",", "==", "<", "in", "is", "not", "and", "or", "if",
    "else", "for m in members", "lambda", "await", ":=", "*", "/", "None", "1", "0x", "9" * 30, "answers.a", "answers.",
    "m.x", ".x", "'N'", "é", "f'{", "}'", "#", "\n", "\\", "…", "\0", "\ud800", '"""',
]


@thorough
@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=30))
@example("'\\d' == 'x'")
@example("answers.a in 1in")
@example("-" * 1500 + "answers.a > 1")
@example("(" * 900 + ")" * 900)
@example("answers.a" + ".real" * 300 + " > 1")
@example("answers.a > 1_0e9999")
@example("answers.a > " + "0" * 1900)
def test_whatever_is_written_is_understood_or_refused_with_a_sentence(written):
    refusal = None
    try:
        compiled(written)
    except CriterionError as error:
        refusal = error
    if refusal:
        assert all(refusal.reasons[0].sentence)
        assert 0 <= refusal.column <= len(written) + 1


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_a_list_is_looked_for_as_a_number(number):
    facts = dict.fromkeys(FACTS) | {"answers.a": number, "params.p": None}
    assert judged("answers.a in (0, 2)", facts).outcome is (number in (0, 2))


days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(days, days)
def test_completed_months_are_the_most_that_can_be_added_without_passing_the_end(start, end):
    months = spans.months_between(start, end)
    assert spans.add_months(start, months) <= end < spans.add_months(start, months + 1)


@given(days, days, days)
def test_who_is_born_later_is_not_older(one, other, on):
    earlier, later = sorted((one, other))
    assert spans.months_between(earlier, on) >= spans.months_between(later, on)
    assert spans.months_between(on, earlier) <= spans.months_between(on, later)


@given(days, st.integers(-10**30, 10**30))
def test_the_calendar_stops_at_its_ends(day, months):
    assert date.min <= spans.add_months(day, months) <= date.max


edges = st.integers(-4, 4)
numbers = st.tuples(edges, edges).map(lambda pair: spans.Span(min(pair), max(pair)))


@thorough
@given(numbers, numbers)
def test_what_spans_give_is_exactly_what_the_numbers_in_them_can_give(one, other):
    pairs = [(a, b) for a in range(one.first, one.last + 1) for b in range(other.first, other.last + 1)]
    for work, plain in ((spans.plus, operator.add), (spans.minus, operator.sub), (spans.times, operator.mul)):
        given_by_numbers = [plain(a, b) for a, b in pairs]
        assert work(one, other) == (min(given_by_numbers), max(given_by_numbers))
    for asked, plain in ((spans.less, operator.lt), (spans.at_most, operator.le), (spans.equal, operator.eq)):
        answers = {plain(a, b) for a, b in pairs}
        assert asked(one, other) is (answers.pop() if len(answers) == 1 else None)


@given(numbers, st.sampled_from([spans.ANY_NUMBER, spans.NOT_NEGATIVE]), st.integers(-10**400, 10**400))
def test_spans_without_an_end_hold_every_number_however_large(one, endless, number):
    number = abs(number) if endless is spans.NOT_NEGATIVE else number
    for value in one:
        for work, plain in ((spans.plus, operator.add), (spans.minus, operator.sub), (spans.times, operator.mul)):
            assert work(one, endless).first <= plain(value, number) <= work(one, endless).last
            assert work(endless, one).first <= plain(number, value) <= work(endless, one).last
