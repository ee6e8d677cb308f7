"""Cases: one application for support, carried from desk to desk."""

from core.domain.cases.editing import draft_of, drop_draft, drop_drafts_of_closed, keep_draft, may_edit, save_answers
from core.domain.cases.guarding import Possible, elsewhere, forbidden, not_entitled, possible, transition_of
from core.domain.cases.judging import EFFECTS, REQUIREMENTS, law_date, verdicts
from core.domain.cases.moving import Outcome, by_definition, judge_group, move, move_many, preview, settle
from core.domain.cases.opening import Opened, open_case, open_number
from core.domain.cases.reading import (
    ACTS,
    action_title,
    by_ids_locked,
    cases,
    check_version,
    find,
    find_many,
    heads,
    older_than,
    open_counts,
)
from core.domain.cases.recording import attach_paper, form_of, paper_of, papers_of, record, record_many, remove_paper
from core.domain.cases.tables import case, case_fact, case_place, counter, draft

__all__ = [
    "ACTS",
    "EFFECTS",
    "REQUIREMENTS",
    "Opened",
    "Outcome",
    "Possible",
    "action_title",
    "attach_paper",
    "by_definition",
    "by_ids_locked",
    "case",
    "case_fact",
    "case_place",
    "cases",
    "check_version",
    "counter",
    "draft",
    "draft_of",
    "drop_draft",
    "drop_drafts_of_closed",
    "elsewhere",
    "find",
    "find_many",
    "forbidden",
    "form_of",
    "heads",
    "judge_group",
    "keep_draft",
    "law_date",
    "may_edit",
    "move",
    "move_many",
    "not_entitled",
    "older_than",
    "open_case",
    "open_counts",
    "open_number",
    "paper_of",
    "papers_of",
    "possible",
    "preview",
    "record",
    "record_many",
    "remove_paper",
    "save_answers",
    "settle",
    "transition_of",
    "verdicts",
]
