"""The easy-Japanese gate: what a page in やさしい日本語 must be before it is published.

Limits: 在留支援のためのやさしい日本語ガイドライン (2020) for the forms; measured easy ward sentences
for the numbers.
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
# On a short page the shares would forbid what one question needs: so many harder words are free on any page.
FREE_BEYOND_N4, FREE_BEYOND_N3 = 4, 2
FEWEST_FOR_MEANS = 3  # one or two sentences are judged by the limits for one sentence
FEWEST_SENTENCES = 5  # the readability formula needs a text: between single easy sentences it varies by more than 1


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """The measured numbers of a page; shares are 0 to 1, readability is None under 5 sentences.

    `beyond_n4` and `beyond_n3` count the content words that are harder or in no list.
    """

    sentences: int
    mean_morae: float
    mean_kanji: float
    kanji_share: float
    words: int
    n5_n4_share: float
    n5_n3_share: float
    beyond_n4: int
    beyond_n3: int
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


def count_beyond(words: Sequence[Word], hardest: int) -> int:
    """Count the content words that are harder than this level or in no list."""
    return sum(1 for word in words if word.level is None or word.level < hardest)


def measure_page(sentences: Sequence[Unit], words: Sequence[Word]) -> PageNumbers:
    """Measure a page's sentences and content words."""
    texts = [unit.text for unit in sentences]
    kanji = [count_kanji(text) for text in texts]
    beyond_n4, beyond_n3 = count_beyond(words, 4), count_beyond(words, 3)
    return PageNumbers(
        sentences=len(sentences),
        mean_morae=compute_mean([count_morae(unit.text, unit.tokens) for unit in sentences]),
        mean_kanji=compute_mean(kanji),
        kanji_share=sum(kanji) / max(1, sum(len(text) for text in texts)),
        words=len(words),
        n5_n4_share=1 - beyond_n4 / max(1, len(words)),
        n5_n3_share=1 - beyond_n3 / max(1, len(words)),
        beyond_n4=beyond_n4,
        beyond_n3=beyond_n3,
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


def judge_mean(name: str) -> Callable[[PageNumbers], float | None]:
    """Build a reader that gives a page's mean when there are enough sentences for one."""
    return lambda numbers: getattr(numbers, name) if numbers.sentences >= FEWEST_FOR_MEANS else None


def judge_n4(numbers: PageNumbers) -> float | None:
    """Give the share of N5-N4 words when there are more harder words than any page may have."""
    return numbers.n5_n4_share if numbers.beyond_n4 > FREE_BEYOND_N4 else None


def judge_n3(numbers: PageNumbers) -> float | None:
    """Give the share of N5-N3 words when there are more harder words than any page may have."""
    return numbers.n5_n3_share if numbers.beyond_n3 > FREE_BEYOND_N3 else None


Reader = Callable[[PageNumbers], float | None]
LEAST: tuple[tuple[str, Reader, str, float], ...] = (
    ("n5-n4-share", judge_n4, "of the content words in N5-N4", EASIEST_SHARE),
    ("n5-n3-share", judge_n3, "of the content words in N5-N3", EASY_SHARE),
    ("readability", lambda numbers: numbers.readability, "jReadability", LEAST_READABILITY),
)
MOST: tuple[tuple[str, Reader, str, float], ...] = (
    ("mean-morae", judge_mean("mean_morae"), "morae a sentence", MEAN_MORAE),
    ("mean-kanji", judge_mean("mean_kanji"), "kanji a sentence", MEAN_KANJI),
    ("kanji-share", judge_mean("kanji_share"), "kanji among the characters", KANJI_SHARE),
    ("passive-share", lambda numbers: numbers.passive_share, "of the sentences passive", PASSIVE_SHARE),
)


def check_numbers(page: str, numbers: PageNumbers) -> Iterator[Finding]:
    """Find numbers of the whole page that are out of bounds."""
    for rule, read, unit, limit in LEAST:
        value = read(numbers)
        if value is not None and value < limit:
            yield Finding(page, rule, "", f"{value:.3f} {unit}, at least {limit:g}")
    for rule, read, unit, limit in MOST:
        value = read(numbers)
        if value is not None and value > limit:
            yield Finding(page, rule, "", f"{value:.3f} {unit}, at most {limit:g}")


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
