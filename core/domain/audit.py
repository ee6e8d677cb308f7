"""Holding what stands in the tables against what the history tells.

The chains of the history prove that nobody touched the history; a state, an answer or a payment changed behind its back
is found by telling it again from the start and comparing.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from core import db
from core.domain import documents, history, programmes
from core.domain.budget import allocation, commitment, fund, reservation
from core.domain.cases import case, heads
from core.domain.decisions import decision
from core.domain.disbursement import payment
from core.domain.history import Broken
from core.domain.monitoring import visit
from core.text import Text
from core.workflow import version_of

AT_ONCE = 500  # cases whose history is in memory together


def verify(kept: Sequence[Mapping[str, Any]] = (), papers: bool = False) -> Broken | None:
    """The first thing that is not as the history tells it, the history itself before all; None when all holds.

    ``kept`` are seals a third party kept. With ``papers`` the bytes of every stored file are read too. Call it in a
    read-only unit of work.
    """
    broken = history.verify(heads(), kept) or next(_differences(), None)
    return broken or (next(_of_files(), None) if papers else None)


def _differences() -> Iterator[Broken]:
    last = 0
    while some := db.execute(_cases, {"last": last}).all():
        last = some[-1].id
        yield from _of_cases(some)
    yield from _of_definitions()
    yield from _of_funds()


_cases = (
    select(case.c.id, case.c.state, case.c.answers)
    .where(case.c.id > bindparam("last"))
    .order_by(case.c.id)
    .limit(AT_ONCE)
)


@dataclass
class _Told:
    """A case as its history tells it; ``answers`` is None once a value of them has been restricted."""

    seq: int = 0
    state: str = ""
    answers: dict[str, Any] | None = field(default_factory=dict)
    committed: int = 0
    released: int = 0
    paid: int = 0
    visits: list[tuple[Any, ...]] = field(default_factory=list)
    decisions: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def hear(self, row: Any) -> None:
        """Go on by one row."""
        body = json.loads(row.body)
        facts: Mapping[str, Any] = body["facts"]
        self.seq, self.state = row.seq, row.to_state
        if row.action in ("open", "edit"):
            self._answer(facts, row.value, "answers" in body["digests"] or "changed" in body["digests"])
        if row.action == "pay":
            self.paid += facts["amount"]
        if row.action == "visit":
            self.visits.append((facts["step"], facts["visited_on"], bool(facts["passed"])))
        self.committed += sum(each["amount"] for each in facts.get("committed", ()))
        self.released += facts.get("released", 0)
        if "decision" in facts:
            told = facts["decision"]
            self.decisions[int(told["id"])] = tuple(told[name] for name in _DECIDED)

    def _answer(self, facts: Mapping[str, Any], private: str | None, personal: bool) -> None:
        if self.answers is None or (personal and private is None):
            self.answers = None
            return
        hidden = json.loads(private) if private is not None else {}
        changed = {name: [None, value] for name, value in hidden.items()} if "changed" not in facts else hidden
        for name, (_, after) in {**facts.get("changed", {}), **changed}.items():
            if after is None:
                self.answers.pop(name, None)
            else:
                self.answers[name] = after


_DECIDED = ("number", "issued_on", "issuer", "signer", "capacity")
_history = (
    select(
        history.history.c.case_id,
        history.history.c.seq,
        history.history.c.action,
        history.history.c.to_state,
        history.history.c.body,
        history.history_value.c.value,
    )
    .outerjoin(
        history.history_value,
        and_(
            history.history_value.c.case_id == history.history.c.case_id,
            history.history_value.c.seq == history.history.c.seq,
            history.history_value.c.name.in_(("answers", "changed")),
            history.history.c.action.in_(("open", "edit")),
        ),
    )
    .where(history.history.c.case_id.in_(bindparam("ids", expanding=True)))
    .order_by(history.history.c.case_id, history.history.c.seq)
)


def _of_cases(some: Sequence[Any]) -> Iterator[Broken]:
    ids = {"ids": [row.id for row in some]}
    told: dict[int, _Told] = defaultdict(_Told)
    for row in db.execute(_history, ids):
        told[row.case_id].hear(row)
    money = {row.case_id: tuple(map(int, row[1:])) for row in db.execute(_money, ids)}
    given = {row.case_id: int(row.amount) for row in db.execute(_payments, ids)}
    visits: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in db.execute(_visits, ids):
        visits[row.case_id].append((row.step, row.visited_on.isoformat(), bool(row.passed)))
    named = sorted({each for one in told.values() for each in one.decisions})
    decided = {row.id: _decided(row) for row in db.execute(_decisions, {"ids": named})} if named else {}
    for row in some:
        one = told[row.id]
        standing = {
            Text("bước", "state"): (row.state, one.state),
            Text("nội dung", "answers"): (json.loads(row.answers), one.answers),
            Text("tiền giữ và đã chi", "money promised and paid"): (
                (*money.get(row.id, (0, 0, 0)), given.get(row.id, 0)),
                (one.committed, one.released, one.paid, one.paid),
            ),
            Text("kết quả kiểm tra", "visits"): (sorted(visits[row.id]), sorted(one.visits)),
            Text("quyết định", "decision"): ({each: decided.get(each) for each in one.decisions}, one.decisions),
        }
        yield from (
            Broken(_DIFFERS.format(what=what), row.id, one.seq)
            for what, (stands, tells) in standing.items()
            if tells is not None and stands != tells
        )


def _decided(row: Any) -> tuple[str, ...]:
    return (row.number, row.issued_on.isoformat(), row.issuer, row.signer, row.capacity)


_DIFFERS = Text("{what} của hồ sơ không như lịch sử ghi", "the case's {what} is not what the history tells")
_of_these = commitment.c.case_id.in_(bindparam("ids", expanding=True))
_money = (
    select(
        commitment.c.case_id,
        func.sum(commitment.c.amount),
        func.sum(commitment.c.released),
        func.sum(commitment.c.paid),
    )
    .where(_of_these)
    .group_by(commitment.c.case_id)
)
_payments = (
    select(commitment.c.case_id, func.sum(payment.c.amount).label("amount"))
    .join(payment, payment.c.commitment_id == commitment.c.id)
    .where(_of_these)
    .group_by(commitment.c.case_id)
)
_visits = select(visit.c.case_id, visit.c.step, visit.c.visited_on, visit.c.passed).where(
    visit.c.case_id.in_(bindparam("ids", expanding=True)), visit.c.recorded_at.is_not(None)
)
_decisions = select(decision).where(decision.c.id.in_(bindparam("ids", expanding=True)))


def _of_definitions() -> Iterator[Broken]:
    table = programmes.definition
    for row in db.execute(select(table).order_by(table.c.kind, table.c.name, table.c.version)):
        if version_of(row.body) != row.version:
            what = Text("định nghĩa {name} không còn như lúc dùng", "the definition of {name} is not as it was used")
            yield Broken(what.format(name=f"{row.name} {row.version}"))


def _of_funds() -> Iterator[Broken]:
    promised = _sums(
        select(
            commitment.c.fund_id, func.sum(commitment.c.amount - commitment.c.released), func.sum(commitment.c.paid)
        ).group_by(commitment.c.fund_id)
    )
    allocated = _sums(select(allocation.c.fund_id, func.sum(allocation.c.amount)).group_by(allocation.c.fund_id))
    reserved = _sums(
        select(reservation.c.fund_id, func.sum(reservation.c.amount))
        .join(case, and_(case.c.id == reservation.c.case_id, case.c.draft_id.is_not(None)))
        .group_by(reservation.c.fund_id)
    )
    for row in db.execute(select(fund).order_by(fund.c.id)):
        rows = (*allocated.get(row.id, (0,)), *promised.get(row.id, (0, 0)), *reserved.get(row.id, (0,)))
        if (row.allocated, row.committed, row.paid, row.reserved) != rows:
            what = Text("số dư của nguồn vốn {code} không bằng tổng", "fund {code} is not the sum of its rows")
            yield Broken(what.format(code=row.code))


def _sums(statement: Any) -> dict[int, tuple[int, ...]]:
    found: Iterable[Any] = db.execute(statement)
    return {row[0]: tuple(map(int, row[1:])) for row in found}


def _of_files() -> Iterator[Broken]:
    """Stored files whose bytes are gone or no longer give the digest under which they were attached."""
    names = select(documents.file.c.sha256).order_by(documents.file.c.sha256)
    last = ""
    while some := db.execute(names.where(documents.file.c.sha256 > last).limit(AT_ONCE)).scalars().all():
        last = some[-1]
        for sha256 in some:
            try:
                with documents.path_of(sha256).open("rb") as content:
                    same = hashlib.file_digest(content, "sha256").hexdigest() == sha256
            except OSError:
                yield Broken(_FILE_GONE.format(sha256=sha256))
            else:
                if not same:
                    yield Broken(_FILE_CHANGED.format(sha256=sha256))


_FILE_GONE = Text("tệp {sha256} không còn trong kho lưu trữ", "file {sha256} is no longer in the store")
_FILE_CHANGED = Text("nội dung tệp {sha256} đã bị thay đổi", "the content of file {sha256} was changed")
