"""What invented households of a demo would ask: those whose house a review found bad, never more than the norms."""

from collections.abc import Mapping
from random import Random
from typing import Any

from core.toolkit import DemoCase

MILLION = 1_000_000


def cases(household: Mapping[str, Any], rng: Random) -> list[DemoCase]:
    """A new house or a repair for a household whose house was found neither sound nor large enough; else nothing."""
    if not (household["household.deprived_housing"] and household["household.deprived_housing_area"]):
        return []
    new = rng.random() < 0.7
    planned = _planned_house(new, rng) | _cost(new, rng)
    built = {
        "built_area": planned["planned_area"] + rng.choice((0, 0, 0, 1, 2)),
        "built_life": planned["planned_life"],
        **{f"built_{part}_hard": True for part in ("floor", "frame", "roof")},
    }
    answers = _present_house(household["household.size"], rng) | {"helped_before": False} | planned
    return [DemoCase(answers, {"completion": built, "late_check": {"lived_in": True}})]


def _present_house(heads: int, rng: Random) -> dict[str, Any]:
    if rng.random() < 0.08:
        return {"has_house": False}
    parts = ["present_floor", "present_frame", "present_roof"]
    sound = rng.choice((None, None, *parts))
    return {
        "has_house": True,
        **{part: "durable" if part == sound else "not_durable" for part in parts},
        "present_area": max(5, min(46, 8 * heads - rng.randint(1, 9))),
        "present_heads": heads,
    }


def _planned_house(new: bool, rng: Random) -> dict[str, Any]:
    return {
        "kind": "new" if new else "repair",
        "planned_area": rng.choice((24, 26, 30, 32, 36, 36, 40, 45, 48)) if new else rng.choice((24, 30, 32, 36)),
        "planned_life": rng.choice((20, 20, 25, 30)) if new else rng.choice((10, 15, 20)),
        **{f"planned_{part}_hard": True for part in ("floor", "frame", "roof")},
    }


def _cost(new: bool, rng: Random) -> dict[str, int]:
    paid = {
        "money_central": (40 if new else 20) * MILLION,
        "money_local": rng.choice((15, 20) if new else (5, 10)) * MILLION,
        "money_fatherland_front": rng.choice((0, 0, 5, 10)) * MILLION,
        "money_mobilised": rng.choice((0, 0, 0, 5)) * MILLION,
        "money_loan": rng.choice((0, 0, 25, 40) if new else (0, 0, 0, 10)) * MILLION,
        "money_own": rng.choice((20, 35, 50, 62) if new else (5, 8, 12)) * MILLION + rng.randint(0, 9) * 100_000,
    }
    return {"planned_cost": sum(paid.values()), **paid}
