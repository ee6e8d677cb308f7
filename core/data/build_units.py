"""Write units.csv, unit_names.csv and unit_successors.csv. Run by hand; the product itself never runs it.

    uv run --no-project --with vietnamadminunits==1.0.4 python core/data/build_units.py

``vietnamadminunits`` 1.0.4 (MIT) is needed only here. Its codes are those of the national list (Decision
124/2004/QĐ-TTg to 30/06/2025, Decision 19/2025/QĐ-TTg since); they were compared code by code with a second,
independent data set: no new commune code differs and no successor contradicts.

What the files hold, and what they do not:

- The country twice: 63 provinces, 696 districts, 10,035 communes as they stood in early 2025 (``valid_to`` 2025-06-30),
  and 34 provinces, 3,321 communes since 2025-07-01. The same code before and after is two units. The first structure
  has no ``valid_from``: mergers before 2025 are not recorded, so an older date sees the units of early 2025.
- Keys are made from the code and the structure (``unit_key``), so a second run gives every unit the same key.
- ``province_id`` and ``district_id`` of a unit name the ancestor of that level or the unit itself; a unit since
  2025-07-01 has no district.
- The type is read from the name. Four present communes have another type in the data set's own type column; the
  name is what decisions and people write.
- ``settlement`` is rural or urban by type (xã; phường, thị trấn), and unknown for a đặc khu and for a unit that was
  converted: same code, other class before. A decision recorded in ``unit_class`` settles those.
- A successor's ``share`` is "whole", or "part" where an old commune was divided; then one is the default. The data set
  takes some communes for others of the same name far away in the same new province; those parts are left out
  (``without_namesakes``).
- Later changes are rows of ``RENAMINGS``. Đồng Nai is a city since 2026-04-30. One data set also calls Quảng Ninh and
  Bắc Ninh cities by 09/2026, and a list of 04/2026 counts 697 phường and 2,611 xã where this one has 687 and 2,621; no
  legal source was found for either, so neither is here.
"""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COUNTRY = 1
LAST_DAY, FIRST_DAY = "2025-06-30", "2025-07-01"
OLD_LIST, NEW_LIST = "124/2004/QĐ-TTg", "19/2025/QĐ-TTg"

KINDS = {"Tỉnh": "tinh", "Huyện": "huyen", "Quận": "quan", "Thị xã": "thi_xa", "Thành phố": "thanh_pho", "Xã": "xa",
         "Phường": "phuong", "Thị trấn": "thi_tran", "Đặc khu": "dac_khu"}
CLASSES = {"xa": "rural", "phuong": "urban", "thi_tran": "urban", "quan": "urban"}

# Prefixes of case numbers, by present province code. Short, unique, and never to be changed once cases are numbered.
ABBREVIATIONS = {
    "01": "HN", "04": "CB", "08": "TQ", "11": "DB", "12": "LC", "14": "SL", "15": "LCA", "19": "TNG", "20": "LS",
    "22": "QN", "24": "BN", "25": "PT", "31": "HP", "33": "HY", "37": "NB", "38": "TH", "40": "NA", "42": "HT",
    "44": "QT", "46": "HUE", "48": "DNG", "51": "QNG", "52": "GL", "56": "KH", "66": "DL", "68": "LD", "75": "DNI",
    "79": "HCM", "80": "TNI", "82": "DT", "86": "VL", "91": "AG", "92": "CT", "96": "CM",
}

# (structure, province code, name, kind, valid_from, valid_to, source, verified): names other than the list's own. A row
# cuts the row of the list: the list's name holds on the days left.
RENAMINGS = [
    ("old", "46", "Tỉnh Thừa Thiên Huế", "tinh", "", "2024-12-31", "175/2024/QH15", 0),
    ("new", "75", "Thành phố Đồng Nai", "thanh_pho_tw", "2026-04-30", "", "30/2026/QH16", 1),
]
LIST_NAME_PERIODS = {("old", "46"): ("2025-01-01", LAST_DAY), ("new", "75"): (FIRST_DAY, "2026-04-29")}

