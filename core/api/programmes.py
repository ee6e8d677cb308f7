"""What programmes and workflows are in force."""

from __future__ import annotations

from flask import Blueprint, Response

from core import db, shapes
from core.api.asking import answer
from core.api.problems import language


def index() -> Response:
    """The programmes in force."""
    found = [shapes.programme_line(one, language()) for _, one in sorted(db.registry().programmes.items())]
    return answer({"programmes": found})


def show(name: str) -> Response:
    """A programme: the JSON Schema of its answers, its criteria, papers, instalments and steps."""
    return answer(shapes.programme(db.registry().programme(name), language()))


index.impersonal = True  # type: ignore[attr-defined]  # read where reads are logged
show.impersonal = True  # type: ignore[attr-defined]


def register(blueprint: Blueprint) -> None:
    """The addresses of programmes."""
    blueprint.add_url_rule("/programmes", "list_programmes", index, methods=["GET"])
    blueprint.add_url_rule("/programmes/<name>", "show_programme", show, methods=["GET"])
