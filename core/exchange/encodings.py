"""Vietnamese text typed in the fonts of before Unicode, recognised and read as what it meant.

A file typed in .VnTime (TCVN3, also ABC) or VNI-Times holds Latin letters that only those fonts drew as Vietnamese:
«NguyÔn V¨n ¸», «Nguyeãn Vaên AÙ». Nothing in the file says so. A word is taken for such text when as it stands it is no
Vietnamese syllable and read by the old table it is one; and text is changed only where several words agree and no
proper Vietnamese letter speaks against it, so that Unicode is never touched except for its normal form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from core.text import Text

Scheme = Literal["tcvn3", "vni"]

TITLES: dict[str, Text] = {
    "tcvn3": Text("TCVN3 (ABC)", "TCVN3 (ABC)"),
    "vni": Text("VNI", "VNI"),
    "nfd": Text("Unicode tổ hợp", "decomposed Unicode"),
}

# The letters in the order of both tables: a vowel with its five tones (grave, hook, tilde, acute, dot below).
_LETTERS = ("aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị", "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ",
            "ưừửữứự", "yỳỷỹýỵ")

# TCVN 5712:1993, set VN3: one byte a small letter; toned capitals are the small ones in a font of capitals.
_TCVN3_SMALL = ("aµ¶·¸¹", "¨»¼½¾Æ", "©ÇÈÉÊË", "eÌÎÏÐÑ", "ªÒÓÔÕÖ", "i×ØÜÝÞ", "oßáâãä", "«åæçèé", "¬êëìíî", "uïñòóô",
                "\u00adõö÷øù", "yúûüýþ")
_TCVN3 = {old: new for olds, news in zip(_TCVN3_SMALL, _LETTERS, strict=True)
          for old, new in zip(olds, news, strict=True)}
_TCVN3 |= {"®": "đ", "¡": "Ă", "¢": "Â", "£": "Ê", "¤": "Ô", "¥": "Ơ", "¦": "Ư", "§": "Đ"}

# VNI for Windows: the tone stands behind its letter, some letters are one sign.
_VNI_SMALL = (
    ("a", "aø", "aû", "aõ", "aù", "aï"), ("aê", "aè", "aú", "aü", "aé", "aë"), ("aâ", "aà", "aå", "aã", "aá", "aä"),
    ("e", "eø", "eû", "eõ", "eù", "eï"), ("eâ", "eà", "eå", "eã", "eá", "eä"), ("i", "ì", "æ", "ó", "í", "ò"),
    ("o", "oø", "oû", "oõ", "où", "oï"), ("oâ", "oà", "oå", "oã", "oá", "oä"), ("ô", "ôø", "ôû", "ôõ", "ôù", "ôï"),
    ("u", "uø", "uû", "uõ", "uù", "uï"), ("ö", "öø", "öû", "öõ", "öù", "öï"), ("y", "yø", "yû", "yõ", "yù", "î"))
_VNI = {old: new for olds, news in zip(_VNI_SMALL, _LETTERS, strict=True)
        for old, new in zip(olds, news, strict=True)} | {"ñ": "đ"}
_VNI |= {spelt: new.upper() for old, new in _VNI.items() for spelt in {old.upper(), old.capitalize()}}
_VNI_SIGN = re.compile("|".join(sorted((re.escape(old) for old in _VNI if not old.isascii()), key=len, reverse=True)))

_CASE_TOLD = "¡¢£¤¥¦§®"  # signs of TCVN3 that are a capital or a small letter and never the other
_BEGINNING = re.compile(r"(?<!\S)\S")

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_NUCLEUS = ("(?:iêu|yêu|oai|oay|oeo|uây|uôi|ươi|ươu|uyê|uya|uyu|uêu|oao|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|"
            "oo|ôi|ơi|ua|uâ|uê|ui|uy|uô|uơ|ưa|ưi|ươ|ưu|yê|uă|[aăâeêioôơuưy])")
_SYLLABLE = re.compile(f"{_ONSET}{_NUCLEUS}(?:ch|nh|ng|[cmnpt])?")
_TONES = str.maketrans(dict.fromkeys("\u0300\u0301\u0303\u0309\u0323"))
_BETWEEN = re.compile(r"[\x00-\x40\x5b-\x60\x7b-\x7f\s]+")


def repaired(text: str, scheme: Scheme, name: bool = False) -> str:
    """``text`` read as typed in an old font; as a ``name`` every word of it begins with a capital.

    TCVN3 has no toned capitals, a second font drew its small ones large: a text whose other letters are capitals was
    all capitals, and a word begins as the words beside it do.
    """
    if scheme == "vni":
        return _VNI_SIGN.sub(lambda found: _VNI[found[0]], text)
    read = "".join(_TCVN3.get(sign, sign) for sign in text)
    told = [letter for sign, letter in zip(text, read, strict=True) if sign == letter and letter.isalpha()]
    if len(told) > 1 and all(letter.isupper() for letter in told):
        return read.upper()
    begin = [match.start() for match in _BEGINNING.finditer(read)]
    known = [read[place] for place in begin if read[place].isalpha() and text[place] in _CASE_TOLD + read[place]]
    if name or (known and all(letter.isupper() for letter in known)):
        return "".join(letter.upper() if place in begin else letter for place, letter in enumerate(read))
    return read


@lru_cache(maxsize=1 << 15)
def _is_syllable(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word.lower())
    bare = plain.translate(_TONES)
    return len(plain) - len(bare) <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


@lru_cache(maxsize=1 << 15)
def _weigh(word: str, scheme: Scheme) -> int:
    """1 when a word speaks for an old font, -1 when it speaks against it, 0 when it could be either."""
    if any(letter > "\xff" for letter in word):
        return -1
    read = repaired(word, scheme)
    before, after = _is_syllable(word), read != word and _is_syllable(read)
    return (after and not before) - (before and not after)


def evidence(texts: Iterable[str]) -> dict[Scheme, tuple[int, int]]:
    """How many words of some texts speak for each old font and how many against it."""
    words = [word for text in texts if not text.isascii() for word in _BETWEEN.split(text) if not word.isascii()]
    found: dict[Scheme, tuple[int, int]] = {}
    for scheme in ("tcvn3", "vni"):
        weights = [_weigh(word, scheme) for word in words]
        found[scheme] = (weights.count(1), weights.count(-1))
    return found


def scheme_of(texts: Iterable[str], least: int = 2) -> Scheme | None:
    """The old font some texts were typed in: at least so many words say so, and hardly one speaks against it."""
    found = evidence(texts)
    best = max(found, key=lambda scheme: found[scheme][0] - found[scheme][1])
    speak_for, against = found[best]
    return best if speak_for >= least and speak_for > 4 * against else None


def is_proper(text: str) -> bool:
    """Whether a text has letters that no old font used, so that it is Unicode whatever stands around it."""
    return any(letter > "\xff" for letter in text)


def vietnamese(texts: Iterable[str]) -> float:
    """The share of Vietnamese syllables among the words that are not plain Latin, from 0 to 1; 1 where there are none.
    """
    words = [word for text in texts for word in _BETWEEN.split(text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0
