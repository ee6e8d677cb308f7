"""Visits: planned when a case is approved, recorded on the spot, judged by the programme's criteria; gates for
money and closing.
"""

from core.domain.monitoring.judged import Judged, expected, judged
from core.domain.monitoring.planning import EFFECTS, REQUIREMENTS, due, of_case, title_of, visit
from core.domain.monitoring.recording import FIELDS, Recorded, fields_of, open_visit, record_visit, why_not

__all__ = [
    "EFFECTS",
    "FIELDS",
    "REQUIREMENTS",
    "Judged",
    "Recorded",
    "due",
    "expected",
    "fields_of",
    "judged",
    "of_case",
    "open_visit",
    "record_visit",
    "title_of",
    "visit",
    "why_not",
]
