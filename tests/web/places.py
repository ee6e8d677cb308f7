"""Every page, who works there, and the states it can be met in. A page that is not listed fails a test.

``{names}`` in an address are filled in by ``Office``; a page may be listed several times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp
from playwright.sync_api import Page
from sqlalchemy import or_, select, update

from core import db, demo, exchange, instance as instances, plugins
from core.domain import access, budget, cases, decisions, disbursement, drafts, people, tasks, units, users
from core.errors import BadInput
from core.text import MOST_MONEY
from tests.databases import MORNING
from tests.office import HEAD, WARD, head, workbook

UNBREAKABLE = "NguyễnThịThanhHuyềnTrang" * 5  # 120 letters without a place to break
MANY_WORDS = "Tổ dân phố số 12 khu tái định cư Đồng Xuân mở rộng, xóm Trại Cũ giáp xã Nghĩa Phương và thôn Hạ"
ROLES = ("officer", "approver", "accountant", "monitor", "manager", "auditor", "admin")
PASSWORD = "ba con gà trống"


@dataclass(frozen=True)
class Place:
    """A page as one person meets it; ``act`` brings it into a state, ``status`` is what its address answers."""

    role: str  # "" for nobody
    address: str
    act: Callable[[Page], object] = lambda page: None
    status: int = 200
    name: str = ""

    def __str__(self) -> str:
        return f"{self.role or 'nobody'}{self.address}{' ' + self.name if self.name else ''}"


PAGES: dict[str, tuple[Place, ...]] = {
    "access.sign_in": (Place("", "/login"),),
    "access.account": (Place("officer", "/account"),),
    "factors.show": (Place("officer", "/account/second-step"),),
    "factors.finish": (Place("", "/login", lambda page: password_of_the_careful(page), name="code asked for"),),
    "day.index": (Place("officer", "/day"), Place("approver", "/day")),
    "tasks.worklist": (Place("officer", "/"), Place("approver", "/")),
    "cases.index": (Place("officer", "/cases"),),
    "cases.create": (Place("officer", "/cases/new"), Place("officer", "/cases/new?household={household}")),
    "cases.show": (
        Place("officer", "/cases/{draft}"),
        Place("approver", "/cases/{proposed}"),
        Place("accountant", "/cases/{payable}"),
        Place("auditor", "/cases/{closed}"),
    ),
    "cases.edit": (Place("officer", "/cases/{draft}/edit"),),
    "cases.transition": (
        Place("approver", "/cases/{proposed}/transitions/approve"),
        Place("approver", "/cases/{proposed}/transitions/return"),
    ),
    "cases.transition_many": (
        Place("approver", "/cases/transitions/approve?number={proposed}"),
        Place("officer", "/cases/transitions/propose?number={draft}"),
    ),
    "cases.missing": (Place("officer", "/cases/missing/housing"),),
    "documents.share": (Place("officer", "/cases/{draft}/papers/estimate/others"),),
    "reviews.queue": (Place("approver", "/review"),),
    "reviews.show": (
        Place("approver", "/review/clean/{proposed}"),
        Place("approver", "/review/closer/{proposed}?open=return", name="returning"),
    ),
    "reviews.done": (Place("approver", "/review/clean/done"),),
    "drafts.index": (Place("approver", "/drafts"),),
    "drafts.show": (Place("approver", "/drafts/{drafted}"),),
    "drafts.paper": (Place("approver", "/drafts/{drafted}/paper"),),
    "drafts.undo": (Place("approver", "/drafts/{drafted}/undo"),),
    "people.missing": (Place("officer", "/households/missing"), Place("officer", "/households/missing?of=person")),
    "units.classes": (Place("manager", "/units/classes"),),
    "scan.index": (Place("officer", "/scan"),),
    "people.index": (Place("officer", "/households"),),
    "people.create": (Place("officer", "/households/new"),),
    "people.show": (Place("officer", "/households/{household}"),),
    "people.edit": (Place("officer", "/households/{household}/edit"),),
    "people.record_category": (Place("officer", "/households/{household}/category"),),
    "exchange.index": (Place("officer", "/imports"),),
    "exchange.create": (Place("officer", "/imports/new"),),
    "exchange.show": (Place("officer", "/imports/{imported}"), Place("officer", "/imports/{staged}")),
    "exchange.columns": (
        Place("officer", "/imports/{unread}/columns"),
        Place("officer", "/imports/{staged}/columns"),
    ),
    "exchange.undo": (Place("officer", "/imports/{imported}/undo"),),
    "monitoring.index": (Place("monitor", "/visits"),),
    "monitoring.record": (Place("monitor", "/cases/{to_visit}/visits/{step}"),),
    "disbursement.index": (Place("accountant", "/payments"),),
    "disbursement.pay": (Place("accountant", "/cases/{payable}/payments/{due}"),),
    "disbursement.receipt": (Place("accountant", "/cases/{paid}/payments/{part}/receipt"),),
    "decisions.index": (Place("approver", "/decisions"),),
    "decisions.show": (Place("approver", "/decisions/{decision}"),),
    "budget.index": (Place("manager", "/funds"),),
    "budget.create": (Place("manager", "/funds/new"),),
    "budget.show": (Place("manager", "/funds/{fund}"), Place("accountant", "/funds/{fund}")),
    "indicators.index": (Place("manager", "/indicators"), Place("manager", "/indicators?unit=VN")),
    "parameters.index": (Place("manager", "/parameters"),),
    "parameters.show": (Place("manager", "/parameters/housing.min_area"),),
    "reads.index": (Place("auditor", "/reads"),),
    "users.index": (Place("admin", "/users"),),
    "users.create": (Place("admin", "/users/new"),),
    "users.show": (Place("admin", "/users/{user}"),),
    "users.lock": (Place("admin", "/users/{user}/lock"),),
    "users.reset": (Place("admin", "/users/{user}/reset"),),
    "users.reset_factor": (Place("admin", "/users/{user}/reset-second-step"),),
}

# what answers no page: files, a style sheet, what machines ask, the API
NO_PAGES = {
    "static",
    "scripts",
    "access.who",
    "look",
    "health.live",
    "health.ready",
    "metrics.show",
    "documents.show",
    "decisions.file",
    "drafts.workbook",
    "exchange.refused_rows",
    "exchange.report",
    "exchange.sample",
    "exchange.template",
    "indicators.csv",
    "reads.csv",
    "uploads.show",
}


def send(page: Page) -> None:
    """Send the page's form as it is; wait for the answer."""
    with page.expect_navigation():
        page.locator("main form[method=post]").locator(".btn-primary, .btn-danger").locator(
            "visible=true"
        ).first.click()


