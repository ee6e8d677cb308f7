"""Files that arrive in pieces, and visits that do not wait for their photographs."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from core import db, instance as instances
from core.domain import cases, documents, monitoring, uploads
from core.domain.access import Actor
from core.errors import BadInput, NotAllowed, NotFound, Stale, TooMany, Unmet
from core.toolkit import hookimpl
from tests.stories import SEEN, codes, dug, opened, picture
from tests.worlds import WELL, World, person, start

PAPER = picture("blue", side=90)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def announced(actor: Actor, case: str, content: bytes = PAPER, kind: str = "request") -> Any:
    return uploads.begin_paper(actor, case, kind, "đơn.png", len(content), digest(content))


def photographed(world: World, case: str, content: bytes, step: str = "finished") -> Any:
    return monitoring.begin_photograph(world.monitor, case, step, 1, "giếng.png", len(content), digest(content))


def test_a_paper_in_pieces_becomes_an_ordinary_paper(world: World) -> None:
    case = opened(world)
    half = len(PAPER) // 2
    with db.transaction(world.instance):
        key = announced(world.officer, case).id
    with db.transaction(world.instance):
        assert uploads.append_to(world.officer, key, 0, PAPER[:half]).received == half
    with db.transaction(world.instance):  # the sender lost the line and begins again: the same file goes on
        assert (announced(world.officer, case).id, announced(world.officer, case).received) == (key, half)
        row = uploads.append_to(world.officer, key, half, PAPER[half:])
        assert uploads.whole(row)
        uploads.attach_whole_paper(world.officer, row)
    with db.transaction(world.instance):
        [paper] = documents.of_case(cases.find(world.officer, case).id)
        assert (paper.kind, paper.name, documents.kept(paper.sha256).read_bytes()) == ("request", "đơn.png", PAPER)
        with pytest.raises(NotFound):
            uploads.find(world.officer, key)
        assert not uploads.path_of(key).exists()


def test_a_piece_is_taken_only_where_the_last_one_ended(world: World) -> None:
    case = opened(world)
    with db.transaction(world.instance):
        key = announced(world.officer, case).id
        uploads.append_to(world.officer, key, 0, PAPER[:50])
        for offset in (0, 49, 51):
            with pytest.raises(Stale) as refused:
                uploads.append_to(world.officer, key, offset, b"x")
            assert refused.value.reasons[0].needed == 50
        with pytest.raises(BadInput):
            uploads.append_to(world.officer, key, 50, PAPER)


def test_what_arrives_damaged_begins_again(world: World) -> None:
    case = opened(world)
    with db.transaction(world.instance):
        key = announced(world.officer, case).id
        assert uploads.append_to(world.officer, key, 0, b"x" * len(PAPER)).received == 0
        assert uploads.whole(uploads.append_to(world.officer, key, 0, PAPER))


def test_an_upload_is_bounded_and_belongs_to_one_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(world)
    with db.transaction(world.instance):
        key = announced(world.officer, case).id
        other = person("other", ("officer", world.commune.id))
        with pytest.raises(NotFound):
            uploads.find(other, key)
        with pytest.raises(NotAllowed):
            announced(world.auditor, case)
        with pytest.raises(BadInput):
            announced(world.officer, case, kind="no such kind")
        for size, sha256 in ((0, "a" * 64), (10**9, "a" * 64), (5, "../etc"), (5, "A" * 64)):
            with pytest.raises(BadInput):
                uploads.begin_paper(world.officer, case, "request", "x", size, sha256)
        monkeypatch.setattr(uploads, "MOST", 1)
        with pytest.raises(TooMany):
            announced(world.officer, case, picture("red"))


def test_what_never_arrived_is_forgotten_after_a_week(world: World) -> None:
    case = opened(world)
    with db.transaction(world.instance):
        key = announced(world.officer, case).id
        uploads.append_to(world.officer, key, 0, PAPER[:10])
    clock = cast(db.FixedClock, world.instance.clock)
    clock.moment += timedelta(days=6)
    with db.transaction(world.instance):
        assert uploads.forget_old() == 0
        clock.moment += timedelta(days=2)
        assert uploads.forget_old() == 1
        assert not uploads.path_of(key).exists()


class Photographed:
    """The well, whose last check needs two photographs."""

    @hookimpl
    def tiepsuc_programmes(self) -> list[object]:
        steps = tuple(replace(step, photos=2) if step.code == "finished" else step for step in WELL.steps)
        return [replace(WELL, steps=steps)]


@pytest.fixture
def waiting(world: World) -> tuple[World, str]:
    """A case whose check waits, in a programme that wants two photographs of it."""
    start(world.instance, (("well", Photographed()),))
    with db.transaction(world.instance):
        instances.build_registry(world.instance)
    return world, dug(world)


FIRST, SECOND = picture("red"), picture("green")
FORM = {**SEEN, "water": "yes"}


def send(world: World, case: str, content: bytes) -> Any:
    row = uploads.append_to(world.monitor, photographed(world, case, content).id, 0, content)
    return monitoring.arrived(world.monitor, row)


def photos(world: World, case: str) -> set[str]:
    return {each.sha256 for each in documents.of_case(cases.find(world.monitor, case).id) if each.kind == "visit"}


def test_a_visit_is_recorded_when_the_last_of_its_photographs_arrives(waiting: tuple[World, str]) -> None:
    world, case = waiting
    both = [digest(FIRST), digest(SECOND)]
    with db.transaction(world.instance):
        assert send(world, case, FIRST) is None
        outcome = monitoring.hand_in(world.monitor, case, "finished", FORM, (), both)
        assert outcome == monitoring.Waiting(1)
        assert monitoring.open_visit(cases.find(world.monitor, case), "finished").recorded_at is None
    with db.transaction(world.instance):
        recorded = send(world, case, SECOND)
        assert isinstance(recorded, monitoring.Recorded)
        assert recorded.passed
        assert photos(world, case) == set(both)
        assert uploads.of_visit(world.monitor, 0) == []


def test_one_that_comes_after_its_visit_is_added_to_it(waiting: tuple[World, str]) -> None:
    world, case = waiting
    third = picture("yellow")
    with db.transaction(world.instance):
        for content in (FIRST, SECOND):
            send(world, case, content)
        late = photographed(world, case, third)
        every = [digest(each) for each in (FIRST, SECOND, third)]
        assert isinstance(monitoring.hand_in(world.monitor, case, "finished", FORM, (), every), monitoring.Recorded)
        monitoring.arrived(world.monitor, uploads.append_to(world.monitor, late.id, 0, third))
        assert photos(world, case) == set(every)
        send(world, case, picture("purple"))  # announced only after the visit was recorded
        assert len(photos(world, case)) == 4


def test_too_few_photographs_are_refused_however_many_are_on_their_way(waiting: tuple[World, str]) -> None:
    world, case = waiting
    with db.transaction(world.instance), pytest.raises(Unmet) as refused:
        monitoring.hand_in(world.monitor, case, "finished", FORM, (), [digest(FIRST)])
    assert codes(refused) == ["photos_missing"]


def test_what_else_is_wrong_is_told_while_photographs_are_on_their_way(waiting: tuple[World, str]) -> None:
    world, case = waiting
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        monitoring.hand_in(world.monitor, case, "finished", SEEN, (), [digest(FIRST), digest(SECOND)])
    assert "missing" in codes(refused)


def test_nobody_reads_what_another_is_writing_down(waiting: tuple[World, str]) -> None:
    world, case = waiting
    with db.transaction(world.instance):
        monitoring.keep_draft(world.monitor, case, "finished", {"note": "Bể nứt"}, [])
        planned = monitoring.open_visit(cases.find(world.monitor, case), "finished")
        draft = monitoring.draft_of(world.monitor, planned)
        assert draft is not None
        assert draft.data == {"note": "Bể nứt"}
        assert monitoring.draft_of(world.auditor, planned) is None