NAMESAKE_KM = 20  # a part this far away that lies near a commune of the same name is that commune's

Row = dict[str, Any]
Point = tuple[float, float]  # latitude, longitude
Points = dict[str, Point]  # of old communes, by place key


def unit_key(structure: str, code: str) -> int:
    """The key of a unit: 1xx and 2xx provinces before and after, 1xxx districts, 1xxxxx and 2xxxxx communes."""
    return (1 if structure == "old" else 2) * {2: 100, 3: 1000, 5: 100_000}[len(code)] + int(code)


def read_name(name: str, level: int) -> tuple[str, str]:
    """The name with its type word as the law spells it ("Thị trấn", never "Thị Trấn"), and the kind the word says."""
    word = next(word for word in KINDS if name.lower().startswith(word.lower() + " "))
    kind = "thanh_pho_tw" if level == 1 and word == "Thành phố" else KINDS[word]
    return word + name[len(word):], kind


def unit_row(structure: str, code: str, name: str, parent: Row) -> tuple[Row, Row]:
    """The row of a unit and of its name, under its parent's row."""
    key, level = unit_key(structure, code), {2: 1, 3: 2, 5: 3}[len(code)]
    name, kind = read_name(name, level)
    period = ("", LAST_DAY) if structure == "old" else (FIRST_DAY, "")
    unit = {"id": key, "code": code, "level": level, "parent_id": parent["id"],
            "district_id": key if level == 2 else parent.get("district_id", ""),
            "province_id": key if level == 1 else parent["province_id"],
            "valid_from": period[0], "valid_to": period[1],
            "abbr": ABBREVIATIONS[code] if level == 1 and structure == "new" else "",
            "settlement": CLASSES.get(kind, "unknown") if level == 3 else ""}
    name_period = LIST_NAME_PERIODS.get((structure, code), period)
    named = {"unit_id": key, "name": name, "kind": kind, "valid_from": name_period[0], "valid_to": name_period[1],
             "source": OLD_LIST if structure == "old" else NEW_LIST, "verified": 1}
    return unit, named


def read_units(rows: Iterable[sqlite3.Row], structure: str) -> tuple[dict[str, Row], list[Row]]:
    """Units of one structure by their place key in the data set ("province", "province_ward", …), and their names."""
    units: dict[str, Row] = {}
    names = []
    country = {"id": COUNTRY, "province_id": ""}
    for row in rows:
        place, parent = "", country
        for column in ("province", "district", "ward") if structure == "old" else ("province", "ward"):
            if row[column] is None:
                continue  # five island districts had no communes
            place = f"{place}_{row[column + 'Key']}".lstrip("_")
            if place not in units:
                units[place], name = unit_row(structure, row[column + "Code"], row[column], parent)
                names.append(name)
            parent = units[place]
    return units, names


def mark_converted(old: dict[str, Row], new: dict[str, Row]) -> None:
    """A commune whose class was another under the same code is unknown until a decision settles it."""
    before = {unit["code"]: unit["settlement"] for unit in old.values() if unit["level"] == 3}
    for unit in new.values():
        if unit["level"] == 3 and before.get(unit["code"], unit["settlement"]) != unit["settlement"]:
            unit["settlement"] = "unknown"


