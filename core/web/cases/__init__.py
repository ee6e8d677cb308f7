"""Cases: found, opened, read, filled in and moved, one or many at a time."""

from core.web.cases import editing, listing, missing, moving, opening, page
from core.web.cases.blueprint import blueprint

__all__ = ["blueprint", "editing", "listing", "missing", "moving", "opening", "page"]
