"""What a workflow may require of a case itself: form, papers, criteria."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core import db
from core.domain import documents, programmes
from core.domain.cases.editing import amount_of
from core.domain.cases.holding import held
from core.domain.programmes import Judgement, Paper, Programme, applies
from core.errors import Reason
from core.fields import missing, read
from core.text import Text
from core.workflow import Batch, Effect, Requirement


def law_date(row: Any, programme: Programme, on: date) -> date:
    """The date whose law a case is judged by: its application, or the day it is decided on."""
    applied: date | None = row.applied_on
    return applied or on if programme.counts_on == "application" else row.decided_on or on


def verdicts(
    rows: Sequence[Any],
    on: date,
    point: str = "proposal",
    visits: Mapping[int, Mapping[str, Any]] | None = None,
    explain: bool = True,
) -> dict[int, Judgement]:
    """The verdicts on cases of one programme at a point, each by the law of its own date.

    Without ``explain`` a criterion that holds gives no reasons.
    """
    programme = db.registry().programme(rows[0].programme).programme
    return programmes.judge_many(
        programme.code, rows, {row.id: law_date(row, programme, on) for row in rows}, point, visits, explain
    )


def _form_complete(batch: Batch) -> dict[int, list[Reason]]:
    present = db.registry().programme(batch.programme.code).version
    found = {}
    for row in batch.cases:
        answers = json.loads(row.answers)
        if row.programme_version != present and _reads_otherwise(batch.programme, row, answers):
            found[row.id] = [_FORM_CHANGED]
        elif reasons := missing(batch.programme.fields, answers):
            found[row.id] = reasons
    return found


def _reads_otherwise(programme: Programme, row: Any, answers: Mapping[str, Any]) -> bool:
    """Whether the programme's form of today does not take the answers as they are, or makes another amount of them."""
    typed, unread = read(programme.fields, answers)
    return bool(unread) or typed != answers or amount_of(programme, typed) != row.amount


_FORM_CHANGED = Reason(
    "form_changed",
    Text(
        "Biểu mẫu của chương trình đã thay đổi từ khi nhập; hãy mở phần nội dung, kiểm tra và lưu lại",
        "The programme's form has changed since it was filled in; open the answers, check them and save them again",
    ),
)


def _papers_complete(batch: Batch) -> dict[int, list[Reason]]:
    wanted = [paper for paper in batch.programme.papers if batch.transition.code in paper.required_for]
    if not wanted:
        return {}
    attached = documents.kinds_attached([row.id for row in batch.cases])
    ours = held(batch.cases, wanted)
    found = {}
    for row in batch.cases:
        answers = json.loads(row.answers)
        lacking = [
            paper
            for paper in wanted
            if paper.code not in attached[row.id] | set(ours[row.id]) and applies(paper, answers)
        ]
        if lacking:
            found[row.id] = [_lacking(paper) for paper in lacking]
    return found


def _lacking(paper: Paper) -> Reason:
    """A paper to bring; of one that we issued ourselves it is the record that is asked for, never the paper."""
    if not paper.issued_by_us:
        missing_paper = Text("Thiếu giấy tờ: {title}", "Paper missing: {title}").format(title=paper.title)
        return Reason("paper_missing", missing_paper, needed=paper.code, field=paper.code)
    unrecorded = Text(
        "Sổ chưa ghi số, ngày của: {title}. Ghi vào sổ hộ, không yêu cầu nộp bản giấy",
        "The register lacks number and date of: {title}. Record them; do not ask for the paper",
    )
    return Reason("record_missing", unrecorded.format(title=paper.title), needed=paper.code, field="household.category")


def _criteria_hold(batch: Batch) -> dict[int, list[Reason]]:
    judged = verdicts(batch.cases, batch.on, explain=False)
    batch.memo["judged"] = judged
    return {case_id: judgement.reasons for case_id, judgement in judged.items() if not judgement.holds}


def _keep_verdicts(batch: Batch) -> None:
    """Have the history tell what was judged and by which rows."""
    for case_id, judgement in batch.memo.get("judged", {}).items():
        batch.tell(
            case_id,
            verdicts={verdict.code: verdict.outcome for verdict in judgement.verdicts},
            parameters=[row.as_json() for row in judgement.resolved.used],
        )


REQUIREMENTS = (
    Requirement("form_complete", Text("Biểu mẫu đã nhập đủ", "The form is complete"), _form_complete),
    Requirement("papers_complete", Text("Giấy tờ đã đủ", "The papers are complete"), _papers_complete),
    Requirement("criteria_hold", Text("Mọi tiêu chí đều đạt", "Every criterion holds"), _criteria_hold),
)
EFFECTS = (Effect("keep_verdicts", Text("Lưu kết quả xét tiêu chí", "Keep what was judged"), _keep_verdicts),)
