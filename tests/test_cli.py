"""The terminal: every command as somebody types it, with its output and its exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from core import db
from core.cli import main
from core.domain import cases, units
from tests.stories import DECISION, GOOD, PAID, SEEN, approved, opened, picture, proposed
from tests.test_exchange import HEAD, OTHER, WIFE, a_file
from tests.worlds import World, person

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


def codes(told: Any) -> list[str]:
    return [reason["code"] for reason in told["reasons"]]


# Refusals


def test_a_refusal_tells_all_reasons_and_where_the_case_stands(world: World, terminal: Terminal) -> None:
    number = opened(world, {"depth": 5})
    words = ("case", "move", number, "propose", "--as", "officer")
    told = said(terminal(*words, "--json"), 3)
    assert (told["number"], told["state"], told["moved"]) == (number, "draft", False)
    assert set(codes(told)) == {"missing", "paper_missing", "deep_enough"}
    plain = terminal(*words)
    assert plain.exit_code == 3
    assert plain.stdout == ""
    assert "Thiếu giấy tờ: Đơn đề nghị" in plain.stderr
    assert "Chưa nhập: Ngân sách trung ương" in plain.stderr


def test_sentences_are_english_wherever_the_language_is_asked_for(world: World, terminal: Terminal) -> None:
    words = ["case", "show", "BN-26-99999", "--as", "officer"]
    for place in (0, 1, len(words)):
        told = terminal(*words[:place], "--lang", "en", *words[place:])
        assert told.exit_code == 4
        assert "There is no case BN-26-99999 within your reach" in told.stderr
    assert "Không có hồ sơ" in terminal(*words).stderr


def test_each_kind_of_refusal_has_its_exit_status(world: World, terminal: Terminal) -> None:
    number = proposed(world)
    with db.transaction(world.instance, read_only=True):
        version = cases.find(world.approver, number).version
    decision = json.dumps(DECISION)

    def move(transition: str, *words: str, by: str = "approver", stdin: str | None = None) -> Any:
        return terminal("case", "move", number, transition, "--as", by, "--json", *words, stdin=stdin)

    assert codes(said(move("approve", by="officer"), 3))[0] == "role_missing"
    assert codes(said(move("close"), 3)) == ["wrong_state"]
    assert codes(said(move("fly"), 4)) == ["transition_unknown"]
    assert codes(said(move("approve"), 2)).count("missing") == 5
    assert codes(said(move("return", by="nobody", stdin=decision), 4)) == ["user_unknown"]
    assert codes(said(move("finish_payment", "--note", "xong"), 3)) == ["wrong_state"]
    stale = said(move("approve", "--data", "-", "--version", str(version - 1), stdin=decision), 5)
    assert codes(stale) == ["stale"]
    assert stale["state"] == "proposed"
    assert said(move("return", "--note", "Bổ sung giấy tờ"))["state"] == "returned"


def test_a_note_to_a_step_that_takes_none_is_bad_input(world: World, terminal: Terminal) -> None:
    number = approved(world)
    told = said(terminal("case", "move", number, "finish_payment", "--note", "xong", "--as", "accountant", "--json"), 2)
    assert codes(told) == ["no_note"]


def test_opening_what_cannot_be_opened_says_why(world: World, terminal: Terminal) -> None:
    def open_(*words: str, stdin: str | None = None) -> Result:
        return terminal("case", "open", *words, "--as", "officer", "--json", stdin=stdin)

    assert said(open_("well", "--household", "H9"), 4) | {"reasons": 0} == {
        "title": "Không tìm thấy",
        "number": None,
        "state": None,
        "moved": False,
        "reasons": 0,
    }
    assert codes(said(open_("moon", "--household", "H1"), 4)) == ["programme_unknown"]
    assert codes(said(open_("well"), 2)) == ["subject_missing"]
    assert codes(said(open_("well", "--household", "H1", "--unit", "00000"), 4)) == ["unit_not_found"]
    assert codes(said(open_("well", "--person", "001060012345"), 4)) == ["person_not_found"]
    assert codes(said(open_("well", "--household", "H1", "--answers", "-", stdin='{"depth": "sâu"}'), 2)) == [
        "unreadable"
    ]
    number = said(open_("well", "--household", "h1".upper(), "--unit", world.commune.code))["number"]
    again = said(open_("well", "--household", world.household), 3)
    assert codes(again) == ["already_open"]
    assert number in again["reasons"][0]["sentence"]


def test_a_member_stands_for_the_household_of_a_programme_about_households(world: World, terminal: Terminal) -> None:
    with db.transaction(world.instance, read_only=True):
        from core.domain import people

        [member] = people.household_of(world.officer, world.household).members
    words = ("case", "open", "well", "--person", str(member.row.id), "--as", "officer", "--json")
    assert said(terminal(*words))["moved"]
    assert codes(said(terminal("case", "open", "well", "--household", "H1", "--as", "officer", "--json"), 3)) == [
        "already_open"
    ]


@pytest.mark.parametrize(
    ("written", "line"), [(b'{"depth": 12,\n "central": }', 2), (b"[1]", None), (b"\xff", None), (b'{"a": NaN}', None)]
)
@pytest.mark.databases("sqlite")
def test_a_json_file_that_cannot_be_read_is_refused_with_its_line(
    world: World, terminal: Terminal, tmp_path: Path, written: bytes, line: int | None
) -> None:
    file = tmp_path / "answers.json"
    file.write_bytes(written)
    told = said(
        terminal("case", "open", "well", "--household", "H1", "--answers", str(file), "--as", "officer", "--json"), 2
    )
    [reason] = told["reasons"]
    assert (reason["code"], reason["seen"]) == ("json_unreadable", line)
    assert str(file) in reason["sentence"]


@pytest.mark.databases("sqlite")
def test_a_file_that_is_not_there_or_a_folder_is_bad_input(world: World, terminal: Terminal, tmp_path: Path) -> None:
    number = opened(world)
    for path in (tmp_path / "none.png", tmp_path):
        assert codes(
            said(terminal("case", "attach", number, str(path), "--kind", "request", "--as", "officer", "--json"), 2)
        ) == ["file_unreadable"]
    assert terminal("case", "attach", number).exit_code == 2
    assert terminal("nonsense").exit_code == 2


def test_a_visit_that_was_not_passed_is_recorded_and_says_why(world: World, terminal: Terminal) -> None:
    number = approved(world)
    words = ("case", "visit", number, "--as", "monitor", "--json", "--data", "-")
    said(terminal(*words, "dug", stdin=json.dumps(SEEN)))
    told = said(terminal(*words, "finished", stdin=json.dumps(SEEN | {"water": False})))
    assert (told["passed"], told["moved"], codes(told)) == (False, False, ["water_reached"])
    assert codes(said(terminal(*words, "flown", stdin="{}"), 4)) == ["visit_unknown"]
    assert (
        codes(said(terminal("case", "pay", number, "last", "--as", "accountant", "--json"), 3))[0] == "earlier_unpaid"
    )


def test_a_case_is_shown_in_words_too(world: World, terminal: Terminal) -> None:
    number = proposed(world)
    told = terminal("case", "show", number, "--as", "officer")
    assert told.exit_code == 0
    assert number in told.stdout
    assert "withdraw" in told.stdout
    assert "23/11/2026 10:00  officer  propose" in told.stdout
    assert "propose" in told.stdout


def test_a_form_is_replaced_at_the_version_that_was_seen(world: World, terminal: Terminal) -> None:
    number = opened(world, {"depth": 5})
    words = ("case", "edit", number, "--answers", "-", "--as", "officer", "--json")
    assert said(terminal(*words, "--version", "1", stdin=json.dumps(GOOD)))["version"] == 2
    assert codes(said(terminal(*words, "--version", "1", stdin="{}"), 5)) == ["stale"]
    assert said(terminal("case", "show", number, "--as", "officer", "--json"))["answers"] == GOOD


# Lists


def test_a_list_is_imported_once_in_the_name_of_the_only_officer(
    world: World, terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "danh sách.xlsx"
    file.write_bytes(a_file(HEAD, WIFE, OTHER | {"Ngày công nhận": "31/02/2025"}))
    words = ("import", "households", str(file), "--unit", world.commune.code, "--json")
    trial = said(terminal(*words, "--dry-run"))
    assert (trial["rows"], trial["new"], trial["unchanged"], trial["missing"]) == (3, 1, 0, 1)
    [refused] = trial["refused"]
    assert (refused["column"], refused["value"]) == ("Ngày công nhận", "31/02/2025")
    assert set(refused) == {"row", "column", "value", "reason"}
    assert said(terminal(*words))["new"] == 1
    again = said(terminal(*words))
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)
    plain = terminal(*words[:-1])
    assert "31/02/2025" in plain.stdout
    assert said(terminal("case", "open", "well", "--household", "BN-001", "--as", "officer", "--json"))["moved"]


def test_a_list_that_cannot_be_taken_says_why(world: World, terminal: Terminal, tmp_path: Path) -> None:
    bad, wrong = tmp_path / "bad.xlsx", tmp_path / "wrong.xlsx"
    bad.write_bytes(b"%PDF-1.7\n\0\xff")
    wrong.write_bytes(a_file(HEAD | {"Ngày sinh": "31/02/1950"}))
    unit = ("--unit", world.commune.code, "--json")
    assert codes(said(terminal("import", "households", str(bad), *unit), 2)) == ["no_workbook"]
    assert codes(said(terminal("import", "households", str(tmp_path / "none.xlsx"), *unit), 2)) == ["file_unreadable"]
    assert said(terminal("import", "households", str(wrong), *unit), 3)["refused"]
    assert codes(said(terminal("import", "households", str(wrong), *unit, "--as", "auditor"), 3)) == ["role_missing"]
    with db.transaction(world.instance):
        person("second", ("officer", world.commune.id))
        empty = next(one for one in units.children(world.commune.province_id or 0) if one.id != world.commune.id)
    told = said(terminal("import", "households", str(wrong), *unit), 2)
    assert told["reasons"][0]["needed"] == ["officer", "second"]
    assert codes(said(terminal("import", "households", str(wrong), "--unit", empty.code, "--json"), 2)) == [
        "whose_name"
    ]


# What is declared


@pytest.mark.databases("sqlite")
def test_programmes_and_workflows_are_told(world: World, terminal: Terminal) -> None:
    assert "well" in [one["code"] for one in said(terminal("programme", "list", "--json"))["programmes"]]
    schema = said(terminal("programme", "show", "well", "--json"))
    assert (schema["type"], schema["required"]) == ("object", ["depth", "central"])
    assert [each["code"] for each in schema["instalments"]] == ["first", "last"]
    assert [each["code"] for each in schema["papers"]] == ["request"]
    assert "Giếng nước" in terminal("programme", "show", "well").stdout
    assert said(terminal("programme", "show", "moon", "--json"), 4)["reasons"]
    assert [one["name"] for one in said(terminal("workflow", "list", "--json"))["workflows"]] == ["support"]
    assert said(terminal("workflow", "check", "--json")) == {"support": {"problems": []}}
    assert said(terminal("workflow", "matrix", "none", "--json"), 4)["reasons"]


@pytest.mark.databases("sqlite")
def test_the_matrix_says_who_may_do_what_in_each_state(world: World, terminal: Terminal) -> None:
    matrix = said(terminal("workflow", "matrix", "support", "--json"))
    assert matrix["proposed"]["approver"] == {
        "transitions": ["approve", "reject", "return"],
        "permissions": ["decide", "view"],
    }
    assert matrix["closed"]["officer"] == {"transitions": [], "permissions": ["view"]}
    assert matrix["draft"]["admin"] == {"transitions": [], "permissions": []}
    assert "approve, reject, return" in terminal("workflow", "matrix").stdout


@pytest.mark.databases("sqlite")
def test_a_workflow_is_drawn_with_every_state_and_step(world: World, terminal: Terminal) -> None:
    drawn = terminal("--lang", "en", "workflow", "draw").stdout
    assert drawn.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert "    proposed --> approved : Approve\n" in drawn
    assert "    approved --> disbursed : «Finish payment»\n" in drawn
    assert "    closed --> [*]" in drawn


# The history


def test_a_touched_history_is_named_and_a_kept_seal_catches_who_has_the_key(
    world: World, terminal: Terminal, tmp_path: Path
) -> None:
    number = proposed(world)
    kept = tmp_path / "seals.json"
    assert terminal("seal", "--export", str(kept)).exit_code == 0
    assert said(terminal("verify", "--against", str(kept), "--json")) == {
        "holds": True,
        "cases": 1,
        "unsealed": 0,
        "first": None,
    }
    with db.transaction(world.instance):
        if db.is_postgres():
            db.execute(text("ALTER TABLE history DISABLE TRIGGER ALL"))
        else:
            db.execute(text("DROP TRIGGER history_no_update"))
        db.execute(text("UPDATE history SET body = replace(body, 'propose', 'approve') WHERE seq = 3"))
    told = said(terminal("verify", "--json"), 3)
    assert (told["holds"], told["first"]["case"], told["first"]["row"]) == (False, number, 3)
    assert f"Hồ sơ {number}, dòng 3" in terminal("verify").stderr
    kept.write_text(json.dumps({"seals": [{"id": 1}]}))
    assert codes(said(terminal("verify", "--against", str(kept), "--json"), 2)) == ["no_seals"]


def test_a_seal_that_was_kept_and_is_gone_is_named(world: World, terminal: Terminal, tmp_path: Path) -> None:
    kept = tmp_path / "seals.json"
    kept.write_text(json.dumps({"seals": [{"id": 7, "mac": "0" * 64}]}))
    assert said(terminal("verify", "--against", str(kept), "--json"), 3)["first"]["seal"] == 7
    assert said(terminal("seal", "--export", "-")) == {"seals": []}


# Users


def test_an_account_is_made_given_a_role_locked_and_let_in_again(world: World, terminal: Terminal) -> None:
    code = world.commune.code
    made = said(terminal("user", "create", "can.bo", "--name", "Cán Bộ", "--role", "officer", "--unit", code, "--json"))
    assert made["password"]
    assert terminal("user", "grant", "can.bo", "--role", "monitor", "--unit", code, "--to", "2027-01-31").exit_code == 0
    assert terminal("user", "grant", "can.bo", "--role", "monitor", "--unit", code).exit_code == 2
    token = terminal("user", "token", "can.bo", "--days", "7").stdout.strip()
    assert token.startswith("ts_")
    assert terminal("user", "lock", "can.bo").exit_code == 0
    assert terminal("user", "token", "can.bo").exit_code == 4
    [found] = [one for one in said(terminal("user", "list", "--json"))["users"] if one["user"] == "can.bo"]
    assert found["locked"]
    assert [role["role"] for role in found["roles"]] == ["Cán bộ giảm nghèo", "Người giám sát"]
    assert terminal("user", "unlock", "can.bo").exit_code == 0
    assert "(đã khóa)" not in terminal("user", "list").stdout
    assert terminal("user", "reset", "can.bo").exit_code == 0
    assert terminal("user", "lock", "nobody").exit_code == 4


# The program as a process


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start ``tiepsuc`` as a process of its own, on a SQLite instance in an empty folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEPSUC_")}

    def start(*words: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from core.cli import main; main()", *words],
            env={**kept, "TIEPSUC_INSTANCE": str(tmp_path / "instance"), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


Shell = Callable[..., subprocess.Popen[str]]


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return process.returncode, out, err


def served(process: subprocess.Popen[str]) -> str:
    """The address a server says it runs at."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line + (process.stderr.read() if process.stderr else "")
    return found[0]


