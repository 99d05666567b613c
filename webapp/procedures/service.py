"""The catalogue of the ward's procedures: read once at start, checked by `make content`."""

from collections.abc import Iterable
from pathlib import Path

from webapp.facts.rules import Dictionary
from webapp.procedures.rules_catalogue import Catalogue, prepare
from webapp.procedures.rules_faults import find_faults
from webapp.procedures.service_content import (
    load_audiences,
    load_closed_days,
    load_events,
    load_offices,
    load_popular,
    load_procedures,
    load_router,
    load_synonyms,
)

__all__ = ["Catalogue", "find_faults", "load_catalogue"]


def load_catalogue(content: Path, dictionary: Dictionary, voices: Iterable[str]) -> Catalogue:
    """Return everything the ward offers, from the folders in `content`; `voices` are their codes.

    Raises ContentError for a file that cannot be read as what it must be. What the files say about each other is
    checked by `find_faults`, so that an author sees all faults at once.
    """
    codes = tuple(voices)
    procedures = load_procedures(content / "procedures", codes)
    return Catalogue(
        procedures=procedures,
        offices=load_offices(content / "offices", codes),
        events=load_events(content / "lifeevents", codes),
        audiences=load_audiences(content / "audiences", codes),
        router=load_router(content / "router", codes),
        preparations={slug: prepare(one, dictionary) for slug, one in procedures.items() if one.define.form},
        synonyms=load_synonyms(content / "search" / "synonyms.yaml"),
        popular=load_popular(content / "search" / "popular.yaml"),
        closed_days=load_closed_days(content / "offices" / "closed.yaml"),
    )
