"""Vietnamese text as this program needs it: a pair of languages, one normal form, one way to search and to order."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple


class Text(NamedTuple):
    """One sentence in both languages of the interface; Vietnamese first because it is the default."""

    vi: str
    en: str

    def format(self, **values: object) -> Text:
        """The same sentence with its ``{names}`` filled in; a value that is a Text is put in its own language."""
        return Text(
            self.vi.format(**{k: v.vi if isinstance(v, Text) else v for k, v in values.items()}),
            self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
        )

    def to(self, language: str) -> str:
        """The sentence in ``language`` ("vi" or "en")."""
        return self.en if language == "en" else self.vi


def nfc(value: str) -> str:
    """``value`` in Unicode normal form C, outer blanks off, inner runs of white space made one blank."""
    return " ".join(unicodedata.normalize("NFC", value).split())


def fold(value: str) -> str:
    """``value`` without marks and case, for searching: "Nguyễn Văn Á" gives "nguyen van a"; đ gives d."""
    return " ".join(filter(None, map(_fold_word, value.split())))


def sought(text: str) -> str:
    """What somebody looks for, folded. No name is longer than what is kept, and a database refuses endless patterns."""
    return fold(text[:_LONGEST_SOUGHT])


_LONGEST_SOUGHT = 200


@lru_cache(maxsize=65536)  # names repeat a few thousand words
def _fold_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# The order of ICU's "vi" collation, which neither SQLite nor every PostgreSQL has: blank, punctuation, digits, letters.
_ORDER = " _-–—,;:!?.'‘’\"“”()[]{}@*/\\&#%`^+<=>|~$0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PRIMARY = {character: bytes([0x10 + place]) for place, character in enumerate(_ORDER)}
_LETTER_MARKS = "\u0302\u0306\u031b"  # circumflex, breve, horn: they make another letter, not another tone
_TONES = {mark: bytes([2 + place]) for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323")}  # \1 is none
_OTHER_MARK = b"\7"


def sort_key(name: str) -> bytes:
    """The place of ``name`` in Vietnamese order, as bytes that any database compares rightly.

    Three levels, each heard only when the ones before are equal over the whole name: letters (a ă â … d đ e ê … o ô ơ …
    u ư), then tones (none, huyền, hỏi, ngã, sắc, nặng), then small before capital. A character of another script comes
    after z by its code point.
    """
    words = [_weigh_word(word) for word in nfc(name).split(" ")]
    letters, tones, cases = (
        blank.join(word[level] for word in words) for level, blank in enumerate((_PRIMARY[" "], b"\1", b"\1"))
    )
    return b"\0".join((letters, tones.rstrip(b"\1"), cases.rstrip(b"\1")))


def person_sort_key(full_name: str) -> bytes:
    """The place of a person in a list: by given name, the last word, then by middle names and family name.

    The given name is compared to the end first, so every Hoa stands before any Hòa.
    """
    *others, given = nfc(full_name).split() or [""]
    return sort_key(given) + b"\0" + sort_key(" ".join((*others[1:], *others[:1])))


@lru_cache(maxsize=65536)
def _weigh_word(word: str) -> tuple[bytes, bytes, bytes]:
    """The weights of a word's characters: letters, tones, cases."""
    letters, tones, cases = b"", b"", b""
    for cluster in re.findall(r".[\u0300-\u036f]*", unicodedata.normalize("NFD", word), re.DOTALL):
        base, marks = cluster[0].lower(), cluster[1:]
        for mark in marks:
            if mark in _LETTER_MARKS and (letter := unicodedata.normalize("NFC", base + mark)) in _PRIMARY:
                base, marks = letter, marks.replace(mark, "", 1)
        letters += _PRIMARY.get(base) or b"\xff" + ord(base[0]).to_bytes(3, "big")
        tones += max((_TONES.get(mark, _OTHER_MARK) for mark in marks), default=b"\1")
        cases += b"\1" if cluster[0] == cluster[0].lower() else b"\2"
    return letters, tones, cases


def money(amount: int, language: str = "vi") -> str:
    """``amount`` đồng with its thousands parted: "1.500.000" in Vietnamese, "1,500,000" in English."""
    grouped = f"{amount:,}"
    return grouped if language == "en" else grouped.replace(",", ".")


def dong(amount: int) -> Text:
    """``amount`` as a sentence names it: "1.500.000 đồng", "1,500,000 dong"."""
    return Text(f"{money(amount)} đồng", f"{money(amount, 'en')} dong")


def money_in_words(amount: int, *, thousand: str = "nghìn", gap: str = "linh") -> str:
    """``amount`` đồng in Vietnamese words, as a voucher says it: "hai mươi lăm triệu tám trăm nghìn đồng".

    The south writes ``thousand="ngàn"`` and ``gap="lẻ"`` ("một trăm lẻ năm"). In small letters, the page raises the
    first one. Raises ``ValueError`` for less than zero and for more than ``MOST_MONEY``.
    """
    _refuse_no_amount(amount)
    return f"{_in_words(amount, thousand, gap)} đồng"


