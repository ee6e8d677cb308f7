"""The officer's day on one page: what came back, what is due, what is missing, whom to visit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import cases, day, monitoring, people, tasks
from core.web import states
from core.web.admission import needs
from core.web.cases.fixing import Fixes
from core.web.present import language, number, t, tt

blueprint = Blueprint("day", __name__)


@blueprint.get("/day")
@needs("household.view")
def index() -> ResponseReturnValue:
    """What waits for this person; the same page is one printed sheet."""
    found = day.of(g.actor)
    return render_template(
        "day/index.html",
        day=found,
        groups=[_group(group) for group in found.groups if group.count],
        visits={row.id: tt(monitoring.title_of(row)) for village in found.villages for row in village.visits},
        visit_count=_count(found.visits),
        more_visits=_more(found.visits, sum(len(village.visits) for village in found.villages)),
        unknown=_unknown() if "officer" in g.actor.roles else [],
        today=db.today(),
        NEVER=tasks.NEVER,
    )


def _group(group: day.Group) -> dict[str, Any]:
    asked = {"due": "week" if group.code == "due" else None}
    asked["state"] = group.works[0].row.state if group.code == "returned" and group.works else None
    return {
        "code": group.code,
        "title": tt(day.TITLES[group.code]),
        "count": _count(group.count),
        "works": [_work(work) for work in group.works],
        "more": _more(group.count, len(group.works)),
        "url": url_for("tasks.worklist", due=asked["due"], state=asked["state"]),
    }


def _work(work: day.Work) -> dict[str, Any]:
    """A case with the next thing to do, and where that is done."""
    row, fixes = work.row, Fixes(work.row, cases.form_of(work.row), True)
    page = url_for("cases.show", number=row.number)
    todo = [(tt(reason.sentence), fixes.of(reason) or page) for reason in work.reasons]
    if not todo and work.step:
        step = url_for("cases.transition", number=row.number, name=work.step.code)
        todo = [(t("Đã đủ, hãy «{step}»", "Complete: take the step “{step}”", step=tt(work.step.title)), step)]
    return {
        "row": row,
        "url": page,
        "state": states.state_of(row),
        "due_on": work.due_on,
        "todo": todo[:2],
        "rest": len(todo) - 2,
        "ready": not work.reasons and work.step is not None,
        "sent_back": work.sent_back,
        "note": _note(work),
    }


def _note(work: day.Work) -> str:
    told = work.sent_back.private | work.sent_back.facts if work.sent_back else {}
    return next((str(told[name]) for name in ("comment", "reason", "note") if told.get(name)), "")


def _count(count: int) -> str:
    return f"{number(day.MOST, language())}+" if count > day.MOST else number(count, language())


def _more(count: int, shown: int) -> str:
    """How many are not shown, "" for none."""
    if count <= shown:
        return ""
    return _count(count) if count > day.MOST else number(count - shown, language())


def _unknown() -> list[tuple[str, str]]:
    """What the register lacks of many households or persons, with the grid in which it is filled in; the most first."""
    found = [
        (count, subject, fact)
        for subject in ("household", "person")
        for fact, count in people.lacking_counts(g.actor, subject).items()
        if count
    ]
    return [
        (
            f"{tt(people.LACKING[fact].title)} ({number(count, language())})",
            url_for("people.missing", of=subject, fact=fact),
        )
        for count, subject, fact in sorted(found, key=lambda each: -each[0])[:6]
    ]
