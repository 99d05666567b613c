"""What a life event brings to this resident, as the answers stand: which procedures, why, and what comes and goes.

A procedure is needed, may be needed ("I don't know" is a good answer), or is not; what a later answer says may still add
or remove it, and the resident is told. Pure: time is an argument.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from msgspec import structs

from webapp.drafts.rules import Guide, Plan, plan
from webapp.facts.rules import Dictionary
from webapp.facts.rules_conditions import Condition, decide, holds, list_facts
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_catalogue import EventAsk, LifeEvent, Member
from webapp.reading.rules_texts import Text

Need = Literal["needed", "maybe", "not"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one member of a life event stands for this resident; `over`: the last day to fill it in here has passed."""

    member: Member
    procedure: Procedure
    need: Need
    removed: bool = False
    over: bool = False

    @property
    def slug(self) -> str:
        """Return the procedure's slug."""
        return self.procedure.slug

    @property
    def can_be_written(self) -> bool:
        """Tell whether it can be filled in here."""
        return self.procedure.define.form is not None and not self.over


@dataclass(frozen=True, slots=True)
class Choice:
    """What the resident chose: whether the list of things to do was seen, what they left out, what they took as well."""

    listed: bool = False
    skipped: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventPlan:
    """The plan of a life event: its pages, how every member stands, and the procedures that are being written.

    `settled` are the answers that decide about members: nothing ([]) where the event has no reason to ask this resident.
    """

    made: Plan
    standings: tuple[Standing, ...]
    active: tuple[Procedure, ...]
    settled: Mapping[str, Any]


def plan_event(book: Book, event: LifeEvent, answers: Mapping[str, Any], choice: Choice, today: date) -> EventPlan:
    """Plan a life event: its own questions alone until the list of things to do was seen, then everything together."""
    dictionary, define = book.dictionary, event.define
    front = tuple(ask for ask in define.asks if not ask.later)
    alone = plan((), dictionary, answers, today, Guide(f"events/{event.slug}", front, tuple(define.gives)))
    decided = plan(
        (), dictionary, answers, today, Guide(f"events/{event.slug}", tuple(define.asks), tuple(define.gives))
    )
    settled = settle(define.asks, decided.answers, today)
    standings = judge_members(event, book.procedures, settled, today)
    active = choose_active(standings, choice, today)
    if not choice.listed or any(not alone.is_answered(page) for page in alone.pages):
        return EventPlan(_keep_people(alone, answers, dictionary), standings, active, settled)
    asks = (*front, *_list_later(event, standings, choice, decided))
    whole = plan(active, dictionary, answers, today, Guide(f"events/{event.slug}", asks, tuple(define.gives)))
    later = {ask.fact: decided.stored[ask.fact] for ask in define.asks if ask.later and ask.fact in decided.stored}
    return EventPlan(replace(whole, stored={**later, **whole.stored}), standings, active, settled)


def _keep_people(made: Plan, answers: Mapping[str, Any], dictionary: Dictionary) -> Plan:
    """Return the plan of the first questions without losing what was answered behind them."""
    later = {key: value for key, value in answers.items() if key not in made.stored and key in dictionary.facts}
    front = {question.fact.key for page in made.pages for question in page.questions}
    kept = {key: value for key, value in later.items() if key not in front}
    return Plan(made.pages, made.answers, {**kept, **made.stored}, made.known)


def settle(asks: Sequence[EventAsk], answers: Mapping[str, Any], today: date) -> Mapping[str, Any]:
    """Return the answers with nothing ([]) for what this resident is not asked: who has no children has none at school."""
    found = dict(answers)
    for _ in asks:
        more = [ask.fact for ask in asks if ask.fact not in found and decide(ask.when, found, today) is False]
        found |= {key: [] for key in more}
    return found


def judge_members(
    event: LifeEvent, procedures: Mapping[str, Procedure], settled: Mapping[str, Any], today: date
) -> tuple[Standing, ...]:
    """Return how each member stands, by the answers to all that the event asks."""
    later = {ask.fact for ask in event.define.asks if ask.later}
    return tuple(
        _judge(member, procedures[member.procedure], settled, later, today)
        for member in event.define.members
        if member.procedure in procedures
    )


def _judge(member: Member, procedure: Procedure, settled: Mapping[str, Any], later: set[str], today: date) -> Standing:
    """Return how one member stands; what only later answers can tell does not count until they are there."""
    if member.unless is not None and holds(member.unless, settled, today):
        needed = decide(member.when, settled, today) is not False
        return Standing(member, procedure, "not", needed, is_over(procedure, today))
    waits = set(list_facts(member.when)) & later - settled.keys()
    decision = holds(member.when, settled, today) if waits else decide(member.when, settled, today)
    need: Need = "maybe" if decision is None else "needed" if decision else "not"
    return Standing(member, procedure, need, over=is_over(procedure, today))


def is_over(procedure: Procedure, today: date) -> bool:
    """Tell whether a procedure cannot be filled in: it has no form, or the last day of its form is over."""
    form = procedure.define.form
    return form is None or (form.closes_at is not None and form.closes_at < today)


def choose_active(standings: Iterable[Standing], choice: Choice, today: date) -> tuple[Procedure, ...]:
    """Return the procedures that are written in this pass."""
    return tuple(
        one.procedure
        for one in standings
        if not is_over(one.procedure, today)
        and (
            (one.need == "needed" and one.slug not in choice.skipped)
            or (one.need == "maybe" and one.slug in choice.extra)
        )
    )


def _list_later(event: LifeEvent, standings: Sequence[Standing], choice: Choice, decided: Plan) -> tuple[EventAsk, ...]:
    """Return what the event asks later, as far as it can still add or remove something that the resident wants.

    Whether it is asked was decided by what the event asks alone, so that no answer of a procedure takes it back.
    """
    asked = {question.fact.key for page in decided.pages for question in page.questions}
    asked |= {question.fact.key for question in decided.known}
    asks = {ask.fact: ask for ask in event.define.asks if ask.later}
    read: set[str] = set()
    for one in standings:
        wanted = one.need == "needed" or one.removed or one.slug in choice.extra
        for condition in (one.member.unless if wanted else None, one.member.when):
            if one.can_be_written and one.slug not in choice.skipped:
                read |= set(_close(condition, asks))
    return tuple(structs.replace(ask, when=None) for key, ask in asks.items() if key in read & asked)


def _close(condition: Condition | None, asks: Mapping[str, EventAsk]) -> Iterable[str]:
    """Yield the later facts that a condition reads, with those that must be asked before them."""
    for key in list_facts(condition):
        if key in asks:
            yield key
            yield from _close(asks[key].when, asks)


@dataclass(frozen=True, slots=True)
class News:
    """A procedure that came into a pass or left it by an answer, and why."""

    slug: str
    came: bool

    def why(self, event: LifeEvent) -> Text | None:
        """Return the reason in the ward's words."""
        if not self.came and self.slug in event.removed:
            return event.removed[self.slug]
        return event.reasons.get(self.slug) if self.came else None


def find_news(before: Iterable[str], after: Iterable[str]) -> tuple[News, ...]:
    """Return what came and what left between two sets of procedures, in the order of the life event."""
    old, new = tuple(before), tuple(after)
    gone = tuple(News(slug, False) for slug in old if slug not in new)
    return (*(News(slug, True) for slug in new if slug not in old), *gone)
