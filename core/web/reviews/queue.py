"""The queue: what waits for this person's decision, in two piles; from here a pile is begun or a decision drafted."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import db
from core.domain import budget, cases, drafts, reviews, tasks, units
from core.web import paging
from core.web.admission import needs
from core.web.present import t, tt
from core.web.reviews.blueprint import blueprint


@blueprint.get("")
@needs("case.decide")
def queue() -> ResponseReturnValue:
    """Both piles, the clean one first; a longer queue than is judged at once says so."""
    found = reviews.judged(g.actor)
    piles = {kind: [each for each in found if each.kind == kind] for kind in reviews.KINDS}
    by_programme: dict[str, list[object]] = {}
    for each in found:
        if each.row.programme in db.registry().programmes:
            by_programme.setdefault(each.row.programme, []).append(each.row)
    return render_template(
        "reviews/queue.html",
        piles=piles,
        titles=reviews.KINDS,
        count=paging.count(reviews.waiting(g.actor), tasks.task.c.id) if len(found) >= reviews.MOST else "",
        money=[left for rows in by_programme.values() for left in budget.left_for_all(rows, db.today())],
        programmes={each.row.programme: tt(cases.form_of(each.row).title) for each in found},
        places=units.names({each.row.unit_id for each in found}),
        drafts=db.execute(drafts.drafts(g.actor).limit(20)).all(),
        today=db.today(),
        NEVER=tasks.NEVER,
    )


@blueprint.post("/<kind>")
@needs("case.decide")
def begin(kind: str) -> ResponseReturnValue:
    """Set out a pile and open its first case, or the one that was chosen (``at``)."""
    reviews.check_kind(kind)
    numbers = [each.row.number for each in reviews.judged(g.actor) if each.kind == kind]
    if not numbers:
        flash(t("Chồng này không còn hồ sơ nào.", "Nothing is left in this pile."), "info")
        return redirect(url_for(".queue"))
    reviews.set_out(g.actor, kind, numbers)
    chosen = request.form.get("at", "")
    return redirect(url_for(".show", kind=kind, number=chosen if chosen in numbers else numbers[0]))


@blueprint.post("/draft")
@needs("case.decide")
def draft() -> ResponseReturnValue:
    """Draft a decision for the ticked cases, or for the whole clean pile (``all``); one for each programme."""
    if request.form.get("all"):
        ticked = [each.row for each in reviews.judged(g.actor) if each.kind == reviews.CLEAN]
    else:
        ticked = cases.find_many(g.actor, request.form.getlist("number"))
    by_programme: dict[str, list[str]] = {}
    for row in ticked:
        by_programme.setdefault(row.programme, []).append(row.number)
    if not by_programme:
        flash(t("Hãy đánh dấu ít nhất một hồ sơ.", "Tick at least one case."), "warn")
        return redirect(url_for(".queue"))
    begun = [drafts.start(g.actor, numbers) for _, numbers in sorted(by_programme.items())]
    out = {number: reasons for _, added in begun for number, reasons in added.items() if reasons}
    for number, reasons in out.items():
        flash(f"{number}: {'; '.join(tt(reason.sentence) for reason in reasons)}", "warn")
    flash(
        t(
            "Đã lập dự thảo cho {n} hồ sơ và dành tiền cho các hồ sơ này.",
            "A decision is drafted for {n} cases, and their money is kept.",
            n=sum(len(added) for _, added in begun) - len(out),
        ),
        "good",
    )
    if len(begun) > 1:
        return redirect(url_for("drafts.index"))
    return redirect(url_for("drafts.show", draft_id=begun[0][0]))
