"""A small world for the laws of criteria: few facts with few values, expressions over them, and Python as the judge.

A criterion is written in Python's own syntax, so on complete facts the interpreter says what it means. Nothing of
``core.criteria`` takes part in that: ages are counted birthday by birthday.
"""

import builtins
import calendar
import re
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from core.criteria import Criterion, DateRange, Fact, compile
from core.parameters import ParameterDeclaration, ParameterRow
from core.text import Text

ON = date(2025, 3, 1)
CATEGORIES = {"N": Text("Hộ nghèo", "Poor"), "C": Text("Cận nghèo", "Near-poor"), "O": Text("Khác", "Other")}
ROW = (Fact("x", "integer", Text("Số", "Number")), Fact("y", "yes_no", Text("Cờ", "Flag")),
       Fact("k", "code", Text("Loại", "Kind"), choices=CATEGORIES), Fact("born", "date", Text("Ngày sinh", "Born")))
FACTS = {fact.name: fact for fact in (
    Fact("answers.a", "integer", Text("A", "A")), Fact("answers.b", "integer", Text("B", "B")),
    Fact("answers.d", "date", Text("D", "D")), Fact("answers.e", "date", Text("E", "E")),
    Fact("answers.f", "yes_no", Text("F", "F")), Fact("answers.g", "yes_no", Text("G", "G")),
    Fact("answers.c", "code", Text("C", "C"), choices=CATEGORIES),
    Fact("answers.s", "codes", Text("S", "S"), choices=CATEGORIES),
    Fact("members", "table", Text("Thành viên", "Members"), columns=ROW),
)}
PARAMETERS = {"p": ParameterDeclaration("p", Text("P", "P"), "integer")}

NUMBERS = [-1, 0, 2, 3]
DAYS = [date(2004, 2, 29), date(2024, 12, 31), date(2025, 2, 28), date(2025, 3, 1)]
HALF = DateRange(date(2024, 12, 31), date(2025, 2, 28))
ROWS = [{"x": 2, "y": True, "k": "N", "born": DAYS[0]}, {"x": -1, "y": False, "k": "C", "born": DAYS[2]}]

VALUES: dict[str, list[Any]] = {"integer": NUMBERS, "yes_no": [True, False], "code": list(CATEGORIES), "date": DAYS,
          "codes": [(), ("N",), ("C", "O")], "table": [(), (ROWS[0],), (ROWS[1], ROWS[0])]}


def ways(kind, value):
    """Every value that a recorded ``value`` can stand for."""
    if isinstance(value, DateRange):
        return [day for day in DAYS if value.first <= day <= value.last]
    return VALUES[kind] if value is None else [value]


def completions(facts):
    """Every complete set of facts and parameters that incomplete ones can stand for."""
    names = list(FACTS)
    choices = []
    for name in names:
        rows = facts[name]
        if name == "members" and rows is not None:
            columns = [column.name for column in ROW]
            each = [[dict(zip(columns, way, strict=True)) for way in product(*(ways(c.type, row[c.name]) for c in ROW))]
                    for row in rows]
            choices.append([tuple(way) for way in product(*each)])
        else:
            choices.append(ways(FACTS[name].type, rows))
    for way in product(*choices, ways("integer", facts["params.p"])):
        yield dict(zip([*names, "params.p"], way, strict=True))


def size(facts):
    """How many completions there are."""
    found = len(ways("integer", facts["params.p"]))
    for name, fact in FACTS.items():
        rows = facts[name]
        if name == "members" and rows is not None:
            for row in rows:
                for column in ROW:
                    found *= len(ways(column.type, row[column.name]))
        else:
            found *= len(ways(fact.type, rows))
    return found


# Facts

known = {kind: st.sampled_from(values) for kind, values in VALUES.items()}
perhaps = {kind: st.none() | value for kind, value in known.items()}
perhaps["date"] = st.none() | known["date"] | st.just(HALF)


def a_world(values):
    row = st.fixed_dictionaries({column.name: values[column.type] for column in ROW})
    table = st.lists(row, max_size=2).map(tuple)
    facts = {name: values[fact.type] for name, fact in FACTS.items() if fact.type != "table"}
    tables = table if values is known else st.none() | table
    return st.fixed_dictionaries({**facts, "members": tables, "params.p": values["integer"]})


complete_worlds = a_world(known)
worlds = a_world(perhaps).filter(lambda facts: size(facts) <= 300)


# Expressions

ORDERS = ["<", "<=", "==", "!=", ">=", ">"]
OTHERS = ["'N' in answers.s", "'C' not in answers.s", "answers.f == answers.g", "known(answers.a)", "known(answers.d)",
          "known(answers.s)", "known(params.p)", "answers.f", "not answers.g", "answers.f != True", "True"]


