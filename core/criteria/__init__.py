"""One written criterion: a sentence, an expression in a small closed language, its legal source and its stage.

The text is parsed and checked at start-up (``syntax``, ``reading``) into a typed tree (``tree``), which is judged for
one case (``judging``) and explained (``reasons``, ``wording``). ``docs/criteria.md`` is the author's page.
"""

from core.criteria.compiled import CompiledCriterion, compile
from core.criteria.criterion import Criterion, Verdict
from core.criteria.facts import DateRange, Fact, FactType, Vocabulary, gather, vocabulary
from core.criteria.judging import Params
from core.criteria.syntax import CriterionError

__all__ = ["CompiledCriterion", "Criterion", "CriterionError", "DateRange", "Fact", "FactType", "Params", "Verdict",
           "Vocabulary", "compile", "gather", "vocabulary"]
