"""The shapes of JSON, the same whether a terminal prints them or the API sends them.

What comes in is read by ``parse``; what goes out is a case, a household, a programme or a workflow as plain values.
Sentences are in one language, moments are ISO texts in UTC, legal dates ISO dates, money whole đồng.
"""

from core.shapes.cases import case, happened, line, papers, transitions
from core.shapes.declared import matrix, programme, programme_line, workflow_line
from core.shapes.drafts import draft, draft_line, kept_out
from core.shapes.reading import parse
from core.shapes.refusals import outcome, reasons, refusal
from core.shapes.register import household, household_line, unit

__all__ = [
    "case",
    "draft",
    "draft_line",
    "happened",
    "household",
    "household_line",
    "kept_out",
    "line",
    "matrix",
    "outcome",
    "papers",
    "parse",
    "programme",
    "programme_line",
    "reasons",
    "refusal",
    "transitions",
    "unit",
    "workflow_line",
]
