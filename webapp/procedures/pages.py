"""Searching as every page does it: what was typed, and what the catalogue finds for it. Other rooms show it too."""

from dataclasses import dataclass

from flask import current_app

from webapp.procedures.rules import Procedure
from webapp.procedures.rules_catalogue import Catalogue, LifeEvent
from webapp.procedures.rules_search import LONGEST_QUERY
from webapp.procedures.service_shelf import Shelf


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: procedures, whether they are only near, and the life events they belong to."""

    query: str
    procedures: tuple[Procedure, ...]
    nearest: bool
    events: tuple[LifeEvent, ...]


def get_shelf() -> Shelf:
    """Return the catalogue with what was worked out from it, once for each app."""
    shelf: Shelf | None = current_app.extensions.get("procedures")
    if shelf is None:
        catalogue: Catalogue = current_app.extensions["madoguchi"].catalogue
        shelf = current_app.extensions["procedures"] = Shelf(catalogue)
    return shelf


def search(typed: str, voice: str) -> Found:
    """Search for what was typed."""
    shelf, query = get_shelf(), read_query(typed)
    results = shelf.find(query, voice)
    found = tuple(shelf.catalogue.procedures[hit.slug] for hit in results.hits)
    return Found(query, found, results.nearest, tuple(shelf.events_of(results.hits)))


def read_query(typed: str) -> str:
    """Return what was typed on one line, without characters that no page may hold, as long as a search may be."""
    line = " ".join(typed[: 4 * LONGEST_QUERY].split())
    return "".join(char for char in line if char.isprintable())[:LONGEST_QUERY]
