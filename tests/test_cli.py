"""The terminal: every command as somebody types it, with its output and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core.cli import main
from tests.domain.test_life_of_a_case import DECISION, GOOD, PAID, SEEN, picture
from tests.worlds import World

Terminal = Callable[..., Result]


@pytest.fixture
def terminal(world: World) -> Terminal:
    """Run ``tiepsuc`` with these words on the world's database."""

    def run(*words: str, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, list(words), obj=world.instance, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def said(result: Result, status: int = 0) -> Any:
    """The JSON that was printed, when the program ended with ``status``."""
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_a_case_lives_its_whole_life_at_the_terminal(world: World, terminal: Terminal, tmp_path: Path) -> None:
    paper = tmp_path / "đơn.png"
    paper.write_bytes(picture())
    answers, decision, paid = (tmp_path / f"{name}.json" for name in ("answers", "decision", "paid"))
    answers.write_text(json.dumps(GOOD))
    decision.write_text(json.dumps(DECISION))
    paid.write_text(json.dumps(PAID))

    opened = said(
        terminal("case", "open", "well", "--household", "H1", "--answers", str(answers), "--as", "officer", "--json")
    )
    number = opened["number"]
    assert opened == {"number": number, "state": "draft", "version": 1, "moved": True, "reasons": []}

    def step(*words: str, by: str, stdin: str | None = None) -> Any:
        return said(terminal("case", words[0], number, *words[1:], "--as", by, "--json", stdin=stdin))

    assert step("attach", str(paper), "--kind", "request", by="officer")["kind"] == "request"
    assert step("move", "propose", by="officer")["state"] == "proposed"
    assert step("move", "approve", "--data", str(decision), "--note", "Đồng ý", by="approver")["moved"]
    dug = step("visit", "dug", "--data", "-", by="monitor", stdin=json.dumps(SEEN))
    assert (dug["passed"], dug["moved"], dug["state"]) == (True, False, "approved")
    assert step("pay", "first", "--data", str(paid), by="accountant")["amount"] == 25_800_000
    seen = json.dumps(SEEN | {"water": True})
    step("visit", "finished", "--photo", str(paper), "--data", "-", by="monitor", stdin=seen)
    last = step("pay", "--data", str(paid), by="accountant")
    assert (last["instalment"], last["amount"], last["moved"], last["state"]) == ("last", 17_200_001, True, "monitored")
    step("visit", "later", "--data", "-", by="monitor", stdin=json.dumps(SEEN))
    assert step("move", "close", by="officer")["state"] == "closed"

    found = step("show", by="auditor")
    assert (found["state"], found["programme"], found["answers"]) == ("closed", "well", GOOD)
    assert found["workflow"]["name"] == "support"
    assert [entry["action"] for entry in found["history"]] == [
        "open",
        "attach",
        "propose",
        "approve",
        "visit",
        "pay",
        "visit",
        "pay",
        "finish_payment",
        "finish_monitoring",
        "visit",
        "close",
    ]
    assert found["history"][3]["note"] == "Đồng ý"
    assert found["history"][3]["actor"] == "approver"
