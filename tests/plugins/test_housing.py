"""The housing programme, told as its rules."""

from __future__ import annotations

import ast
import io
import itertools
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core import criteria, db
from core.criteria import Verdict
from core.domain import budget, cases, disbursement, monitoring, people, programmes, units
from core.errors import Unmet
from core.fields import missing, read, show
from core.parameters import ParameterRow, Parameters, Resolved
from plugins import housing
from plugins.housing.criteria import CRITERIA
from plugins.housing.parameters import BAC_NINH, OLD_BAC_GIANG, PARAMETERS
from plugins.housing.programme import PROGRAMME
from tests import worlds
from tests.databases import Databases
from tests.worlds import TODAY, World

UNDER_THE_PLAN = date(2025, 6, 1)  # before the merger, in the last year of the plan of old Bắc Ninh
OF_OLD_BAC_NINH, OF_OLD_BAC_GIANG = "09295", "07654"  # Bồng Lai and An Lạc, before and after the merger

HOUSEHOLD: dict[str, Any] = {
    "household.category": "poor",
    "household.residence": "permanent",
    "household.set_up_on": date(2010, 1, 1),
    "household.size": 4,
}
ANSWERS: dict[str, Any] = {
    "has_house": True,
    "present_floor": "not_durable",
    "present_frame": "not_durable",
    "present_roof": "durable",
    "present_area": 20,
    "present_heads": 4,
    "helped_before": False,
    "kind": "new",
    "planned_area": 32,
    "planned_life": 20,
    "planned_floor_hard": True,
    "planned_frame_hard": True,
    "planned_roof_hard": True,
    "planned_cost": 100_000_000,
    "money_central": 40_000_000,
    "money_own": 60_000_000,
}
AS_BUILT: dict[str, Any] = {
    "built_area": 32,
    "built_life": 20,
    "built_floor_hard": True,
    "built_frame_hard": True,
    "built_roof_hard": True,
}
SMALL = {"planned_area": 24, "planned_life": 12}
NOBODY_KNOWS = None


def national(on: date, values: dict[str, Any] | None = None) -> Resolved:
    """The rows for the whole country, some values replaced."""
    changed = values or {}
    rows = [
        ParameterRow(
            each.name,
            changed.get(each.name, row.value),
            row.valid_from,
            row.valid_to,
            place_id=1,
            area_kind=None,
            source=row.source,
            verified=row.verified,
        )
        for each in PARAMETERS
        for row in each.rows
        if row.place == "VN"
    ]
    return Parameters(rows, [each.declaration for each in PARAMETERS]).resolve(on, [1])


def judge(
    code: str,
    answers: dict[str, Any] | None = None,
    household: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
    resolved: Resolved | None = None,
    on: date = UNDER_THE_PLAN,
) -> Verdict:
    """The verdict of one criterion on a good case in which some things are different; None leaves one out."""
    [criterion] = [each for each in CRITERIA if each.code == code]
    visit = PROGRAMME.step("completion").fields
    compiled = criteria.compile(
        criterion,
        programmes.vocabulary(PROGRAMME.fields, visit),
        {each.name: each.declaration for each in PARAMETERS},
    )
    said = ANSWERS | AS_BUILT | (answers or {})
    given = {name: value for name, value in said.items() if value is not None}
    facts = HOUSEHOLD | (household or {}) | {"on": on}
    facts |= programmes.facts_of(given, PROGRAMME.fields) | programmes.facts_of(given, visit, "visit")
    return compiled.judge(facts, resolved or national(on, values))


def start(instance: db.Instance) -> None:
    """Give a new instance the installed plugins and the rows they bring."""
    worlds.start(instance, extra=())


