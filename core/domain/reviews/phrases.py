"""Saved phrases: what an office says again and again when it sends a case back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from core import db
from core.domain import access, cases
from core.domain.access import Actor
from core.domain.programmes import Form
from core.domain.reviews.tables import phrase
from core.errors import BadInput, NotFound, Reason
from core.text import Text, nfc

MOST = 60  # of an office and programme
LONGEST = 500
DECIDING = ("approver",)


def phrases(actor: Actor, row: Any) -> list[Any]:
    """The phrases for a case of this programme, of the offices where this person decides on it, oldest first."""
    offices = _offices(actor, row)
    if not offices:
        return []
    kept = select(phrase).where(
        phrase.c.programme == row.programme, phrase.c.unit_id.in_(offices), phrase.c.removed_at.is_(None)
    )
    return list(db.execute(kept.order_by(phrase.c.id).limit(MOST)))


def _offices(actor: Actor, row: Any) -> list[int]:
    """The units at which this person may decide on a case."""
    return [held.unit_id for held in actor.grants if held.role in DECIDING and access.covers(held, row)]


def save_phrase(actor: Actor, row: Any, body: str, about: str = "", phrase_id: int | None = None) -> int:
    """Keep a phrase for cases like this one, or write one anew; gives its key.

    ``about`` is the question or the paper that it is about, "" for none. Raises ``NotAllowed``, ``NotFound`` and
    ``BadInput``.
    """
    access.require(actor, "case.decide", row)
    said = nfc(body).strip()
    known = {"", *(paper.code for paper in cases.form_of(row).papers), *(f.name for f in cases.form_of(row).fields)}
    wrong = []
    if not said or len(said) > LONGEST:
        wrong.append(_wrong("body", Text("Viết từ 1 đến 500 ký tự", "Write 1 to 500 characters")))
    if about not in known:
        wrong.append(_wrong("about", Text("Chọn một mục trong danh sách", "Choose one of the list")))
    present = phrases(actor, row)
    if phrase_id is None and len(present) >= MOST:
        wrong.append(_wrong("body", Text("Đã có {n} câu; hãy bỏ bớt", "There are {n}; remove some").format(n=MOST)))
    if wrong:
        raise BadInput(wrong)
    if phrase_id is not None:
        _own(present, phrase_id)
        db.execute(update(phrase).where(phrase.c.id == phrase_id).values(body=said, about=about))
        return phrase_id
    same = next((each.id for each in present if (each.body, each.about) == (said, about)), None)
    if same is not None:
        return int(same)
    new = db.new_id()
    unit_id = _offices(actor, row)[0]
    db.execute(
        phrase.insert(),
        {"id": new, "unit_id": unit_id, "programme": row.programme, "about": about, "body": said,
         "created_at": db.now(), "created_by": actor.id, "removed_at": None},
    )  # fmt: skip
    return new


def remove_phrase(actor: Actor, row: Any, phrase_id: int) -> None:
    """Say a phrase no longer. Raises ``NotAllowed`` and ``NotFound``."""
    access.require(actor, "case.decide", row)
    _own(phrases(actor, row), phrase_id)
    db.execute(update(phrase).where(phrase.c.id == phrase_id).values(removed_at=db.now()))


def _own(present: Sequence[Any], phrase_id: int) -> None:
    if phrase_id not in {each.id for each in present}:
        raise NotFound(Reason("phrase_unknown", Text("Không có câu này", "There is no such phrase")))


def _wrong(field: str, sentence: Text) -> Reason:
    return Reason("unreadable", sentence, field=field)


def composed(actor: Actor, row: Any, chosen: Sequence[int], free: str) -> str:
    """What is said when a case goes back: the phrases chosen, each with what it is about, then words of one's own."""
    form = cases.form_of(row)
    kept = {each.id: each for each in phrases(actor, row)}
    lines = [_line(kept[each], form) for each in chosen if each in kept]
    own = nfc(free).strip()
    return "\n".join([*lines, *([own] if own else [])])


def _line(row: Any, form: Form) -> str:
    title = title_of(row.about, form)
    return f"{title.vi}: {row.body}" if title else str(row.body)


def title_of(about: str, form: Form) -> Text | None:
    """What the question or paper that a phrase is about is called."""
    named = next((paper.title for paper in form.papers if paper.code == about), None)
    field = form.field(about)
    return named or (field.label if field else None)
