"""A criterion checked at start-up and ready to judge."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.criteria import complaints as say
from core.criteria.criterion import Criterion, Verdict
from core.criteria.facts import Fact, vocabulary
from core.criteria.judging import Closures, Evidence, Params
from core.criteria.reading import read_condition
from core.criteria.reasons import Explanation
from core.criteria.syntax import CriterionError, Source
from core.criteria.tree import Condition, reads
from core.errors import Reason
from core.parameters import ParameterDeclaration, ParameterRow
from core.text import Text

_log = logging.getLogger(__name__)
_OF_A_CASE = frozenset({"answers", "visit"})  # what the registry does not hold before a case is opened
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_FAILED = Text("Chưa xét được: {sentence}", "Could not be judged: {sentence}")


@dataclass(frozen=True, eq=False)
class CompiledCriterion:
    """A criterion ready to judge; ``tree`` is its typed tree, ``reads`` the dotted names it needs ("members.birth")."""

    criterion: Criterion
    tree: Condition
    reads: frozenset[str]
    _closures: Closures

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters it reads."""
        return frozenset(name.removeprefix("params.") for name in self.reads if name.startswith("params."))

    def outcome(self, facts: Mapping[str, Any], params: Params) -> bool | None:
        """True, False or None without the reasons, for whoever judges many cases. Errors of ``params`` pass through."""
        return self._closures.holds(self.tree)(Evidence(facts, params))

    def judge(self, facts: Mapping[str, Any], params: Params, explain: bool = True) -> Verdict:
        """The verdict on one case, with reasons; without ``explain`` one that holds gives none.

        ``facts`` are values by dotted name (``gather`` makes them), a missing one is unknown; ``params`` gives the row
        of a parameter, None or a row without value when it is not set. Never raises: whatever goes wrong in ``params``
        or ``facts`` is logged and leaves the verdict unknown.
        """
        asked: dict[str, ParameterRow | None] = {}

        def remembered(name: str) -> ParameterRow | None:
            if name not in asked:
                asked[name] = params(name)
            return asked[name]

        try:
            evidence = Evidence(facts, remembered)
            outcome = self._closures.holds(self.tree)(evidence)
            if outcome and not explain:
                return Verdict(self.criterion.code, outcome, ())
            reasons = Explanation(self.criterion, self._closures, evidence).reasons(self.tree, asked)
            return Verdict(self.criterion.code, outcome, tuple(reasons))
        except Exception:
            _log.exception("criterion %s could not be judged", self.criterion.code)
            sentence = _FAILED.format(sentence=self.criterion.sentence)
            reason = Reason(self.criterion.code, sentence, source=self.criterion.source)
            return Verdict(self.criterion.code, None, (reason,))


def compile(criterion: Criterion, facts: Mapping[str, Fact],
            parameters: Mapping[str, ParameterDeclaration] = MappingProxyType({})) -> CompiledCriterion:
    """Check ``criterion`` against the facts and parameters it may read, by name, and make it ready to judge.

    Raises ``CriterionError`` naming the criterion, the column and what to write instead; ``ValueError`` when the facts
    themselves do not go together (see ``vocabulary``).
    """
    if not _CODE.fullmatch(criterion.code):
        raise CriterionError(criterion.code, say.BAD_CODE)
    if not all(each.strip() for each in criterion.sentence):
        raise CriterionError(criterion.code, say.NO_SENTENCE)
    tree = read_condition(Source(criterion.code, criterion.expression), vocabulary(facts.values(), parameters.values()))
    names = reads(tree)
    later = sorted(name for name in names if name.split(".")[0] in _OF_A_CASE)
    if criterion.stage == "registry" and later:
        raise CriterionError(criterion.code, say.REGISTRY_STAGE.format(names=", ".join(later)), criterion.expression)
    return CompiledCriterion(criterion, tree, names, Closures())
