"""Which way is best for this person, and why: a decision table in content/router/, read here.

`barriers` say when a way is closed to somebody; `rules` are tried in order and the first match that is open wins; after
them comes the procedure's own order of ways. Every row has its reason in words. Facts are arguments: nothing is stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

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
    """A row of the table: this way, for procedures with one of these traits, for a person of whom `when` holds."""

    key: str
    channel: Channel
    traits: tuple[Trait, ...] = ()
    when: Condition | None = None


class RouterDefinition(Definition, frozen=True, kw_only=True):
    """The table without its words; `questions` gives the options of each fact, in the order they are asked."""

    questions: dict[str, list[str]]
    barriers: list[Barrier]
    rules: list[Rule]
    links: dict[Channel, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RouterQuestion:
    """One question that matters for a procedure. `name` is the fact without `way.`, as it stands in addresses."""

    name: str
    words: Text
    options: tuple[tuple[str, Text], ...]


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
    for rule in router.define.rules:
        if rule.channel in offered and _fits(rule, procedure) and holds(rule.when, answers, _NO_DAY):
            return _make_way(procedure, rule.channel, rule.key, router.reasons[rule.key], closed, router)
    if offered:
        return _make_way(procedure, offered[0], "usual", router.usual[offered[0]], closed, router)
    return _make_way(procedure, "phone", "last", router.last, closed, router)


def _fits(row: Rule | Barrier, procedure: Procedure) -> bool:
    """Tell whether a row speaks of procedures like this one."""
    return not row.traits or any(trait in procedure.define.traits for trait in row.traits)


def _find_barriers(
    procedure: Procedure, answers: Mapping[str, str], router: Router
) -> Iterator[tuple[Channel, Text]]:
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
    """Return the questions whose answers can change the way of this procedure, in the order of the table."""
    read = set(_list_read_facts(procedure, router))
    return tuple(question for fact, question in router.questions.items() if fact in read)


def _list_read_facts(procedure: Procedure, router: Router) -> Iterator[str]:
    """Yield the facts that rows speaking of this procedure read; ways closed to everybody ask nothing."""
    barriers = [barrier for barrier in router.define.barriers if _fits(barrier, procedure)]
    never = {channel for barrier in barriers if barrier.when is None for channel in barrier.channels}
    possible = [channel for channel in procedure.define.channels if channel not in never]
    for barrier in barriers:
        if any(channel in possible for channel in barrier.channels):
            yield from list_facts(barrier.when)
    for rule in router.define.rules:
        if rule.channel in possible and _fits(rule, procedure):
            yield from list_facts(rule.when)
