"""Files in and out: what an office keeps in Excel, brought in row by row judged, and given out."""

from core.exchange.columns import ALL_COLUMNS, BY_NAME, COLUMNS
from core.exchange.decisions import decision_list
from core.exchange.findings import write_refused, write_report
from core.exchange.headers import IGNORE
from core.exchange.imports import (
    accept,
    accept_kept,
    choose,
    given_with,
    import_of,
    imports,
    judge_households,
    judge_kept,
    keep,
    show_kept,
)
from core.exchange.judged import Judged, report_in
from core.exchange.lines import STATES, all_lines, counts, page
from core.exchange.mapping import IGNORED, read_pairs, remember, remembered
from core.exchange.missing import settle_missing
from core.exchange.reading import GIVEN
from core.exchange.sheets import LARGEST_SENT
from core.exchange.template import sample_file, write_template
from core.exchange.undoing import built_on, undo
from core.exchange.unread import askable, keep_unread
from core.exchange.workbook import LARGEST_FILE, MOST_ROWS

__all__ = [
    "ALL_COLUMNS",
    "BY_NAME",
    "COLUMNS",
    "GIVEN",
    "IGNORE",
    "IGNORED",
    "LARGEST_FILE",
    "LARGEST_SENT",
    "MOST_ROWS",
    "STATES",
    "Judged",
    "accept",
    "accept_kept",
    "all_lines",
    "askable",
    "built_on",
    "choose",
    "counts",
    "decision_list",
    "given_with",
    "import_of",
    "imports",
    "judge_households",
    "judge_kept",
    "keep",
    "keep_unread",
    "page",
    "read_pairs",
    "remember",
    "remembered",
    "report_in",
    "sample_file",
    "settle_missing",
    "show_kept",
    "undo",
    "write_refused",
    "write_report",
    "write_template",
]
