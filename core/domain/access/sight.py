"""What of the private values of a household or case somebody sees whole, and what stands masked.

Lists, search results, files, API and terminal mask every class for everybody. The page of one household or case shows
a class whole to the roles whose daily work it is; any other role that may reveal it does so as an act, with a reason.
Whoever types or checks a value sees it in the form it is typed into.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.domain.access.actors import Actor
from core.domain.access.reach import held_at
from core.fields import MASKED, mask

SHOWN_TO: dict[str, tuple[str, ...]] = {
    "identity": (),
    "bank": (),
    "health": ("officer", "approver"),  # who finds the cause of poverty, and who judges by it
    "sensitive": ("officer", "approver"),
    "contact": ("officer", "monitor"),  # who has to call
}


@dataclass(frozen=True)
class Sight:
    """The privacy classes that are seen whole."""

    whole: frozenset[str] = frozenset()

    def sees(self, privacy: str) -> bool:
        """Whether values of a class are shown as they are."""
        return privacy not in MASKED or privacy in self.whole

    def of(self, privacy: str, value: Any) -> Any:
        """A value as it is shown: itself, or what stands for it."""
        return value if self.sees(privacy) else mask(privacy, value)

    def answers(self, fields: Collection[Any], answers: dict[str, Any]) -> dict[str, Any]:
        """Answers by name, those of private fields as they are shown. What no field declares is taken for sensitive."""
        classes = {field.name: field.privacy for field in fields}
        return {name: self.of(classes.get(name, "sensitive"), value) for name, value in answers.items()}

    @property
    def hidden(self) -> frozenset[str]:
        """The classes that stand masked."""
        return frozenset(MASKED) - self.whole


MASKING = Sight()  # of everything that is no page of one household or case


def sight(actor: Actor, place: Any, revealed: Collection[str] = ()) -> Sight:
    """What ``actor`` sees whole of a household or case at a place, with what was revealed to them just now."""
    whole = {privacy for privacy, roles in SHOWN_TO.items() if roles and held_at(actor, roles, place)}
    return Sight(frozenset(whole | set(revealed)))
