"""One criterion before one case: the evidence at hand, and the writing of reasons with clause and doubts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.criteria.criterion import Criterion
from core.criteria.facts import Fact
from core.criteria.judging import Closures, Evidence
from core.criteria.tree import Column, Condition, Node, Read, parameters_of
from core.criteria.wording import Words, sentence_case, typed
from core.errors import Reason
from core.text import Text


class Hearing:
    """What deciding and explaining share. ``told`` are the parameters whose rows stand behind some reason so far."""

    def __init__(self, criterion: Criterion, closures: Closures, evidence: Evidence) -> None:
        self.criterion = criterion
        self.evidence = evidence
        self.words = Words(closures, evidence)
        self.told: set[str] = set()
        self._closures = closures
        self._places: dict[str, int] = {}

    def outcome(self, node: Condition) -> bool | None:
        """What comes of a part of the criterion, on the rows its loops stand on."""
        return self._closures.holds(node)(self.evidence)

    def rows(self, variable: str, table: Fact) -> Iterator[None]:
        """Stand on one row of ``table`` after the other; on none when the table is unknown."""
        for place, row in enumerate(self.evidence.value(Read(table)) or ()):
            self.evidence.rows[variable] = row
            self._places[variable] = place
            yield

    def place(self, node: Column) -> int:
        """Which row, from 0, the loop around ``node`` stands on."""
        return self._places[node.variable]

    def reason(self, node: Node, sentence: Text, seen: Any, needed: Any, field: str) -> Reason:
        """A reason about ``node``, with the clause of the criterion and the sources of the parameters it reads."""
        names = parameters_of(node)
        rows = [row for row in map(self.evidence.params, names) if row is not None]
        self.told.update(names)
        said = plain = sentence_case(sentence)
        if not all(row.verified for row in rows):
            said = _VALUE_IN_DOUBT.format(sentence=said)
        if not self.criterion.verified:
            said = _CRITERION_IN_DOUBT.format(sentence=said)
        sources = [self.criterion.source, *(row.source for row in rows)]
        source = "; ".join(dict.fromkeys(each for each in sources if each))
        return Reason(self.criterion.code, said, typed(seen), typed(needed), source, field,
                      plain if said != plain else None)


_VALUE_IN_DOUBT = Text("{sentence} (mức chưa kiểm chứng)", "{sentence} (value not verified)")
_CRITERION_IN_DOUBT = Text("{sentence} (tiêu chí chưa kiểm chứng)", "{sentence} (criterion not verified)")
