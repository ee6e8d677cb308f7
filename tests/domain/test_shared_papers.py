"""One paper for many cases, and papers that nobody has to bring because we issued them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import db
from core.domain import cases, documents, history
from core.domain.cases import judging
from core.domain.programmes import Paper
from core.errors import BadInput, NotAllowed, NotFound
from core.text import Text
from core.workflow import Batch
from tests.stories import GOOD, opened, picture, proposed
from tests.worlds import TODAY, WELL, World, household

RECOGNISED = Paper("recognition", Text("Quyết định công nhận", "Recognition"), ("propose",), issued_by_us="category")


def homes(world: World, count: int) -> list[str]:
    with db.transaction(world.instance):
        return [household(world, f"H{each}", f"Trần Thị {each}") for each in range(2, 2 + count)]


def kinds(world: World, number: str) -> list[str]:
    with db.transaction(world.instance, read_only=True):
        return [each.kind for each in documents.of_case(cases.find(world.officer, number).id)]


def test_a_paper_is_stored_once_and_stands_in_every_case_with_its_history(world: World) -> None:
    every = [opened(world), *(opened(world, GOOD, home) for home in homes(world, 2))]
    with db.transaction(world.instance):
        ids = cases.attach_to_many(world.officer, every, "request", "biên bản.png", picture())
        again = cases.attach_to_many(world.officer, every, "request", "biên bản.png", picture())
        assert (len(set(ids)), again) == (3, ids)
        assert db.execute(documents.file.select()).all().__len__() == 1
        for number in every:
            row = cases.find(world.officer, number)
            acts = history.of_case(row.id)
            assert [(each.action, each.facts.get("shared_with")) for each in acts] == [("attach", 2), ("open", None)]
        first = cases.find(world.officer, every[0])
        sha = documents.of_case(first.id)[0].sha256
        assert cases.also_in(world.officer, first, [sha]) == {sha: 2}
        cases.remove_paper(world.officer, every[0], ids[0])
    assert [kinds(world, number) for number in every] == [[], ["request"], ["request"]]


def test_a_paper_of_one_case_is_shared_without_sending_it_again(world: World) -> None:
    first, second = opened(world), opened(world, GOOD, *homes(world, 1))
    with db.transaction(world.instance):
        document = cases.attach_paper(world.officer, first, "request", "đơn.png", picture())
        row = cases.find(world.officer, first)
        assert [each.number for each in cases.could_use(world.officer, row, "request")] == [second]
        cases.share_paper(world.officer, document, [second])
        assert cases.could_use(world.officer, row, "request") == []
        assert cases.move(world.officer, second, "propose").moved
    assert kinds(world, second) == ["request"]


def test_one_case_in_the_way_stops_all_and_is_named(world: World) -> None:
    mine, gone = opened(world), proposed(world, GOOD, *homes(world, 1))
    for numbers, kind, error, said in (
        ([mine, gone], "request", NotAllowed, gone),
        ([mine], "no_such", BadInput, mine),
        ([mine, "BN-26-99999"], "request", NotFound, "BN-26-99999"),
        ([], "request", BadInput, ""),
    ):
        with pytest.raises(error) as refused, db.transaction(world.instance):
            cases.attach_to_many(world.officer, numbers, kind, "a.png", picture())
        assert said in refused.value.reasons[0].sentence.vi
    assert kinds(world, mine) == []


def test_what_we_issued_is_not_asked_for_and_is_told_with_number_and_date(world: World) -> None:
    number = opened(world)
    with db.transaction(world.instance):
        row = cases.find(world.officer, number)
        [record] = cases.held([row], [RECOGNISED])[row.id].values()
        assert (record.number, str(record.on)) == ("01/QĐ-UBND", "2025-12-01")
        programme = replace(WELL, papers=(RECOGNISED,))
        step = db.registry().machine(row.workflow, row.workflow_version).workflow.transition("propose")
        batch = Batch([row], step, world.officer, {}, TODAY, programme)
        assert judging._papers_complete(batch) == {}


def test_of_what_we_issued_and_did_not_record_the_record_is_asked_for_and_never_the_paper(world: World) -> None:
    number = opened(world)
    with db.transaction(world.instance):
        row = cases.find(world.officer, number)
        programme = replace(WELL, papers=(replace(RECOGNISED, issued_by_us="decision"),))
        step = db.registry().machine(row.workflow, row.workflow_version).workflow.transition("propose")
        [[reason]] = judging._papers_complete(Batch([row], step, world.officer, {}, TODAY, programme)).values()
        assert reason.code == "record_missing"
        assert "không yêu cầu nộp bản giấy" in reason.sentence.vi
