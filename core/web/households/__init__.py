"""Households: found, read, entered and corrected; a new category recorded by its decision."""

from core.web.households import categories, entry, listing, missing, page
from core.web.households.blueprint import blueprint

__all__ = ["blueprint", "categories", "entry", "listing", "missing", "page"]