def send_emptied(page: Page) -> None:
    """Send the form with nothing in its lines."""
    for line in page.locator("main form[method=post] input.form-control").all():
        line.fill("")
    send(page)


def wrong_password(page: Page) -> None:
    page.fill("[name=login]", "officer")
    page.fill("[name=password]", "không phải")
    send(page)


def password_of_the_careful(page: Page) -> None:
    page.fill("[name=login]", "careful")
    page.fill("[name=password]", PASSWORD)
    send(page)


def open_menu(page: Page) -> None:
    if page.locator(".menu summary").is_visible():
        page.locator(".menu summary").click()


def open_all(page: Page) -> None:
    """Unfold whatever is folded."""
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")


def tick_all(page: Page) -> None:
    for box in page.locator("main tbody input[type=checkbox]").all()[:3]:
        box.check()


STATES: tuple[Place, ...] = (
    Place("", "/login", send, name="sent empty"),
    Place("", "/login", wrong_password, name="wrong password"),
    Place("officer", "/account", send, name="password not given"),
    Place("newcomer", "/account/second-step", send, name="second step begun"),
    Place("careful", "/account/second-step", name="second step in use"),
    Place("careful", "/account/second-step", send, name="code not given"),
    Place("admin", "/users/{user}/reset-second-step", send, name="no reason"),
    Place("officer", "/households/new", send, name="sent empty"),
    Place("officer", "/imports/new", send, name="no file"),
    Place("officer", "/imports/new", open_all, name="unfolded"),
    Place("officer", "/imports/{unread}/columns", send, name="nothing chosen"),
    Place("officer", "/imports/{staged}/columns", open_all, name="unfolded"),
    Place("officer", "/households/{household}/category", send, name="sent empty"),
    Place("monitor", "/cases/{to_visit}/visits/{step}", send, name="sent empty"),
    Place("accountant", "/cases/{payable}/payments/{due}", send_emptied, name="sent empty"),
    Place("manager", "/funds/new", send, name="sent empty"),
    Place("manager", "/parameters/housing.min_area", send, name="sent empty"),
    Place("admin", "/users/new", send, name="sent empty"),
    Place("approver", "/cases/{proposed}/transitions/return", send, name="nothing said"),
    Place("approver", "/cases/{proposed}/transitions/approve", send_emptied, name="no decision named"),
    Place("officer", "/cases?q=khong-co-ai-ten-nay", name="nothing found"),
    Place("officer", "/?q=khong-co-ai-ten-nay", name="nothing found"),
    Place("officer", "/households?q=khong-co-ai-ten-nay", name="nothing found"),
    Place("approver", "/decisions?q=khong-co", name="nothing found"),
    Place("manager", "/parameters?q=khong-co", name="nothing found"),
    Place("admin", "/users?q=khong-co", name="nothing found"),
    Place("newcomer", "/", name="empty"),
    Place("newcomer", "/cases", name="empty"),
    Place("newcomer", "/households", name="empty"),
    Place("newcomer", "/imports", name="empty"),
    Place("newcomer", "/indicators", name="empty"),
    Place("officer", "/cases?q={draft}", name="one row"),
    Place("officer", "/", tick_all, name="ticked"),
    Place("officer", "/cases/{draft}", open_all, name="unfolded"),
    Place("auditor", "/cases/{closed}", open_all, name="unfolded"),
    Place("officer", "/imports/{imported}", open_all, name="unfolded"),
    Place("officer", "/", open_menu, name="menu open"),
    Place("officer", "/users", status=403),
    Place("officer", "/khong-co", status=404),
    Place("officer", "/cases/BN-26-99999", status=404),
    Place("approver", "/cases/{closed}/transitions/approve", status=409, name="no longer possible"),
    Place("auditor", "/decisions", status=500, name="broken"),
    Place("auditor", "/funds", status=503, name="database gone"),
)


