"""Where somebody got past the database's own refusal to change what was written, it shows."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import delete, insert, select, text, update

from core import db
from core.domain import cases, history, people
from core.domain.cases import case
from core.domain.history import history as row_table, history_value, seal
from core.text import canonical
from tests.databases import undone
from tests.stories import approved, opened, proposed
from tests.worlds import World, household


@pytest.fixture
def chains(world: World) -> World:
    """Two cases with some history, sealed, and a third opened since."""
    proposed(world)
    with db.transaction(world.instance):
        others = [household(world, f"H{n}", f"Trần Thị {n}") for n in (2, 3)]
    approved(world, household=others[0])
    with db.transaction(world.instance):
        history.seal_new()
    opened(world, household=others[1])
    return world


def unguard() -> None:
    """Take the triggers away, as somebody with the database's password could."""
    for table in ("history", "seal"):
        if db.is_postgres():
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        else:
            for act in ("update", "delete"):
                db.execute(text(f"DROP TRIGGER {table}_no_{act}"))


def numbered(nth: int) -> Any:
    """The nth case, in the order they were opened."""
    return db.execute(select(case).order_by(case.c.id)).all()[nth]


def rows_of(case_id: int) -> list[Any]:
    return list(db.execute(select(row_table).where(row_table.c.case_id == case_id).order_by(row_table.c.seq)))


def verdict() -> history.Broken | None:
    return history.verify(cases.heads())


def said(broken: history.Broken | None) -> tuple[str | None, int | None, int | None]:
    """The number of the case, the row and the seal that a verdict names."""
    assert broken is not None
    kept = cases.heads().get(broken.case_id or 0)
    return kept.number if kept else None, broken.seq, broken.seal


def test_a_history_that_nobody_touched_holds(chains: World) -> None:
    with db.transaction(chains.instance, read_only=True):
        assert verdict() is None
        assert history.unsealed() == 1


# Somebody got past it


