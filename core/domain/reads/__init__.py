"""The log of reads: who looked at whose personal data, how, and when; it holds no personal value itself.

Acts are told by the history of a case; this tells of those who only looked. The nouns say what they hand out
(``handed_out``, ``listed``), the way in writes one row for the page (``taken``, ``write``), or nothing is shown.

Legal ground: access to personal data is to be controlled and logged (Law 91/2025/QH15 and Decree 356/2025/NĐ-CP, in
force since 01/01/2026, found in secondary sources only); logs of a system are kept at least 12 months (Decree
53/2022/NĐ-CP, in its own scope, likewise).
"""

from core.domain.reads.keeping import LEAST_MONTHS, forget_old, take_in
from core.domain.reads.looking import KINDS, WAYS, reads
from core.domain.reads.noting import Read, handed_out, keep, lay_aside, listed, taken, write
from core.domain.reads.revealing import REASONS, reveal
from core.domain.reads.tables import read_event

__all__ = [
    "KINDS",
    "LEAST_MONTHS",
    "REASONS",
    "WAYS",
    "Read",
    "forget_old",
    "handed_out",
    "keep",
    "lay_aside",
    "listed",
    "read_event",
    "reads",
    "reveal",
    "take_in",
    "taken",
    "write",
]
