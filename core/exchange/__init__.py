"""Files in and out: what an office keeps in Excel, brought in row by row judged, and given out."""

from core.exchange.columns import COLUMNS
from core.exchange.findings import write_refused
from core.exchange.imports import (
    Judged,
    accept,
    accept_kept,
    import_of,
    imports,
    judge_households,
    keep,
    report_in,
)
from core.exchange.template import sample_file, write_template
from core.exchange.workbook import LARGEST_FILE, MOST_ROWS

__all__ = [
    "COLUMNS",
    "LARGEST_FILE",
    "MOST_ROWS",
    "Judged",
    "accept",
    "accept_kept",
    "import_of",
    "imports",
    "judge_households",
    "keep",
    "report_in",
    "sample_file",
    "write_refused",
    "write_template",
]
