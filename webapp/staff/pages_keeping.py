"""What the page about keeping and erasing is made of: how long each procedure's applications are kept, and how many go when."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.facts.rules import Dictionary, Fact
from webapp.procedures.rules import Procedure

Counts = Mapping[str, Mapping[tuple[str, str], int]]
SOON = {"month": 30, "quarter": 90}
"""The times ahead for which it is counted what is erased, in days."""


@dataclass(frozen=True, slots=True)
class Early:
    """Answers that go before the rest: so many days after the decision."""

    days: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One procedure in one section: how long what was sent is kept, by whose rule, what goes before, and how many go when.

    `days` is None where the procedure is gone: each application then keeps the day that it got.
    """

    title: Any
    office: Any
    days: int | None
    is_own: bool
    early: tuple[Early, ...]
    goes: Mapping[str, int]


def list_kept(ward: Any, sections: Collection[str] | None, counts: Counts) -> list[Kept]:
    """Return a row for each procedure of these sections (of all, for None), by office."""
    catalogue, usual = ward.catalogue, ward.settings.keep_days
    named = {(one.define.office, one.slug): one for one in catalogue.procedures.values() if one.define.form}
    counted = {key for some in counts.values() for key in some}
    rows = []
    for section, slug in sorted(named.keys() | counted):
        if sections is not None and section not in sections:
            continue
        known, office = catalogue.procedures.get(slug), catalogue.offices.get(section)
        rows.append(
            Kept(
                known.words["title"] if known else slug,
                office.words["name"] if office else section,
                (known.define.keep_days or usual) if known else None,
                bool(known and known.define.keep_days),
                tuple(list_early(known, ward.dictionary)) if known else (),
                {name: some.get((section, slug), 0) for name, some in counts.items()},
            )
        )
    return rows


def list_early(procedure: Procedure, dictionary: Dictionary) -> Iterator[Early]:
    """Yield the answers of a procedure that go before the rest, those first that go first."""
    by_days: dict[int, list[Fact]] = {}
    for fact in _walk_facts(procedure, dictionary):
        days = fact.define.erase_after_decision_days
        if days is not None:
            by_days.setdefault(days, []).append(fact)
    for days, facts in sorted(by_days.items()):
        yield Early(days, tuple(facts))


def _walk_facts(procedure: Procedure, dictionary: Dictionary) -> Iterator[Fact]:
    """Yield what a procedure asks, and what it asks about each person of a list."""
    for ask in procedure.define.form.asks if procedure.define.form else ():
        fact = dictionary.facts.get(ask.fact)
        if fact is not None:
            yield fact
            yield from dictionary.items_of(fact) if fact.define.kind == "people" else ()