class Writer:
    """Writes expressions; ``rows`` are the variables of the loops it writes in, the innermost last."""

    def __init__(self, draw, rows=""):
        self.draw = draw
        self.rows = rows

    @property
    def row(self):
        """A row to read from: mostly that of the innermost loop."""
        return self.rows and self.one_of(self.rows[-1], self.rows[-1], *self.rows)

    def inner(self):
        """A writer inside one more loop, and its variable."""
        variable = "mn"[len(self.rows)]
        return Writer(self.draw, self.rows + variable), variable

    def one_of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def plain_number(self):
        own = (f"{self.row}.x",) * 3 if self.rows else ()
        return self.one_of("answers.a", "answers.b", "params.p", "0", "2", "-1", *own)

    def day(self):
        own = (f"{self.row}.born",) * 3 if self.rows else ()
        day = self.one_of("answers.d", "answers.e", "on", "date(2025, 2, 28)", *own)
        later = self.one_of("", "", "add_years", "add_months")
        return f"{later}({day}, {self.plain_number()})" if later else day

    def number(self):
        loops = [["count", "sum"] * 2, ["count"], []][len(self.rows)]
        kind = self.one_of("plain", "two", "age", "between", *loops)
        match kind:
            case "plain":
                return self.plain_number()
            case "two":
                return f"{self.plain_number()} {self.one_of(*'+-*')} {self.plain_number()}"
            case "age":
                return f"age({self.day()}, on)"
            case "between":
                return f"{self.one_of('years_between', 'months_between')}({self.day()}, {self.day()})"
        writer, variable = self.inner()
        term = variable if kind == "count" else writer.number()
        return f"{kind}({term} for {variable} in members{writer.test()})"

    def test(self):
        return self.one_of("", f" if {self.condition(1)}")

    def single(self):
        loops = [["loop"] * 3, ["loop"], []][len(self.rows)]
        match self.one_of("number", "number", "chain", "day", "code", "list", "other", *loops):
            case "number":
                return f"{self.number()} {self.one_of(*ORDERS)} {self.number()}"
            case "chain":
                numbers = [self.plain_number() for _ in range(3)]
                return f"{numbers[0]} {self.one_of(*ORDERS)} {numbers[1]} {self.one_of(*ORDERS)} {numbers[2]}"
            case "day":
                return f"{self.day()} {self.one_of(*ORDERS)} {self.day()}"
            case "code":
                code = f"{self.row}.k" if self.rows else "answers.c"
                asked = self.one_of("{} == 'N'", "'C' != {}", "{} in ('N', 'O')", "{} not in answers.s")
                return asked.format(code)
            case "list":
                return f"{self.one_of('answers.a', 'answers.b')} {self.one_of('in', 'not in')} (0, 2, 3)"
            case "loop":
                writer, variable = self.inner()
                return f"{self.one_of('any', 'all')}({writer.condition(1)} for {variable} in members{writer.test()})"
        return f"{self.row}.y" if self.rows else self.one_of(*OTHERS)

    def condition(self, depth):
        if depth == 0 or self.one_of(True, False):
            return self.single()
        match self.one_of("not", "and", "or"):
            case "not":
                return f"not ({self.condition(depth - 1)})"
            case word:
                return f"({self.condition(depth - 1)}) {word} ({self.condition(depth - 1)})"


@st.composite
def conditions(draw):
    return Writer(draw).condition(2)


expressions = conditions()


# Judges

def compiled(expression):
    return compile(Criterion("law", Text("Luật", "Law"), expression), FACTS, PARAMETERS)


def params_of(facts):
    row = ParameterRow("p", facts["params.p"], None, None, 1, None, "Điều 1", True)
    return lambda name: {"p": row}[name]


def judged(expression, facts):
    return compiled(expression).judge({**facts, "on": ON}, params_of(facts))


def according_to_python(expression, known_of):
    """The expression as Python understands it, a function of complete facts. ``known_of`` are the facts as recorded."""
    recorded = re.sub(r"known\(([a-z.]+)\)", lambda found: str(known_of[found[1]] is not None), expression)
    code = builtins.compile(recorded, "criterion", "eval")

    def judge(facts):
        names = {"answers": SimpleNamespace(), "params": SimpleNamespace(p=facts["params.p"]), "on": ON,
                 "members": [SimpleNamespace(**row) for row in facts["members"]]}
        for name, value in facts.items():
            if name.startswith("answers."):
                setattr(names["answers"], name.removeprefix("answers."), value)
        return eval(code, {**_FUNCTIONS, **names})

    return judge


def anniversary(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_counted(start, end):
    """Month by month, forward or back, until the next step would pass ``end``."""
    months = 0
    while anniversary(start, months + 1) <= end:
        months += 1
    while anniversary(start, months) > end:
        months -= 1
    return months


# what Python itself knows under other names
_FUNCTIONS = {"any": any, "all": all, "sum": sum, "date": date, "count": lambda rows: sum(1 for _ in rows),
              "months_between": months_counted, "years_between": lambda a, b: months_counted(a, b) // 12,
              "age": lambda birth, on: months_counted(birth, on) // 12,
              "add_months": anniversary, "add_years": lambda day, years: anniversary(day, years * 12),
              "__builtins__": {}}
