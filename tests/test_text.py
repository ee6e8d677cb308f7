"""Vietnamese order, and money as people write it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from core.text import MOST_MONEY, Text, dong, fold, money, nfc, parse_money, person_sort_key, sort_key

# Each list stands in the order of ICU's "vi" collation.
ORDERS = [
    ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "o", "ô", "ơ", "p", "u", "ư", "v", "y"],
    ["a", "à", "ả", "ã", "á", "ạ", "ă", "ằ", "ặ", "â", "ấ"],
    ["An", "Ân", "Ấn", "Ậy", "Bình", "Dũng", "Đạt", "Đức", "Hoa", "Hoà", "Hoá", "Hòe", "Ôn", "Ơn"],
    ["hoa", "Hoa", "hòa", "Hòa", "hoan"],
    ["Lẽ Cường", "Lê An", "Lê Ân", "Lễ Ba", "Lê Bắc", "Lê Cường", "Lễ Cường"],
    ["", "-", "12", "2", "H Lan", "H'Lan", "Ha", "Z", "Ш", "李"],
    ["Phường 1", "Phường 10", "Phường 2", "Phường An", "Phường Ăn"],
]

vietnamese = st.text("aàảãáạăằẳẵắặâầẩẫấậbdđeèêềhiìoòôồơờuùưừyỳAĂÂĐÊÔƠƯ '-1", max_size=12)


@pytest.mark.parametrize("names", ORDERS, ids=lambda names: names[0] or "blank")
def test_names_stand_in_vietnamese_order(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=sort_key) == names


@given(vietnamese, vietnamese)
def test_two_spellings_stand_together_only_when_they_are_one_name(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (nfc(one) == nfc(other))


@given(vietnamese, vietnamese)
def test_letters_are_heard_before_tones_and_case(one: str, other: str) -> None:
    def letters(name: str) -> str:
        """The name without tones and case: a name of the same kind with only letters left."""
        tones = dict.fromkeys(map(ord, "\u0300\u0309\u0303\u0301\u0323"))
        return nfc(unicodedata.normalize("NFD", name).translate(tones).lower())

    if sort_key(letters(one)) < sort_key(letters(other)):
        assert sort_key(one) < sort_key(other)


@given(vietnamese, vietnamese)
def test_the_order_is_the_same_however_the_marks_are_written(one: str, other: str) -> None:
    decomposed = unicodedata.normalize("NFD", one)
    assert sort_key(decomposed) == sort_key(one)


def test_people_stand_by_given_name_then_middle_names_then_family_name() -> None:
    people = ["An", "Nguyễn Thị An", "Lê Văn An", "Trần Văn An", "Vũ An", "Hồ Ngọc Anh", "H' Bia", "An Văn Cư", "Lê Đa",
              "Vũ Văn Hoa", "Đỗ An Hòa"]
    backwards = people[::-1]
    assert sorted(backwards, key=person_sort_key) == people


def test_a_person_of_one_name_and_of_none_have_a_place() -> None:
    assert person_sort_key("  ") < person_sort_key("Y") < person_sort_key("Niê Y")


def test_a_search_hears_neither_marks_nor_case() -> None:
    assert fold("  NGUYỄN  Văn Đá ") == fold("nguyen van da") == "nguyen van da"


def test_an_amount_is_written_as_each_language_does() -> None:
    assert money(1_500_000) == "1.500.000"
    assert money(1_500_000, "en") == "1,500,000"
    assert dong(40_000) == Text("40.000 đồng", "40,000 dong")
    assert Text("Thiếu {sum}.", "{sum} are missing.").format(sum=dong(-1_000)).vi == "Thiếu -1.000 đồng."


@given(st.integers(0, MOST_MONEY), st.sampled_from(["vi", "en"]), st.sampled_from(["", "đ", " đ", " đồng", " VNĐ"]))
def test_a_written_amount_is_read_as_itself(amount: int, language: str, word: str) -> None:
    assert parse_money(money(amount, language) + word) == amount
    assert parse_money(f"{amount}{word}") == amount


@pytest.mark.parametrize(("written", "amount"), [
    ("40 triệu", 40_000_000), ("40tr", 40_000_000), ("1,5 triệu", 1_500_000), ("1.5 triệu đồng", 1_500_000),
    ("0,75 tỷ", 750_000_000), ("500 nghìn đồng", 500_000), (" 40 000 000 đ ", 40_000_000), ("0", 0),
    ("2 TỈ", 2_000_000_000), ("40.000", 40_000),
])
def test_an_amount_may_be_said_in_thousands_and_millions(written: str, amount: int) -> None:
    assert parse_money(written) == amount


@pytest.mark.parametrize("written", [
    "", "triệu", "-5", "-5.000", "1,5", "40.000,5", "40.000.000,00", "1.000,000", "40.00.000", "4000.000", "0.500.000",
    "1.500 triệu", "1,500 triệu", "1 500 triệu", "40 triệu 500", "1e9", "0x10", "９０", "²", "nghìn 5", "5 đ đ", "40 $",
    "1,25 nghìn tỷ", "9" * 16, "9" * 5000, "1000001 tỷ", "NaN", "<script>",
])
def test_what_could_be_two_amounts_or_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_money(written)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(written: str) -> None:
    try:
        amount = parse_money(written)
    except ValueError:
        return
    assert 0 <= amount <= MOST_MONEY
