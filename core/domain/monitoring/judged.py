"""The criteria of a visit: as they will be asked, and as they were judged and told then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import db
from core.criteria import Verdict
from core.domain import cases
from core.domain.programmes import Step
from core.errors import Reason
from core.text import Text


@dataclass(frozen=True)
class Judged:
    """A criterion that was judged at a visit, or will be: its sentence, the outcome (None: not known), and why."""

    code: str
    sentence: Text
    outcome: bool | None
    reasons: tuple[Reason, ...]


def expected(row: Any, step: Step) -> list[Judged]:
    """The criteria a visit of this step will be judged by, with the values that the case's place and date ask for."""
    if not step.point:
        return []
    judgement = cases.verdicts([row], db.today(), step.point, {row.id: {}})[row.id]
    return [_thawed(each) for each in told(row, judgement.verdicts)]


def judged(recorded: Any) -> list[Judged]:
    """The criteria judged at a recorded visit, as they were told then."""
    return [_thawed(each) for each in json.loads(recorded.verdicts)]


def told(row: Any, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Verdicts as a visit keeps them: they can be read when the programme has changed or is gone."""
    sentences = {
        each.criterion.code: each.criterion.sentence for each in db.registry().programme(row.programme).criteria
    }
    return [
        {
            "code": each.code,
            "sentence": sentences[each.code],
            "outcome": each.outcome,
            "reasons": [
                {"sentence": why.sentence, "seen": why.seen, "needed": why.needed, "source": why.source}
                for why in each.reasons
            ],
        }
        for each in verdicts
    ]


def _thawed(each: Mapping[str, Any]) -> Judged:
    return Judged(
        each["code"],
        Text(*each["sentence"]),
        each["outcome"],
        tuple(
            Reason(each["code"], Text(*why["sentence"]), why["seen"], why["needed"], why["source"])
            for why in each["reasons"]
        ),
    )
