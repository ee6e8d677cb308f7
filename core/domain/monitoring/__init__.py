"""Visits: planned when a case is approved, recorded on the spot, judged by the programme's criteria; gates for
money and closing.
"""

from core.domain.monitoring.judged import Judged, expected, judged
from core.domain.monitoring.photographs import (
    MOST,
    Draft,
    Waiting,
    arrived,
    begin_photograph,
    draft_of,
    hand_in,
    keep_draft,
)
from core.domain.monitoring.planning import EFFECTS, REQUIREMENTS, due, of_case, title_of, visit
from core.domain.monitoring.recording import FIELDS, Recorded, fields_of, open_visit, record_visit, why_not

__all__ = [
    "EFFECTS",
    "FIELDS",
    "MOST",
    "REQUIREMENTS",
    "Draft",
    "Judged",
    "Recorded",
    "Waiting",
    "arrived",
    "begin_photograph",
    "draft_of",
    "due",
    "expected",
    "fields_of",
    "hand_in",
    "judged",
    "keep_draft",
    "of_case",
    "open_visit",
    "record_visit",
    "title_of",
    "visit",
    "why_not",
]
