"""A list of words that can be found by spelling, by sound, and in spite of typing mistakes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from webapp.procedures.rules_sounds import count_slips, list_grams, list_pairs

MOST_CANDIDATES = 40
SHORTEST_TYPO = 5
"""Shorter sounds are never taken for mistyped ones: too much is one slip away from them."""


@dataclass(slots=True)
class Entry:
    """One word or phrase, its sounds, and where it stands: document number and weight."""

    form: str
    sound: str
    places: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Lexicon:
    """Entries with the ways to find them. Filled once; afterwards only read, so threads may share it."""

    entries: list[Entry] = field(default_factory=list)
    by_form: dict[str, int] = field(default_factory=dict)
    by_sound: dict[str, list[int]] = field(default_factory=dict)
    by_gram: dict[str, list[int]] = field(default_factory=dict)

    def add(self, form: str, sound: str, place: int, weight: float) -> None:
        """Note that a word stands in a document; of several weights the greatest counts."""
        number = self.by_form.get(form)
        if number is None:
            number = self._add_entry(form, sound)
        elif sound and number not in self.by_sound.get(sound, ()):
            self._add_sound(sound, number)
        places = self.entries[number].places
        places[place] = max(weight, places.get(place, 0.0))

    def _add_entry(self, form: str, sound: str) -> int:
        """Make a new entry and let it be found."""
        number = len(self.entries)
        self.entries.append(Entry(form, sound))
        self.by_form[form] = number
        self._add_sound(sound, number)
        for pair in dict.fromkeys(list_pairs(form)) if not form.isascii() else ():
            self.by_gram.setdefault(pair, []).append(number)
        return number

    def _add_sound(self, sound: str, number: int) -> None:
        """Let an entry be found by one of its sounds."""
        if not sound:
            return
        self.by_sound.setdefault(sound, []).append(number)
        for gram in dict.fromkeys(list_grams(sound)):
            self.by_gram.setdefault(gram, []).append(number)

    def find_exact(self, form: str, sound: str) -> Iterator[tuple[int, float]]:
        """Yield entries that are written so (1.0) or sound so (a little less if the kanji differ: 公園 is not 講演)."""
        number = self.by_form.get(form)
        if number is not None:
            yield number, 1.0
        for other in self.by_sound.get(sound, ()) if sound else ():
            if other != number:
                yield other, 0.97 if _may_be_same(form, self.entries[other].form) else 0.7

    def find_alike(self, form: str, sound: str) -> Iterator[tuple[int, float]]:
        """Yield entries that are written or sound almost so, with their likeness: a slip or two in a word, not more."""
        grams = [*list_grams(sound), *(list_pairs(form) if not form.isascii() else ())]
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self.by_gram.get(gram, ()))
        for number, _ in shared.most_common(MOST_CANDIDATES):
            entry = self.entries[number]
            alike = _find_likeness(form, entry.form)
            if _may_be_slip(form, entry.form):
                alike = max(alike, _find_likeness(sound, entry.sound))
            if alike > 0:
                yield number, alike

    def find_containing(self, form: str, sound: str) -> Iterator[tuple[int, float]]:
        """Yield longer entries that have this inside, with the share of the entry that it makes up."""
        numbers = self._list_rarest(form, sound)
        for number in numbers:
            entry = self.entries[number]
            if len(form) >= 2 and form in entry.form and form != entry.form:
                yield number, len(form) / len(entry.form)
            elif len(sound) >= SHORTEST_TYPO and entry.sound.startswith(sound) and sound != entry.sound:
                yield number, len(sound) / len(entry.sound)

    def _list_rarest(self, form: str, sound: str) -> Sequence[int]:
        """Return the entries of the piece of this word that the fewest entries have."""
        pairs = list_pairs(form) if not form.isascii() else ()
        grams = [*pairs, *list_grams(sound)[:-1]] if not pairs else list(pairs)
        found = [self.by_gram.get(gram, []) for gram in grams]
        return min(found, key=len) if found else []


def _find_likeness(one: str, other: str) -> float:
    """Compare two spellings or sounds; 0 when they differ by more than slips of a finger."""
    length = max(len(one), len(other))
    most = 0 if min(len(one), len(other)) < SHORTEST_TYPO else 1 if length < 7 else 2 if length < 12 else 3
    slips = count_slips(one, other, most) if most else 1
    return 1.0 - slips / length if slips <= most else 0.0


def _may_be_same(form: str, other: str) -> bool:
    """Tell whether two words of the same sound may be one: written in kana or letters, or sharing a kanji."""
    kanji = {char for char in form if _is_kanji(char)}
    return not kanji or not any(map(_is_kanji, other)) or any(char in kanji for char in other)


def _may_be_slip(form: str, other: str) -> bool:
    """Tell whether a word may be another one mistyped by sound: whoever chose a kanji saw it, so one must be shared."""
    kanji = {char for char in form if _is_kanji(char)}
    return not kanji or any(char in kanji for char in other)


def _is_kanji(char: str) -> bool:
    """Tell whether a folded character is neither kana nor a letter or digit of ours."""
    return char >= "\u3400"
