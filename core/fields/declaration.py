"""What a question is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.text import Text

TYPES = ("integer", "money", "date", "yes_no", "code", "text", "long_text")


# "personal" and "public" are shown to whoever may see the case; of the others, ``masking`` says what stands for them.
PRIVACY = ("public", "personal", "sensitive", "identity", "bank", "health", "contact")


LARGEST = 9_000_000_000_000  # đồng; above any budget of a programme, far below 63 bits


@dataclass(frozen=True)
class Field:
    """One question.

    ``minimum`` and ``maximum`` are inclusive: of the number, or of the length of a text. ``shown_when`` is ``(name,
    values)``: the question is asked only while ``name``, an earlier question that is asked itself, is answered by one
    of ``values``; what was answered before is dropped when it no longer is. An ``indexed`` answer is copied into
    ``case_fact``, where lists and indicators read it. ``group`` is the heading the question stands under.
    ``empty_means`` is what criteria read where nothing was answered (0 for money of a source that gives none);
    without it an empty answer is unknown.
    """

    name: str
    type: str
    label: Text
    help: Text | None = None
    unit: str = ""
    required: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    privacy: str = "public"
    indexed: bool = False
    shown_when: tuple[str, tuple[Any, ...]] | None = None
    group: Text | None = None
    empty_means: int | str | bool | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", self.name):
            raise ValueError(f"field name {self.name!r}: small letters, digits and _ only")
        if self.type not in TYPES:
            raise ValueError(f"field {self.name}: no type {self.type!r}; one of {', '.join(TYPES)}")
        if self.privacy not in PRIVACY:
            raise ValueError(f"field {self.name}: no privacy class {self.privacy!r}; one of {', '.join(PRIVACY)}")
        if (self.type == "code") != bool(self.choices):
            raise ValueError(f"field {self.name}: a field of type code, and no other, has choices")


def asked(field: Field, answers: Mapping[str, Any]) -> bool:
    """Whether the question is asked, given the other answers."""
    return field.shown_when is None or answers.get(field.shown_when[0]) in field.shown_when[1]


def freeze(field: Field) -> dict[str, Any]:
    """The declaration as plain JSON values."""
    return asdict(field)


def thaw(data: Mapping[str, Any]) -> Field:
    """The declaration that ``freeze`` wrote, also after a round through JSON text."""
    values = dict(data)
    for name in ("label", "help", "group"):
        values[name] = Text(*values[name]) if values.get(name) else None
    values["choices"] = tuple((code, Text(*label)) for code, label in values.get("choices", ()))
    if values.get("shown_when"):
        values["shown_when"] = (values["shown_when"][0], tuple(values["shown_when"][1]))
    return Field(**values)