@pytest.fixture
def started(engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[db.Instance]:
    """An instance with the country's units and the installed plugins; on both databases."""
    with databases.fresh(engine_kind, tmp_path, start) as made:
        start(made)
        yield made


def rules(instance: db.Instance, commune: str, on: date) -> Resolved:
    """The legal values of a commune on a day."""
    with db.transaction(instance, read_only=True):
        assert instance.registry is not None
        place = units.unit_by_code(commune, on)
        return instance.registry.parameters.resolve(on, units.territory(place.id))


# The house that is planned


def test_24_square_metres_for_12_years_pass_under_the_plan_of_old_bac_ninh_and_fail_the_national_rule(
    started: db.Instance,
) -> None:
    plan, nation = (rules(started, code, UNDER_THE_PLAN) for code in (OF_OLD_BAC_NINH, OF_OLD_BAC_GIANG))
    for code in ("area", "service_life"):
        assert judge(code, SMALL, resolved=plan).outcome is True
        assert judge(code, SMALL, resolved=nation).outcome is False
    [reason] = judge("area", SMALL, resolved=nation).reasons
    assert (reason.seen, reason.needed, reason.source) == (24, 30, "Thông tư 01/2022/TT-BXD")
    assert reason.sentence.vi == "Diện tích sử dụng dự kiến: 24 m², cần từ 30 m²"
    assert "121/KH-UBND" in judge("service_life", SMALL, resolved=plan).reasons[0].source


def test_after_the_merger_each_commune_keeps_the_rule_of_its_old_province(started: db.Instance) -> None:
    for on in (date(2025, 7, 1), date(2025, 12, 31)):
        rows = [rules(started, code, on)("housing.min_area") for code in (OF_OLD_BAC_NINH, OF_OLD_BAC_GIANG)]
        assert [row and row.value for row in rows] == [24, 30]


def test_from_2026_the_old_rules_go_on_in_bac_ninh_and_every_sentence_says_that_nobody_verified_it(
    started: db.Instance,
) -> None:
    for commune, area in ((OF_OLD_BAC_NINH, 24), (OF_OLD_BAC_GIANG, 30)):
        resolved = rules(started, commune, TODAY)
        verdict = judge("area", {"planned_area": area}, resolved=resolved, on=TODAY)
        assert verdict.outcome is True
        assert "mức chưa kiểm chứng" in verdict.reasons[-1].sentence.vi
        assert judge("area", {"planned_area": area - 1}, resolved=resolved, on=TODAY).outcome is False
        assert not any(row.verified for row in resolved.used)


def test_elsewhere_nothing_is_set_from_2026_and_the_case_stays_open(started: db.Instance) -> None:
    resolved = rules(started, "00004", TODAY)  # Ba Đình, Hà Nội
    for code in ("place", "category", "independent", "need", "area", "service_life", "central_norm"):
        verdict = judge(code, resolved=resolved, on=TODAY)
        assert verdict.outcome is None
        assert any("chưa có mức áp dụng" in reason.sentence.vi for reason in verdict.reasons)


def test_the_programme_runs_where_a_plan_says_so_and_elsewhere_the_list_is_not_entered(started: db.Instance) -> None:
    def runs(commune: str, on: date) -> bool | None:
        return judge("place", resolved=rules(started, commune, on), on=on).outcome

    assert runs(OF_OLD_BAC_NINH, date(2023, 4, 11)) is True
    assert runs(OF_OLD_BAC_NINH, date(2023, 4, 10)) is None
    assert runs(OF_OLD_BAC_GIANG, UNDER_THE_PLAN) is None
    assert runs(OF_OLD_BAC_GIANG, TODAY) is True


def test_somebody_alone_may_have_a_smaller_house_but_not_under_the_plan(started: db.Instance) -> None:
    alone = {"household.size": 1}
    assert judge("area", {"planned_area": 18}, alone).outcome is True
    assert judge("area", {"planned_area": 17}, alone).outcome is False
    assert judge("area", {"planned_area": 18}).outcome is False
    plan = rules(started, OF_OLD_BAC_NINH, UNDER_THE_PLAN)
    assert judge("area", {"planned_area": 18}, alone, resolved=plan).outcome is False


@pytest.mark.parametrize("part", ["floor", "frame", "roof"])
def test_one_part_that_is_not_hard_is_enough_to_fail_as_planned_and_as_built(part: str) -> None:
    for code, name in (("three_hard", f"planned_{part}_hard"), ("built_three_hard", f"built_{part}_hard")):
        verdict = judge(code, {name: False})
        assert verdict.outcome is False
        assert [reason.field.split(".")[1] for reason in verdict.reasons] == [name]


def test_the_house_as_built_is_held_to_the_same_area_and_life_as_the_plan() -> None:
    for code, name, least in (("built_area", "built_area", 30), ("built_service_life", "built_life", 20)):
        assert judge(code, {name: least}).outcome is True
        assert judge(code, {name: least - 1}).outcome is False


# Who is helped


@pytest.mark.parametrize(
    ("category", "outcome"),
    [("poor", True), ("near_poor", True), ("newly_escaped", False), ("average", False), ("none", False), (None, None)],
)
def test_poor_and_near_poor_households_are_helped_and_no_others(category: str | None, outcome: bool | None) -> None:
    assert judge("category", household={"household.category": category}).outcome is outcome


def test_a_household_set_up_three_years_before_the_programme_is_independent_and_one_day_later_is_not() -> None:
    for set_up_on, outcome in ((date(2019, 1, 18), True), (date(2019, 1, 19), False)):
        assert judge("independent", household={"household.set_up_on": set_up_on}).outcome is outcome


def test_living_there_is_enough_and_permanent_registration_is_not_asked() -> None:
    assert judge("residence", household={"household.residence": "temporary"}).outcome is True


@pytest.mark.parametrize(
    ("code", "fact", "label"),
    [
        ("independent", "household.set_up_on", "Ngày lập hộ"),
        ("category", "household.category", "Phân loại theo chuẩn quốc gia"),
        ("residence", "household.residence", "Cư trú"),
    ],
)
def test_what_the_register_does_not_know_is_named_and_nobody_is_turned_away_for_it(
    code: str, fact: str, label: str
) -> None:
    verdict = judge(code, household={fact: NOBODY_KNOWS})
    assert verdict.outcome is None
    assert (verdict.reasons[0].sentence.vi, verdict.reasons[0].field) == (f"Chưa có: {label}", fact)


def test_a_household_that_any_programme_helped_before_is_not_helped_again() -> None:
    assert judge("first_help", {"helped_before": True}).outcome is False


# Whether the present house is bad enough

DURABLE = {"present_floor": "durable", "present_frame": "durable", "present_roof": "durable"}
LARGE, SMALL_ENOUGH = {"present_area": 32}, {"present_area": 31}  # four persons at 8 m² a head


@pytest.mark.parametrize(
    ("house", "both_needed", "one_is_enough"),
    [
        ({"present_floor": "not_durable", "present_frame": "not_durable"} | SMALL_ENOUGH, True, True),
        ({"present_floor": "not_durable", "present_roof": "not_durable"} | SMALL_ENOUGH, True, True),
        ({"present_frame": "not_durable", "present_roof": "not_durable"} | SMALL_ENOUGH, True, True),
        ({"present_roof": "not_durable"} | SMALL_ENOUGH, False, True),
        ({"present_frame": "not_durable", "present_roof": "not_durable"} | LARGE, False, True),
        ({"present_frame": "not_durable"} | LARGE, False, False),
        (SMALL_ENOUGH, False, True),
        (LARGE, False, False),
    ],
)
def test_a_house_must_be_not_durable_in_two_parts_and_or_too_small(
    house: dict[str, Any], both_needed: bool, one_is_enough: bool
) -> None:
    for join, outcome in (("and", both_needed), ("or", one_is_enough)):
        assert judge("need", DURABLE | house, values={"housing.need_join": join}).outcome is outcome


def test_a_household_without_a_house_is_in_need_whatever_else_is_unknown() -> None:
    nothing = dict.fromkeys(("present_floor", "present_frame", "present_roof", "present_area", "present_heads"))
    assert judge("need", nothing | {"has_house": False}).outcome is True


def test_the_verdict_on_need_always_says_that_the_rule_was_not_verified() -> None:
    for answers in ({}, {"has_house": False}, DURABLE):
        assert all("chưa kiểm chứng" in reason.sentence.vi for reason in judge("need", answers).reasons)


# Money


@pytest.mark.parametrize(("kind", "most"), [("new", 40_000_000), ("repair", 20_000_000)])
def test_the_central_budget_gives_40_million_for_a_new_house_and_20_for_a_repair_at_most(kind: str, most: int) -> None:
    assert judge("central_norm", {"kind": kind, "money_central": most}).outcome is True
    too_much = judge("central_norm", {"kind": kind, "money_central": most + 1})
    assert too_much.outcome is False
    assert [reason.needed for reason in too_much.reasons] == [most]


def test_local_money_waits_for_a_norm_and_a_case_that_asks_none_does_not() -> None:
    assert judge("local_norm", {"money_local": 1}).outcome is None
    assert judge("local_norm").outcome is True


def test_in_bac_ninh_local_money_has_a_norm_that_is_marked_as_assumed(started: db.Instance) -> None:
    resolved = rules(started, OF_OLD_BAC_NINH, TODAY)
    for kind, most in (("new", 20_000_000), ("repair", 10_000_000)):
        verdict = judge("local_norm", {"kind": kind, "money_local": most}, resolved=resolved, on=TODAY)
        assert verdict.outcome is True
        assert any("mức chưa kiểm chứng" in reason.sentence.vi for reason in verdict.reasons)
        assert judge("local_norm", {"kind": kind, "money_local": most + 1}, resolved=resolved).outcome is False


def test_the_sources_must_add_up_to_the_whole_cost_and_a_source_left_empty_gives_nothing() -> None:
    assert judge("cost_adds_up").outcome is True  # local money, funds and loan are left empty
    assert judge("cost_adds_up", {"money_loan": 1}).outcome is False
    assert judge("cost_adds_up", {"planned_cost": 40_000_000, "money_own": None}).outcome is True


def test_a_case_asks_some_source_for_support() -> None:
    assert judge("asks_support", {"money_central": None, "money_loan": 40_000_000}).outcome is False
    assert judge("asks_support", {"money_central": None, "money_fatherland_front": 1}).outcome is True


def test_the_instalments_of_each_kind_of_work_end_with_the_remainder_once_the_work_is_done() -> None:
    for kind, count in (("new", 3), ("repair", 2)):
        wanted = [each for each in PROGRAMME.instalments if programmes.applies(each, {"kind": kind})]
        assert len(wanted) == count
        assert [each.share is None for each in wanted] == [False] * (count - 1) + [True]
        assert wanted[-1].after == "finished"


def test_every_instalment_comes_after_a_check_that_its_kind_of_work_has() -> None:
    for kind in ("new", "repair"):
        steps = {each.code for each in PROGRAMME.steps if programmes.applies(each, {"kind": kind})}
        for each in PROGRAMME.instalments:
            assert not programmes.applies(each, {"kind": kind}) or each.after in steps
        for step in PROGRAMME.steps:
            assert step.code not in steps or step.after in steps | {"approve"}


def test_every_support_can_be_paid_from_a_fund_there_is() -> None:
    assert {each.source for each in PROGRAMME.supports} == set(budget.SOURCES)
    assert {each.capital for each in PROGRAMME.supports} <= set(budget.CAPITALS)


# The form


def test_the_good_case_is_complete() -> None:
    assert missing(PROGRAMME.fields, ANSWERS) == []


def test_a_household_without_a_house_is_not_asked_about_one() -> None:
    answers, reasons = read(PROGRAMME.fields, ANSWERS | {"has_house": "không"}, complete=True)
    assert reasons == []
    assert not any(name.startswith("present_") for name in answers)


def test_the_year_of_earlier_help_reads_as_a_year() -> None:
    assert show(PROGRAMME.field("helped_year"), 2009, "vi") == "2009"
    assert show(PROGRAMME.field("planned_area"), 12_000, "vi") == "12.000 m²"


# The declaration


def test_the_programme_loads_without_a_fault(started: db.Instance) -> None:
    assert started.registry is not None
    assert started.registry.broken == ()
    in_force = started.registry.programme("housing")
    assert in_force.programme == PROGRAMME
    assert in_force.plugin == "housing"


def test_every_parameter_that_is_read_is_declared_and_every_declared_one_is_read() -> None:
    words = programmes.vocabulary(PROGRAMME.fields, PROGRAMME.step("completion").fields)
    declarations = {each.name: each.declaration for each in PARAMETERS}
    named = {name for each in CRITERIA for name in criteria.compile(each, words, declarations).parameters}
    named |= {each.share for each in PROGRAMME.instalments if each.share} | {each.due for each in PROGRAMME.steps}
    assert named == set(declarations)


def test_every_row_and_every_criterion_names_its_source() -> None:
    rows = [row for each in PARAMETERS for row in each.rows]
    assert all(source.strip() for source in [row.source for row in rows] + [each.source for each in CRITERIA])
    assert all(row.note for row in rows if not row.verified)


def test_what_goes_on_after_the_period_is_marked_as_verified_by_nobody() -> None:
    for each in PARAMETERS:
        for row in each.rows:
            ends = row.valid_to is not None and row.valid_to <= date(2025, 12, 31)
            assert ends or not row.verified, f"{each.name}: {row}"
            assert ends or (row.place, row.place_on) != ("VN", None), f"{each.name}: the whole country, without an end"


def in_readme(name: str, row: Any) -> str:
    """A row that nobody verified, as the README lists it."""
    value = "not set" if row.value is None else ", ".join(row.value) if isinstance(row.value, tuple) else row.value
    value = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    where = {BAC_NINH: "Bắc Ninh", OLD_BAC_GIANG: "old Bắc Giang", ("VN", None): "the country"}.get(
        (row.place, row.place_on), "old Bắc Ninh"
    )
    days = f"{row.valid_from or '…'} – {row.valid_to or '…'}"
    return f"| `{name}` | {value} | {where} | {days} |"


def test_the_readme_lists_every_row_and_criterion_that_nobody_verified_and_no_other() -> None:
    readme = (Path(housing.__file__).parent / "README.md").read_text(encoding="utf-8")
    listed = [line for line in readme.splitlines() if line.startswith("| `housing.")]
    assert listed == [in_readme(each.name, row) for each in PARAMETERS for row in each.rows if not row.verified]
    doubtful = [line.split("`")[1] for line in readme.splitlines() if line.startswith("- `")]
    assert doubtful == [each.code for each in CRITERIA if not each.verified]


def test_the_plugin_imports_of_the_core_its_toolkit_and_nothing_else() -> None:
    own = {"core.toolkit", *sys.stdlib_module_names}
    for file in Path(housing.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strange = [
                name
                for name in names
                if not {name, name.split(".")[0]} & own and not name.startswith("plugins.housing")
            ]
            assert not strange, file.name


# From the first keystroke to the closed file

DECISION = {
    "decision_number": "12/QĐ-UBND",
    "decision_date": "2026-11-20",
    "decision_issuer": "Ủy ban nhân dân tỉnh Bắc Ninh",
    "decision_signer": "Người ký",
    "decision_capacity": "Chủ tịch",
}
PAID = {"paid_on": "23/11/2026", "payee": "Nguyễn Văn Á", "voucher": "PC01"}
SEEN = {"visited_on": "23/11/2026", "passed": "yes"}
THIRDS = {"planned_cost": 100_000_001, "money_central": 33_333_333, "money_own": 66_666_668}


_wide = itertools.count(8)


def picture() -> bytes:
    """A picture that nobody took before: each visit needs one of its own."""
    out = io.BytesIO()
    Image.new("RGB", (next(_wide), 8), "white").save(out, "PNG")
    return out.getvalue()


def approved(world: World, answers: dict[str, Any]) -> str:
    with db.transaction(world.instance):
        household = {
            "unit": world.commune.id,
            "code": "H2",
            "members": [{"name": "Nguyễn Văn Á", "relation": "Chủ hộ", "birth": "1960", "sex": "Nam"}],
            "category": "Hộ nghèo",
            "decision_number": "01/QĐ-UBND",
            "decided_on": "01/12/2025",
            "residence": "Thường trú",
            "set_up_on": "01/01/2010",
        }
        saved, _ = people.save_household(world.officer, household)
        worlds.money(world.manager, "NHA-TW", 100_000_000, programme="housing")
        number = cases.open_case(world.officer, "housing", people.household_number(saved), answers).number
        for paper in PROGRAMME.papers:
            cases.attach_paper(world.officer, number, paper.code, "giấy.png", picture())
        cases.move(world.officer, number, "propose")
        cases.move(world.approver, number, "approve", DECISION)
    return number


def visit(world: World, number: str, step: str, **seen: Any) -> monitoring.Recorded:
    with db.transaction(world.instance):
        return monitoring.record_visit(world.monitor, number, step, SEEN | seen, [("ảnh.png", picture())])


def pay(world: World, number: str) -> int:
    """Pay what comes next; gives how much it was."""
    with db.transaction(world.instance):
        due = disbursement.next_payment(cases.find(world.accountant, number).id)
        assert due is not None
        disbursement.pay(world.accountant, number, due.code, PAID)
        return int(due.amount)


def state(world: World, number: str) -> str:
    with db.transaction(world.instance, read_only=True):
        return str(cases.find(world.auditor, number).state)


def test_a_new_house_is_paid_in_three_parts_and_followed_to_the_end(world: World) -> None:
    number = approved(world, ANSWERS | THIRDS)
    with pytest.raises(Unmet):
        pay(world, number)
    paid = []
    for step in ("foundation", "frame_roof", "finished"):
        visit(world, number, step)
        paid.append(pay(world, number))
    assert paid == [9_999_999, 13_333_333, 10_000_001]
    assert state(world, number) == "disbursed"
    assert not visit(world, number, "completion", **AS_BUILT | {"built_area": 17}).passed
    assert state(world, number) == "disbursed"
    assert visit(world, number, "completion", **AS_BUILT).passed
    assert state(world, number) == "monitored"
    with pytest.raises(Unmet), db.transaction(world.instance):
        cases.move(world.officer, number, "close")
    visit(world, number, "late_check", lived_in="yes")
    with db.transaction(world.instance):
        cases.move(world.officer, number, "close")
    assert state(world, number) == "closed"


def test_a_repair_is_paid_in_two_parts(world: World) -> None:
    number = approved(
        world, ANSWERS | {"kind": "repair", "planned_cost": 20_000_001, "money_central": 20_000_000, "money_own": 1}
    )
    visit(world, number, "repair_begun")
    paid = [pay(world, number)]
    visit(world, number, "finished")
    visit(world, number, "completion", **AS_BUILT)
    assert [*paid, pay(world, number)] == [10_000_000, 10_000_000]
    assert state(world, number) == "monitored"
