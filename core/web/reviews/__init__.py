"""The approver's day: the queue in two piles, one case after the other, and the phrases said when one goes back."""

from core.web.reviews import acting, page, queue  # noqa: F401 - each puts its addresses on the blueprint
from core.web.reviews.blueprint import blueprint

__all__ = ["blueprint"]