def test_a_touched_text_is_named(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(1)
        body = rows_of(victim.id)[2].body.replace("propose", "approve")
        db.execute(update(row_table).where(row_table.c.case_id == victim.id, row_table.c.seq == 3).values(body=body))
        assert said(verdict()) == (victim.number, 3, None)


def test_a_touched_text_with_its_hash_made_new_breaks_the_chain_behind_it(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(1)
        body = rows_of(victim.id)[1].body.replace("request", "other")
        hashed = hashlib.sha256(body.encode()).hexdigest()
        mine = (row_table.c.case_id == victim.id) & (row_table.c.seq == 2)
        db.execute(update(row_table).where(mine).values(body=body, hash=hashed))
        assert said(verdict()) == (victim.number, 3, None)


@pytest.mark.parametrize(
    "change",
    [{"actor_id": 1}, {"action": "edit"}, {"from_state": "draft"}, {"to_state": "closed"}, {"at": db.Clock().now()}],
    ids=lambda change: next(iter(change)),
)
def test_a_column_that_says_other_than_the_text_is_named(chains: World, change: dict[str, Any]) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(1)
        db.execute(update(row_table).where(row_table.c.case_id == victim.id, row_table.c.seq == 4).values(change))
        assert said(verdict()) == (victim.number, 4, None)


def test_a_missing_row_is_named_by_its_place(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(1)
        db.execute(delete(row_table).where(row_table.c.case_id == victim.id, row_table.c.seq == 2))
        assert said(verdict()) == (victim.number, 2, None)


def test_a_cut_tail_is_named_by_the_last_row_left(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(1)
        db.execute(delete(row_table).where(row_table.c.case_id == victim.id, row_table.c.seq == 4))
        assert said(verdict()) == (victim.number, 3, None)


def test_a_cut_tail_with_the_case_made_to_fit_breaks_the_seal(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(1)
        cut_tail(victim.id, 3)
        assert said(verdict()) == (None, None, 1)


def cut_tail(case_id: int, last: int) -> None:
    """Forget everything after a row, and have the case say so."""
    db.execute(delete(history_value).where(history_value.c.case_id == case_id, history_value.c.seq > last))
    db.execute(delete(row_table).where(row_table.c.case_id == case_id, row_table.c.seq > last))
    head = rows_of(case_id)[-1].hash
    db.execute(update(case).where(case.c.id == case_id).values(history_seq=last, history_hash=head))


def test_a_whole_history_that_is_gone_is_named(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(0)
        db.execute(delete(row_table).where(row_table.c.case_id == victim.id))
        assert said(verdict()) == (victim.number, 1, None)


def test_a_history_written_under_another_case_is_named(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        first, second = numbered(0), numbered(1)
        for old, new in ((first.id, -1), (second.id, first.id), (-1, second.id)):
            for table in (row_table, history_value):
                db.execute(update(table).where(table.c.case_id == old).values(case_id=new))
        for mine, other in ((first, second), (second, first)):
            head = {"history_seq": other.history_seq, "history_hash": other.history_hash}
            db.execute(update(case).where(case.c.id == mine.id).values(head))
        assert said(verdict()) == (first.number, 1, None)


def test_a_changed_personal_value_is_named(chains: World) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(0)
        db.execute(
            update(history_value)
            .where(history_value.c.case_id == victim.id, history_value.c.seq == 1)
            .values(value=canonical({"depth": 99}))
        )
        broken = verdict()
        assert said(broken) == (victim.number, 1, None)
        assert broken is not None
        assert "answers" in broken.what.en


def test_a_value_that_nobody_told_is_named(chains: World) -> None:
    with undone(chains.instance):
        victim = numbered(0)
        row = {"case_id": victim.id, "seq": 3, "name": "comment", "salt": "0", "value": '"thêm"'}
        db.execute(insert(history_value), row)
        assert said(verdict()) == (victim.number, 3, None)


def test_a_restricted_value_leaves_the_chain_whole(chains: World) -> None:
    with undone(chains.instance):
        victim = numbered(0)
        db.execute(delete(history_value).where(history_value.c.case_id == victim.id))
        assert verdict() is None


@pytest.mark.parametrize("change", [{"rows": 1}, {"digest": "0" * 64}, {"mac": "0" * 64}, {"last_id": 2}], ids=str)
def test_a_changed_seal_is_named(chains: World, change: dict[str, Any]) -> None:
    with undone(chains.instance):
        unguard()
        db.execute(update(seal).values(change))
        assert said(verdict()) == (None, None, 1)


def test_a_missing_seal_is_named(chains: World) -> None:
    with undone(chains.instance):
        history.seal_new()
        unguard()
        db.execute(delete(seal).where(seal.c.id == 1))
        assert said(verdict()) == (None, None, 1)


def test_whoever_has_the_key_is_caught_by_the_seals_that_were_kept_outside(chains: World) -> None:
    with undone(chains.instance):
        kept = list(history.heads())
        assert history.verify(cases.heads(), kept) is None
        unguard()
        cut_tail(numbered(1).id, 3)
        db.execute(delete(seal))
        history.seal_new()  # sealed anew, with the right key
        assert verdict() is None
        broken = history.verify(cases.heads(), kept)
        assert said(broken) == (None, None, 1)
        db.execute(delete(seal))
        assert said(history.verify(cases.heads(), kept)) == (None, None, 1)


def test_a_seal_cannot_be_made_without_the_key(chains: World) -> None:
    [sealed] = _seals(chains)
    written = f"|{sealed['last_id']}|{sealed['rows']}|{sealed['digest']}".encode()
    assert sealed["mac"] == hmac.new(b"k" * 32, written, hashlib.sha256).hexdigest()
    assert sealed["mac"] != hmac.new(b"another key of 32 characters ...", written, hashlib.sha256).hexdigest()


def _seals(world: World) -> list[dict[str, Any]]:
    with db.transaction(world.instance, read_only=True):
        return list(history.heads())


@given(st.data())
def test_any_single_character_that_is_changed_is_found_in_its_row(chains: World, data: st.DataObject) -> None:
    with undone(chains.instance):
        unguard()
        row = data.draw(st.sampled_from(db.execute(select(row_table).order_by(row_table.c.id)).all()), "row")
        place = data.draw(st.integers(0, len(row.body) - 1), "place")
        letter = data.draw(st.characters(codec="utf-8", exclude_characters="\0" + row.body[place]), "letter")
        body = row.body[:place] + letter + row.body[place + 1 :]
        db.execute(update(row_table).where(row_table.c.id == row.id).values(body=body))
        broken = verdict()
        assert broken is not None
        assert (broken.case_id, broken.seq) == (row.case_id, row.seq)


@given(st.data())
def test_any_sealed_tail_that_is_cut_is_found_even_when_the_case_is_made_to_fit(
    chains: World, data: st.DataObject
) -> None:
    with undone(chains.instance):
        unguard()
        victim = numbered(data.draw(st.integers(0, 1), "case"))
        cut_tail(victim.id, data.draw(st.integers(1, victim.history_seq - 1), "last"))
        assert said(verdict()) == (None, None, 1)


def test_personal_values_stand_in_the_chain_as_digests_only(chains: World) -> None:
    with db.transaction(chains.instance, read_only=True):
        bodies = [json.loads(row.body) for row in db.execute(select(row_table))]
        assert all("answers" not in body["facts"] for body in bodies if body["action"] == "open")
        assert all(len(body["digests"]["answers"]) == 64 for body in bodies if body["action"] == "open")
        names = [record.row.head_name for record in _households(chains)]
        assert [name for name in names for row in db.execute(select(row_table)) if name in row.body] == []


def _households(world: World) -> list[people.Record]:
    numbers = [people.household_number(row.household_id) for row in db.execute(select(case))]
    return [people.household_of(world.officer, number) for number in numbers]
