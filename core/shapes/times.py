"""Moments and legal dates."""

from __future__ import annotations

from datetime import date, datetime


def iso(value: datetime | date | None) -> str | None:
    """A moment or a legal date as ISO text."""
    return value.isoformat() if value is not None else None
