"""How values are written and read: the same by everybody, whatever the browser's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from werkzeug.datastructures import MultiDict

from core import db
from core.app import Application
from core.fields import parse_date
from core.text import Text, parse_money
from core.web import forms, present
from tests.databases import MORNING as NOW

pytestmark = pytest.mark.databases("sqlite")


@contextmanager
def asked(app: Application, language: str = "vi") -> Iterator[None]:
    """Inside a request by somebody who reads ``language``."""
    with (
        app.test_request_context("/", headers={"Cookie": f"language={language}"}),
        db.transaction(app.instance, read_only=True),
    ):
        yield


class Typed(forms.Form):
    """A form with the fields an office types."""

    class Meta(forms.Form.Meta):
        csrf = False

    on = forms.DateField(Text("Ngày", "Date"))
    amount = forms.MoneyField(Text("Số tiền", "Amount"))
    kind = forms.OneOf(
        Text("Loại", "Kind"), (), [("new", Text("Xây mới", "New")), ("repair", Text("Sửa chữa", "Repair"))]
    )


def filled(**values: str) -> Any:
    return Typed(MultiDict({"kind": "new", **values}))


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0\u00a0đ"), (999, "999\u00a0đ"), (40_000_000, "40.000.000\u00a0đ"), (-5_000, "-5.000\u00a0đ"), (None, "")],
)
def test_money_is_written_as_official_papers_write_it(value: int | None, written: str) -> None:
    assert present.money(value) == written


def test_a_moment_is_shown_at_the_time_of_ha_noi() -> None:
    late = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)
    assert present.moment(late) == "01/01/2027 01:30"
    assert present.dmy(late) == "01/01/2027"
    assert present.dmy(date(2026, 12, 31)) == "31/12/2026"


@pytest.mark.parametrize(
    ("distance", "vi", "en"),
    [
        (timedelta(seconds=-20), "vừa xong", "just now"),
        (timedelta(minutes=-1), "1 phút trước", "1 minute ago"),
        (timedelta(hours=-5), "5 giờ trước", "5 hours ago"),
        (timedelta(days=-3), "3 ngày trước", "3 days ago"),
        (timedelta(days=40), "còn 1 tháng", "in 1 month"),
        (timedelta(days=-800), "2 năm trước", "2 years ago"),
    ],
)
def test_how_long_ago_is_said_in_the_readers_language(app: Application, distance: timedelta, vi: str, en: str) -> None:
    with asked(app):
        assert present.ago(NOW + distance) == vi
    with asked(app, "en"):
        assert present.ago(NOW + distance) == en


def test_a_day_is_today_until_midnight_in_ha_noi(app: Application) -> None:
    with asked(app):
        assert present.ago(date(2026, 11, 23)) == "hôm nay"
        assert present.ago(date(2026, 11, 25)) == "còn 2 ngày"


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "chưa rõ"), (True, "có"), (False, "không"), (1200, "1.200"), ("2026-11-23", "23/11/2026"), ("x", "x"),
     ([1, True], "1, có")],
)  # fmt: skip
def test_the_value_of_a_reason_is_said_as_a_person_writes_it(app: Application, value: Any, said: str) -> None:
    with asked(app):
        assert present.typed(value) == said


@given(st.integers(0, 10**15 - 1))
def test_an_amount_that_was_written_is_read_back(amount: int) -> None:
    assert parse_money(present.money(amount)) == amount


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_date_that_was_written_is_read_back(day: date) -> None:
    assert parse_date(present.dmy(day)) == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize("text", ["5/2/2026", "05.02.2026", "05-02-2026", "2026-02-05"])
def test_a_date_is_read_as_people_type_it(text: str) -> None:
    assert parse_date(text) == date(2026, 2, 5)


@pytest.mark.parametrize("text", ["31/02/2026", "2026/31/12", "12/2026", "hôm qua", "05/02/26", "٠٥/٠٢/٢٠٢٦x"])
def test_a_day_that_does_not_exist_is_refused_beside_its_field(app: Application, text: str) -> None:
    with asked(app):
        form = filled(on=text)
        assert not form.validate()
        assert text in form.on.errors[0]
        assert form.on._value() == text  # what was typed stays to be corrected


@pytest.mark.parametrize(
    "text", ["40.000.000", "40 000 000 đ", "40000000", "40,000,000 VNĐ", " 40.000.000đồng", "40 triệu"]
)
def test_an_amount_is_read_as_people_type_it(app: Application, text: str) -> None:
    with asked(app):
        form = filled(amount=text)
        assert form.validate()
        assert form.amount.data == 40_000_000


@pytest.mark.parametrize("text", ["-5", "4.5", "40.00.000", "bốn mươi triệu", "1e6", "9" * 16, "40.000,5"])
def test_no_amount_is_guessed(app: Application, text: str) -> None:
    with asked(app):
        form = filled(amount=text)
        assert not form.validate()
        assert form.amount.data is None


def test_a_choice_that_was_not_offered_is_refused_in_the_readers_language(app: Application) -> None:
    for language, sentence in (("vi", "Hãy chọn một mục trong danh sách."), ("en", "Choose one of the list.")):
        with asked(app, language):
            form = filled(kind="palace")
            assert not form.validate()
            assert form.kind.errors == [sentence]
            assert form.kind.label.text == {"vi": "Loại", "en": "Kind"}[language]
