"""The work that is killed: one random act after another, through the API, the terminal and the domain.

Before an act its intent is written into a journal, and after it what came of it. What is begun and not ended when the
process dies is sent again by the checker, as somebody would whose answer never came.
"""

from __future__ import annotations

import io
import json
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from core import backup, db
from core.app import create_app
from core.cli import main
from core.domain import cases, documents, history, people, users
from tests.stories import DECISION, SEEN, picture
from tests.test_exchange import HEAD, a_file
from tests.worlds import World

ANSWERS = {"depth": 12, "central": 1_000_000, "local": 0}
PERSONS = ("officer", "approver", "accountant", "monitor")
HOUSEHOLDS_OF_A_LIST = 3


_free = select(people.household.c.code).where(
    ~select(cases.case.c.id).where(cases.case.c.household_id == people.household.c.id).exists()
)


@dataclass
class Act:
    """One intent: ``name`` and all that is needed to send it again; ``key`` makes it one."""

    key: str
    name: str
    given: dict[str, Any]


class Journal:
    """What was begun and what was ended, in a file that outlives the process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, act: Act) -> None:
        self._write({"begin": vars(act)})

    def end(self, act: Act, came_of_it: Any) -> None:
        self._write({"end": act.key, "result": came_of_it})

    def _write(self, line: dict[str, Any]) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, (json.dumps(line) + "\n").encode())
        os.close(handle)

    def read(self) -> tuple[list[tuple[Act, Any]], Act | None]:
        """What was ended, with its result, and the one act that was begun and not ended."""
        begun: dict[str, Act] = {}
        ended = []
        for line in self.path.read_text().splitlines() if self.path.exists() else ():
            told = json.loads(line)
            if "begin" in told:
                act = Act(**told["begin"])
                begun[act.key] = act
            else:
                ended.append((begun.pop(told["end"]), told["result"]))
        return ended, next(iter(begun.values()), None)


class Office:
    """People at work in one instance."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        app = create_app(world.instance)
        app.testing = True
        self.client: FlaskClient = app.test_client()
        self.tokens: dict[str, str] = json.loads((folder / "tokens.json").read_text())

    def work(self, chance: random.Random, journal: Journal) -> None:
        """Act after act, until somebody kills this process."""
        while True:
            act = self._choose(chance)
            journal.begin(act)
            journal.end(act, self.do(act))

    def do(self, act: Act) -> Any:
        """Do an act, or do it again; gives [status or number, version of the case]."""
        return getattr(self, f"_do_{act.name}")(act, **act.given)

    def _choose(self, chance: random.Random) -> Act:
        key = f"{chance.getrandbits(64):x}"
        name, given = self._wish(chance, key)
        return Act(key, name, given)

    def _wish(self, chance: random.Random, key: str) -> tuple[str, dict[str, Any]]:
        with db.transaction(self.world.instance, read_only=True):
            open_ = db.execute(cases.case.select().where(cases.case.c.open_key.is_not(None))).all()
            homes = list(db.execute(_free).scalars())
            papers = {row.id: documents.kinds_attached([row.id])[row.id] for row in open_}
        dice = chance.random()
        if dice < 0.06:
            return "seal", {}
        if dice < 0.09:
            return "backup", {}
        if dice < 0.16 or (not homes and len(open_) < 4):
            return "import", {"prefix": f"I{key[:6]}"}
        if homes and (dice < 0.35 or len(open_) < 4):
            return "open", {"household": chance.choice(homes)}
        if dice < 0.42:
            numbers = [row.number for row in open_ if row.state == "proposed"]
            return "approve_many", {"numbers": numbers, "decision": f"{key[:8]}/QĐ"}
        row = chance.choice(open_)
        if row.state in ("draft", "returned"):
            if "request" not in papers[row.id]:
                return "attach", {"number": row.number, "side": chance.randrange(1, 200)}
            edit = "edit", {"number": row.number, "depth": chance.randrange(11, 99)}
            propose = "step", {"number": row.number, "step": "propose", "by": "officer", "body": {}}
            return chance.choice([edit, propose])
        if row.state == "proposed":
            note = {"note": "Bổ sung"}
            approve = {"data": DECISION | {"decision_number": f"{key[:8]}/QĐ"}}
            back = {"number": row.number, "step": "return", "by": "approver", "body": note}
            on = {"number": row.number, "step": "approve", "by": "approver", "body": approve}
            return "step", chance.choice([back, on, on])
        step = chance.choice(["dug", "finished"])
        return chance.choice([("visit", {"number": row.number, "step": step}), ("pay", {"number": row.number})])

    # The acts. Each gives what somebody at the other end would have seen.

    def _post(self, act: Act, by: str, path: str, method: str = "POST", **sent: Any) -> list[Any]:
        headers = {"Authorization": f"Bearer {self.tokens[by]}", "Idempotency-Key": act.key}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **sent)
        told = answer.get_json(force=True)
        assert answer.status_code < 500, answer.text
        return [answer.status_code, told.get("number"), told.get("version")]

    def _do_open(self, act: Act, household: str) -> Any:
        body = {"programme": "well", "household": household, "answers": ANSWERS}
        return self._post(act, "officer", "/cases", json=body)

    def _do_attach(self, act: Act, number: str, side: int) -> Any:
        data = {"kind": "request", "file": (io.BytesIO(picture(side=side)), "đơn.png")}
        return self._post(act, "officer", f"/cases/{number}/documents", data=data)

    def _do_edit(self, act: Act, number: str, depth: int) -> Any:
        body = {"answers": {"depth": depth}}
        headers = {"Authorization": f"Bearer {self.tokens['officer']}", "If-Match": "*"}
        answer = self.client.patch(f"/api/v1/cases/{number}", json=body, headers=headers)
        told = answer.get_json(force=True)
        return [answer.status_code, told.get("number"), told.get("version")]

    def _do_step(self, act: Act, number: str, step: str, by: str, body: dict[str, Any]) -> Any:
        return self._post(act, by, f"/cases/{number}/transitions/{step}", json=body)

    def _do_visit(self, act: Act, number: str, step: str) -> Any:
        data = SEEN | ({"water": True} if step == "finished" else {})
        return self._post(act, "monitor", f"/cases/{number}/visits", json={"step": step, "data": data})

    def _do_pay(self, act: Act, number: str) -> Any:
        return self._post(act, "accountant", f"/cases/{number}/payments", json={})

    def _do_approve_many(self, act: Act, numbers: list[str], decision: str) -> Any:
        with db.transaction(self.world.instance):
            data = DECISION | {"decision_number": decision}
            moved = cases.move_many(self.world.approver, numbers, "approve", data)
        return [sum(each.moved for each in moved), None, None]

    def _do_seal(self, act: Act) -> Any:
        with db.transaction(self.world.instance):
            return [history.seal_new(), None, None]

    def _do_import(self, act: Act, prefix: str) -> Any:
        path = self.folder / f"{prefix}.xlsx"
        path.write_bytes(household_list(prefix))
        words = ["import", "households", str(path), "--unit", self.world.commune.code, "--as", "officer"]
        return [_quietly(self.world.instance, words), None, None]

    def _do_backup(self, act: Act) -> Any:
        path = self.folder / f"{act.key}.zip"
        if not path.exists():
            backup.backup(self.world.instance, path)
        return [0, None, None]


def household_list(prefix: str) -> bytes:
    """A list of a few new households, each in a village of its own."""
    names = {"Họ và tên": "Nguyễn Văn Ba", "Số định danh": ""}
    return a_file(
        *(HEAD | names | {"Mã hộ": f"{prefix}-{n}", "Thôn": f"Khu {prefix}-{n}"} for n in range(HOUSEHOLDS_OF_A_LIST))
    )


def _quietly(instance: db.Instance, words: list[str]) -> int:
    result = CliRunner().invoke(main, words, obj=instance)
    assert result.exit_code == 0, result.output
    return int(result.exit_code)


def tokens(world: World, folder: Path) -> None:
    """Give each person of the office a token, for all processes to come."""
    with db.transaction(world.instance):
        made = {login: users.create_token(world.actors[login], "kills", 365) for login in PERSONS}
    (folder / "tokens.json").write_text(json.dumps(made))
