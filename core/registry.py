"""What is in force in this process: workflows, programmes, legal values.

Immutable; rebuilt when its version changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import NotFound, Reason
from core.parameters import Parameters
from core.plugins import Broken
from core.text import Text
from core.workflow import Effect, Machine, Requirement


@dataclass(frozen=True)
class Registry:
    """Machines by workflow name and by (name, version), programmes by code, and by (code, version) those of
    running cases.
    """

    version: int
    machines: Mapping[str, Machine]
    versions: Mapping[tuple[str, str], Machine]
    programmes: Mapping[str, Any]
    forms: Mapping[tuple[str, str], Any]
    requirements: Mapping[str, Requirement]
    effects: Mapping[str, Effect]
    parameters: Parameters
    broken: tuple[Broken, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)  # what is derived once from this registry

    def machine(self, name: str, version: str) -> Machine:
        """The machine a running case keeps."""
        return self.versions[name, version]

    def programme(self, code: str) -> Any:
        """A programme that is in force. Raises ``NotFound`` naming those that are."""
        found = self.programmes.get(code)
        if found is None:
            known = ", ".join(sorted(self.programmes)) or "–"
            raise NotFound(
                Reason(
                    "programme_unknown",
                    Text(
                        f"Không có chương trình «{code}» đang áp dụng. Đang có: {known}",
                        f"No programme “{code}” is in force. There are: {known}",
                    ),
                    seen=code,
                    field="programme",
                )
            )
        return found
