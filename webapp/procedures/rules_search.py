"""Finding procedures by words as people say or mistype them: the index, and the search over it.

The index is built once and kept in memory. See rules_search_scores for what makes a procedure fit.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from webapp.procedures.rules import Procedure
from webapp.procedures.rules_catalogue import Catalogue
from webapp.procedures.rules_search_lexicon import Lexicon
from webapp.procedures.rules_search_scores import Index, score
from webapp.procedures.rules_sounds import to_sound
from webapp.procedures.rules_words import Token, Word, cut_tokens, read_text
from webapp.reading.furigana import read_aloud, strip_markers
from webapp.reading.rules_texts import MAIN_VOICE, Text

LONGEST_QUERY = 100
TITLE, OFFICIAL, KEYWORD, EVENT, SUMMARY, OTHER = 1.0, 0.9, 0.85, 0.5, 0.4, 0.25
WORD_OF_PHRASE = 0.95
FOREIGN = 0.9
"""How much words of another voice than the reader's count."""

POPULAR = 1.08
"""How much more a procedure counts that many people need: enough to settle a tie."""

GOOD_SCORE, SHARE_OF_BEST = 0.45, 0.35


@dataclass(frozen=True, slots=True)
class Hit:
    """One procedure that was found, with its score (comparable inside one search only)."""

    slug: str
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, best first; `nearest`: nothing really fits, these only come near."""

    hits: tuple[Hit, ...]
    nearest: bool


def build_index(catalogue: Catalogue, voice: str) -> Index:
    """Build the index of one voice; words of the other voices are in it, too, at a little less."""
    slugs = tuple(catalogue.procedures)
    popular = frozenset(slugs.index(slug) for slug in catalogue.popular if slug in catalogue.procedures)
    index = Index(slugs, Lexicon(), Lexicon(), _spread_synonyms(catalogue.synonyms), popular)
    for place, procedure in enumerate(catalogue.procedures.values()):
        for words, weight in _list_phrases(procedure, catalogue, voice):
            _add_phrase(index, words, weight, place)
        for words, weight in _list_prose(procedure, catalogue, voice):
            _add_words(index, read_text(words), weight, place)
    return index


def _spread_synonyms(groups: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return, for each word of each group, the other words of the group, all in the form of the index."""
    spread: dict[str, tuple[str, ...]] = {}
    for group in groups:
        forms = tuple(dict.fromkeys(word.form for text in group for word in _list_main_words(text)))
        for form in forms:
            spread[form] = (*spread.get(form, ()), *(other for other in forms if other != form))
    return spread


def _list_main_words(text: str) -> list[Word]:
    """Return the words of a text without the parts of compounds."""
    return [token.words[0] for token in read_text(text) if token.words]


def _list_phrases(procedure: Procedure, catalogue: Catalogue, voice: str) -> Iterator[tuple[str, float]]:
    """Yield what a procedure is called and what people say when they mean it."""
    yield from _in_voices(procedure.words["title"], voice, TITLE)
    if "official" in procedure.words:
        yield from _in_voices(procedure.words["official"], voice, OFFICIAL)
    yield from _keywords_in_voices(procedure.keywords, voice, KEYWORD)
    for slug in procedure.define.events:
        if event := catalogue.events.get(slug):
            yield from _in_voices(event.words["title"], voice, EVENT)
            yield from _keywords_in_voices(event.keywords, voice, EVENT)


def _list_prose(procedure: Procedure, catalogue: Catalogue, voice: str) -> Iterator[tuple[str, float]]:
    """Yield texts of which only the single words are looked at."""
    for key, weight in (("summary", SUMMARY), ("who", OTHER), ("result", OTHER)):
        if key in procedure.words:
            yield from _in_voices(procedure.words[key], voice, weight)
    for key in procedure.define.audiences:
        if audience := catalogue.audiences.get(key):
            yield from _in_voices(audience.words["title"], voice, OTHER)
    if office := catalogue.offices.get(procedure.define.office):
        yield from _in_voices(office.words["name"], voice, OTHER)


def _in_voices(text: Text, voice: str, weight: float) -> Iterator[tuple[str, float]]:
    """Yield a text in the reader's voice and, at less weight, in all others."""
    for code, words in text.voices.items():
        yield words, weight if code == voice else weight * FOREIGN


def _keywords_in_voices(
    keywords: Mapping[str, tuple[str, ...]], voice: str, weight: float
) -> Iterator[tuple[str, float]]:
    """Yield search words; those of Japanese count in full for easy Japanese, too: its readers live with both."""
    for code, words in keywords.items():
        own = code == voice or (code == MAIN_VOICE and voice.startswith(MAIN_VOICE))
        yield from ((word, weight if own else weight * FOREIGN) for word in words)


def _add_phrase(index: Index, words: str, weight: float, place: int) -> None:
    """Put a phrase into the index as a whole and by its words."""
    plain = strip_markers(words)
    tokens = read_text(plain)
    form = "".join(token.form for token in tokens)
    if not form:
        return
    index.terms.add(form, to_sound(read_aloud(words)), place, weight)
    if weight >= EVENT:
        _add_single_words(index, tokens, weight * (1.0 if len(tokens) == 1 else WORD_OF_PHRASE), place)
    _add_words(index, tokens, weight, place)


def _add_single_words(index: Index, tokens: Sequence[Token], weight: float, place: int) -> None:
    """Let single words without their endings count like search words: those of titles, and search words of one word."""
    if len(tokens) == 1 or weight >= KEYWORD:
        for token in tokens:
            for word in token.words[:1]:
                index.terms.add(word.form, word.sound, place, weight)


def _add_words(index: Index, tokens: Iterable[Token], weight: float, place: int) -> None:
    """Put the words that carry meaning into the index."""
    for token in tokens:
        for word in token.words:
            index.words.add(word.form, word.sound, place, weight * word.weight)


def search(index: Index, query: str, limit: int = 10) -> Results:
    """Return the procedures that fit best what somebody typed; an empty query finds nothing."""
    tokens = tuple(cut_tokens(query[:LONGEST_QUERY]))
    scores = score(index, tokens)
    for place in scores.keys() & index.popular:
        scores[place] *= POPULAR
    if not scores:
        return Results((), True)
    best = max(scores.values())
    good = [(-fit, place) for place, fit in scores.items() if fit >= best * SHARE_OF_BEST]
    hits = tuple(Hit(index.slugs[place], round(-fit, 3)) for fit, place in heapq.nsmallest(limit, good))
    return Results(hits, best < GOOD_SCORE)
