"""Vietnamese text as this program needs it: a pair of languages, one normal form, one way to search, one way to order."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, NamedTuple


class Text(NamedTuple):
    """One sentence in both languages of the interface; Vietnamese first because it is the default."""

    vi: str
    en: str

    def format(self, **values: object) -> Text:
        """The same sentence with its ``{names}`` filled in, in both languages. A value that is a Text is itself put in its language."""
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
    decomposed = unicodedata.normalize("NFD", value.lower().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


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
