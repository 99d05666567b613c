"""What pages of the catalogue need, worked out once and kept: search indexes, sheets, questions of the router."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from webapp.procedures.rules import Procedure
from webapp.procedures.rules_catalogue import Catalogue, LifeEvent, Office
from webapp.procedures.rules_router import RouterQuestion, questions_for
from webapp.procedures.rules_search import Hit, Results, build_index, search
from webapp.procedures.rules_search_scores import Index
from webapp.procedures.rules_sheet import Group, Statement, group_procedures, list_statements

TOP_HITS = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on a procedure's page that does not depend on the reader."""

    procedure: Procedure
    office: Office | None
    statements: tuple[Statement, ...]
    questions: tuple[RouterQuestion, ...]
    alike: tuple[Procedure, ...]


@dataclass
class Shelf:
    """A catalogue with what was worked out from it. Threads share it: a thing is made at most once, under a lock."""

    catalogue: Catalogue
    _indexes: dict[str, Index] = field(default_factory=dict)
    _sheets: dict[str, Sheet] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, query: str, voice: str) -> Results:
        """Return what fits a search in a voice."""
        return search(self.get_index(voice), query)

    def get_index(self, voice: str) -> Index:
        """Return the search index of a voice."""
        if voice not in self._indexes:
            with self._lock:
                if voice not in self._indexes:
                    self._indexes[voice] = build_index(self.catalogue, voice)
        return self._indexes[voice]

    def find_sheet(self, slug: str) -> Sheet | None:
        """Return the sheet of a procedure, or None if there is no such procedure."""
        if slug not in self._sheets:
            procedure = self.catalogue.procedures.get(slug)
            if procedure is None:
                return None
            self._sheets[slug] = self._make_sheet(procedure)
        return self._sheets[slug]

    def _make_sheet(self, procedure: Procedure) -> Sheet:
        """Work out a sheet; twice at once does no harm, both are equal."""
        return Sheet(
            procedure=procedure,
            office=self.catalogue.offices.get(procedure.define.office),
            statements=list_statements(procedure),
            questions=questions_for(procedure, self.catalogue.router),
            alike=self.catalogue.like(procedure),
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return all procedures by life event."""
        return group_procedures(self.catalogue)

    @cached_property
    def popular(self) -> tuple[Procedure, ...]:
        """Return the procedures that the front page names."""
        found = (self.catalogue.procedures.get(slug) for slug in self.catalogue.popular)
        return tuple(procedure for procedure in found if procedure is not None)

    @cached_property
    def general_office(self) -> Office | None:
        """Return the office that helps with everything: the one called `general`, else the first."""
        offices = self.catalogue.offices
        return offices.get("general") or next(iter(offices.values()), None)

    def events_of(self, hits: tuple[Hit, ...]) -> tuple[LifeEvent, ...]:
        """Return the life events that the best hits share, the most frequent first, two at most."""
        slugs = [hit.slug for hit in hits[:TOP_HITS]]
        named = Counter(event for slug in slugs for event in self.catalogue.procedures[slug].define.events)
        found = (self.catalogue.events.get(slug) for slug, times in named.most_common(2) if times > 1)
        return tuple(event for event in found if event is not None)
