"""Workflow tables: what may stand in them, what is wrong with them, how they are frozen and run."""

from __future__ import annotations

import ast
import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import transitions
from hypothesis import given, strategies as st

import workflows
from core import workflow
from core.domain import cases
from core.domain.access import ROLES
from core.instance import NOUNS_WITH_RULES
from core.text import Text
from core.workflow import Guard, State, Transition, Workflow
from workflows import support

REQUIREMENTS = {each.code: each for noun in NOUNS_WITH_RULES for each in noun.REQUIREMENTS}
EFFECTS = {each.code: each for noun in NOUNS_WITH_RULES for each in noun.EFFECTS}
TABLES = [path for path in Path(workflows.__path__[0]).glob("*.py") if path.name != "__init__.py"]


def both(text: str) -> Text:
    return Text(text, text)


def small(
    *steps: Transition, states: tuple[str, ...] = ("a", "b"), final: str = "b", waits: tuple[workflow.Wait, ...] = ()
) -> Workflow:
    """A workflow of states that everybody may see."""
    view = (("view", ("officer",)),)
    return Workflow(
        "small",
        both("small"),
        "a",
        Guard(roles=("officer",)),
        tuple(State(code, both(code), view, waits, final=code == final) for code in states),
        steps,
    )


def step(code: str, sources: tuple[str, ...], target: str, **more: object) -> Transition:
    return Transition(code, both(code), sources, target, **{"guard": Guard(roles=("officer",)), **more})  # type: ignore[arg-type]


GO = step("go", ("a",), "b")
COMMENT = support.COMMENT
ROUND = step("round", ("c",), "a", automatic=True)


def wrong(table: Workflow) -> list[str]:
    return workflow.problems(table, ROLES, REQUIREMENTS, EFFECTS)


def test_the_support_workflow_can_run() -> None:
    assert wrong(support.WORKFLOW) == []


def test_the_acts_that_move_nothing_are_those_the_history_has_a_name_for() -> None:
    assert set(workflow.ACTS) == set(cases.ACTS)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_workflow_is_a_table_without_any_branch_or_function(path: Path) -> None:
    forbidden = (
        ast.If,
        ast.IfExp,
        ast.Lambda,
        ast.FunctionDef,
        ast.For,
        ast.While,
        ast.Try,
        ast.ListComp,
        ast.GeneratorExp,
    )
    assert [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, forbidden)] == []


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (small(GO, step("back", ("b",), "a")), "state 'b' is final but can be left"),
        (small(GO, states=("a", "b", "c")), "state 'c' is not final but nothing leaves it"),
        (small(GO, states=("a", "b", "c")), "state 'c' is never reached"),
        (small(GO, GO), "transition 'go' stands twice"),
        (small(step("go", ("a", "nowhere"), "b")), "transition 'go': no state 'nowhere'"),
        (small(dataclasses.replace(GO, requirements=("luck",))), "transition 'go': no requirement 'luck'"),
        (small(dataclasses.replace(GO, effects=("magic",))), "transition 'go': no effect 'magic'"),
        (small(dataclasses.replace(GO, guard=Guard())), "transition 'go' has no guard"),
        (small(dataclasses.replace(GO, guard=Guard(roles=("king",)))), "transition 'go': no role 'king'"),
        (
            small(dataclasses.replace(GO, guard=Guard(permissions=("fly",)))),
            "transition 'go': nobody has 'fly' in state 'a'",
        ),
        (
            small(dataclasses.replace(GO, effects=("commit_budget",))),
            "transition 'go': the effect 'commit_budget' needs the requirement 'budget_available'",
        ),
        (
            small(dataclasses.replace(GO, effects=("cover_by_decision",))),
            "transition 'go': the effect 'cover_by_decision' needs the field 'decision_number'",
        ),
        (small(dataclasses.replace(GO, fields=(COMMENT, COMMENT))), "transition 'go': field 'comment' stands twice"),
        (small(dataclasses.replace(GO, not_by=("propos",))), "transition 'go': no act 'propos'"),
        (small(dataclasses.replace(GO, code="pay")), "transition 'pay' is named like an act that moves nothing"),
        (
            small(GO, states=("a", "b"), waits=(workflow.Wait("auditor", both("Look")),)),
            "state 'a' waits for 'auditor', who may not view a case in it",
        ),
        (
            small(
                GO, dataclasses.replace(ROUND, code="there", sources=("a",), target="c"), ROUND, states=("a", "b", "c")
            ),
            "automatic transitions go round in a circle: a, c",
        ),
    ],
)
def test_every_fault_of_a_table_is_a_sentence(table: Workflow, sentence: str) -> None:
    assert sentence in wrong(table)


def test_a_sound_table_has_no_fault() -> None:
    assert wrong(small(GO)) == []


def test_a_frozen_workflow_thaws_to_the_same_table_and_version() -> None:
    body = workflow.freeze(support.WORKFLOW)
    again = workflow.thaw(json.loads(body))
    assert again == support.WORKFLOW
    assert workflow.version_of(workflow.freeze(again)) == workflow.version_of(body)


def test_a_table_that_changes_has_another_version() -> None:
    changed = small(dataclasses.replace(GO, title=both("come")))
    assert workflow.Machine(changed).version != workflow.Machine(small(GO)).version


@given(
    st.sampled_from([state.code for state in support.WORKFLOW.states]),
    st.sampled_from([each.code for each in support.WORKFLOW.transitions]),
)
def test_the_machine_moves_exactly_what_the_table_says(state: str, code: str) -> None:
    machine = workflow.Machine(support.WORKFLOW)
    row = support.WORKFLOW.transition(code)
    reference = SimpleNamespace(state=state)
    if state in row.sources:
        assert machine.fire(code, reference) == row.target
    else:
        with pytest.raises(transitions.MachineError):
            machine.fire(code, reference)
        assert reference.state == state


def test_the_machine_leaves_a_state_by_the_transitions_of_the_table() -> None:
    machine = workflow.Machine(support.WORKFLOW)
    assert {state.code: {each.code for each in machine.leaving(state.code)} for state in support.WORKFLOW.states} == {
        state.code: {each.code for each in support.WORKFLOW.transitions if state.code in each.sources}
        for state in support.WORKFLOW.states
    }
