"""Amounts in words, as the vouchers of a Vietnamese office say them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, strategies as st
from vn_money import to_words

from core.text import MOST_MONEY, amount_in_words, money_in_words

SAID = {
    0: "không đồng",
    1: "một đồng",
    5: "năm đồng",
    10: "mười đồng",
    11: "mười một đồng",
    14: "mười bốn đồng",
    15: "mười lăm đồng",
    20: "hai mươi đồng",
    21: "hai mươi mốt đồng",
    24: "hai mươi tư đồng",
    25: "hai mươi lăm đồng",
    100: "một trăm đồng",
    101: "một trăm linh một đồng",
    105: "một trăm linh năm đồng",
    110: "một trăm mười đồng",
    115: "một trăm mười lăm đồng",
    555: "năm trăm năm mươi lăm đồng",
    1_000: "một nghìn đồng",
    1_001: "một nghìn không trăm linh một đồng",
    1_010: "một nghìn không trăm mười đồng",
    21_000: "hai mươi mốt nghìn đồng",
    100_000: "một trăm nghìn đồng",
    1_000_005: "một triệu không trăm linh năm đồng",
    1_005_000: "một triệu không trăm linh năm nghìn đồng",
    25_800_000: "hai mươi lăm triệu tám trăm nghìn đồng",
    17_200_001: "mười bảy triệu hai trăm nghìn không trăm linh một đồng",
    40_000_000: "bốn mươi triệu đồng",
    1_000_000_000: "một tỷ đồng",
    1_000_000_024: "một tỷ không trăm hai mươi tư đồng",
    3_021_004_015: "ba tỷ không trăm hai mươi mốt triệu không trăm linh bốn nghìn không trăm mười lăm đồng",
    12_345_000_000_000: "mười hai nghìn ba trăm bốn mươi lăm tỷ đồng",
}


@pytest.mark.parametrize(("amount", "words"), SAID.items(), ids=map(str, SAID))
def test_an_amount_is_said_as_a_voucher_writes_it(amount: int, words: str) -> None:
    assert money_in_words(amount) == words


@given(st.integers(0, MOST_MONEY))
def test_words_name_their_amount_and_no_other(amount: int) -> None:
    assert heard(money_in_words(amount).removesuffix(" đồng")) == amount


@given(st.integers(0, MOST_MONEY), st.integers(0, 9))
def test_another_program_says_the_same(amount: int, zeros: int) -> None:
    amount = amount % 10**12 // 10**zeros * 10**zeros
    said = to_words(amount)
    assume("không triệu" not in said and "không nghìn" not in said)  # its fault: groups of none are not said
    assert money_in_words(amount) == f"{said} đồng"


def test_the_south_says_it_with_its_own_words() -> None:
    assert money_in_words(1_205_105, thousand="ngàn", gap="lẻ") == (
        "một triệu hai trăm lẻ năm ngàn một trăm lẻ năm đồng"
    )


IN_ENGLISH = {
    0: "zero",
    12: "twelve",
    40: "forty",
    45: "forty-five",
    100: "one hundred",
    1_005_000: "one million five thousand",
    25_800_000: "twenty-five million eight hundred thousand",
    999_000_000_000_001: "nine hundred ninety-nine trillion one",
}


@pytest.mark.parametrize(("amount", "words"), IN_ENGLISH.items(), ids=map(str, IN_ENGLISH))
def test_an_amount_is_said_in_english(amount: int, words: str) -> None:
    assert amount_in_words(amount) == (money_in_words(amount), f"{words} dong")


@pytest.mark.parametrize("amount", [-1, MOST_MONEY + 1])
def test_no_words_for_what_is_no_amount(amount: int) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money_in_words(amount)


ONES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip


def heard(words: str) -> int:
    """The number somebody writes down who hears the words, read the other way round than they are made."""
    billions, _, rest = words.rpartition("tỷ") if "tỷ" in words else ("", "", words)
    total = heard(billions.strip()) * 10**9 if billions else 0
    group = last = 0
    for word in rest.split():
        if word in ONES:
            last = ONES[word]
        elif word == "mười":
            group, last = group + 10, 0
        elif word == "mươi":
            group, last = group + last * 10, 0
        elif word == "trăm":
            group, last = group + last * 100, 0
        elif word in ("nghìn", "triệu"):
            total, group, last = total + (group + last) * {"nghìn": 10**3, "triệu": 10**6}[word], 0, 0
        else:
            assert word == "linh"
    return total + group + last
