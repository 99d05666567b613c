"""The work list of the content desk: what is missing, unconfirmed or stale in what the ward says. Pure decisions.

A translation is behind when the Japanese text is another one than the one it was last looked over with. That Japanese
text is known by its hash, in the register content/translations-reviewed.tsv.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from webapp.facts.rules_days import shift_day
from webapp.reading.rules_texts import MAIN_VOICE, Text

What = Literal["missing", "behind", "unseen", "unconfirmed", "old", "fault"]
WHATS: tuple[What, ...] = ("fault", "missing", "behind", "unseen", "unconfirmed", "old")
"""What there can be to do: the gate's faults first, then texts, then what is stated."""
TEXT_WHATS: tuple[What, ...] = ("missing", "behind", "unseen")
KINDS = (
    "procedure", "event", "tutorial", "page", "message", "reply", "question", "office", "words", "other",
)  # fmt: skip
MONTHS_GOOD = 12
"""How long something that was confirmed counts as such."""
HASH_BYTES = 8
PAGE_SIZE = 50

Register = Mapping[tuple[str, str, str], str]
"""The hash of the Japanese text by place, key and voice of each translation that somebody looked over."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something stated: which statement (a claim's key, "law", "phone", "course", "automatic"), where from, when confirmed."""

    what: str
    name: str
    confirmed: date | None


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that the ward says, as one folder or list holds it: its texts by key, and what it states.

    `place` names it as the content gate does (procedures/dog-registration); `path` is its public page, "" where it has none.
    """

    kind: str
    place: str
    title: Text
    texts: tuple[tuple[str, Text], ...]
    sources: tuple[Source, ...] = ()
    office: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list: what is to be done about a piece (in a voice, where it is about a translation).

    `items` are the keys of texts or statements; `since` is the oldest day of confirmation; `words` what the gate says.
    """

    what: What
    piece: Piece
    voice: str = ""
    items: tuple[str, ...] = ()
    since: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list is cut down to; "" is everything."""

    what: str = ""
    kind: str = ""
    office: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list with its counts: `counts` by what is to be done, for everything else that was chosen."""

    tasks: Sequence[Task]
    total: int
    page: int
    pages: int
    counts: Mapping[str, int] = field(default_factory=dict)


def hash_words(words: str) -> str:
    """Return the hash under which the register knows a Japanese text; the layout of its lines makes no difference."""
    return hashlib.blake2b(" ".join(words.split()).encode(), digest_size=HASH_BYTES).hexdigest()


def state_of(text: Text, place: str, key: str, voice: str, register: Register) -> What | None:
    """Return how a translation stands: "missing", "behind", "unseen" (nobody looked it over), or None."""
    if voice not in text.voices:
        return "missing"
    known = register.get((place, key, voice))
    if known is None:
        return "unseen"
    return None if known == hash_words(text.voices[MAIN_VOICE]) else "behind"


def is_old(confirmed: date | None, today: date) -> bool:
    """Tell whether something was confirmed so long ago that it is to be looked at again."""
    return confirmed is not None and shift_day(confirmed, MONTHS_GOOD, "m") < today


def find_tasks(pieces: Iterable[Piece], voices: Sequence[str], register: Register, today: date) -> Iterator[Task]:
    """Yield what there is to do; `voices` are those that texts are wanted in beside Japanese."""
    for piece in pieces:
        yield from _find_text_tasks(piece, voices, register)
        unconfirmed = tuple(one.what for one in piece.sources if one.confirmed is None)
        if unconfirmed:
            yield Task("unconfirmed", piece, items=unconfirmed)
        old = [one for one in piece.sources if is_old(one.confirmed, today)]
        if old:
            since = min(one.confirmed for one in old if one.confirmed)
            yield Task("old", piece, items=tuple(one.what for one in old), since=since)


def _find_text_tasks(piece: Piece, voices: Sequence[str], register: Register) -> Iterator[Task]:
    """Yield what there is to do about the translations of a piece."""
    for voice in voices:
        states = [(key, state_of(text, piece.place, key, voice, register)) for key, text in piece.texts]
        for what in TEXT_WHATS:
            items = tuple(key for key, state in states if state == what)
            if items:
                yield Task(what, piece, voice, items)


def find_fault_tasks(faults: Iterable[str], pieces: Sequence[Piece]) -> Iterator[Task]:
    """Yield the faults that the content gate finds, each with the piece that it names, or with none of its own."""
    by_place = {piece.place: piece for piece in pieces}
    for fault in faults:
        place, _, words = fault.partition(": ")
        piece = by_place.get(place) or Piece("other", place, Text({MAIN_VOICE: place}), ())
        yield Task("fault", piece, words=words or fault)


def choose(tasks: Iterable[Task], choice: Choice, page: int) -> Listed:
    """Return one page of what was chosen, in the order of WHATS and KINDS, and how much there is of each."""
    fits = [one for one in tasks if _fits(one, choice)]
    counts: Mapping[str, int] = Counter(str(one.what) for one in fits)
    found = [one for one in fits if choice.what in ("", one.what)]
    found.sort(key=lambda one: (WHATS.index(one.what), KINDS.index(one.piece.kind), one.piece.place, one.voice))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, page), pages)
    return Listed(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], len(found), page, pages, counts)


def _fits(task: Task, choice: Choice) -> bool:
    """Tell whether a line belongs to what was chosen, whatever there is to do."""
    return (
        choice.kind in ("", task.piece.kind)
        and choice.office in ("", task.piece.office)
        and choice.voice in ("", task.voice)
    )
