"""What the town says, in several voices: one `Text` holds the same meaning once per voice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webapp.kit.content import ContentError, read_yaml

MAIN_VOICE = "ja"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as one reader gets it: the words, and the voice they are really in."""

    words: str
    voice: str


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """One meaning in all the voices it was written in; Japanese is always there.

    `rendered` keeps finished markup per look, so that readings are worked out once for each process.
    """

    voices: Mapping[str, str]
    rendered: dict[tuple[str, bool, str], Any] = field(default_factory=dict, repr=False)

    def in_voice(self, voice: str) -> Passage:
        """Return the words for `voice`; a missing one falls back to plain Japanese and says so in `voice`."""
        if voice in self.voices:
            return Passage(self.voices[voice], voice)
        return Passage(self.voices[MAIN_VOICE], MAIN_VOICE)


def load_texts(folder: Path, voices: Iterable[str]) -> dict[str, Any]:
    """Return the tree of a folder's `<voice>.yaml` files, with a `Text` at every leaf that is a string.

    Lists keep the Japanese length: a voice whose list has another length is an error, so no item loses its meaning.
    Raises ContentError for a missing Japanese file, a key that Japanese does not have, or a list of another length.
    """
    return join_texts(folder, read_trees(folder, voices))


def read_trees(folder: Path, voices: Iterable[str]) -> dict[str, Any]:
    """Return the data of each `<voice>.yaml` that a folder has, by voice. Raises ContentError."""
    return {v: read_yaml(folder / f"{v}.yaml") or {} for v in voices if (folder / f"{v}.yaml").exists()}


def join_texts(folder: Path, trees: Mapping[str, Any]) -> dict[str, Any]:
    """Join the data of a folder's voices into one tree of texts, as `load_texts` does. Raises ContentError."""
    if MAIN_VOICE not in trees:
        raise ContentError(f"{folder / 'ja.yaml'}: the Japanese texts are missing")
    return _join_tables(folder, "", trees)


def _join_tables(folder: Path, key: str, trees: Mapping[str, Any]) -> dict[str, Any]:
    """Join the same table of all voices."""
    main = trees[MAIN_VOICE]
    for voice, tree in trees.items():
        if not isinstance(tree, dict):
            raise ContentError(f"{folder}/{voice}.yaml: {key or 'the file'} is not a table")
        for extra in tree.keys() - main.keys():
            raise ContentError(f"{folder}/{voice}.yaml: {key}{extra} has no Japanese text")
    return {
        name: _join_leaf(folder, f"{key}{name}", {v: t[name] for v, t in trees.items() if t.get(name) is not None})
        for name in main
    }


def _join_leaf(folder: Path, key: str, values: Mapping[str, Any]) -> Any:
    """Join one value of all voices: a string, a list of strings, or a deeper table."""
    main = values.get(MAIN_VOICE)
    if isinstance(main, dict):
        return _join_tables(folder, f"{key}.", values)
    if isinstance(main, list):
        return _join_lists(folder, key, values, len(main))
    if not isinstance(main, str):
        raise ContentError(f"{folder}/ja.yaml: {key} is not a text")
    return Text({voice: _expect_words(folder, voice, key, words) for voice, words in values.items()})


def _join_lists(folder: Path, key: str, values: Mapping[str, Any], length: int) -> tuple[Text, ...]:
    """Join lists of the same length, item by item."""
    for voice, items in values.items():
        if not isinstance(items, list) or len(items) != length:
            raise ContentError(f"{folder}/{voice}.yaml: {key} needs a list of {length} texts, as in Japanese")
    return tuple(
        Text({v: _expect_words(folder, v, f"{key}[{n}]", items[n]) for v, items in values.items()})
        for n in range(length)
    )


def _expect_words(folder: Path, voice: str, key: str, words: Any) -> str:
    """Return a text without the line breaks of the file's layout; anything but words is an error."""
    if not isinstance(words, str) or not words.strip():
        raise ContentError(f"{folder}/{voice}.yaml: {key} is empty or not a text")
    return words.strip()
