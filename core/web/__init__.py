"""HTML: one blueprint a concept, named as in the domain. A view loads what lies in reach, asks the domain, shows it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response


def register(app: Flask, problem: Callable[..., Response]) -> None:
    """Everything a page needs: who asks, how a page looks, what an error says, and the pages themselves.

    ``problem`` writes the errors of addresses under ``/api/``.
    """
    from core.web import (
        access,
        admission,
        budget,
        cases,
        day,
        decisions,
        delivery,
        disbursement,
        documents,
        drafts,
        drawing,
        errors,
        factors,
        glossary,
        health,
        households,
        imports,
        indicators,
        journal,
        metrics,
        monitoring,
        navigation,
        parameters,
        present,
        reads,
        reviews,
        scan,
        security,
        tasks,
        units,
        uploads,
        users,
    )

    journal.register(app)
    metrics.register(app)
    admission.register(app)
    delivery.register(app)
    security.register(app)
    drawing.register(app)
    present.register(app)
    glossary.register(app)
    navigation.register(app)
    errors.register(app, problem)
    for concept in (  # one line a concept: add yours here
        health,
        access,
        factors,
        day,
        tasks,
        scan,
        cases,
        documents,
        uploads,
        users,
        households,
        imports,
        disbursement,
        monitoring,
        decisions,
        reviews,
        drafts,
        budget,
        indicators,
        parameters,
        units,
        reads,
    ):
        app.register_blueprint(concept.blueprint)
