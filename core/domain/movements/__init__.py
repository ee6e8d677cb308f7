"""What became of households that a list no longer has."""

from core.domain.movements.recording import forget_import
from core.domain.movements.tables import movement

__all__ = ["forget_import", "movement"]
