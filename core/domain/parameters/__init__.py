"""The rows of legal values: where they are kept, how a plugin's rows come in, how an administrator changes one."""

from core.domain.parameters.bringing import bring, in_force
from core.domain.parameters.changing import change, may_change, rows_of
from core.domain.parameters.classes import SETTLEMENTS, class_unit, unclassed
from core.domain.parameters.tables import Declared, Row, parameter, registry_version, touch, version

__all__ = [
    "SETTLEMENTS",
    "Declared",
    "Row",
    "bring",
    "change",
    "class_unit",
    "in_force",
    "may_change",
    "parameter",
    "registry_version",
    "rows_of",
    "touch",
    "unclassed",
    "version",
]
