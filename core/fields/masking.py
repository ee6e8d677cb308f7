"""What stands for a private value where it may not be read."""

from __future__ import annotations

from typing import Any

HIDDEN = "•••••"

MASKED = {  # privacy class -> how many signs stay at the beginning and at the end
    "identity": (4, 3),
    "bank": (0, 4),
    "contact": (0, 3),
    "health": (0, 0),
    "sensitive": (0, 0),
}


def mask(privacy: str, value: Any) -> Any:
    """``value`` as it is shown to who may not see it whole; itself where its class is not masked or it is empty.

    ``027068001234`` becomes ``0270•••••234``. Of a short one no more than a quarter stays.
    """
    if privacy not in MASKED or value is None or value == "":
        return value
    first, last = MASKED[privacy]
    text = "".join(str(value).split())
    if len(text) < 9:
        first, last = 0, min(last, len(text) // 4)
    if not first + last:
        return HIDDEN
    return f"{text[:first]}{'•' * (len(text) - first - last)}{text[len(text) - last:] if last else ''}"
