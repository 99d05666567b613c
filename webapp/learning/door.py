"""How a request gets into learning: the blueprint, and the tutorials that the ward has."""

from collections.abc import Mapping

from flask import Blueprint, abort, current_app

from webapp.learning.rules import Tutorial

learning = Blueprint("learning", __name__)


def list_tutorials() -> Mapping[str, Tutorial]:
    """Return the tutorials by slug in their order."""
    tutorials: Mapping[str, Tutorial] = current_app.extensions["madoguchi"].tutorials
    return tutorials


def get_tutorial(slug: str) -> Tutorial:
    """Return a tutorial, or answer 404."""
    tutorial = list_tutorials().get(slug)
    if tutorial is None:
        abort(404)
    return tutorial