@dataclass
class Office:
    """A demo province and what the addresses of its pages need."""

    instance: db.Instance
    facts: dict[str, str]

    def address(self, place: Place) -> str:
        """The address of a place in this province."""
        return place.address.format_map(self.facts)


def furnish(instance: db.Instance) -> None:
    """Fill a new instance: the demo, and a person at a commune where nothing has happened yet."""
    instance.plugins = plugins.find(())
    instances.prepare(instance)
    demo.build(instance, 60, 1, MORNING.date(), PASSWORD)
    with db.transaction(instance):
        province = units.unit_by_code("24", db.today())
        empty = units.children(province.id, db.today())[-1]
        assert db.execute(select(people.household.c.id).where(people.household.c.unit_id == empty.id)).first() is None
        users.create_user(None, "newcomer", "Trần Thị Mới", "officer", empty.id, password=PASSWORD, must_change=False)
        users.create_user(None, "careful", "Lê Văn Cẩn", "officer", empty.id, password=PASSWORD, must_change=False)
    switch_on(instance, "careful")
    with db.transaction(instance):
        officer = access.actor_by_login("officer")
        ward = units.unit_by_code(WARD, db.today())
        rows = [HEAD, head("MĐ-9901", "", **{"Ngày sinh": "31/02/1968"}), head("MĐ-9902", "Vũ Thị Bé")]
        exchange.keep(officer, exchange.judge_households(officer, workbook(rows), ward.id))
        own = "Người đứng tên;Khu vực ở;Xếp loại năm nay\nLê Văn An;Khu 5;HN\n".encode()
        try:
            exchange.judge_households(officer, own, ward.id)
        except BadInput as refused:
            exchange.keep_unread(officer, own, ward.id, db.today(), "Danh sách của phường.csv", {}, refused)
    with db.transaction(instance):
        approver = access.actor_by_login("approver")
        waiting = db.execute(cases.cases(approver, state="proposed")).all()
        drafts.start(approver, [row.number for row in waiting if _approvable(approver, row)][-1:])


