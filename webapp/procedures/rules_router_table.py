"""The router's table as a page to read: its rows, and for every way somebody who gets it and somebody who does not."""

from collections.abc import Iterable, Iterator

from msgspec import field

from webapp.facts.rules_conditions import Condition
from webapp.kit.content import Definition
from webapp.procedures.rules import Channel, Cost, Procedure, ProcedureDefinition, Trait
from webapp.procedures.rules_router import Barrier, Router, Rule, Way, choose_way
from webapp.reading.furigana import strip_markers
from webapp.reading.rules_texts import Text

VOICES = ("ja", "ja-easy", "en")


class Example(Definition, frozen=True, kw_only=True):
    """Somebody with a procedure: whether `channel` is the way they get."""

    channel: Channel
    gets: bool
    who: str
    offers: list[Channel]
    traits: tuple[Trait, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)


def make_procedure(offers: Iterable[Channel], traits: Iterable[Trait]) -> Procedure:
    """Return a procedure of which only ways and traits matter."""
    define = ProcedureDefinition(
        office="", events=[], audiences=[], channels=list(offers), traits=tuple(traits), cost=Cost(yen=0), claims={},
        law=[], survey_event="その他",
    )  # fmt: skip
    return Procedure("example", define, {}, (), {}, {})


def decide(example: Example, router: Router) -> tuple[Way, Text]:
    """Return the way of an example, and the reason its person reads about the example's channel.

    Whoever gets the way reads why; whoever does not, why it is closed or, if it is open, why another is better.
    """
    way = choose_way(make_procedure(example.offers, example.traits), example.answers, router)
    closed = next((other.reason for other in way.also if other.channel == example.channel and not other.is_open), None)
    return way, way.reason if example.gets or closed is None else closed


def write_table(router: Router, examples: Iterable[Example]) -> str:
    """Return the whole page in Markdown."""
    return "\n".join(_write_lines(router, examples)) + "\n"


def _write_lines(router: Router, examples: Iterable[Example]) -> Iterator[str]:
    """Yield the page line by line."""
    yield "# Channel router"
    yield ""
    yield "Made by `python -m webapp.procedures.cli` from `content/router/`; a test keeps it current."
    yield ""
    yield from ("## When a way is closed", "", "| ways | procedures | when |", "|---|---|---|")
    for barrier in router.define.barriers:
        yield f"| {', '.join(barrier.channels)} | {_say_traits(barrier)} | {_say_when(barrier.when)} |"
    yield from ("", "## Which way wins (first match)", "")
    yield from ("| way | procedures | when | not while open |", "|---|---|---|---|")
    for rule in router.define.rules:
        yield f"| {rule.channel} | {_say_traits(rule)} | {_say_when(rule.when)} | {', '.join(rule.without) or '-'} |"
    yield "| the first open way of the procedure | any | | - |"
    yield from ("", "## Somebody who gets each way, somebody who does not", "")
    for example in examples:
        yield from _write_example(example, router)


def _write_example(example: Example, router: Router) -> Iterator[str]:
    """Yield one example with the reason in every voice."""
    way, reason = decide(example, router)
    yield f"- **{example.channel}: {'yes' if example.gets else 'no'}.** {example.who}. Gets {way.channel} ({way.rule})."
    yield from (f"  - {voice}: {strip_markers(reason.in_voice(voice).words)}" for voice in VOICES)


def _say_traits(row: Rule | Barrier) -> str:
    """Return of which procedures a row speaks."""
    return " or ".join(row.traits) or "any"


def _say_when(condition: Condition | None) -> str:
    """Return a row's condition as people read it."""
    if condition is None:
        return "always"
    if condition.all is not None:
        return " and ".join(map(_say_when, condition.all))
    if condition.any is not None:
        return " or ".join(map(_say_when, condition.any))
    values = condition.is_one_of or [condition.is_ or ""]
    return f"{condition.fact} is {' or '.join(values)}"
