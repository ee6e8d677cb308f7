"""How values are written on a page: dates, moments, money, and sentences in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, g, request

from core import db
from core.text import Text, money as written_money

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
THEMES = ("light", "dark")
NBSP = "\u00a0"


def language() -> str:
    """The reader's language: the signed-in person's, else the cookie's, else Vietnamese."""
    actor = g.get("actor")
    chosen = actor.language if actor is not None else request.cookies.get("language", "vi")
    return chosen if chosen in LANGUAGES else "vi"


def t(vi: str, en: str, /, **values: object) -> str:
    """A sentence of a template in the reader's language, its ``{names}`` filled in."""
    return tt(Text(vi, en), **values)


def tt(text: Text, /, **values: object) -> str:
    """A ``Text`` of the domain in the reader's language."""
    return (text.format(**values) if values else text).to(language())


def number(value: int | None, said_in: str = "vi") -> str:
    """1234567 as ``1.234.567``, as official papers write it, in English as ``1,234,567``; nothing for None."""
    return "" if value is None else written_money(value, said_in)


def money(value: int | None, said_in: str = "vi") -> str:
    """An amount in đồng: 40000000 as ``40.000.000 đ``, in English as ``40,000,000 đ``; nothing for None."""
    return "" if value is None else f"{number(value, said_in)}{NBSP}đ"


def dmy(value: date | datetime | None) -> str:
    """A legal date as ``31/12/2025``; nothing for None. A moment is shown as the day it is in Hà Nội."""
    if isinstance(value, datetime):
        value = value.astimezone(db.HANOI)
    return "" if value is None else f"{value:%d/%m/%Y}"


def moment(value: datetime | None) -> str:
    """A moment in Hà Nội's time, as ``31/12/2025 14:05``."""
    return "" if value is None else f"{value.astimezone(db.HANOI):%d/%m/%Y %H:%M}"


_SPANS = (  # seconds, Vietnamese, English, English plural
    (365 * 86400, "năm", "year", "years"),
    (30 * 86400, "tháng", "month", "months"),
    (86400, "ngày", "day", "days"),
    (3600, "giờ", "hour", "hours"),
    (60, "phút", "minute", "minutes"),
)


def ago(value: datetime | date | None) -> str:
    """How far away a moment or a day lies: ``3 ngày trước``, ``còn 5 ngày``, ``hôm nay``."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _span(db.now() - value, t("vừa xong", "just now"))
    return _span(timedelta(days=(db.today() - value).days), t("hôm nay", "today"))


def _span(passed: timedelta, here: str) -> str:
    seconds = int(passed.total_seconds())
    for size, vi, en, plural in _SPANS:
        count = abs(seconds) // size
        if count:
            words = Text(f"{count} {vi}", f"{count} {en if count == 1 else plural}")
            after = Text("{span} trước", "{span} ago") if seconds > 0 else Text("còn {span}", "in {span}")
            return tt(after, span=words)
    return here


def typed(value: Any) -> str:
    """A value that a reason or criterion carries (int, yes/no, ISO date text, list) as a person writes it."""
    if value is None:
        return t("chưa rõ", "not known")
    if isinstance(value, bool):
        return t("có", "yes") if value else t("không", "no")
    if isinstance(value, int):
        return number(value, language())
    if isinstance(value, list | tuple):
        return ", ".join(typed(item) for item in value)
    if isinstance(value, date):
        return moment(value) if isinstance(value, datetime) else dmy(value)
    try:
        return dmy(date.fromisoformat(value)) if len(value) == 10 else str(value)
    except (ValueError, TypeError):
        return str(value)


def register(app: Flask) -> None:
    """The filters and sentences every template may use."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(dmy=dmy, moment=moment, ago=ago, typed=typed)
    app.jinja_env.filters.update(
        money=lambda value, said_in="": money(value, said_in or language()),
        number=lambda value, said_in="": number(value, said_in or language()),
    )
    app.jinja_env.globals.update(t=t, tt=tt, LANGUAGES=LANGUAGES)

    @app.context_processor
    def _reader() -> dict[str, Any]:
        theme = request.cookies.get("theme", "")
        return {"language": language(), "theme": theme if theme in THEMES else ""}
