"""What was found out about a list: its households beside what is known of them, and every reason against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.people import Change, Finding, HouseholdEntry, Record
from core.exchange.headers import Header
from core.text import Text

_WHICH = Text("{why}. Ghi vào cột Mã hộ mã của hộ đúng: {codes}; hoặc chọn trên trang nhập",
              "{why}. Write the code of the right household: {codes}; or choose on the page of the import")


@dataclass(slots=True)
class Refusal:
    """A household, or a row that belongs to none, that cannot be taken: its rows, and every reason."""

    row: int
    code: str
    head: str
    village: str
    rows: list[int]
    findings: list[Finding]


@dataclass(slots=True)
class Doubt:
    """A household of the file that may be one of several known ones; somebody has to say which, or that it is new."""

    entry: HouseholdEntry
    why: Text
    candidates: list[Record]


@dataclass(slots=True)
class Judgement:
    """Every household of a file beside what is known, and every finding. Nothing is written yet."""

    rows: int = 0
    header: Header = field(default_factory=Header)
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused_households: int = 0
    doubts: list[Doubt] = field(default_factory=list)
    found_by: dict[int, Text] = field(default_factory=dict)  # by the head's row: how a household without code was known
    coded: set[int] = field(default_factory=set)  # heads' rows of the households that get a code made here
    notes: list[Finding] = field(default_factory=list)  # what was changed or assumed in reading the file
    warned: list[Finding] = field(default_factory=list)
    missing: list[Record] = field(default_factory=list)  # in the register and not in the file, by code

    @property
    def refused(self) -> list[Finding]:
        """Every reason for which something is not taken; of a doubt, what to write to settle it."""
        found = [finding for refusal in self.refusals for finding in refusal.findings]
        return found + [_doubtful(doubt) for doubt in self.doubts]


Choices = Mapping[int, int | None]  # by the head's row: the household it means, None for one not known yet


def _doubtful(doubt: Doubt) -> Finding:
    entry = doubt.entry
    codes = "; ".join(f"{record.row.code} ({record.row.head_name})" for record in doubt.candidates[:5])
    return Finding(entry.row, "code", entry.code, _WHICH.format(why=doubt.why, codes=codes))
