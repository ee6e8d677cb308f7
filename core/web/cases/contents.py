"""What a case holds, in words: its answers, papers and visits, as a person may see them."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any, NamedTuple

from core.domain import access, cases, documents, monitoring
from core.domain.programmes import Form
from core.fields import Field, asked
from core.web.cases.telling import seen_value
from core.web.present import dmy, t, tt


class Answer(NamedTuple):
    """A question with its answer in words; ``missing`` when it has to be answered and is not."""

    field: Field
    words: str
    missing: bool


def answers_of(form: Form, answers: dict[str, Any], sight: access.Sight) -> list[tuple[str, list[Answer]]]:
    """The questions that are asked, under their headings, with the answers as they are seen."""
    found = [field for field in form.fields if asked(field, answers)]
    return [
        (
            tt(heading) if heading else "",
            [
                Answer(
                    field,
                    seen_value(sight, field, answers.get(field.name)),
                    field.required and field.name not in answers,
                )
                for field in fields
            ],
        )
        for heading, fields in groupby(found, key=lambda field: field.group)
    ]


class Kind(NamedTuple):
    """A kind of paper with the files of it; ``missing`` when a step asks for it and there is none."""

    code: str
    title: str
    help: str
    missing: bool
    files: list[Any]
    held: str = ""  # the record of our own that stands for it, in words
    ours: bool = False  # we issue it: nobody is asked for it


def _held(record: cases.Held) -> str:
    return ", ".join(
        filter(None, (t("số {number}", "no. {number}", number=record.number), dmy(record.on), record.issuer))
    )


def papers_by_kind(row: Any, form: Form) -> list[Kind]:
    """The kinds of paper that count for this case, the missing ones first, then the rest."""
    files: dict[str, list[Any]] = {}
    for document in documents.of_case(row.id):
        files.setdefault(document.kind if document.kind != "visit" else "", []).append(document)
    files.pop("", None)  # photographs of visits stand with their visit
    wanted = cases.papers_of(row)
    held = cases.held([row], wanted)[row.id]
    kinds = [
        Kind(
            paper.code,
            tt(paper.title),
            tt(paper.help) if paper.help else "",
            bool(paper.required_for) and paper.code not in files and not paper.issued_by_us,
            files.pop(paper.code, []),
            _held(held[paper.code]) if paper.code in held else "",
            bool(paper.issued_by_us),
        )
        for paper in wanted
    ]
    rest = [document for left in files.values() for document in left]
    kinds.sort(key=lambda kind: not kind.missing)
    return [*kinds, Kind("other", t("Giấy tờ khác", "Other papers"), "", False, rest)]


class Seen(NamedTuple):
    """A visit with its words: the title of its step, what was seen, and its photographs."""

    row: Any
    title: str
    answers: list[tuple[str, str]]
    photos: list[Any]


def visits_seen(row: Any, form: Form, sight: access.Sight) -> list[Seen]:
    """The visits in the order in which they are due; those that wait for another one last."""
    steps = {step.code: step for step in form.steps}
    photos: dict[str, list[Any]] = {}
    found = []
    visits = monitoring.of_case(row.id)
    for document in documents.of_case(row.id) if visits else ():
        if document.kind == "visit":
            photos.setdefault(document.step, []).append(document)
    for visit in visits:
        step, answers = steps.get(visit.step), json.loads(visit.answers)
        told = [
            (tt(field.label), seen_value(sight, field, answers[field.name]))
            for field in (step.fields if step else ())
            if field.name in answers
        ]
        title = tt(step.title) if step else visit.step
        found.append(Seen(visit, title, told, photos.pop(visit.step, []) if visit.recorded_at else []))
    return found
