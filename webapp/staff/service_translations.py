"""The register of translations that somebody looked over: content/translations-reviewed.tsv.

One row holds a text's place and key, the hash of the Japanese text that it was looked over with, the voices, and who did.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from webapp.kit.content import ContentError
from webapp.reading.rules_texts import MAIN_VOICE
from webapp.staff.rules_desk import Piece, hash_words, state_of

FILE = "translations-reviewed.tsv"
COLUMNS = ("place", "key", "japanese", "voices", "reviewer")
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """That a translation was looked over: the hash of the Japanese text beside it, and by whom."""

    japanese: str
    reviewer: str


def load_seen(content_dir: Path) -> dict[Key, Seen]:
    """Return the register by place, key and voice; empty where there is none yet. Raises ContentError."""
    path = content_dir / FILE
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise ContentError(f"{path}: every line has {', '.join(COLUMNS)}, parted by tabs")
    return {
        (place, key, voice): Seen(japanese, reviewer)
        for place, key, japanese, voices, reviewer in rows[1:]
        for voice in voices.split()
    }


def list_hashes(seen: Mapping[Key, Seen]) -> dict[Key, str]:
    """Return the register as the work list compares by it."""
    return {key: one.japanese for key, one in seen.items()}


def save_seen(content_dir: Path, seen: Mapping[Key, Seen]) -> None:
    """Write the register, sorted, so that two editors seldom touch the same line."""
    rows: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for (place, key, voice), one in seen.items():
        rows[place, key, one.japanese, one.reviewer].append(voice)
    with (content_dir / FILE).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (place, key, japanese, reviewer), voices in sorted(rows.items()):
            writer.writerow((place, key, japanese, " ".join(sorted(voices)), reviewer))


def accept(
    seen: Mapping[Key, Seen], pieces: Iterable[Piece], voices: Sequence[str], reviewer: str, places: Sequence[str] = ()
) -> dict[Key, Seen]:
    """Return the register with the translations at some places (all, if none is named) looked over as they are now.

    Rows of texts that are no more go away.
    """
    found: dict[Key, Seen] = {}
    for piece in pieces:
        for key, text in piece.texts:
            for voice in (one for one in voices if one in text.voices):
                old = seen.get((piece.place, key, voice))
                fresh = hash_words(text.voices[MAIN_VOICE])
                if not places or piece.place in places:
                    old = old if old and old.japanese == fresh else Seen(fresh, reviewer)
                if old is not None:
                    found[piece.place, key, voice] = old
    return found


def find_translation_faults(seen: Mapping[Key, Seen], pieces: Iterable[Piece], voices: Sequence[str]) -> Iterator[str]:
    """Yield the translations whose Japanese text was changed since somebody looked them over, for the content gate."""
    register = list_hashes(seen)
    for piece in pieces:
        for key, text in piece.texts:
            behind = [one for one in voices if state_of(text, piece.place, key, one, register) == "behind"]
            if behind:
                yield f"{piece.place}: the Japanese of {key} was changed after {', '.join(behind)} was looked over"
