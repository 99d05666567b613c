"""A list of words that can be found by spelling, by sound, and in spite of typing mistakes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from webapp.procedures.rules_sounds import likeness, list_grams, list_pairs

MOST_CANDIDATES = 40
SHORTEST_TYPO = 4
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
        """Yield entries that are written so (1.0) or sound so (a little less: 公園 is not 講演)."""
        number = self.by_form.get(form)
        if number is not None:
            yield number, 1.0
        for other in self.by_sound.get(sound, ()) if sound else ():
            if other != number:
                yield other, 0.95 if form.isascii() or is_kana(form) else 0.8

    def find_alike(self, form: str, sound: str, least: float) -> Iterator[tuple[int, float]]:
        """Yield entries that are written or sound almost so, with their likeness from `least` to 1."""
        grams = [*list_grams(sound), *(list_pairs(form) if not form.isascii() else ())]
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self.by_gram.get(gram, ()))
        for number, _ in shared.most_common(MOST_CANDIDATES):
            entry = self.entries[number]
            alike = max(_sound_likeness(sound, entry.sound), likeness(form, entry.form))
            if alike >= least:
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


def _sound_likeness(one: str, other: str) -> float:
    """Compare two sounds; very short ones are alike only when equal."""
    if min(len(one), len(other)) < SHORTEST_TYPO:
        return 0.0
    return likeness(one, other)


def is_kana(form: str) -> bool:
    """Tell whether a folded form is all kana."""
    return all("ぁ" <= char <= "ゖ" or char == "ー" for char in form)
