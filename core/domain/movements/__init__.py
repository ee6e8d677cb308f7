"""What became of households: escaped, moved, merged, died out, recorded in error; their identities survive it."""

from core.domain.movements.kinds import KINDS, Kind
from core.domain.movements.recording import forget_import, of_households, record_movements
from core.domain.movements.saying import Said, read
from core.domain.movements.tables import movement

__all__ = ["KINDS", "Kind", "Said", "forget_import", "movement", "of_households", "read", "record_movements"]
