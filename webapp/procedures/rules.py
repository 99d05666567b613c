"""What a procedure of the ward is: facts of the sheet with their sources, words, ways to do it, and what it asks.

A procedure is one folder `content/procedures/<slug>/`: `procedure.yaml` and one `<voice>.yaml` for each voice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from msgspec import field

from webapp.facts.rules_conditions import Condition
from webapp.kit.content import Definition
from webapp.reading.rules_texts import Text

Channel = Literal["own_form", "mynaportal", "joint", "post", "convenience_store", "counter", "phone", "external"]
Trait = Literal[
    "in_person_by_law", "original_needed", "urgent", "certificate", "needs_signature", "self_only", "ends_at_move",
]  # fmt: skip
ClaimKey = Literal["who", "when", "late", "cost", "bring", "where", "result", "takes"]


class Claim(Definition, frozen=True, kw_only=True):
    """Where a stated fact comes from, and the day it was confirmed at that source (None: not confirmed yet)."""

    source: str
    confirmed: date | None = None


class Law(Definition, frozen=True, kw_only=True):
    """A legal basis: the law's name in Japanese, its article, and when it was confirmed."""

    name: str
    article: str | None = None
    confirmed: date | None = None


class Deadline(Definition, frozen=True, kw_only=True):
    """When it must be done: a span counted from an event, or a day of every year (MM-DD).

    `first_day_counts`: the law counts the day of the event itself (Family Register Act, article 43).
    """

    since: Literal[
        "moving", "birth", "death", "marriage", "cause", "quitting-insurance", "expiry", "payment", "service",
        "adoption-of-dog", "disaster", "funeral",
    ] | None = None  # fmt: skip
    days: int | None = None
    months: int | None = None
    years: int | None = None
    days_before: int | None = None
    first_day_counts: bool = False
    every_year: str | None = None


class Cost(Definition, frozen=True, kw_only=True):
    """What it costs: yen (0 is free) per `per`, or `varies` with the words of the sheet."""

    yen: int | None = None
    per: Literal["application", "copy", "item"] = "application"
    varies: bool = False


class Ask(Definition, frozen=True, kw_only=True):
    """One fact a procedure needs, when it needs it, and whether it can be sent without.

    `items`: what it needs to know about each person of a list; all of it where this is left out.
    """

    fact: str
    when: Condition | None = None
    required: bool = True
    items: tuple[str, ...] = ()


class Item(Definition, frozen=True, kw_only=True):
    """One item that the law or the official form wants, by its official Japanese name, and the facts that cover it.

    `at_counter`: it is shown or written at the counter and never asked here (the Individual Number, a signature).
    """

    name: str
    facts: tuple[str, ...] = ()
    at_counter: bool = False
    source: str | None = None


class Form(Definition, frozen=True, kw_only=True):
    """What is asked when the procedure is filled in here, and what must be declared before it is sent.

    `ends`: sent to the ward, or handed over at the counter where the law wants somebody in person. `items`: what the
    official form holds, in its order; the sheet for the counter follows it. `older_until`: until this day a draft begun
    under older questions may be finished under them.
    """

    asks: list[Ask]
    declarations: list[str]
    items: tuple[Item, ...] = ()
    ends: Literal["send", "counter"] = "send"
    closes_at: date | None = None
    older_until: date | None = None
    answer_days: int


class ProcedureDefinition(Definition, frozen=True, kw_only=True):
    """A procedure without its words.

    `keep_days`: how long what was sent is kept, where it is not as long as the ward keeps everything (KEEP_DAYS).
    `four_eyes`: what is decided about it waits for the section's head, who looks at it once more.
    """

    office: str
    events: list[str]
    audiences: list[str]
    channels: list[Channel]
    traits: tuple[Trait, ...] = ()
    links: dict[Channel, str] = field(default_factory=dict)
    deadline: Deadline | None = None
    cost: Cost
    claims: dict[ClaimKey, Claim]
    law: list[Law]
    national: str | None = None
    survey_event: str
    form: Form | None = None
    keep_days: int | None = None
    four_eyes: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure with its words.

    `words` keys: title, official, summary, who, when, late, cost, where, result, takes, note, closed.
    """

    slug: str
    define: ProcedureDefinition
    words: Mapping[str, Text]
    bring: tuple[Text, ...]
    keywords: Mapping[str, tuple[str, ...]]
    declarations: Mapping[str, Text]