def test_an_instance_is_prepared_once_then_served_until_ctrl_c(shell: Shell) -> None:
    for command in (("serve", "--port", "0"), ("case", "show", "X", "--as", "officer")):
        status, out, err = ended(shell(*command))
        assert (status, out) == (1, "")
        assert "tiepsuc init" in err
    assert ended(shell("init"))[:2] == (0, "Đã chuẩn bị cơ sở dữ liệu.\n")
    assert ended(shell("init")) == (0, "", "")
    assert ended(shell("work", "--once"))[0] == 0
    server = shell("serve", "--port", "0")
    address = served(server)
    with urlopen(f"{address}/readyz") as answer:
        assert json.load(answer) == {"status": "ready"}
    taken = ended(shell("serve", "--port", address.rsplit(":", 1)[1], "--lang", "en"))
    assert taken[0] == 1
    assert "cannot be opened" in taken[2]
    server.send_signal(signal.SIGINT)
    assert ended(server)[0] == 0


def test_a_service_manager_ends_it_like_ctrl_c(shell: Shell) -> None:
    ended(shell("init"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell starts what runs in its background
    try:
        processes = [shell("serve", "--port", "0") for _ in range(2)]
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for process, end in zip(processes, (signal.SIGTERM, signal.SIGINT), strict=True):
        served(process)
        process.send_signal(end)
        assert ended(process)[0] == 0


def test_the_worker_ends_when_it_is_told_to(shell: Shell) -> None:
    ended(shell("init"))
    process = shell("work")
    assert process.stdout is not None
    assert process.stdout.readline() == "Đang làm các việc nền.\n"
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == 0


def test_a_database_that_is_gone_is_a_sentence(shell: Shell, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"postgresql://u:secret@127.0.0.1:{free.getsockname()[1]}/x"
        for command in (("serve",), ("case", "show", "X", "--as", "officer", "--json")):
            status, out, err = ended(shell(*command, TIEPSUC_DATABASE_URL=nowhere))
            assert status == 1
            assert "Không dùng được cơ sở dữ liệu" in err
            assert "secret" not in out + err
    assert codes(json.loads(out)) == ["database"]


def test_a_setting_that_makes_no_sense_is_named(shell: Shell) -> None:
    status, _, err = ended(shell("init", TIEPSUC_DATABASE_URL="mysql://x"))
    assert status == 2
    assert "TIEPSUC_DATABASE_URL" in err


# The documentation


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield " ".join((*names, name)), command


def test_every_command_and_option_stands_in_the_documentation_and_no_other() -> None:
    page = (Path(__file__).parent.parent / "docs/commands.md").read_text(encoding="utf-8")
    told = {}
    for usage in re.findall(r"^\| `tiepsuc ([^`]+)`", page, re.MULTILINE):
        name = re.match(r"[a-z]+(?: [a-z][a-z-]*)*", usage)
        assert name is not None
        told[name[0]] = set(re.findall(r"--[a-z-]+", usage))
    there = {
        name: {option for each in command.params for option in each.opts if option.startswith("--")} - {"--lang"}
        for name, command in commands(main)
    }
    assert told == there
