"""Which way is best for this person, and why: a decision table in content/router/, read here.

`barriers` say when a way is closed to somebody; `rules` are tried in order and the first match that is open wins; after
them comes the procedure's own order of ways. Every row has its reason in words. Facts are arguments: nothing is stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from msgspec import field

from webapp.facts.rules_conditions import Condition, holds, list_facts
from webapp.kit.content import Definition
from webapp.procedures.rules import Channel, Procedure, Trait
from webapp.reading.rules_texts import Text

WITHOUT_COMPUTER: tuple[Channel, ...] = ("counter", "post", "phone")
_NO_DAY = date.min


class Barrier(Definition, frozen=True, kw_only=True):
    """A reason why ways are closed: to whom (`when`) and for procedures with which traits (any of them)."""

    key: str
    channels: list[Channel]
    traits: tuple[Trait, ...] = ()
    when: Condition | None = None


class Rule(Definition, frozen=True, kw_only=True):
    """A row of the table: this way, for procedures with one of these traits, for a person of whom `when` holds.

    A row with `without` is passed over while one of these ways is open.
    """

    key: str
    channel: Channel
    traits: tuple[Trait, ...] = ()
    without: tuple[Channel, ...] = ()
    when: Condition | None = None


class RouterDefinition(Definition, frozen=True, kw_only=True):
    """The table without its words; `questions` gives the options of each fact, in the order they are asked."""

    questions: dict[str, list[str]]
    barriers: list[Barrier]
    rules: list[Rule]
    links: dict[Channel, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RouterQuestion:
    """One question of the router with its options by key."""

    fact: str
    words: Text
    options: Mapping[str, Text]

    @property
    def name(self) -> str:
        """Return the fact without `way.`, as it stands in addresses."""
        return self.fact.removeprefix("way.")


@dataclass(frozen=True, slots=True)
class Router:
    """The table with its words: reasons of rules, barriers and usual ways; names and steps of channels."""

    define: RouterDefinition
    questions: Mapping[str, RouterQuestion]
    reasons: Mapping[str, Text]
    barriers: Mapping[str, Text]
    usual: Mapping[str, Text]
    last: Text
    names: Mapping[str, Text]
    steps: Mapping[str, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class Other:
    """Another way: open to this person or not, and the reason."""

    channel: Channel
    is_open: bool
    reason: Text


@dataclass(frozen=True, slots=True)
class Way:
    """The best way for this person with its reason, what to do step by step, and the other ways.

    `rule` is the row of the table that decided, `usual` if it was the procedure's own order, `last` if nothing is open.
    """

    channel: Channel
    rule: str
    reason: Text
    steps: tuple[Text, ...]
    link: str | None
    also: tuple[Other, ...]


def choose_way(procedure: Procedure, answers: Mapping[str, str], router: Router) -> Way:
    """Return the best way for somebody who answered (some of) the questions; unanswered ones close no way."""
    closed = {channel: barrier for channel, barrier in _find_barriers(procedure, answers, router)}
    offered = [channel for channel in procedure.define.channels if channel not in closed]
    rule = _find_rule(procedure, offered, answers, router)
    if rule is not None:
        return _make_way(procedure, rule.channel, rule.key, router.reasons[rule.key], closed, router)
    if offered:
        return _make_way(procedure, offered[0], "usual", router.usual[offered[0]], closed, router)
    return _make_way(procedure, "phone", "last", router.last, closed, router)


def _find_rule(
    procedure: Procedure, offered: Sequence[Channel], answers: Mapping[str, str], router: Router
) -> Rule | None:
    """Return the first row that fits the procedure and the person and whose way is open."""
    for rule in router.define.rules:
        passed = rule.channel not in offered or any(channel in offered for channel in rule.without)
        if not passed and _fits(rule, procedure) and holds(rule.when, answers, _NO_DAY):
            return rule
    return None


def _fits(row: Rule | Barrier, procedure: Procedure) -> bool:
    """Tell whether a row speaks of procedures like this one."""
    return not row.traits or any(trait in procedure.define.traits for trait in row.traits)


def _find_barriers(procedure: Procedure, answers: Mapping[str, str], router: Router) -> Iterator[tuple[Channel, Text]]:
    """Yield each closed way with the first reason in the table (reversed: of two, the earlier one stays)."""
    for barrier in reversed(router.define.barriers):
        if _fits(barrier, procedure) and holds(barrier.when, answers, _NO_DAY):
            for channel in barrier.channels:
                yield channel, router.barriers[barrier.key]


def _make_way(
    procedure: Procedure, channel: Channel, rule: str, reason: Text, closed: Mapping[Channel, Text], router: Router
) -> Way:
    """Put a way together with the others, open ones first, a way without a computer always among them."""
    others = [
        Other(one, one not in closed, closed.get(one) or router.usual[one])
        for one in procedure.define.channels
        if one != channel
    ]
    if not any(one in WITHOUT_COMPUTER for one in (channel, *(other.channel for other in others if other.is_open))):
        others = [*(other for other in others if other.channel != "phone"), Other("phone", True, router.usual["phone"])]
    others.sort(key=lambda other: not other.is_open)
    link = procedure.define.links.get(channel) or router.define.links.get(channel)
    return Way(channel, rule, reason, router.steps.get(channel, ()), link, tuple(others))


def questions_for(procedure: Procedure, router: Router) -> tuple[RouterQuestion, ...]:
    """Return the questions whose answers can change the way of this procedure, in the order of the table.

    Every combination of answers is tried, so nobody is asked for nothing.
    """
    read = set(_list_read_facts(procedure, router))
    asked = [question for question in router.questions.values() if question.fact in read]
    facts = [question.fact for question in asked]
    ways = {
        answers: _decide(procedure, dict(zip(facts, answers, strict=True)), router)
        for answers in product(*(question.options for question in asked))
    }
    places = enumerate(asked)
    return tuple(question for place, question in places if _changes_way(place, next(iter(question.options)), ways))


def _decide(procedure: Procedure, answers: Mapping[str, str], router: Router) -> tuple[str, str]:
    """Return way and row only."""
    way = choose_way(procedure, answers, router)
    return way.channel, way.rule


def _changes_way(place: int, first: str, ways: Mapping[tuple[str, ...], tuple[str, str]]) -> bool:
    """Tell whether another answer than the first option of one question ever leads another way."""
    return any(ways[(*answers[:place], first, *answers[place + 1 :])] != way for answers, way in ways.items())


def _list_read_facts(procedure: Procedure, router: Router) -> Iterator[str]:
    """Yield the facts that rows speaking of this procedure read."""
    rows: tuple[Rule | Barrier, ...] = (*router.define.barriers, *router.define.rules)
    for row in rows:
        if _fits(row, procedure):
            yield from list_facts(row.when)
