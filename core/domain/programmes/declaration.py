"""What a programme declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.criteria import Criterion
from core.domain.parameters import Declared
from core.fields import Field
from core.text import Text

SUBJECTS = ("household", "person")


When = tuple[str, tuple[Any, ...]]  # (name of a question, answers): the row counts only for cases that answered so


RECORDS = ("category", "decision")  # what the office itself issued and the system holds


@dataclass(frozen=True)
class Paper:
    """A paper the case has to carry; ``required_for`` names the transitions that ask for it.

    ``issued_by_us`` (one of ``RECORDS``) names the record that stands for it: "category" is the decision that gave the
    household its category, "decision" one that covers the case. Nobody is asked to bring such a paper.
    """

    code: str
    title: Text
    required_for: tuple[str, ...] = ()
    help: Text | None = None
    when: When | None = None
    issued_by_us: str = ""


@dataclass(frozen=True)
class Support:
    """Money asked of one source: ``field`` is the question whose answer is the amount in đồng.

    ``source`` and ``capital`` ("recurrent" or "investment") say which funds can bear it.
    """

    source: str
    capital: str
    title: Text
    field: str


@dataclass(frozen=True)
class Instalment:
    """A payment. ``share`` names the parameter with its percentage of the whole; None: all that is left.

    ``after`` is the monitoring step that must have been passed first.
    """

    code: str
    title: Text
    share: str | None
    after: str | None = None
    when: When | None = None


@dataclass(frozen=True)
class Step:
    """A visit that is planned when the case is approved.

    ``due`` names the parameter with the number of days (``unit`` "days") or months after ``after``: "approve" or a
    step. A step whose parameter is not set in the case's place is not planned. ``point`` is the point at which
    criteria are judged on its answers; ``gates`` the transitions that wait for it to be passed.
    """

    code: str
    title: Text
    due: str
    after: str = "approve"
    unit: str = "days"
    fields: tuple[Field, ...] = ()
    point: str = ""
    photos: int = 0
    gates: tuple[str, ...] = ()
    when: When | None = None


@dataclass(frozen=True)
class Programme:
    """One kind of support. ``subject`` is who a case is about: "household" or "person".

    ``counts_on`` says which date the law of the day is taken on: "application" (the day the case was first proposed) or
    "decision" (the day it is approved). ``excludes`` names programmes that nobody gets besides this one: whoever
    decides is told of a case there, on either side.
    """

    code: str
    title: Text
    summary: Text
    subject: str
    workflow: str
    fields: tuple[Field, ...]
    criteria: tuple[Criterion, ...] = ()
    papers: tuple[Paper, ...] = ()
    supports: tuple[Support, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    steps: tuple[Step, ...] = ()
    parameters: tuple[Declared, ...] = ()
    counts_on: str = "application"
    excludes: tuple[str, ...] = ()

    def asked(self, answers: Mapping[str, Any]) -> list[tuple[Support, int]]:
        """What answers ask of each source, in đồng; sources they ask nothing of are left out."""
        amounts = [(support, answers.get(support.field)) for support in self.supports]
        return [(support, amount) for support, amount in amounts if isinstance(amount, int) and amount]

    def step(self, code: str) -> Step:
        """The monitoring step of that code. Raises ``KeyError``."""
        return {step.code: step for step in self.steps}[code]

    def field(self, name: str) -> Field:
        """The question of that name. Raises ``KeyError``."""
        return {field.name: field for field in self.fields}[name]


def applies(row: Any, answers: Mapping[str, Any]) -> bool:
    """Whether a paper, instalment or step counts for a case with these answers."""
    return row.when is None or answers.get(row.when[0]) in row.when[1]
