"""What an accountant can pay now, and what that takes from each fund."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select

from core import db
from core.domain import access, cases, tasks
from core.domain.access import Actor
from core.domain.disbursement.parts import part, promises
from core.domain.disbursement.tables import instalment

_AT_ONCE = 1000  # cases named one by one in a query


def payable(actor: Actor) -> Select[Any]:
    """A statement of what this person can pay now, most urgent first; paged by (due_on, id).

    Columns: ``id``, ``since`` and ``due_on`` of the task; ``case_id``, ``code`` and ``amount`` of the instalment; and
    of the case ``number``, ``subject_name``, ``village``, ``unit_id``, ``programme``, ``programme_version`` and its
    amount as ``whole``.
    """
    task, case = tasks.task, cases.case
    return (
        select(
            task.c.id,
            task.c.since,
            task.c.due_on,
            instalment.c.case_id,
            instalment.c.code,
            instalment.c.amount,
            case.c.number,
            case.c.subject_name,
            case.c.village,
            case.c.unit_id,
            case.c.programme,
            case.c.programme_version,
            case.c.amount.label("whole"),
        )
        .join_from(task, instalment, and_(instalment.c.case_id == task.c.case_id, instalment.c.code == task.c.key))
        .join(case, case.c.id == task.c.case_id)
        .where(task.c.kind == "payment", tasks.waiting_for(actor), access.visible_to(actor, case))
        .order_by(task.c.due_on, task.c.id)
    )


@dataclass
class Need:
    """What the instalments that can be paid now take from one fund, in đồng."""

    code: str
    name: str
    instalments: int = 0
    amount: int = 0


def needed_by_fund(actor: Actor) -> list[Need]:
    """For every fund, how many instalments this person can pay now and how many đồng they take from it."""
    found: dict[str, Need] = {}
    waiting = db.execute(payable(actor)).all()
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        promised: dict[int, list[Any]] = defaultdict(list)
        for row in db.execute(promises, {"ids": [each.case_id for each in some]}):
            promised[row.case_id].append(row)
        for each in some:
            for taken in part(each.whole, each.amount, promised[each.case_id]):
                need = found.setdefault(taken.code, Need(taken.code, taken.name))
                need.instalments += 1
                need.amount += taken.amount
    return [found[code] for code in sorted(found)]
