"""The gates over the whole site, for content validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from webapp.reading.gates.easy import check_page
from webapp.reading.gates.findings import Finding
from webapp.reading.gates.glossary import get_glossary
from webapp.reading.gates.plain import check_plain
from webapp.reading.gates.readings import Unreviewed, find_unreviewed

Pages = Mapping[str, Mapping[str, Sequence[str]]]


def check_voices(pages: Pages) -> Iterator[Finding]:
    """Check each page's easy Japanese as one page, and its plain Japanese."""
    for page, voices in pages.items():
        if voices.get("ja-easy"):
            yield from check_page(voices["ja-easy"], get_glossary(), page).findings
        yield from check_plain(page, voices.get("ja", ()))


def describe_unreviewed(page: str, word: Unreviewed) -> Finding:
    """Say which word on a page nobody has read yet."""
    rule = "unreviewed-reading" if word.reading else "no-reading"
    return Finding(page, rule, word.context, f"{word.surface}: we read {word.reading or '?'}, {word.others}")


def check_readings(pages: Pages) -> Iterator[Finding]:
    """Check that every doubtful reading on each page was reviewed; a word in many places is told once."""
    told: set[tuple[str, str]] = set()
    for page, voices in pages.items():
        for word in find_unreviewed([text for voice in ("ja", "ja-easy") for text in voices.get(voice, ())]):
            if (word.surface, word.context_hash) not in told:
                told.add((word.surface, word.context_hash))
                yield describe_unreviewed(page, word)


def check_texts(pages: Pages) -> tuple[Finding, ...]:
    """Check what the site says: page id to voice to texts; voices other than ja and ja-easy are left alone."""
    return (*check_voices(pages), *check_readings(pages))
