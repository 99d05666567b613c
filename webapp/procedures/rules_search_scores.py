"""What makes a procedure fit a search, from 0 up.

Whole phrases: is what was typed, or a stretch of it, a title or a search word, perhaps with a slip of the finger?
Single words: which share of the words that carry meaning does a procedure have, rare words counting more?
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from webapp.procedures.rules_search_lexicon import Lexicon
from webapp.procedures.rules_sounds import join_sounds
from webapp.procedures.rules_words import Token, Word

LONGEST_TYPED_PHRASE = 26
"""Longer sounds are sentences: they are taken apart, not compared as one mistyped phrase."""

LONGEST_SPAN = 5
SHORTEST_INSIDE, LONGEST_INSIDE = 3, 14
WORDS_SHARE = 0.7
"""How much all words together count against one whole phrase."""

SYNONYM, TYPO, STEM = 0.75, 0.7, 0.97
SHORTEST_SOUND = 3
UNKNOWN_WORD = 0.5
"""How rare a word is taken to be that no procedure has: half as rare as the rarest."""


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that can be searched in one voice: phrases, single words, and words that mean the same.

    Documents are numbers into `slugs`; `popular` are those that many people need.
    """

    slugs: tuple[str, ...]
    terms: Lexicon
    words: Lexicon
    synonyms: Mapping[str, tuple[str, ...]]
    popular: frozenset[int] = frozenset()


def score(index: Index, tokens: Sequence[Token]) -> dict[int, float]:
    """Return how well each document fits what was typed; those that do not fit at all are left out.

    A phrase that fits whole stands for all its words, even where the analyzer cut them otherwise.
    """
    form, sound = _join(tokens)
    if not form:
        return {}
    whole = _weigh(index, _find_phrases(index, tokens, form, sound))
    inside = _weigh(index, chain(_find_spans(index, tokens, len(form)), _find_inside(index, form)))
    words = score_words(index, tokens)
    for place, fit in whole.items():
        words[place] = max(words.get(place, 0.0), WORDS_SHARE * fit)
        inside[place] = max(inside.get(place, 0.0), fit)
    for place, fit in inside.items():
        words[place] = words.get(place, 0.0) + fit
    return words


def _weigh(index: Index, found: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Return, for each document, how well its best phrase fits, by the weight of the phrase there."""
    qualities: dict[int, float] = {}
    for number, quality in found:
        if quality > qualities.get(number, 0.0):
            qualities[number] = quality
    best: dict[int, float] = {}
    for number, quality in qualities.items():
        _note(index.terms, number, quality, best)
    return best


def _join(tokens: Sequence[Token]) -> tuple[str, str]:
    """Return form and sound of tokens as one."""
    return "".join(token.form for token in tokens), join_sounds(token.sound for token in tokens)


def _find_phrases(index: Index, tokens: Sequence[Token], form: str, sound: str) -> Iterator[tuple[int, float]]:
    """Yield phrases that fit what was typed as a whole: the same, longer, or alike."""
    yield from _look_up(index, tokens, form, sound)
    for number, share in index.terms.find_containing(form, sound):
        yield number, 0.5 + 0.4 * share
    if len(sound) <= LONGEST_TYPED_PHRASE:
        for number, alike in index.terms.find_alike(form, sound):
            yield number, 0.9 * alike


def _look_up(index: Index, tokens: Sequence[Token], form: str, sound: str) -> Iterator[tuple[int, float]]:
    """Yield the phrases that are written or sound like this; a single word is looked up without its ending, too."""
    yield from index.terms.find_exact(form, sound)
    if len(tokens) == 1 and tokens[0].words:
        number = index.terms.by_form.get(tokens[0].words[0].form)
        if number is not None:
            yield number, STEM


def _find_spans(index: Index, tokens: Sequence[Token], length: int) -> Iterator[tuple[int, float]]:
    """Yield phrases that stand inside what was typed; the more of it they make up, the better."""
    for start, first in enumerate(tokens):
        if not first.words:
            continue
        for end in range(start + 1, min(start + LONGEST_SPAN, len(tokens)) + 1):
            form, sound = _join(tokens[start:end])
            if len(form) < length:
                sound = sound if len(sound) > SHORTEST_SOUND else ""
                fit = _fit_of_part(len(form), length)
                for number, quality in _look_up(index, tokens[start:end], form, sound):
                    yield number, quality * fit * _tell(index, number)


def _find_inside(index: Index, form: str) -> Iterator[tuple[int, float]]:
    """Yield phrases written anywhere inside: kana without kanji are often cut into the wrong words."""
    for start in range(len(form) - SHORTEST_INSIDE + 1):
        for end in range(start + SHORTEST_INSIDE, min(start + LONGEST_INSIDE, len(form)) + 1):
            number = index.terms.by_form.get(form[start:end])
            if number is not None and not form[start:end].isascii():
                yield number, _fit_of_part(end - start, len(form)) * _tell(index, number)


def _fit_of_part(part: int, whole: int) -> float:
    """Return how well a phrase fits that is only a part of what was typed."""
    return 0.4 + 0.5 * part / whole


def _tell(index: Index, number: int) -> float:
    """Return how much a phrase tells, from two thirds to 1: less, the more documents have it."""
    documents = len(index.slugs)
    return 1.0 - 0.35 * math.log(len(index.terms.entries[number].places)) / math.log(documents + 1)


def score_words(index: Index, tokens: Sequence[Token]) -> dict[int, float]:
    """Return, for each document, the share of the asked words that it has (0 to WORDS_SHARE)."""
    asked = {word.form: word for token in tokens for word in token.words}
    scores: dict[int, float] = {}
    total = 0.0
    for word in asked.values():
        found = _find_word(index, word)
        rarity = _rarity(index, found) * word.weight
        total += rarity
        for place, quality in found.items():
            scores[place] = scores.get(place, 0.0) + quality * rarity
    return {place: WORDS_SHARE * score / total for place, score in scores.items()} if total else {}


def _rarity(index: Index, found: Mapping[int, float]) -> float:
    """Return how much a word tells: little if every document has it."""
    documents = len(index.slugs)
    if not found:
        return UNKNOWN_WORD * math.log(documents + 1)
    return math.log((documents + 1) / (len(found) + 0.5))


def _find_word(index: Index, word: Word) -> dict[int, float]:
    """Return the documents that have a word, one that means the same or, if there is none, one that looks alike."""
    found: dict[int, float] = {}
    sound = word.sound if len(word.sound) >= SHORTEST_SOUND else ""
    for number, quality in index.words.find_exact(word.form, sound):
        _note(index.words, number, quality, found)
    for form in index.synonyms.get(word.form, ()):
        number = index.words.by_form.get(form, -1)
        if number >= 0:
            _note(index.words, number, SYNONYM, found)
    if not found:
        for number, alike in index.words.find_alike(word.form, sound):
            _note(index.words, number, TYPO * alike, found)
    return found


def _note(lexicon: Lexicon, number: int, quality: float, found: dict[int, float]) -> None:
    """Keep the best quality in which each document of an entry fits. The one loop that grows with the catalogue."""
    get = found.get
    for place, weight in lexicon.entries[number].places.items():
        fit = quality * weight
        if fit > get(place, 0.0):
            found[place] = fit
