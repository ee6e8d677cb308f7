"""What has to hold whenever the program was killed."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core import db
from core.domain import audit, cases, documents, history, people, requests
from core.domain.disbursement import instalment
from tests.kills.office import HOUSEHOLDS_OF_A_LIST, Act, Journal, Office

ONCE = {"open": 1, "approve": 1}  # acts a case sees once, whatever is sent again


def check(office: Office, journal: Journal) -> None:
    """Assert that all holds; then send again what had no answer, and assert that it is there once."""
    ended, unanswered = journal.read()
    with db.transaction(office.world.instance, read_only=True):
        holds()
        nothing_lost(ended)
    if unanswered is not None:
        _send_again(office, unanswered)
        journal.end(unanswered, [None, None, None])
        with db.transaction(office.world.instance, read_only=True):
            holds()
            if unanswered.name == "import":
                assert _households(unanswered.given["prefix"]) == HOUSEHOLDS_OF_A_LIST
    with db.transaction(office.world.instance):
        documents.sweep(timedelta(0))
        assert _in_store() == set(db.execute(select(documents.file.c.sha256)).scalars())
    _backups_are_whole(office.folder)


def holds() -> None:
    """The history tells what the tables say; money adds up; each effect is there once; lists came whole or not."""
    broken = audit.verify(papers=True)
    assert broken is None, broken
    times = Counter(
        (row.case_id, row.action)
        for row in db.execute(select(history.history.c.case_id, history.history.c.action)).all()
    )
    assert {pair: n for pair, n in times.items() if n > ONCE.get(pair[1], n)} == {}
    paid = Counter(
        (row.case_id, json.loads(row.body)["facts"]["instalment"])
        for row in db.execute(select(history.history).where(history.history.c.action == "pay")).all()
    )
    assert {pair: n for pair, n in paid.items() if n > 1} == {}
    marked = db.execute(select(func.count()).where(instalment.c.paid_at.is_not(None))).scalar()
    assert marked == len(paid)
    same = select(cases.case.c.open_key).group_by(cases.case.c.open_key).having(func.count() > 1)
    assert db.execute(same.where(cases.case.c.open_key.is_not(None))).all() == []
    assert db.execute(select(requests.api_request.c.key).where(requests.api_request.c.status.is_(None))).all() == []
    lists = Counter(
        code.split("-")[0] for code in db.execute(select(people.household.c.code)).scalars() if code.startswith("I")
    )
    assert set(lists.values()) <= {HOUSEHOLDS_OF_A_LIST}


def nothing_lost(ended: Sequence[tuple[Act, Any]]) -> None:
    """What somebody was told is done, is done."""
    versions = {row.number: row.version for row in db.execute(select(cases.case)).all()}
    for act, (status, number, version) in ended:
        if number is not None and status in (200, 201):
            assert versions.get(number, 0) >= (version or 1), act
        if act.name == "import" and status == 0:
            assert _households(act.given["prefix"]) == HOUSEHOLDS_OF_A_LIST, act


def _send_again(office: Office, act: Act) -> None:
    keyed = select(requests.api_request.c.status).where(requests.api_request.c.key == act.key)
    count = select(func.count()).select_from(history.history)
    with db.transaction(office.world.instance, read_only=True):
        done = db.execute(keyed).scalar() is not None
        before = db.execute(count).scalar_one()
    office.do(act)
    with db.transaction(office.world.instance, read_only=True):
        after = db.execute(count).scalar_one()
    assert after == before if done else after >= before, act


def _households(prefix: str) -> int:
    code = people.household.c.code
    return db.execute(select(func.count()).where(code.like(f"{prefix}-%"))).scalar_one()


def _in_store() -> set[str]:
    store = db.settings().instance / "files"
    return {path.name for path in store.rglob("*") if path.is_file()}


def _backups_are_whole(folder: Path) -> None:
    """A backup is there under its name only when it is whole; what was begun lies beside it under another name."""
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
        path.unlink()
    for path in folder.glob("*.zip.*.partial"):
        path.unlink()
