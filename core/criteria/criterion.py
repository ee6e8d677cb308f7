"""A criterion as a programme declares it, and the verdict that judging gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.errors import Reason
from core.text import Text


@dataclass(frozen=True)
class Criterion:
    """One condition of a programme, in words and in the language of ``docs/criteria.md``.

    ``source`` is the legal clause. ``stage`` "registry" reads household, members, unit and history of support and so
    can screen a whole province; "case" reads the answers too. ``point`` is when it is judged ("proposal",
    "completion"). ``verified`` says that somebody has read the clause and found the expression right.
    """

    code: str
    sentence: Text
    expression: str
    source: str = ""
    stage: Literal["registry", "case"] = "case"
    point: str = "proposal"
    verified: bool = True

    def as_json(self) -> dict[str, Any]:
        """The criterion as a frozen definition keeps it; ``core.text.canonical`` of it is what is hashed."""
        return {"code": self.code, "sentence": {"vi": self.sentence.vi, "en": self.sentence.en},
                "expression": self.expression, "source": self.source, "stage": self.stage, "point": self.point,
                "verified": self.verified}


@dataclass(frozen=True)
class Verdict:
    """What came of judging one case: True, False or None (unknown), and why."""

    code: str
    outcome: bool | None
    reasons: tuple[Reason, ...]

    def as_json(self, language: str = "vi") -> dict[str, Any]:
        """The verdict as pages, API and stored decisions give it."""
        reasons = [each.as_json(language) for each in self.reasons]
        return {"code": self.code, "outcome": self.outcome, "reasons": reasons}