def amount_in_words(amount: int) -> Text:
    """``amount`` đồng in words in both languages: "một triệu đồng", "one million dong". Raises like the other."""
    return Text(money_in_words(amount), f"{_in_english(amount)} dong")


def _refuse_no_amount(amount: int) -> None:
    if not 0 <= amount <= MOST_MONEY:
        raise ValueError(f"not an amount of money: {amount}")


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def _in_words(number: int, thousand: str, gap: str) -> str:
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, 10**9)
    parts = [f"{_in_words(billions, thousand, gap)} tỷ"] if billions else []
    for power, name in ((2, " triệu"), (1, f" {thousand}"), (0, "")):
        group = rest // 1000**power % 1000
        if group:  # after a larger group the hundreds are said even when they are none: "không trăm linh năm"
            parts.append(_group_in_words(group, gap, hundreds=bool(parts) or group > 99) + name)
    return " ".join(parts)


def _group_in_words(group: int, gap: str, *, hundreds: bool) -> str:
    """A number from 1 to 999."""
    tens, ones = divmod(group % 100, 10)
    words = [f"{_DIGITS[group // 100]} trăm"] if hundreds else []
    if tens > 1:
        words.append(f"{_DIGITS[tens]} mươi")
    elif tens:
        words.append("mười")
    elif ones and hundreds:
        words.append(gap)
    if ones:
        changed = {1: "mốt", 4: "tư", 5: "lăm"} if tens > 1 else {5: "lăm"} if tens else {}
        words.append(changed.get(ones, _DIGITS[ones]))
    return " ".join(words)


_ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _in_english(amount: int) -> str:
    _refuse_no_amount(amount)
    parts = []
    for power, name in ((4, " trillion"), (3, " billion"), (2, " million"), (1, " thousand"), (0, "")):
        group = amount // 1000**power % 1000
        if group:
            parts.append(_group_in_english(group) + name)
    return " ".join(parts) or _ENGLISH[0]


def _group_in_english(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    words = [f"{_ENGLISH[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        ones = f"-{_ENGLISH[rest % 10]}" if rest % 10 else ""
        words.append(_ENGLISH_TENS[rest // 10 - 2] + ones)
    elif rest:
        words.append(_ENGLISH[rest])
    return " ".join(words)


_WRITTEN_MONEY = re.compile(
    r"(?P<number>[0-9]+"
    r"|[1-9][0-9]{0,2}(?P<sep>[., ])[0-9]{3}(?:(?P=sep)[0-9]{3})*"
    r"|(?P<decimal>[0-9]+[.,][0-9]{1,2}))"
    r" ?(?P<unit>nghìn|ngàn|triệu|tr|tỷ|tỉ)?(?: ?(?:đồng|đ|₫|vnđ|vnd))?"
)
_UNITS = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tr": 10**6, "tỷ": 10**9, "tỉ": 10**9}
MOST_MONEY = 10**15 - 1  # đồng; more than the state's yearly budget, so more is a slip of the keys


def parse_money(text: str) -> int:
    """Đồng as people write it: "40.000.000", "40,000,000", "40000000", "40 triệu", "1,5 triệu đồng".

    Raises ``ValueError`` for what could mean two amounts ("1.500 triệu"), for parts of a đồng, for less than zero and
    for more than ``MOST_MONEY``.
    """
    match = _WRITTEN_MONEY.fullmatch(nfc(text).lower())
    if match is None:
        raise ValueError(f"not an amount of money: {text!r}")
    amount: int
    unit = _UNITS.get(match["unit"], 1)
    if unit > 1 and match["sep"]:
        raise ValueError(f"could be two amounts: {text!r}")
    if match["decimal"]:
        whole, _, part = match["number"].replace(",", ".").partition(".")
        amount, rest = divmod(int(whole + part) * unit, 10 ** len(part))
        if rest or unit == 1:
            raise ValueError(f"parts of a đồng: {text!r}")
    else:
        amount = int(re.sub(r"[., ]", "", match["number"])) * unit
    if amount > MOST_MONEY:
        raise ValueError(f"too much money: {text!r}")
    return amount


def canonical(value: Any) -> str:
    """``value`` as the one JSON text that is hashed and stored: sorted keys, no blanks, UTF-8 kept, floats refused.

    Raises ``TypeError`` for a float or for anything that JSON has no word for.
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


_PLAIN = frozenset({str, int, bool, type(None)})


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a float has no canonical form: store an integer or a text")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for item in value:
        if item.__class__ not in _PLAIN:
            _refuse_floats(item)
