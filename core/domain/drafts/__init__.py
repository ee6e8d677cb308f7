"""Draft decisions: the cases that one decision is to cover, with the money kept free for them until it is issued.

A case stands in one draft at most (``case.draft_id``), and leaves it by whatever step it takes. A draft can be added
to, taken from and undone until it is issued; then it is a decision, which only another decision changes.
"""

from core.domain.drafts.drafting import add, describe, leave_out, start, undo
from core.domain.drafts.issuing import issue
from core.domain.drafts.reading import approving, cases_of, drafts, find, latest_of, sources_of
from core.domain.drafts.tables import TEXTS, decision_draft

__all__ = [
    "TEXTS",
    "add",
    "approving",
    "cases_of",
    "decision_draft",
    "describe",
    "drafts",
    "find",
    "issue",
    "latest_of",
    "leave_out",
    "sources_of",
    "start",
    "undo",
]
