"""A grid of unknown values: a line a household, person or case, a column a fact, an input where it is unknown.

Works as a plain form; ``static/grid.js`` lets a column be pasted and the arrows move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash

from core.domain import people
from core.errors import Reason
from core.text import Text
from core.web.present import language, number, t, tt


@dataclass(frozen=True)
class Column:
    """A fact: ``kind`` is text, phone, day, birth, number, integer, money or choice (one of ``choices``)."""

    name: str
    title: str
    kind: str
    choices: Sequence[tuple[str, str]] = ()
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """``known`` is shown as text; where it is empty there is an input with what was typed."""

    name: str
    known: str = ""
    typed: str = ""
    error: str = ""
    asked: bool = True  # whether there is anything to know here


@dataclass(frozen=True)
class Line:
    key: str
    title: str
    detail: str
    url: str
    cells: Sequence[Cell]


def said(form: Mapping[str, str], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """What a posted grid says: texts by line and column, empty cells left out."""
    known, found = set(names), dict[str, dict[str, str]]()
    for field, text in form.items():
        name, _, key = field.partition(".")
        if key and name in known and text.strip():
            found.setdefault(key, {})[name] = text
    return found


def told(done: people.Filled, subjects: Text) -> None:
    """Say on top of the page what was kept and what to look at again."""
    if done.cells:
        kept = t(
            "Đã ghi {n} ô của {m} {what}.",
            "{n} cells of {m} {what} are saved.",
            n=number(done.cells, language()),
            m=number(done.subjects, language()),
            what=tt(subjects),
        )
        flash(kept, "good")
    elif not done.refused:
        flash(t("Không có ô nào mới để ghi.", "There was nothing new to save."), "info")
    for warning in done.warnings[:10]:
        flash(f"{warning.seen}: {tt(warning.sentence)}", "warn")


def errors(refused: Iterable[Reason]) -> dict[str, str]:
    """Why a cell was refused, by its name."""
    return {reason.field: tt(reason.sentence) for reason in refused}


def typed(refused: Iterable[Reason], form: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the cells that were refused."""
    return {reason.field: form.get(reason.field, "") for reason in refused}


def shown(value: Any) -> str:
    """A known value as its input would hold it."""
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)
