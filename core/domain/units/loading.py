"""Bring the country's units from the data files into the database."""

from __future__ import annotations

import csv
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update

from core import db
from core.domain.units.tables import KINDS, loaded_data, unit, unit_name, unit_successor
from core.text import fold, sort_key

FILES = ("units.csv", "unit_names.csv", "unit_successors.csv")
_FORMAT = b"2"  # raised when the stored columns made from the files change

Row = dict[str, Any]


def load_units() -> bool:
    """Make the stored units those of the data files; False when they already are.

    Rows that a person added (``from_file`` false) stay. A unit that left the files stays too: other rows point at it.
    """
    content = [(files("core.data") / name).read_bytes() for name in FILES]
    digest = sha256(b"\0".join((_FORMAT, *content))).hexdigest()
    if db.execute(select(loaded_data.c.digest).where(loaded_data.c.name == "units")).scalar() == digest:
        return False
    units, names, successors = (list(csv.DictReader(text.decode().splitlines())) for text in content)
    _upsert_units([_unit_row(row) for row in units])
    _replace(unit_name, [_name_row(number, row) for number, row in enumerate(names)])
    _replace(unit_successor, [_successor_row(row) for row in successors])
    db.execute(delete(loaded_data).where(loaded_data.c.name == "units"))
    db.execute(insert(loaded_data), {"name": "units", "digest": digest})
    return True


def _upsert_units(rows: list[Row]) -> None:
    stored = {row.id: dict(row._mapping) for row in db.execute(select(unit))}
    new = [row for row in rows if row["id"] not in stored]
    changed = [{"key": row["id"], **row} for row in rows if row["id"] in stored and stored[row["id"]] != row]
    if new:
        db.execute(insert(unit), new)
    if changed:
        db.execute(update(unit).where(unit.c.id == bindparam("key")), changed)


def _replace(table: Table, rows: list[Row]) -> None:
    db.execute(delete(table).where(table.c.from_file.is_(True)))
    db.execute(insert(table), rows)


def _unit_row(row: dict[str, str]) -> Row:
    return {"id": int(row["id"]), "code": row["code"], "level": int(row["level"]), "parent_id": _key(row["parent_id"]),
            "district_id": _key(row["district_id"]), "province_id": _key(row["province_id"]),
            "valid_from": _date(row["valid_from"]), "valid_to": _date(row["valid_to"]),
            "abbr": row["abbr"] or None, "settlement": row["settlement"] or None}


def _name_row(number: int, row: dict[str, str]) -> Row:
    name, short = row["name"], row["name"].removeprefix(KINDS[row["kind"]])
    return {"id": number, "unit_id": int(row["unit_id"]), "name": name, "kind": row["kind"],
            "valid_from": _date(row["valid_from"]), "valid_to": _date(row["valid_to"]), "source": row["source"],
            "verified": row["verified"] == "1", "folded": f"{fold(short)}; {fold(name)}",
            "sort_key": sort_key(short), "from_file": True}


def _successor_row(row: dict[str, str]) -> Row:
    return {"from_id": int(row["from_id"]), "to_id": int(row["to_id"]), "share": row["share"],
            "is_default": row["is_default"] == "1", "on_date": _date(row["on_date"]), "from_file": True}


def _key(text: str) -> int | None:
    return int(text) if text else None


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
