"""What the register does not know of many households, filled in on one page."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import people
from core.errors import Reason
from core.text import Text
from core.web import grids
from core.web.admission import needs
from core.web.households.blueprint import blueprint
from core.web.present import t, tt
from core.web.units import units_to_offer

PAGE = 50
SUBJECTS = {"household": Text("hộ", "households"), "person": Text("hộ", "households")}
_KINDS = {"code": "choice"}


@blueprint.route("/missing", methods=["GET", "POST"])
@needs("household.edit")
def missing() -> ResponseReturnValue:
    """Households (``?of=household``) or persons (``?of=person``) with what is unknown of them; 50 a page."""
    subject = "person" if request.args.get("of") == "person" else "household"
    facts = people.facts_of(subject)
    refused: list[Reason] = []
    if request.method == "POST":
        done = people.fill(g.actor, grids.said(request.form, (fact.name for fact in facts)))
        grids.told(done, SUBJECTS[subject])
        refused = done.refused
        if not refused:
            return redirect(request.full_path.rstrip("?"))
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("unit", "village", "fact")}
    offered = [each for each in units_to_offer(g.actor, "household.edit") if each.level]
    unit = next((each for each in offered if each.code == asked["unit"]), None)
    commune = unit if unit and unit.level == 3 else offered[0] if [each.level for each in offered] == [3] else None
    counts = people.lacking_counts(g.actor, subject, unit, asked["village"])
    wanted = asked["fact"] if counts.get(asked["fact"]) else ""
    lines, behind = people.lacking(
        g.actor, subject, unit, asked["village"], wanted, request.args.get("after", 0, type=int), PAGE
    )
    columns = [fact for fact in facts if counts[fact.name] and wanted in ("", fact.name)]
    return render_template(
        "households/missing.html",
        of=subject,
        asked=asked | {"fact": wanted},
        offered=offered,
        villages=people.villages(g.actor, commune.id) if commune else [],
        facts=[(fact.name, tt(fact.title), counts[fact.name]) for fact in facts if counts[fact.name]],
        columns=[_column(fact, counts[fact.name]) for fact in columns],
        lines=_lines(lines, columns, refused),
        lost=[reason for reason in refused if reason.field.partition(".")[2] not in {line.key for line in lines}],
        refused=len(refused),
        programmes=_programmes(),
        older=url_for(".missing", **_kept(asked, of=subject, after=behind)) if behind else "",
        first=url_for(".missing", **_kept(asked, of=subject)) if request.args.get("after") else "",
    ), 422 if refused else 200


def _kept(asked: dict[str, str], **more: Any) -> dict[str, Any]:
    return {name: value for name, value in (asked | more).items() if value}


def _column(fact: Any, lacking: int) -> grids.Column:
    calling = [
        tt(each.programme.title)
        for each in db.registry().programmes.values()
        if fact.criteria and any(fact.criteria in one.reads for one in each.criteria)
    ]
    note = t("thiếu {n}", "{n} lacking", n=lacking)
    if calling:
        note += " · " + t("cần cho {what}", "needed for {what}", what=", ".join(calling))
    choices = [(value, tt(title)) for value, title in fact.choices]
    return grids.Column(fact.name, tt(fact.title), _KINDS.get(fact.kind, fact.kind), choices, note)


def _lines(lines: list[people.Line], facts: list[Any], refused: list[Reason]) -> list[grids.Line]:
    errors, typed = grids.errors(refused), grids.typed(refused, request.form)
    found = []
    for line in lines:
        row, member = line.record.row, line.member
        cells = []
        for fact in facts:
            name, known = f"{fact.name}.{line.key}", line.known(fact)
            cells.append(grids.Cell(name, _shown(fact, known), typed.get(name, ""), errors.get(name, "")))
        if member is None:
            title, detail = row.head_name or row.code, " · ".join(filter(None, (row.code, row.village)))
        else:
            relation = people.RELATIONS[member.row.relation].title
            of = t(
                "{relation}, hộ {head}", "{relation}, household of {head}", relation=tt(relation), head=row.head_name
            )
            title, detail = member.row.name, tt(relation) if member.row.relation == "head" else of
        url = url_for(".show", number=people.household_number(row.id))
        found.append(grids.Line(line.key, title, detail, url, cells))
    return found


def _shown(fact: Any, known: Any) -> str:
    if known is None:
        return ""
    if fact.name == "ethnic":
        return people.group_name(str(known)) or str(known)
    titles: dict[str, Any] = {"residence": people.RESIDENCES, "sex": people.SEXES}.get(fact.name, {})
    return tt(titles[known].title) if known in titles else grids.shown(known)


def _programmes() -> list[tuple[str, str]]:
    """The programmes whose cases this person opens: their questions have a grid of their own."""
    return [(code, tt(each.programme.title)) for code, each in db.registry().programmes.items()]
