"""Indicators: one page that a manager prints, and the same figures as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import indicators, units
from core.domain.access import Actor
from core.domain.indicators import Line
from core.text import Text
from core.web import states, streaming
from core.web.admission import impersonal, needs
from core.web.present import language, tt

blueprint = Blueprint("indicators", __name__, url_prefix="/indicators")


@blueprint.get("")
@needs("indicator.view")
@impersonal
def index() -> ResponseReturnValue:
    """Counts and amounts by programme, and by unit below the one that is chosen."""
    below, programme = _below(), request.args.get("programme", "")
    lines = indicators.overview(g.actor, programme, below)
    whole, by_programme = indicators.total(lines), indicators.by_programme(g.actor, below)
    return render_template(
        "indicators/index.html",
        below=below,
        programme=programme,
        programmes=_programmes(by_programme),
        by_programme=by_programme,
        programmes_total=indicators.total(by_programme),
        lines=lines,
        total=whole,
        states=_states([whole, *by_programme]),
        codes={line.unit_id: units.unit_by_id(line.unit_id).code for line in lines} if below is None else {},
        chosen=below.code if below else "",
        today=db.today(),
        csv=url_for(".csv", programme=programme or None, unit=below.code if below else "VN"),
    )


@blueprint.get("/indicators.csv")
@needs("indicator.view")
@impersonal
def csv() -> ResponseReturnValue:
    """The lines by unit, with their sum."""
    actor, below, programme, said = g.actor, _below(), request.args.get("programme", ""), language()
    indicators.overview(actor, programme, below)  # whatever is refused is refused before the answer begins
    name = f"chi-tieu-{below.code if below else 'VN'}-{db.today():%Y%m%d}.csv"
    return streaming.streamed(lambda: _csv(actor, programme, below, said), "text/csv", name)


def _csv(actor: Actor, programme: str, below: units.Unit | None, said: str) -> Iterator[bytes]:
    lines = indicators.overview(actor, programme, below)
    whole = indicators.total(lines)
    titles = states.titles()
    columns = [code for code in titles if code in whole.states]
    heads = (_UNIT, *(titles[code] for code in columns), _CASES, _ASKED, _PROMISED, _PAID)
    yield streaming.BOM + streaming.csv_line([head.to(said) for head in heads])
    for line, name in (*((line, line.name) for line in lines), (whole, _TOTAL.to(said))):
        counts = [line.states.get(code, 0) for code in columns]
        yield streaming.csv_line([name, *counts, line.cases, line.asked, line.promised, line.paid])


_UNIT = Text("Đơn vị", "Unit")
_CASES = Text("Tổng số hồ sơ", "Cases in all")
_ASKED = Text("Đề nghị (đồng)", "Asked for (đồng)")
_PROMISED = Text("Đã giữ (đồng)", "Promised (đồng)")
_PAID = Text("Đã chi (đồng)", "Paid (đồng)")
_TOTAL = Text("Cộng", "Total")


def _below() -> units.Unit | None:
    """The unit whose parts are counted: what was asked for, else the only province the person works in; None: all."""
    code = request.args.get("unit", "")
    if code:
        found = units.unit_by_code(code, db.today())
        return found if found.level else None
    provinces = {units.unit_by_id(held.unit_id).place.province_id for held in g.actor.grants}
    return units.unit_by_id(only) if len(provinces) == 1 and (only := provinces.pop()) is not None else None


def _states(lines: list[Line]) -> list[tuple[str, str]]:
    """The states that occur, in the order of the workflow, with their titles."""
    there = {code for line in lines for code in line.states}
    return [(code, tt(title)) for code, title in states.titles().items() if code in there]


def _programmes(lines: list[Line]) -> dict[str, str]:
    """The titles of programmes; one whose plugin is gone shows what its cases say of it."""
    found = {form_code: tt(form.title) for (form_code, _), form in db.registry().forms.items()}
    return {line.name: found.get(line.name, line.name) for line in lines}
