"""Vietnamese text as this program needs it: a pair of languages, one normal form, one way to search and to order."""

from __future__ import annotations

import json
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


@lru_cache(maxsize=65536)  # names repeat a few thousand words
def _fold_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_LETTERS = {letter: bytes([rank]) for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=64)}
_LETTER_MARKS = "\u0306\u0302\u031b"  # breve, circumflex and horn make other letters
_TONES = {mark: bytes([rank]) for rank, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=2)}


def order(value: str) -> bytes:
    """The key that sorts ``value`` as Vietnamese does: letters (Đ after D, Ơ after Ô), then tones, then small before capital.

    Bytes, so that the order is the same in every database, whatever its collation.
    """
    levels = [_order_word(word) for word in value.split()]
    return b"\x00".join(b"\x01".join(word[level] for word in levels) for level in range(3))


def name_order(name: str) -> bytes:
    """The key that sorts a person's name as Vietnamese lists do: by given name, the last word, then by the rest."""
    rest, _, given = name.rpartition(" ")
    return order(given) + b"\x00\x00" + order(rest)


@lru_cache(maxsize=65536)
def _order_word(word: str) -> tuple[bytes, bytes, bytes]:
    letters, tones, cases = bytearray(), bytearray(), bytearray()
    for character in unicodedata.normalize("NFC", word):
        base, *marks = unicodedata.normalize("NFD", character)
        letter = unicodedata.normalize("NFC", base.lower() + "".join(m for m in marks if m in _LETTER_MARKS))
        letters += _LETTERS.get(letter) or b"".join(b"\xff" + ord(c).to_bytes(3) if ord(c) > 63 else bytes([ord(c)])
                                                   for c in letter)
        tones += next((_TONES[m] for m in marks if m in _TONES), b"\x01")
        cases += b"\x02" if character != character.lower() else b"\x01"
    return bytes(letters), bytes(tones), bytes(cases)


def canonical(value: Any) -> str:
    """``value`` as the one JSON text that is hashed and stored: sorted keys, no blanks, UTF-8 kept, floats refused.

    Raises ``TypeError`` for a float or for anything that JSON has no word for.
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a float has no canonical form: store an integer or a text")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
