"""The easy-Japanese gate: what a page in やさしい日本語 must be before it is published.

Limits: reference guideline 在留支援のためのやさしい日本語ガイドライン (2020) for the forms, measured easy ward sentences for the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webapp.reading.gates.findings import Finding
from webapp.reading.gates.glossary import Glossary
from webapp.reading.gates.levels import get_levels
from webapp.reading.gates.measures import compute_page_readability, count_kanji, count_morae
from webapp.reading.gates.patterns import FORBIDDEN, find_passive
from webapp.reading.gates.sentences import Unit, split_units
from webapp.reading.gates.vocabulary import Word, list_words

MEAN_MORAE, MOST_MORAE = 24, 36
MEAN_KANJI, MOST_KANJI = 8, 13
KANJI_SHARE = 0.35
EASIEST_SHARE, EASY_SHARE = 0.80, 0.92
LEAST_READABILITY = 4.0
PASSIVE_SHARE = 0.10
FEWEST_WORDS = 10  # a share of fewer content words says nothing
FEWEST_SENTENCES = 3  # the readability formula needs a text, not a line


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """The measured numbers of a page; shares are 0 to 1, None where the page is too short to say."""

    sentences: int
    mean_morae: float
    mean_kanji: float
    kanji_share: float
    words: int
    n5_n4_share: float | None
    n5_n3_share: float | None
    readability: float | None
    passive_share: float


@dataclass(frozen=True, slots=True)
class EasyReport:
    """What the gate found on one page, with the page's numbers."""

    findings: tuple[Finding, ...]
    numbers: PageNumbers

    @property
    def passed(self) -> bool:
        """Say whether the page may be published."""
        return not self.findings


def compute_mean(values: Sequence[float]) -> float:
    """Compute the mean, 0 for nothing."""
    return sum(values) / len(values) if values else 0.0


def compute_level_share(words: Sequence[Word], hardest: int) -> float | None:
    """Compute which share of content words is at this level or easier; None with too few words."""
    if len(words) < FEWEST_WORDS:
        return None
    return sum(1 for word in words if word.level is not None and word.level >= hardest) / len(words)


def measure_page(sentences: Sequence[Unit], words: Sequence[Word]) -> PageNumbers:
    """Measure a page's sentences and content words."""
    texts = [unit.text for unit in sentences]
    kanji = [count_kanji(text) for text in texts]
    return PageNumbers(
        sentences=len(sentences),
        mean_morae=compute_mean([count_morae(unit.text, unit.tokens) for unit in sentences]),
        mean_kanji=compute_mean(kanji),
        kanji_share=sum(kanji) / max(1, sum(len(text) for text in texts)),
        words=len(words),
        n5_n4_share=compute_level_share(words, 4),
        n5_n3_share=compute_level_share(words, 3),
        readability=compute_page_readability(texts) if len(texts) >= FEWEST_SENTENCES else None,
        passive_share=compute_mean([float(any(find_passive(unit))) for unit in sentences]),
    )


def check_lengths(page: str, sentences: Sequence[Unit]) -> Iterator[Finding]:
    """Find sentences that are too long or hold too many kanji."""
    for unit in sentences:
        morae, kanji = count_morae(unit.text, unit.tokens), count_kanji(unit.text)
        if morae > MOST_MORAE:
            yield Finding(page, "morae", unit.text, f"{morae} morae, at most {MOST_MORAE}")
        if kanji > MOST_KANJI:
            yield Finding(page, "kanji", unit.text, f"{kanji} kanji, at most {MOST_KANJI}")


def check_patterns(page: str, units: Sequence[Unit]) -> Iterator[Finding]:
    """Find forbidden turns of phrase in sentences and labels."""
    for unit in units:
        for rule, advice, find in FORBIDDEN:
            yield from (Finding(page, rule, unit.text, f"{found}: {advice}") for found in find(unit))


def check_words(page: str, words: Sequence[Word]) -> Iterator[Finding]:
    """Find words harder than N3 that no gloss explains."""
    told: set[str] = set()
    for word in words:
        is_easy = word.level is not None and word.level >= 3
        if not is_easy and not word.is_glossed and word.spelling not in told:
            told.add(word.spelling)
            level = f"N{word.level}" if word.level else "in no list"
            rule = "loan-word" if word.is_loan_word else "gloss"
            yield Finding(page, rule, word.text, f"{word.spelling} ({level}) is not in the glossary")


Limit = tuple[str, Callable[[PageNumbers], float | None], str, float, bool]
LIMITS: tuple[Limit, ...] = (
    ("mean-morae", lambda n: n.mean_morae, "morae a sentence", MEAN_MORAE, False),
    ("mean-kanji", lambda n: n.mean_kanji, "kanji a sentence", MEAN_KANJI, False),
    ("kanji-share", lambda n: n.kanji_share, "kanji among the characters", KANJI_SHARE, False),
    ("n5-n4-share", lambda n: n.n5_n4_share, "of the content words in N5-N4", EASIEST_SHARE, True),
    ("n5-n3-share", lambda n: n.n5_n3_share, "of the content words in N5-N3", EASY_SHARE, True),
    ("readability", lambda n: n.readability, "jReadability", LEAST_READABILITY, True),
    ("passive-share", lambda n: n.passive_share, "of the sentences passive", PASSIVE_SHARE, False),
)


def check_numbers(page: str, numbers: PageNumbers) -> Iterator[Finding]:
    """Find numbers of the whole page that are out of bounds."""
    for rule, read, unit, limit, is_least in LIMITS:
        value = read(numbers)
        if value is not None and (value < limit if is_least else value > limit):
            bound = "at least" if is_least else "at most"
            yield Finding(page, rule, "", f"{value:.2f} {unit}, {bound} {limit:g}")


def check_page(sentences: Sequence[str], glossary: Glossary, page: str = "page") -> EasyReport:
    """Check the easy-Japanese texts shown together on one page.

    Texts may hold several sentences, labels and inline readings (漢字《かんじ》).
    """
    units = tuple(split_units(sentences))
    whole = tuple(unit for unit in units if unit.is_sentence)
    words = tuple(list_words(units, glossary, get_levels()))
    numbers = measure_page(whole, words)
    findings = (
        *check_lengths(page, whole),
        *check_patterns(page, units),
        *check_words(page, words),
        *check_numbers(page, numbers),
    )
    return EasyReport(findings, numbers)
