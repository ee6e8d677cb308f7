"""Funds: what each has, has promised and has paid; setting one up and putting money into it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectChoice, StringField

from core import db
from core.domain import access, budget, units
from core.domain.budget import CAPITALS, SOURCES
from core.text import Text
from core.web import forms, paging
from core.web.admission import impersonal, needs
from core.web.present import t
from core.web.states import state_of
from core.web.units import unit_named

blueprint = Blueprint("budget", __name__, url_prefix="/funds")
PAGE = 100


class FundForm(forms.Form):
    code = StringField(
        Text("Mã nguồn vốn", "Code"),
        [forms.Filled()],
        description=Text("Ví dụ NSTW-2026-NHAO", "Such as CENTRAL-2026-HOUSING"),
    )
    name = StringField(Text("Tên nguồn vốn", "Name"), [forms.Filled()])
    programme = forms.OneOf(Text("Chương trình", "Programme"), [forms.Filled()])
    source = forms.OneOf(Text("Nguồn", "Source"), [forms.Filled()], [("", ""), *SOURCES.items()])
    capital = forms.OneOf(Text("Loại vốn", "Kind of capital"), [forms.Filled()], [("", ""), *CAPITALS.items()])
    year = StringField(Text("Năm ngân sách", "Budget year"), [forms.Filled()])
    unit = StringField(
        Text("Đơn vị được giao vốn", "Unit the money is given to"),
        [forms.Filled()],
        description=Text(
            "Ghi mã hoặc tên tỉnh, xã. Nguồn vốn chi cho hồ sơ tại đó và mọi đơn vị trực thuộc.",
            "Code or name of a province or commune. The fund pays cases there and in all units below.",
        ),
    )


class AllocationForm(forms.Form):
    amount = forms.MoneyField(Text("Số tiền", "Amount"), [forms.Filled()])
    back = BooleanField(Text("Đây là số tiền rút về", "This money is taken back"))
    document = StringField(
        Text("Văn bản giao vốn", "Document"),
        [forms.Filled()],
        description=Text("Số, ký hiệu, ngày, cơ quan ban hành", "Number, symbol, date, issuer"),
    )
    allocated_on = forms.DateField(Text("Ngày giao", "Date"), [forms.Filled()])


@blueprint.get("")
@needs("fund.view")
@impersonal
def index() -> ResponseReturnValue:
    """The funds within reach, of one year when one is chosen."""
    every = db.execute(budget.funds(g.actor)).all()
    years = sorted({row.year for row in every}, reverse=True)
    year = request.args.get("year", type=int)
    rows = [row for row in every if year is None or row.year == year]
    return render_template(
        "budget/index.html",
        rows=rows,
        years=years,
        year=year,
        units=units.names({row.owner_id for row in rows}),
        programmes=_programmes(),
        total=_total(rows),
        SOURCES=SOURCES,
        CAPITALS=CAPITALS,
        may_create=bool(g.actor.roles & set(access.PERMISSIONS["fund.manage"])),
    )


def _total(rows: Any) -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in rows) for name in ("allocated", "committed", "paid", "reserved")}


def _programmes() -> dict[str, Text]:
    """The titles of the programmes in force; a fund of another one shows its code."""
    return {code: each.programme.title for code, each in db.registry().programmes.items()}


@blueprint.route("/new", methods=["GET", "POST"])
@needs("fund.manage")
@impersonal
def create() -> ResponseReturnValue:
    form = FundForm(data=None if request.method == "POST" else {"year": str(db.today().year)})
    form.programme.choices = [SelectChoice(code, title) for code, title in (("", ""), *_programmes().items())]
    if form.validate_on_submit():
        with forms.refusals_into(form):
            values = {name: value for name, value in form.data.items() if name != "csrf_token"}
            budget.create_fund(g.actor, values | {"unit": unit_named(form.unit.data).code})
        if not forms.refused(form):
            flash(t("Đã lập nguồn vốn. Hãy ghi số tiền được giao.", "The fund is made. Now record its money."), "good")
            return redirect(url_for(".show", code=form.code.data.strip().upper()))
    return forms.shown("budget/new.html", form, units=_units_to_offer())


def _units_to_offer() -> list[units.Unit]:
    held = {each.unit_id for each in g.actor.grants if each.role in access.PERMISSIONS["fund.manage"]}
    return [found for unit_id in sorted(held) for found in (units.unit_by_id(unit_id), *units.children(unit_id))]


@blueprint.route("/<path:code>", methods=["GET", "POST"])
@needs("fund.view")
def show(code: str) -> ResponseReturnValue:
    """A fund: its balance, what was put into it, what it promised; posting here allocates money."""
    row = budget.find_fund(g.actor, code)
    form = AllocationForm(data=None if request.method == "POST" else {"allocated_on": db.today()})
    if form.validate_on_submit():
        amount = -form.amount.data if form.back.data else form.amount.data
        with forms.refusals_into(form):
            budget.allocate(g.actor, row.code, amount, form.document.data, form.allocated_on.data)
        if not forms.refused(form):
            flash(t("Đã ghi số tiền được giao.", "The money is recorded."), "good")
            return redirect(url_for(".show", code=row.code))
    columns = budget.commitment.c
    page = paging.page(budget.commitments_of(g.actor, row.id), columns.committed_at, columns.id, PAGE, descending=True)
    allocations = budget.allocations(row.id)
    return forms.shown(
        "budget/show.html",
        form,
        fund=row,
        unit=units.path_names(row.owner_id),
        programme=_programmes().get(row.programme, Text(row.programme, row.programme)),
        SOURCES=SOURCES,
        CAPITALS=CAPITALS,
        allocations=allocations,
        names=access.names({each.recorded_by for each in allocations}),
        promised=[(each, state_of(each)) for each in page.rows],
        units=units.names({each.unit_id for each in page.rows}),
        page=page,
        may_allocate=access.may(g.actor, "fund.manage", row),
    )
