"""Programmes: one declaration each, judged for one case or many, frozen as they were when a case was opened.

A programme says who it is for, what it asks, what it judges, what it pays and when, and what is followed up.
Everything that a decree can change is a parameter; everything here is the shape of the programme.
"""

from core.domain.programmes.declaration import SUBJECTS, Instalment, Paper, Programme, Step, Support, When, applies
from core.domain.programmes.definitions import Form, InForce, body_of, definition, keep_definitions
from core.domain.programmes.judging import Judgement, facts_of, judge_many, resolve, resolve_ahead, vocabulary
from core.domain.programmes.loading import declared_by, load

__all__ = [
    "SUBJECTS",
    "Form",
    "InForce",
    "Instalment",
    "Judgement",
    "Paper",
    "Programme",
    "Step",
    "Support",
    "When",
    "applies",
    "body_of",
    "declared_by",
    "definition",
    "facts_of",
    "judge_many",
    "keep_definitions",
    "load",
    "resolve",
    "resolve_ahead",
    "vocabulary",
]
