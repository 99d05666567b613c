"""A procedure as its sheet shows it: statements in the order people ask them, each with where it comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from webapp.procedures.rules import ClaimKey, Procedure
from webapp.procedures.rules_catalogue import Catalogue, LifeEvent
from webapp.reading.rules_texts import Text

STATEMENTS: tuple[ClaimKey, ...] = ("who", "when", "cost", "bring", "where", "result", "takes")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a sheet: its key, its text or list, its source (always Japanese) and when it was confirmed."""

    key: ClaimKey
    text: Text | None
    items: tuple[Text, ...]
    source: str | None
    confirmed: date | None


@dataclass(frozen=True, slots=True)
class Group:
    """Procedures under one heading: a life event, or None for those that belong to none."""

    event: LifeEvent | None
    procedures: tuple[Procedure, ...]


def list_statements(procedure: Procedure) -> tuple[Statement, ...]:
    """Return the statements of a procedure that say something; `late` follows `when` under its source."""
    return tuple(_find_statements(procedure))


def _find_statements(procedure: Procedure) -> Iterator[Statement]:
    """Yield the statements in order."""
    for key in STATEMENTS:
        items = procedure.bring if key == "bring" else ()
        text = procedure.words.get(key)
        if text is not None or items:
            claim = procedure.define.claims.get(key)
            yield Statement(key, text, items, claim.source if claim else None, claim.confirmed if claim else None)


def group_procedures(catalogue: Catalogue) -> tuple[Group, ...]:
    """Return all procedures by life event, each once: under the first of its events in the order of the events."""
    left: Mapping[str, Procedure] = dict(catalogue.procedures)
    groups = []
    for event in catalogue.events.values():
        members = tuple(one for one in left.values() if event.slug in one.define.events)
        left = {slug: one for slug, one in left.items() if event.slug not in one.define.events}
        if members:
            groups.append(Group(event, members))
    return (*groups, Group(None, tuple(left.values()))) if left else tuple(groups)
