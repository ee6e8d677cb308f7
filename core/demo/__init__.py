"""A demo province: invented people, real rules. Nobody in it exists; every number, name and decision is made up."""

from core.demo.province import Built, build, describe, is_empty

__all__ = ["Built", "build", "describe", "is_empty"]
