"""The QR of identity cards: read, and held against the register."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as some

from core import db
from core.domain import access, people
from core.domain.people import Card, Difference, read_card
from core.errors import BadInput, NotAllowed, NotFound
from tests.worlds import World, household

TEXT = "027060001234|121234567|Nguyễn Văn Á|05081960|Nam|Thôn Đông, Mão Điền, Bắc Ninh|25122021"
CARD = Card(
    "027060001234",
    "Nguyễn Văn Á",
    date(1960, 8, 5),
    "male",
    "121234567",
    "Thôn Đông, Mão Điền, Bắc Ninh",
    date(2021, 12, 25),
)

names = some.text("aăâbcdđeêghiklmnoôơpqrstuưvxyÁẰỗữ ", min_size=1, max_size=40).filter(str.strip)
digits = some.text("0123456789", min_size=12, max_size=12)
days = some.dates(date(1900, 1, 1), date(2100, 1, 1))
places = some.text("Thôn Đông, xã Ấm 0123456789-/.", max_size=60)


def written(card: Card, form: Any = "NFC", middle: bool = True) -> str:
    """A card as its QR writes it."""
    birth = f"0000{card.birth}" if isinstance(card.birth, int) else f"{card.birth:%d%m%Y}"
    issued = f"{card.issued_on:%d%m%Y}" if card.issued_on else ""
    parts = [card.number, *([card.old_number] if middle else []), card.name, birth]
    return unicodedata.normalize(
        form, "|".join([*parts, {"male": "Nam", "female": "Nữ"}[card.sex], card.address, issued])
    )


cards = some.builds(
    lambda number, name, birth, sex, old, address, issued: Card(
        number, " ".join(name.split()), birth, sex, old, " ".join(address.split()), issued
    ),
    digits,
    names,
    days | some.integers(1900, 2030),
    some.sampled_from(["male", "female"]),
    some.just("") | some.text("0123456789", min_size=9, max_size=9),
    places,
    days,
)


def test_a_card_is_read_with_and_without_the_old_number() -> None:
    assert read_card(TEXT) == CARD
    assert read_card(TEXT.replace("121234567", "")).old_number == ""
    assert read_card(TEXT.replace("|121234567", "")).name == "Nguyễn Văn Á"
    assert read_card(f"{TEXT}|Nguyễn Văn B|Trần Thị C|\r\n") == CARD  # newer cards add fields; a scanner ends the line
    assert read_card(TEXT.replace("05081960", "00001960")).birth == 1960


@given(card=cards, form=some.sampled_from(["NFC", "NFD"]), middle=some.booleans())
def test_what_a_card_holds_is_what_is_read(card: Card, form: str, middle: bool) -> None:
    if not middle:
        card = Card(card.number, card.name, card.birth, card.sex, "", card.address, card.issued_on)
    assert read_card(written(card, form, middle)) == card


@given(card=cards)
def test_a_scanner_that_gives_each_byte_as_a_letter_is_understood(card: Card) -> None:
    assert read_card(written(card).encode().decode("latin-1")) == card


@given(text=some.text(max_size=300) | some.text("0123456789|aÁ ", max_size=120))
def test_whatever_is_scanned_is_a_card_or_a_sentence(text: str) -> None:
    try:
        fields = ["card"] if len(read_card(text).number) == 12 else []
    except BadInput as refused:
        fields = [reason.field for reason in refused.reasons]
    assert fields == ["card"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.vn",
        "27060001234|1|Nguyễn Văn Á|05081960|Nam|x|25122021",
        TEXT.replace("05081960", "31021960"),
        TEXT.replace("Nam", "Name"),
        TEXT.replace("Nguyễn Văn Á", "<b>"),
        "027060001234",
        "027060001234|121234567|Nguyễn Văn Á",
    ],
)
def test_what_is_no_card_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(BadInput, match="card"):
        read_card(text)


@given(card=cards)
def test_a_card_differs_from_nobody_who_is_as_it_says(card: Card) -> None:
    assert people.differences(card, card.name.upper(), card.birth, card.sex, card.number) == ()
    unknown = people.differences(card, card.name, None, None, None)
    assert [one.field for one in unknown] == ["birth", "sex", "id_number"]


def test_a_card_finds_its_person_by_number_and_by_name_only_where_there_is_no_number(world: World) -> None:
    with db.transaction(world.instance):
        [by_name] = people.persons_of(world.officer, CARD)
        assert (by_name.household, by_name.sure) == (world.household, False)
        assert by_name.differences == (
            Difference("birth", 1960, date(1960, 8, 5)),
            Difference("id_number", None, "027060001234"),
        )
        assert people.take_from_card(world.officer, world.household, by_name.person_id, CARD, ["birth", "id_number"])
        [by_number] = people.persons_of(world.officer, CARD)
        assert (by_number.sure, by_number.differences) == (True, ())
        household(world, "H2")  # the same name, and now somebody else
        assert len(people.persons_of(world.officer, CARD)) == 1
        changed = people.registry_changes(people.household_id(world.household) or 0)[0]
        assert json.loads(changed.changed)["id_number"] == [None, "027060001234"]


def test_only_what_is_named_is_taken_from_a_card_and_only_by_who_may(world: World) -> None:
    with db.transaction(world.instance):
        [found] = people.persons_of(world.officer, CARD)
        assert people.take_from_card(world.officer, world.household, found.person_id, CARD, ["id_number", "no_such"])
        member = people.household_of(world.officer, world.household).members[0].row
        assert (member.id_number, member.birth_date, member.birth_year) == (CARD.number, None, 1960)
        with pytest.raises(NotAllowed):
            people.take_from_card(world.approver, world.household, found.person_id, CARD, ["name"])
        with pytest.raises(NotFound):
            people.take_from_card(world.officer, world.household, 1, CARD, ["name"])
        nobody = access.Actor(0, "x", "X", (), "vi")
        assert people.persons_of(nobody, CARD) == []
