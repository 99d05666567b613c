"""Everything the ward offers in one value: procedures, the offices behind them, and the ways people look for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import Condition
from webapp.kit.content import Definition
from webapp.procedures.rules import Ask, Procedure
from webapp.procedures.rules_router import Router
from webapp.reading.rules_texts import Text

MINUTES_PER_FACT = 0.5
MINUTES_TO_READ = 2
CHANCE = 0.3


class OfficeDefinition(Definition, frozen=True, kw_only=True):
    """An office without its words: how to reach it and when that was confirmed (None: not confirmed yet)."""

    phone: str
    hours: str = "weekdays"
    floor: str | None = None
    source: str | None = None
    confirmed: date | None = None


class ClosedDay(Definition, frozen=True, kw_only=True):
    """A day on which the ward office is closed for a reason of its own, and where that is said."""

    day: date
    source: str


class EventAsk(Definition, frozen=True, kw_only=True):
    """A fact that decides what a life event brings: asked first of all, or `later` among the procedures' questions."""

    fact: str
    when: Condition | None = None
    required: bool = True
    later: bool = False


class Given(Definition, frozen=True, kw_only=True):
    """An answer that the event itself gives, so that nobody is asked (who moves in has the reason "moved-in").

    It is a `value` (of a choice or yesno), or the `same_as` another fact; an address fills a text as its words.
    """

    fact: str
    value: str | None = None
    same_as: str | None = None
    when: Condition | None = None


class Member(Definition, frozen=True, kw_only=True):
    """A procedure that a life event may bring: for whom, and the fact whose day its deadline counts from.

    `unless`: what takes it away again when a later answer says so; the words `removed` then say why.
    """

    procedure: str
    when: Condition | None = None
    unless: Condition | None = None
    since: str | None = None


class Automatic(Definition, frozen=True, kw_only=True):
    """Something that the ward does by itself, for whom, and where that is said."""

    key: str
    when: Condition | None = None
    source: str
    confirmed: date | None = None


class EventDefinition(Definition, frozen=True, kw_only=True):
    """A life event without its words: its place in lists, what it asks and gives, and what it brings.

    `since` gives, for each start of a deadline, the fact that holds the day. `quiet`: somebody has died.
    """

    order: int
    asks: tuple[EventAsk, ...] = ()
    gives: tuple[Given, ...] = ()
    since: dict[str, str] = msgspec.field(default_factory=dict)
    members: tuple[Member, ...] = ()
    automatic: tuple[Automatic, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """One office of the ward. `words` keys: name, place, hours."""

    key: str
    define: OfficeDefinition
    words: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something that happens in a life and brings procedures with it.

    `words` keys: title, summary, start. `reasons` say for each member why it is needed, `removed` why it is not after
    all, `automatic` what the ward does by itself.
    """

    slug: str
    define: EventDefinition
    words: Mapping[str, Text]
    keywords: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, Text] = field(default_factory=dict)
    removed: Mapping[str, Text] = field(default_factory=dict)
    automatic: Mapping[str, Text] = field(default_factory=dict)

    @property
    def order(self) -> int:
        """The place of the event in lists."""
        return self.define.order

    @property
    def has_guide(self) -> bool:
        """Tell whether the event asks questions and says what to do."""
        return bool(self.define.asks)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a procedure is for. `words` keys: title, summary."""

    key: str
    words: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What filling in a form takes: minutes (an estimate) and the facts one has to look up or photograph first."""

    minutes: int
    ready: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole catalogue; `preparations` has a value for each procedure with a form.

    `synonyms` are groups of words that mean the same to somebody who searches; `popular` the slugs of the procedures
    that the front page names.
    """

    procedures: Mapping[str, Procedure]
    offices: Mapping[str, Office]
    events: Mapping[str, LifeEvent]
    audiences: Mapping[str, Audience]
    router: Router
    preparations: Mapping[str, Preparation]
    synonyms: tuple[tuple[str, ...], ...] = ()
    popular: tuple[str, ...] = ()
    closed_days: frozenset[date] = frozenset()

    def of_event(self, slug: str) -> tuple[Procedure, ...]:
        """Return the procedures of a life event, in the order of the catalogue."""
        return tuple(one for one in self.procedures.values() if slug in one.define.events)

    def of_audience(self, key: str) -> tuple[Procedure, ...]:
        """Return the procedures for an audience, in the order of the catalogue."""
        return tuple(one for one in self.procedures.values() if key in one.define.audiences)

    def like(self, procedure: Procedure, at_most: int = 4) -> tuple[Procedure, ...]:
        """Return the procedures that share most life events, audiences and the office with this one."""
        others = (one for one in self.procedures.values() if one is not procedure)
        ranked = sorted(((_likeness(procedure, one), one) for one in others), key=lambda pair: -pair[0])
        return tuple(one for likeness, one in ranked[:at_most] if likeness >= 2)


def _likeness(one: Procedure, other: Procedure) -> int:
    """Count what two procedures share; a life event says more than an office, an audience least."""
    events = len(set(one.define.events) & set(other.define.events))
    audiences = len(set(one.define.audiences) & set(other.define.audiences) - {"everyone"})
    return 3 * events + 2 * (one.define.office == other.define.office) + audiences


def prepare(procedure: Procedure, dictionary: Dictionary) -> Preparation:
    """Estimate what filling in a procedure's form takes. A fact that the dictionary does not have counts as nothing.

    What only some people are asked counts by their chance of it, and nobody is told to get it ready in vain.
    """
    form = procedure.define.form
    asks = [ask for ask in (form.asks if form else ()) if ask.fact in dictionary.facts]
    minutes = (
        sum(_count_facts(ask, dictionary) * (1.0 if ask.when is None else CHANCE) for ask in asks) * MINUTES_PER_FACT
    )
    always = (dictionary.facts[ask.fact] for ask in asks if ask.when is None and ask.required)
    return Preparation(max(3, round(MINUTES_TO_READ + minutes)), tuple(filter(must_be_looked_up, always)))


def _count_facts(ask: Ask, dictionary: Dictionary) -> int:
    """Return how many facts one ask brings: itself and what is asked about one person of a `people` fact."""
    return 1 + len(dictionary.facts[ask.fact].define.item or ())


def must_be_looked_up(fact: Fact) -> bool:
    """Tell whether few people know a fact by heart: bank accounts, long numbers, and files."""
    return fact.define.kind in ("bank", "file") or (fact.define.kind == "number" and fact.define.digits is not None)
