"""The log of reads: every page shown is one row of it, and auditors look into it here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from core import db
from core.domain import cases, people, reads
from core.errors import BadInput, Reason
from core.fields import parse_date
from core.text import Text
from core.web import navigation, paging, streaming
from core.web.admission import needs, shows_nobody
from core.web.present import language, tt

blueprint = Blueprint("reads", __name__, url_prefix="/reads")
PAGE = 100


def of_request(answer: ResponseReturnValue) -> reads.Read | None:
    """The row of the log that the answer to a GET asks for; None for who sees nothing of anybody.

    A page is logged unless it says that it shows nobody: a new one is never forgotten. What somebody does by POST
    stands in the history, and whoever looks at an error saw nothing.
    """
    status = answer.status_code if isinstance(answer, Response) else 200
    if g.actor is None or request.method not in ("GET", "HEAD") or status >= 300 or shows_nobody(request.endpoint):
        return None
    asked = {name: values for name, values in request.args.lists() if name not in ("after", "before", "cursor")}
    return reads.taken(g.actor, _way(answer), str(request.endpoint), asked)


def _way(answer: ResponseReturnValue) -> str:
    if request.blueprint == "api":
        return "api"
    if request.args.get("print") or request.endpoint in PRINTS:
        return "print"
    attached = isinstance(answer, Response) and answer.headers.get("Content-Disposition", "").startswith("attachment")
    return "export" if attached else "page"


PRINTS = {"disbursement.receipt", "drafts.paper"}  # pages that are made for paper


class Asked(NamedTuple):
    """What the log is narrowed to, as its address says it."""

    who: str
    subject: str
    kind: str
    first: str
    last: str


@blueprint.get("")
@needs("read.view")
def index() -> ResponseReturnValue:
    """Who looked at whom, the latest first."""
    asked = _asked()
    statement, unread = _statement(asked)
    reads.handed_out("reads")
    page = paging.page(statement, reads.read_event.c.at, reads.read_event.c.id, PAGE, descending=True)
    return render_template(
        "reads/index.html",
        page=page,
        asked=asked,
        unread=unread,
        count=paging.count(statement, reads.read_event.c.id),
        numbers=_numbers(page.rows),
        household_number=people.household_number,
        kinds=reads.KINDS,
        ways=reads.WAYS,
        where=where,
        months=db.settings().read_log_months,
        csv=url_for(".csv", **{name: value for name, value in asked._asdict().items() if value}),
    )


def where(what: str) -> str:
    """The part of the program that an endpoint belongs to, as the navigation calls it; else the endpoint itself."""
    concept = what.partition(".")[0]
    found = next((entry.title for entry in navigation.ENTRIES if entry.endpoint.partition(".")[0] == concept), None)
    return tt(found) if found else what


@blueprint.get("/reads.csv")
@needs("read.view")
def csv() -> ResponseReturnValue:
    """The same, whole, as a file."""
    statement, unread = _statement(_asked())
    if unread:
        raise BadInput(unread)
    reads.handed_out("reads")
    said = language()
    return streaming.streamed(lambda: _csv(statement, said), "text/csv", f"so-doc-{db.today():%Y%m%d}.csv")


_HEADS = (
    Text("Lúc (UTC)", "At (UTC)"),
    Text("Tên đăng nhập", "Sign-in name"),
    Text("Họ tên", "Name"),
    Text("Cách xem", "How"),
    Text("Trang, thao tác", "Page, operation"),
    Text("Loại dữ liệu", "What"),
    Text("Hồ sơ", "Case"),
    Text("Hộ", "Household"),
    Text("Số dòng", "Rows"),
    Text("Dấu điều kiện lọc", "Digest of the filters"),
    Text("Lý do", "Reason"),
)


def _csv(statement: Select[Any], said: str) -> Iterator[bytes]:
    yield streaming.BOM + streaming.csv_line([head.to(said) for head in _HEADS])
    with_number = statement.add_columns(cases.case.c.number).outerjoin(
        cases.case, cases.case.c.id == reads.read_event.c.case_id
    )
    for row in db.execute(with_number.execution_options(yield_per=1000)):
        yield streaming.csv_line(
            [
                f"{row.at:%Y-%m-%d %H:%M:%S}",
                row.login,
                row.name,
                reads.WAYS[row.way].to(said),
                row.what,
                ", ".join(reads.KINDS[kind].to(said) for kind in row.kinds.split()),
                row.number or "",
                people.household_number(row.household_id) if row.household_id else "",
                "" if row.rows is None else row.rows,
                row.filters,
                row.reason,
            ]
        )


def _asked() -> Asked:
    return Asked(*(request.args.get(name, "").strip()[:64] for name in Asked._fields))


def _statement(asked: Asked) -> tuple[Select[Any], list[Reason]]:
    """The statement of what is asked for, and what in it could not be read; that part is left out."""
    unread: list[Reason] = []
    case_id, household_id = _subject(asked.subject, unread)
    first, last = (_day(asked, name, unread) for name in ("first", "last"))
    statement = reads.reads(
        g.actor,
        who=asked.who,
        case_id=case_id,
        household_id=household_id,
        kind=asked.kind if asked.kind in reads.WAYS or asked.kind in reads.KINDS else "",
        first=first,
        last=last,
    )
    return statement, unread


def _subject(written: str, unread: list[Reason]) -> tuple[int | None, int | None]:
    """The case or the household of a number. It is looked for in the log, so it need not lie in reach."""
    if not written:
        return None, None
    household = people.household_id(written)
    if household is not None:
        return None, household
    found = cases.key_of(written)
    if found is None:
        sentence = Text("Không có hồ sơ hay hộ mang số {number}", "No case or household has the number {number}")
        unread.append(Reason("subject_unknown", sentence.format(number=written), seen=written, field="subject"))
        return -1, None
    return found, None


def _day(asked: Asked, name: str, unread: list[Reason]) -> date | None:
    written = getattr(asked, name)
    found = parse_date(written) if written else None
    if written and found is None:
        sentence = Text("Ghi ngày dạng 05/02/2026", "Write the day as 05/02/2026")
        unread.append(Reason("day_unreadable", sentence, seen=written, field=name))
    return found


def _numbers(rows: list[Any]) -> dict[int, str]:
    """The numbers of the cases that rows name, by key."""
    wanted = {row.case_id for row in rows if row.case_id is not None}
    query = select(cases.case.c.id, cases.case.c.number).where(cases.case.c.id.in_(wanted))
    return {row.id: row.number for row in db.execute(query)} if wanted else {}
