"""Small books and drafts for the tests of this room."""

from collections.abc import Mapping
from typing import Any

from webapp.facts.rules import Dictionary
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_catalogue import LifeEvent


def make_book(procedures: Mapping[str, Procedure], dictionary: Dictionary, event: LifeEvent | None = None) -> Book:
    """Return a book of these procedures that nobody has written down."""
    scope = f"events/{event.slug}" if event else f"procedures/{next(iter(procedures))}"
    return Book(scope, "0" * 32, event, procedures, dictionary)


def answers_about(*people: Mapping[str, Any], **roles: str) -> dict[str, Any]:
    """Return answers about people with these attributes and roles, as drafts keep them."""
    told = {one["id"]: {k: v for k, v in one.items() if k != "id"} for one in people}
    return {"people": told, "roles": dict(roles)}
