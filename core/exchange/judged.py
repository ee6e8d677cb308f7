"""A list that was judged, and the report of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from core.domain import units
from core.domain.people import Change, Finding
from core.exchange import lines, marking
from core.exchange.columns import BY_NAME
from core.exchange.headers import titles_of
from core.exchange.judgement import Judgement
from core.exchange.lines import Line
from core.exchange.telling import told

_MOST_LISTED = 2_000  # findings and codes that a report lists one by one; its counts are always whole


@dataclass
class Judged:
    """A list judged for a unit on a day. ``judgement.changes`` are the households that accepting writes."""

    file_name: str
    sha256: str
    content: bytes
    unit: units.Unit
    on: date
    at: datetime
    judgement: Judgement
    register: str  # how the register stood; see ``people.standing``
    partial: bool = False  # the file has some households only: nobody is missing
    given: Mapping[str, str] = field(default_factory=dict)  # said once for the whole file, as written
    mapping: Mapping[str, str] = field(default_factory=dict)  # said of its headers with it; remembered when it is kept
    corrects: int | None = None  # the import whose refused rows these are, corrected

    @cached_property
    def lines(self) -> list[Line]:
        """The preview."""
        return lines.lines_of(self.judgement)

    @cached_property
    def seen(self) -> str:
        """What accepting would write, as one text."""
        return lines.digest(self.lines)

    def report(self, language: str = "vi") -> dict[str, Any]:
        """The report as the terminal and the API give it; see ``report_in``."""
        return report_in(self.stored_report(), language)

    def stored_report(self) -> dict[str, Any]:
        """The report with its sentences in both languages."""
        judgement = self.judgement
        states = [change.state for change in judgement.changes]
        return {
            "rows": judgement.rows, "new": states.count("new"), "changed": states.count("changed"),
            "unchanged": states.count("unchanged"), "missing": len(judgement.missing),
            "refused_households": judgement.refused_households, "refused_count": len(judgement.refused),
            "doubtful": len(judgement.doubts), "partial": self.partial, "warning_count": len(judgement.warned),
            "refused": _listed(judgement.refused), "warnings": _listed(judgement.warned),
            "changes": _changed(judgement.changes),
            "missing_codes": [record.row.code for record in judgement.missing[:_MOST_LISTED]],
            "notes": _listed(judgement.notes), "titles": titles_of(judgement.header),
            "unknown_columns": [title for title in judgement.header.unknown if title not in marking.TITLES],
            "unit": self.unit.code, "on": self.on.isoformat(),
        }


def report_in(report: str | dict[str, Any], language: str = "vi") -> dict[str, Any]:
    """A stored report in one language.

    ``rows`` counts persons; ``new``, ``changed``, ``unchanged``, ``missing`` and ``refused_households`` count
    households. ``refused`` and ``warnings`` list {"row", "column", "value", "reason"}, at most 2,000 each
    (``refused_count`` is whole); ``changes`` lists as many {"code", "row", "who", "column", "before", "after"}, a cell
    of a known household each. ``notes`` tell what was changed or assumed in reading the file; ``titles`` are its
    headers, {"key", "written", "column", "samples"}. A file that could not be read by its headers yet has its reasons
    in ``unread``.
    """
    found: dict[str, Any] = json.loads(report) if isinstance(report, str) else dict(report)
    for name in ("refused", "warnings", "notes"):
        found[name] = [{**finding, "reason": finding["reason"][language == "en"]} for finding in found.get(name, ())]
    return found


def _listed(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    ordered = sorted(findings)[:_MOST_LISTED]
    return [{"row": finding.row, "column": BY_NAME[finding.field].title if finding.field in BY_NAME else finding.field,
             "value": finding.value, "reason": list(finding.sentence)} for finding in ordered]


def _changed(changes: Iterable[Change]) -> list[dict[str, Any]]:
    cells = ({"code": change.entry.code, "row": change.entry.row, **cell._asdict()}
             for change in changes if change.state == "changed" for cell in told(change))
    return list(islice(cells, _MOST_LISTED))