def read_successors(mapping: dict[str, Any], old: dict[str, Row], new: dict[str, Row], points: Points) -> list[Row]:
    """One row for every old province and commune (and island district) and each unit it went into."""
    found: list[Row] = []

    def add(from_place: str, to_place: str, share: str, default: bool) -> None:
        found.append({"from_id": old[from_place.rstrip("_")]["id"], "to_id": new[to_place]["id"], "share": share,
                      "is_default": int(default), "on_date": FIRST_DAY})

    for province, provinces in mapping["DICT_PROVINCE"].items():
        for place in provinces:
            add(place, province, "whole", True)
    for province, communes in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, places in communes.items():
            for place in places:
                add(place, f"{province}_{commune}", "whole", True)
    for province, divided in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        undivided = mapping["DICT_PROVINCE_WARD_NO_DIVIDED"][province]
        for place, parts in without_namesakes(divided, undivided, points).items():
            for part in parts:
                add(place, f"{province}_{part['newWardKey']}", "part" if len(parts) > 1 else "whole",
                    part["isDefaultNewWard"])
    return sorted(found, key=lambda row: (row["from_id"], -row["is_default"], row["to_id"]))


def without_namesakes(divided: dict[str, list[Row]], undivided: dict[str, list[str]],
                      points: Points) -> dict[str, list[Row]]:
    """``divided`` (parts by old place) without the parts that are those of another commune of the same name.

    Either the rest of the new commune (``undivided``: old places by new commune) lay in another old province; no
    undivided commune ever crossed such a border. Or the part is far from the commune and near the namesake.
    """

    def foreign(place: str, part: Row) -> bool:
        neighbours = {other.split("_")[0] for other in undivided.get(part["newWardKey"], ())}
        return bool(neighbours) and place.split("_")[0] not in neighbours

    def far(place: str, part: Row) -> bool:
        to_point = (part["newWardLat"], part["newWardLon"])
        return kilometres(points[place], to_point) >= NAMESAKE_KM and any(
            kilometres(point, to_point) < NAMESAKE_KM for other, point in points.items()
            if other != place and other.split("_")[2] == place.split("_")[2])

    found = {}
    for place, parts in divided.items():
        kept = [part for part in parts if not foreign(place, part) and not far(place, part)] or parts
        if not any(part["isDefaultNewWard"] for part in kept):
            kept[0] = {**kept[0], "isDefaultNewWard": True}
        found[place] = kept
    return found


def kilometres(here: Point, there: Point) -> float:
    """The distance of two points (latitude, longitude), near enough within one province."""
    north = math.radians(there[0] - here[0])
    east = math.radians(there[1] - here[1]) * math.cos(math.radians(here[0]))
    return 6371 * math.hypot(north, east)


def write(name: str, rows: list[Row]) -> None:
    """Write ``rows`` as a CSV file beside this script."""
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    data = files("vietnamadminunits") / "data"
    base = sqlite3.connect(str(data / "dataset.db"))
    base.row_factory = sqlite3.Row
    old, old_names = read_units(base.execute("SELECT * FROM admin_units_legacy ORDER BY provinceCode, wardCode"), "old")
    new, new_names = read_units(base.execute("SELECT * FROM admin_units ORDER BY provinceCode, wardCode"), "new")
    mark_converted(old, new)
    points = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey']}": (row["wardLat"], row["wardLon"])
              for row in base.execute("SELECT * FROM admin_units_legacy WHERE wardLat IS NOT NULL")}
    mapping = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    country = {"id": COUNTRY, "code": "VN", "level": 0, "parent_id": "", "district_id": "", "province_id": "",
               "valid_from": "", "valid_to": "", "abbr": "", "settlement": ""}
    country_name = {"unit_id": COUNTRY, "name": "Việt Nam", "kind": "quoc_gia", "valid_from": "", "valid_to": "",
                    "source": "", "verified": 1}
    renamed = [{"unit_id": unit_key(structure, code), "name": name, "kind": kind, "valid_from": start, "valid_to": end,
                "source": source, "verified": verified}
               for structure, code, name, kind, start, end, source, verified in RENAMINGS]
    write("units.csv", sorted([country, *old.values(), *new.values()], key=lambda row: row["id"]))
    write("unit_names.csv", sorted([country_name, *old_names, *new_names, *renamed],
                                   key=lambda row: (row["unit_id"], row["valid_from"])))
    write("unit_successors.csv", read_successors(mapping, old, new, points))


if __name__ == "__main__":
    main()
