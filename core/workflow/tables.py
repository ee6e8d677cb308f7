"""What stands in a workflow's table, and what its rules are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.errors import Reason
from core.fields import Field
from core.text import Text

# What the history tells besides transitions; none of them moves a case.
ACTS = ("open", "edit", "attach", "remove", "visit", "pay", "draft", "undraft")


@dataclass(frozen=True)
class Guard:
    """Who may do it: one of ``roles``, or one of the roles that the state maps one of ``permissions`` to."""

    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wait:
    """Who a case in this state waits for. ``deadline`` names the parameter that holds the calendar days."""

    role: str
    title: Text
    procedure: str = ""
    deadline: str = ""


@dataclass(frozen=True)
class State:
    """A state a case can be in; ``permissions`` maps a permission to the roles that have it here."""

    code: str
    title: Text
    permissions: tuple[tuple[str, tuple[str, ...]], ...]
    waits: tuple[Wait, ...] = ()
    final: bool = False

    def roles(self, permission: str) -> tuple[str, ...]:
        """The roles that have ``permission`` in this state."""
        return dict(self.permissions).get(permission, ())


@dataclass(frozen=True)
class Transition:
    """A step. ``procedure`` names the act whose deciding level is looked up by date and place (empty: any level).

    ``not_by`` lists what (transitions, or ``ACTS``) somebody did since the last return and may then not do this.
    An ``automatic`` step is also tried by the program whenever something that it requires may have come true.
    """

    code: str
    title: Text
    sources: tuple[str, ...]
    target: str
    guard: Guard
    procedure: str = ""
    requirements: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    not_by: tuple[str, ...] = ()
    automatic: bool = False
    new_round: bool = False


@dataclass(frozen=True)
class Workflow:
    """Named states and transitions; ``opening`` guards the making of a case in ``initial``."""

    name: str
    title: Text
    initial: str
    opening: Guard
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def state(self, code: str) -> State:
        """The state of that code. Raises ``KeyError``."""
        return next_or_key_error(self.states, code)

    def transition(self, code: str) -> Transition:
        """The transition of that code. Raises ``KeyError``."""
        return next_or_key_error(self.transitions, code)


def next_or_key_error(rows: Sequence[Any], code: str) -> Any:
    """The row of that code. Raises ``KeyError``."""
    for row in rows:
        if row.code == code:
            return row
    raise KeyError(code)


@dataclass
class Batch:
    """What one transition moves at once: the cases, who moves them, with what, on which legal date.

    ``cases`` are rows of the table of cases, all of ``programme``, never none when a rule is asked. A requirement may
    leave in ``memo`` what its effect needs; ``refused`` holds the cases for which an earlier requirement was false.
    While ``asking`` nothing will be moved, so nothing needs to be locked. An effect adds to ``details[case.id]`` what
    the history is to keep, and to ``starts[case.id]`` the day before which the next desk can do nothing: its deadline
    counts from there.
    """

    cases: Sequence[Any]
    transition: Transition
    actor: Any
    data: Mapping[str, Any]
    on: date
    programme: Any
    asking: bool = False
    refused: set[int] = field(default_factory=set)
    memo: dict[str, Any] = field(default_factory=dict)
    details: dict[int, dict[str, Any]] = field(default_factory=dict)
    starts: dict[int, date] = field(default_factory=dict)

    def tell(self, case_id: int, **facts: Any) -> None:
        """Have the history of a case keep ``facts`` of this step."""
        self.details.setdefault(case_id, {}).update(facts)


@dataclass(frozen=True)
class Requirement:
    """A sentence and a function. ``check`` gives, for the cases in which the sentence is false, why.

    ``lock`` takes at once what it would lock for programmes, one after the other: asked before a long list is moved.
    """

    code: str
    sentence: Text
    check: Callable[[Batch], Mapping[int, Sequence[Reason]]]
    lock: Callable[[Sequence[str]], None] | None = None


@dataclass(frozen=True)
class Effect:
    """What follows a transition, in the same transaction.

    ``needs`` are requirements that the transition must have too, ``fields`` those it must ask for. One that is
    ``always`` applied follows every step of every workflow, after those that the table names.
    """

    code: str
    title: Text
    apply: Callable[[Batch], None]
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    always: bool = False
    lock: Callable[[Sequence[str]], None] | None = None
