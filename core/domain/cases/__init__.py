"""Cases: one application for support, carried from desk to desk."""

from core.domain.cases.editing import draft_of, drop_draft, drop_drafts_of_closed, keep_draft, may_edit, save_answers
from core.domain.cases.filling import Unfinished, fill_answers, unfinished
from core.domain.cases.grouping import by_definition, judge_group, preview
from core.domain.cases.guarding import Possible, elsewhere, forbidden, not_entitled, possible, transition_of
from core.domain.cases.holding import Held, held
from core.domain.cases.judging import EFFECTS, REQUIREMENTS, law_date, verdicts
from core.domain.cases.moving import Outcome, move, move_many, settle
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
    key_of,
    older_than,
    open_counts,
    stale_reason,
)
from core.domain.cases.recording import (
    attach_paper,
    form_of,
    may_attach,
    paper_of,
    papers_of,
    record,
    record_many,
    remove_paper,
)
from core.domain.cases.sharing import also_in, attach_to_many, could_use, share_paper
from core.domain.cases.tables import case, case_fact, case_place, counter, draft

__all__ = [
    "ACTS",
    "EFFECTS",
    "REQUIREMENTS",
    "Held",
    "Opened",
    "Outcome",
    "Possible",
    "Unfinished",
    "action_title",
    "also_in",
    "attach_paper",
    "attach_to_many",
    "by_definition",
    "by_ids_locked",
    "case",
    "case_fact",
    "case_place",
    "cases",
    "check_version",
    "could_use",
    "counter",
    "draft",
    "draft_of",
    "drop_draft",
    "drop_drafts_of_closed",
    "elsewhere",
    "fill_answers",
    "find",
    "find_many",
    "forbidden",
    "form_of",
    "heads",
    "held",
    "judge_group",
    "keep_draft",
    "key_of",
    "law_date",
    "may_attach",
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
    "share_paper",
    "stale_reason",
    "transition_of",
    "unfinished",
    "verdicts",
]
