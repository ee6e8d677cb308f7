"""A decision (quyết định): its own record with number and symbol, issuer, date and signer, and the cases it covers."""

from core.domain.decisions.covering import EFFECTS, REQUIREMENTS, complete, cover, key_of
from core.domain.decisions.reading import cases_of, decisions, find, latest_by, latest_of, of_case
from core.domain.decisions.signing import attach_signed, files_of, may_attach, signed
from core.domain.decisions.tables import FIELDS, decision, decision_case, decision_file

__all__ = [
    "EFFECTS",
    "FIELDS",
    "REQUIREMENTS",
    "attach_signed",
    "cases_of",
    "complete",
    "cover",
    "decision",
    "decision_case",
    "decision_file",
    "decisions",
    "files_of",
    "find",
    "key_of",
    "latest_by",
    "latest_of",
    "may_attach",
    "of_case",
    "signed",
]
