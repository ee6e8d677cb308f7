"""The navigation, in the order of the day's work. An entry shows when its page exists and the actor may open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Flask, current_app, g, has_request_context, request, url_for

from core.domain import access, units
from core.text import Text


@dataclass(frozen=True)
class Entry:
    """One line of the navigation. ``permission`` is a name of ``access.PERMISSIONS``; none means anybody signed in."""

    endpoint: str
    title: Text
    icon: str  # the name of a symbol in static/icons.svg
    permission: str = ""


ENTRIES: tuple[Entry, ...] = (
    Entry("day.index", Text("Việc hôm nay", "Today"), "clock", "household.edit"),
    Entry("reviews.queue", Text("Xét duyệt", "Review"), "check", "case.decide"),
    Entry("tasks.worklist", Text("Việc của tôi", "My work"), "inbox", "household.view"),
    Entry("cases.index", Text("Hồ sơ", "Cases"), "folder", "household.view"),
    Entry("people.index", Text("Hộ", "Households"), "home", "household.view"),
    Entry("exchange.index", Text("Nhập danh sách", "Import a list"), "upload", "household.edit"),
    Entry("monitoring.index", Text("Kiểm tra", "Visits"), "camera", "visit.record"),
    Entry("disbursement.index", Text("Chi trả", "Payments"), "paper", "payment.make"),
    Entry("decisions.index", Text("Quyết định", "Decisions"), "stamp", "household.view"),
    Entry("budget.index", Text("Nguồn vốn", "Funds"), "coins", "fund.view"),
    Entry("indicators.index", Text("Chỉ tiêu", "Indicators"), "chart", "indicator.view"),
    Entry("parameters.index", Text("Tham số", "Parameters"), "sliders", "parameter.view"),
    Entry("reads.index", Text("Sổ đọc", "Log of reads"), "history", "read.view"),
    Entry("units.classes", Text("Loại địa bàn", "Classes of places"), "home", "unit.classify"),
    Entry("users.index", Text("Người dùng", "Users"), "users", "user.manage"),
)


class Acting(NamedTuple):
    """A role the actor holds today, and the name of the unit it is held at."""

    role: Text
    unit: str


def entries() -> list[dict[str, Any]]:
    """The entries this actor sees, with their address and whether the page shown belongs to them."""
    actor = g.get("actor")
    if actor is None:
        return []
    return [
        {
            "title": entry.title,
            "icon": entry.icon,
            "url": url_for(entry.endpoint),
            "here": request.blueprint == entry.endpoint.partition(".")[0],
        }
        for entry in ENTRIES
        if entry.endpoint in current_app.view_functions
        and (not entry.permission or actor.roles & set(access.PERMISSIONS[entry.permission]))
    ]


LANDINGS = (  # the first of these whose role is held is where a person begins; who has none begins at the first entry
    ("officer", "day.index"),
    ("approver", "reviews.queue"),
    ("accountant", "disbursement.index"),
    ("monitor", "monitoring.index"),
    ("manager", "indicators.index"),
    ("auditor", "decisions.index"),
    ("admin", "parameters.index"),
)


def front_page(actor: access.Actor | None = None) -> str:
    """Where a person lands: the page of their role, else the first entry open to them, else their own account.

    Without an ``actor`` it is whoever asks.
    """
    who = actor or g.get("actor")
    for role, endpoint in LANDINGS:
        if who is not None and role in who.roles:
            return url_for(endpoint)
    found = entries()
    return found[0]["url"] if found else url_for("access.account")


def acting() -> Sequence[Acting]:
    """What the actor acts as, for the head of every page; looked up once a request, and known to its error page."""
    if "acting" not in g:
        actor = g.get("actor")
        if actor is None or not actor.grants:
            return ()
        try:
            names = units.names({held.unit_id for held in actor.grants})
        except LookupError:  # the unit of work has ended: this is the page of an error
            return ()
        g.acting = tuple(
            dict.fromkeys(Acting(access.ROLES[held.role].title, names.get(held.unit_id, "")) for held in actor.grants)
        )
    return g.acting


def register(app: Flask) -> None:
    """Templates call ``navigation()``, ``acting()`` and ``front_page()``."""
    app.jinja_env.globals.update(navigation=entries, acting=acting, front_page=front_page)

    @app.context_processor
    def _who() -> dict[str, Any]:
        return {"actor": g.get("actor") if has_request_context() else None}
