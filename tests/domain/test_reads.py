"""The log of reads: whoever is shown somebody's data stands in it, and nobody takes that out again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from core import db
from core.config import Settings, from_environment
from core.domain import cases, reads, units
from core.errors import BadInput, NotAllowed
from tests.stories import proposed
from tests.worlds import TODAY, World, person


def log(world: World) -> list[Any]:
    with db.transaction(world.instance, read_only=True):
        return list(db.execute(select(reads.read_event).order_by(reads.read_event.c.id)))


def looked(world: World, number: str, who: str = "officer") -> reads.Read:
    """What it makes of somebody looking at a case."""
    actor = world.actors[who]
    with db.transaction(world.instance, read_only=True):
        cases.find(actor, number)
        row = reads.taken(actor, "page", "cases.show")
    reads.write(world.instance, row)
    return row


def at(moment: datetime, **more: Any) -> dict[str, Any]:
    """A row of the log of a moment."""
    row = dict.fromkeys(("unit_id", "case_id", "household_id", "rows"))
    texts = {"way": "page", "what": "cases.show", "kinds": "case", "filters": "", "reason": ""}
    return {"id": db.new_id(), "at": moment, "actor_id": 1, **row, **texts, **more}


def test_looking_at_a_case_tells_who_whose_and_where_and_no_name(world: World) -> None:
    number = proposed(world)
    looked(world, number)
    [row] = log(world)
    with db.transaction(world.instance):
        case = cases.find(world.officer, number)
    assert (row.actor_id, row.case_id, row.household_id) == (world.officer.id, case.id, case.household_id)
    assert (row.unit_id, row.kinds, row.way) == (world.commune.id, "case", "page")
    assert "Nguyễn" not in repr(row)


def test_looking_at_several_cases_is_a_list_of_so_many(world: World) -> None:
    with db.transaction(world.instance):
        reads.handed_out("case", case_id=1)
        reads.handed_out("case", case_id=2)
        row = reads.taken(world.approver, "page", "cases.transition_many")
        assert (row.case_id, row.rows, row.unit_id) == (None, 2, world.approver.grants[0].unit_id)


def test_what_a_list_was_narrowed_to_is_kept_so_that_it_is_recognised_and_not_read(world: World) -> None:
    with db.transaction(world.instance):
        asked = {"q": "027068001234"}
        first, again = (reads.taken(world.officer, "page", "people.index", asked).filters for _ in range(2))
        other = reads.taken(world.officer, "page", "people.index", {"q": "027068001235"}).filters
    assert first == again != other
    assert "027068001234" not in first
    assert len(first) == 32


@pytest.mark.databases("sqlite")
def test_a_page_does_not_wait_for_an_import_and_its_reading_is_not_lost(world: World) -> None:
    number = proposed(world)
    with db.transaction(world.instance, read_only=True):
        cases.find(world.officer, number)
        row = reads.taken(world.officer, "page", "cases.show")
    with db.transaction(world.instance):  # SQLite's one writer
        reads.write(world.instance, row)
    assert log(world) == []
    for turn in range(3):
        with db.transaction(world.instance):
            assert reads.take_in() == (1 if turn == 0 else 0)
    assert [each.id for each in log(world)] == [row.id]
    assert list((world.instance.settings.instance / "reads").iterdir()) == []


@pytest.mark.databases("sqlite")
def test_a_row_that_waits_is_taken_in_once_though_the_first_try_was_undone(world: World) -> None:
    row = looked(world, proposed(world))
    reads.lay_aside(world.instance.settings.instance, row)
    with db.transaction(world.instance):
        assert reads.take_in() == 0  # written by then: the file goes
    with db.transaction(world.instance):
        assert reads.take_in() == 0
    assert len(log(world)) == 1


def test_what_is_older_than_the_setting_is_forgotten_and_nothing_younger(world: World) -> None:
    now = datetime.now(UTC)  # the database goes by its own clock
    world.instance.clock = db.FixedClock(now)
    with db.transaction(world.instance):
        db.execute(reads.read_event.insert(), [at(now - timedelta(days=days)) for days in (1, 300, 700, 800, 2000)])
    with db.transaction(world.instance):
        assert reads.forget_old() == 2
    assert len(log(world)) == 3


def test_the_database_keeps_twelve_months_whatever_the_program_asks(world: World) -> None:
    now = datetime.now(UTC)
    with db.transaction(world.instance):
        db.execute(reads.read_event.insert(), [at(now - timedelta(days=300)), at(now - timedelta(days=400))])
    with pytest.raises(DatabaseError, match="append-only"), db.transaction(world.instance):
        db.execute(text("DELETE FROM read_event"))
    with pytest.raises(DatabaseError, match="append-only"), db.transaction(world.instance):
        db.execute(text("UPDATE read_event SET actor_id = 2"))
    assert len(log(world)) == 2


@pytest.mark.parametrize("months", ["11", "0", "-5", "two"])
def test_a_setting_below_twelve_months_is_refused_at_the_start(months: str, tmp_path: Any) -> None:
    with pytest.raises(BadInput):
        from_environment({"TIEPSUC_INSTANCE": str(tmp_path), "TIEPSUC_READ_LOG_MONTHS": months})
    assert reads.LEAST_MONTHS == 12 <= Settings.read_log_months


def test_the_log_is_for_auditors_and_within_their_reach(world: World) -> None:
    number = proposed(world)
    looked(world, number)
    with db.transaction(world.instance):
        elsewhere = person("far", ("auditor", units.unit_by_code("01", TODAY).id))
        country = person("country", ("auditor", 1))
        for actor, seen in ((world.auditor, 1), (country, 1), (elsewhere, 0)):
            assert len(db.execute(reads.reads(actor)).all()) == seen, actor.login
        for role in ("officer", "approver", "accountant", "monitor", "manager", "admin"):
            with pytest.raises(NotAllowed):
                reads.reads(world.actors[role])


def test_the_log_is_narrowed_by_person_case_kind_and_day(world: World) -> None:
    number = proposed(world)
    looked(world, number)
    looked(world, number, "approver")
    today = db.Clock.today(world.instance.clock)
    with db.transaction(world.instance):
        case_id = cases.find(world.officer, number).id

        def found(**narrowed: Any) -> int:
            return len(db.execute(reads.reads(world.auditor, **narrowed)).all())

        assert found() == found(case_id=case_id) == found(kind="page") == found(first=today, last=today) == 2
        assert found(who="approver") == found(who=" Approver ") == 1
        assert found(case_id=-1) == found(kind="bank") == found(last=today - timedelta(days=1)) == 0


def test_a_waiting_row_is_whole_or_not_there(world: World) -> None:
    row = looked(world, proposed(world))
    folder = world.instance.settings.instance
    reads.lay_aside(folder, row)
    [path] = (folder / "reads").iterdir()
    assert json.loads(path.read_text())["id"] == row.id
    assert path.stat().st_mode & 0o077 == 0
