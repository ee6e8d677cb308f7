"""The log of reads at a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from core import db
from core.cli import frame
from core.cli.frame import as_json, as_user
from core.cli.users import DAY
from core.domain import cases, people, reads

MOST = 100_000


@click.command("reads", cls=frame.Command)
@click.option("--who", default="", metavar="USER", help="Only what this person looked at.")
@click.option("--case", default="", metavar="CASE", help="Only reads of this case.")
@click.option("--household", default="", metavar="NUMBER", help="Only reads of this household (H…).")
@click.option("--kind", default="", type=click.Choice(["", *reads.WAYS, *reads.KINDS]), help="How, or what.")
@click.option("--from", "first", type=DAY, help="From this day on.")
@click.option("--to", "last", type=DAY, help="Up to and including this day.")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, MOST), help="At most so many rows.")
@as_user
@as_json
def command(
    who: str,
    case: str,
    household: str,
    kind: str,
    first: datetime | None,
    last: datetime | None,
    limit: int,
    login: str,
) -> None:
    """Who looked at whose personal data, the latest first. Asking is a read too, and is logged."""
    asked = {"who": who, "case": case, "household": household, "kind": kind, "from": str(first), "to": str(last)}
    with frame.reading(login, "reads", **asked) as auditor:
        statement = reads.reads(
            auditor,
            who=who,
            case_id=(cases.key_of(case) or -1) if case else None,
            household_id=(people.household_id(household) or -1) if household else None,
            kind=kind,
            first=first.date() if first else None,
            last=last.date() if last else None,
        ).limit(limit)
        rows = db.execute(
            statement.add_columns(cases.case.c.number).outerjoin(
                cases.case, cases.case.c.id == reads.read_event.c.case_id
            )
        ).all()
        reads.handed_out("reads")
        reads.listed(len(rows))
    found = [_told(row) for row in rows]
    if frame.wants_json():
        frame.show({"reads": found})
        return
    for one in found:
        at = datetime.fromisoformat(str(one["at"])).astimezone(db.HANOI)
        whose = one["case"] or one["household"] or ("" if one["rows"] is None else f"({one['rows']})")
        line = f"{at:%d/%m/%Y %H:%M:%S}  {one['user']:<16} {one['way']:<9} {one['what']:<24} {whose}  {one['reason']}"
        click.echo(line.rstrip())


def _told(row: Any) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "user": row.login,
        "way": row.way,
        "what": row.what,
        "kinds": row.kinds.split(),
        "case": row.number,
        "household": people.household_number(row.household_id) if row.household_id else None,
        "rows": row.rows,
        "filters": row.filters or None,
        "reason": row.reason,
    }
