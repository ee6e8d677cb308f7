"""Invented households: who lives together, what a review found, and the rows a commune's list would have of them.

Scores and deprivations agree with the category as Circular 07/2021/TT-BLĐTBXH has it: poor is at most 140 points A in
a rural place or 175 in an urban one and at least 30 points B, near-poor the same A and fewer B; ten points B are one
deprivation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle
from random import Random

from core.demo import names
from core.demo.accounts import COMMUNES, Commune

LIMIT_A = {"rural": 140, "urban": 175}

# Of every twenty households of a list; of the first two kinds three in four lack a sound house.
_CATEGORIES = (
    *("poor", "near_poor") * 3,
    *("newly_escaped", "poor", "near_poor", "poor", "poor", "near_poor", "average"),
    *("poor", "near_poor") * 2,
    *("newly_escaped", "poor", "average"),
)
_CAUSES = {
    "young": ("Không có vốn sản xuất, kinh doanh", "Không có kỹ năng lao động, sản xuất", "Không có đất sản xuất"),
    "old": ("Không có lao động", "Có người ốm đau, bệnh nặng, tai nạn"),
}


@dataclass
class Person:
    """One member: relation and marks in the words of a list."""

    name: str
    relation: str
    birth: date | int
    sex: str
    group: str
    id_number: str
    marks: list[str] = field(default_factory=list)

    @property
    def year(self) -> int:
        """The year of birth."""
        return self.birth if isinstance(self.birth, int) else self.birth.year


@dataclass
class Household:
    """One household and what the last review said of it."""

    commune: Commune
    code: str
    village: str
    members: list[Person]
    set_up_on: date
    residence: str
    phone: str
    category: str
    score_a: int | None
    deprived: frozenset[int]
    causes: tuple[str, ...]
    demands: tuple[str, ...]
    since: int  # the year of the first list it stands in

    @property
    def score_b(self) -> int | None:
        """Ten points a deprivation; the income test of the average living standard knows none."""
        return None if self.score_a is None else 10 * len(self.deprived)


def invent(seed: int, count: int, first: int, latest: int, wishes: Sequence[str]) -> list[Household]:
    """``count`` households of the demo's communes: most on the list of the year ``first``, some only on the ``latest``.

    ``wishes`` is what those with a bad house ask for.
    """
    found: list[Household] = []
    borne: set[str] = set()
    shares = [count * commune.share // 100 for commune in COMMUNES]
    shares[0] += count - sum(shares)
    for commune, share in zip(COMMUNES, shares, strict=True):
        rng = Random(f"{seed}:{commune.code}")
        categories = cycle(_CATEGORIES)
        lacking = cycle((True, True, False, True) if count >= 120 else (True,))  # a small demo needs each for a case
        for serial in range(1, share + 1):
            category = next(categories)
            bad_house = category in ("poor", "near_poor") and next(lacking)
            household = _household(rng, borne, commune, serial, category, bad_house, first, wishes)
            found.append(replace(household, since=latest) if serial % 17 == 0 else household)
    return found


def _household(
    rng: Random,
    borne: set[str],
    commune: Commune,
    serial: int,
    category: str,
    bad_house: bool,
    first: int,
    wishes: Sequence[str],
) -> Household:
    groups = [group for group, _ in commune.groups]
    group = rng.choices(groups, [weight for _, weight in commune.groups])[0]
    people = _People(rng, borne, commune, group, first + 1)
    shape: Callable[[_People], None] = rng.choices(
        (alone, old_couple, mother, couple, three_generations), (16, 10, 15, 41, 18)
    )[0]
    shape(people)
    members = people.members
    head = members[0]
    if group != "Kinh":
        head.marks.append("DTTS")
    if rng.random() < 0.16:
        someone = rng.choice(members)
        someone.marks += ["NKT", "BTXH"] if "BTXH" not in someone.marks else ["NKT"]
    if head.year < 1955 and rng.random() < 0.12:
        head.marks.append("NCC")
    old = all(person.year < first - 58 or person.year > first - 15 for person in members)
    limit = LIMIT_A[commune.settlement or "rural"]
    wanted = [wish for wish in wishes if bad_house or rng.random() < 0.2] if category in ("poor", "near_poor") else []
    return Household(
        commune=commune,
        code=f"{commune.prefix}-{serial:04d}",
        village=rng.choice(commune.villages),
        members=members,
        set_up_on=_day(rng, min(max(head.year + 22, 1976), 2012), 2016 if serial % 11 else 2021),
        residence="Tạm trú" if rng.random() < 0.04 else "Thường trú",
        phone="" if rng.random() < 0.2 else names.phone(rng),
        category=category,
        score_a=_score_a(rng, category, limit),
        deprived=_deprivations(rng, category, bad_house, members, first),
        causes=tuple(rng.sample(_CAUSES["old" if old else "young"], rng.choice((1, 1, 2)))),
        demands=tuple(wanted),
        since=first,
    )


class _People:
    """The members of one household as they are thought up. ``year`` is this year, ``borne`` the numbers in use."""

    def __init__(self, rng: Random, borne: set[str], commune: Commune, group: str, year: int) -> None:
        self.rng, self.borne, self.commune, self.group, self.year = rng, borne, commune, group, year
        self.members: list[Person] = []

    def add(self, relation: str, sex: str, age: int, family: str = "", group: str = "") -> Person:
        """One more member of about that age."""
        born, rng = self.year - age, self.rng
        family = family or names.family(rng, group or self.group)
        year_alone = rng.random() < (0.55 if age > 65 else 0.03)
        elsewhere = relation in ("Vợ", "Con dâu") and rng.random() < 0.2
        registered = rng.choice(("019", "020", "030", "001", "036")) if elsewhere else self.commune.registered
        person = Person(
            name=names.full_name(rng, family, sex, born),
            relation=relation,
            birth=born if year_alone else _day(rng, born, born),
            sex="Nam" if sex == "male" else "Nữ",
            group=group or self.group,
            id_number="" if rng.random() < 0.03 else self.number(registered, sex, born),
        )
        if any(person.name == other.name for other in self.members):
            return self.add(relation, sex, age, family, group)
        if age >= 80:
            person.marks.append("BTXH")
        self.members.append(person)
        return person

    def number(self, registered: str, sex: str, born: int) -> str:
        """A personal number that nobody bears yet."""
        found = names.id_number(self.rng, registered, sex, born)
        while found in self.borne:
            found = names.id_number(self.rng, registered, sex, born)
        self.borne.add(found)
        return found

    def children(self, family: str, count: int, oldest: int, relation: str = "Con") -> None:
        """Children of whom the first is about ``oldest``."""
        for _ in range(count):
            self.add(relation, self.rng.choice(("male", "female")), max(1, oldest), family)
            oldest -= self.rng.randint(2, 5)


def alone(people: _People) -> None:
    """An old person alone."""
    rng = people.rng
    head = people.add("Chủ hộ", rng.choices(("female", "male"), (78, 22))[0], rng.randint(62, 88))
    head.marks.append("NCT")


def old_couple(people: _People) -> None:
    """Two old people."""
    age = people.rng.randint(63, 82)
    people.add("Chủ hộ", "male", age)
    people.add("Vợ", "female", age - people.rng.randint(0, 6))


def mother(people: _People) -> None:
    """A mother with her children."""
    rng = people.rng
    age = rng.randint(30, 49)
    people.add("Chủ hộ", "female", age)
    people.children(names.family(rng, people.group), rng.randint(1, 3), age - rng.randint(20, 26))


def couple(people: _People) -> None:
    """A couple with children."""
    rng = people.rng
    age = rng.randint(31, 58)
    family = names.family(rng, people.group)
    people.add("Chủ hộ", "male", age, family)
    people.add("Vợ", "female", age - rng.randint(-1, 6))
    people.children(family, rng.choices((1, 2, 3, 4), (22, 45, 26, 7))[0], age - rng.randint(23, 29))


def three_generations(people: _People) -> None:
    """A couple, a parent of the husband, and children."""
    rng = people.rng
    age = rng.randint(29, 50)
    family = names.family(rng, people.group)
    people.add("Chủ hộ", "male", age, family)
    people.add("Vợ", "female", age - rng.randint(0, 6))
    people.add("Mẹ", "female", age + rng.randint(21, 34))
    people.children(family, rng.choices((1, 2, 3), (30, 48, 22))[0], age - rng.randint(22, 27))


def _day(rng: Random, first: int, last: int) -> date:
    last = max(first, last)
    return date(first, 1, 1) + timedelta(rng.randrange((date(last, 12, 31) - date(first, 1, 1)).days + 1))


def _score_a(rng: Random, category: str, limit: int) -> int | None:
    if category == "average":
        return None
    low, high = (limit - 60, limit) if category in ("poor", "near_poor") else (limit + 5, limit + 40)
    return rng.randrange(low, high + 1, 5)


def _deprivations(rng: Random, category: str, bad_house: bool, members: Sequence[Person], year: int) -> frozenset[int]:
    """Indicators 1 to 12 that could be true of these people, as many as the category has."""
    if category == "average":
        return frozenset()
    children = sum(1 for person in members if person.year > year - 15)
    dependants = children + sum("BTXH" in person.marks for person in members)
    possible = [1, 4, 9, 10, 11, 12]
    possible += [2] if 2 * dependants > len(members) else []
    possible += [3, 6] if children else []
    possible += [5] if any(16 <= year + 1 - person.year <= 30 for person in members) else []
    found = {7, 8} if bad_house else set()
    most = {"poor": rng.choice((3, 3, 4, 4, 5)), "near_poor": 2, "newly_escaped": rng.choice((0, 1, 2))}[category]
    rng.shuffle(possible)
    return frozenset([*found, *possible][:most])


def reviewed(household: Household, serial: int) -> Household:
    """The household as the review a year later finds it: one in nine has left, or come nearer to leaving, poverty."""
    if serial % 9 or household.category not in ("poor", "near_poor"):
        return household
    if household.category == "poor":
        left = frozenset(sorted(household.deprived, key=lambda number: number not in (7, 8))[:2])
        return replace(household, category="near_poor", deprived=left)
    assert household.score_a is not None
    limit = LIMIT_A[household.commune.settlement or "rural"]
    return replace(household, category="newly_escaped", score_a=limit + 10, deprived=frozenset(), demands=())