def switch_on(instance: db.Instance, login: str) -> None:
    """Somebody signs in by a second step from now on."""
    with db.transaction(instance):
        actor = access.actor_by_login(login)
        users.enrol(actor)
        begun = users.enrolment(actor)
        assert begun
        code = pyotp.TOTP(begun.secret).at(db.now())
    users.confirm(instance, actor, code, "127.0.0.1")


def look_round(instance: db.Instance) -> Office:
    """What stands where in the province of ``furnish``, whose copy this is."""
    instance.plugins = plugins.find(())
    with db.transaction(instance):
        instances.build_registry(instance)
        who = {role: access.actor_by_login(role) for role in ROLES}
        money, visit = (_waiting(who[role], kind) for role, kind in (("accountant", "payment"), ("monitor", "visit")))
        case, part = cases.case, disbursement.instalment
        accepted = people.import_batch.c.accepted_at
        kept = select(people.import_batch.c.id).where(accepted.is_(None))
        paid = db.execute(
            select(case.c.number, part.c.code)
            .join(part, part.c.case_id == case.c.id)
            .where(part.c.paid_on.is_not(None))
        ).first()
        assert paid
        return Office(
            instance,
            {
                "draft": _case(who["officer"], "draft"),
                "proposed": _case(who["approver"], "proposed"),
                "closed": _case(who["auditor"], "closed"),
                "payable": money.number,
                "due": money.key,
                "to_visit": visit.number,
                "step": visit.key,
                "paid": paid.number,
                "part": paid.code,
                "household": people.household_number(_first(people.find_households(who["officer"])).id),
                "imported": str(_first(select(people.import_batch.c.id).where(accepted.is_not(None))).id),
                "staged": str(_first(kept.order_by(people.import_batch.c.id)).id),
                "unread": str(_first(kept.order_by(people.import_batch.c.id.desc())).id),
                "drafted": str(_first(drafts.drafts(who["approver"])).id),
                "user": str(who["officer"].id),
                "decision": str(_first(select(decisions.decision.c.id)).id),
                "fund": _first(select(budget.fund.c.code)).code,
            },
        )


def stretch(office: Office) -> None:
    """Give what the pages show the longest it can be: names nobody can break, places of many words, all the money."""
    told = office.facts
    with db.transaction(office.instance):
        case, house, fund = cases.case, people.household, budget.fund
        numbers = [told[name] for name in ("draft", "proposed", "closed", "payable", "to_visit", "paid")]
        homes = select(case.c.household_id).where(case.c.number.in_(numbers))
        shown = or_(house.c.id == people.household_id(told["household"]), house.c.id.in_(homes))
        heads = select(house.c.head_person_id).where(shown)
        db.execute(update(people.person).where(people.person.c.id.in_(heads)).values(name=UNBREAKABLE))
        db.execute(update(house).where(shown).values(head_name=UNBREAKABLE, village=MANY_WORDS, address=MANY_WORDS))
        named = {"subject_name": UNBREAKABLE, "village": MANY_WORDS}
        db.execute(update(case).where(case.c.number.in_(numbers)).values(amount=MOST_MONEY, **named))
        db.execute(update(fund).where(fund.c.code == told["fund"]).values(name=UNBREAKABLE, allocated=MOST_MONEY))
        signed = {"signer": UNBREAKABLE, "capacity": MANY_WORDS, "issuer": MANY_WORDS}
        db.execute(update(decisions.decision).where(decisions.decision.c.id == int(told["decision"])).values(**signed))
        user = access.user
        db.execute(update(user).where(user.c.id == int(told["user"])).values(name=UNBREAKABLE))


def _approvable(actor: access.Actor, row: Any) -> bool:
    return any(step.transition.code == "approve" and step.allowed for step in cases.possible(actor, row))


def _first(statement: Any) -> Any:
    row = db.execute(statement).first()
    assert row is not None
    return row


def _case(actor: access.Actor, state: str) -> str:
    return str(_first(cases.cases(actor, state=state)).number)


def _waiting(actor: access.Actor, kind: str) -> Any:
    return next(row for row in db.execute(tasks.worklist(actor, cases.case)) if row.kind == kind)
