"""An approver's day: what waits in two piles, one case after the other, and what is said when one goes back."""

from core.domain.reviews.tables import phrase, pile

__all__ = ["phrase", "pile"]
