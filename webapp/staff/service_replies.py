"""What staff write to residents again and again (content/replies/<key>), in all voices, with few places to fill in."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from webapp.kit.content import ContentError, list_folders, load_as
from webapp.reading.furigana import strip_markers
from webapp.reading.rules_dates import write_day
from webapp.reading.rules_texts import MAIN_VOICE, Text, load_texts

ORDER = "order.yaml"
NEEDED = frozenset({"title", "body"})
PLACES = frozenset({"procedure", "receipt", "office", "phone", "date"})
"""What a body may leave open: the procedure, its receipt number, the section with its phone number, and a new day."""
BUTTON = "「返事を書く」"
"""The button of the resident's page, as a body names it that asks to be answered there."""
_PLACE = re.compile(r"%\((\w*)\)s")


@dataclass(frozen=True, slots=True)
class Reply:
    """One template: its title for staff and what it says to residents."""

    key: str
    title: Text
    body: Text

    @property
    def needs_day(self) -> bool:
        """Tell whether staff have to give a new day."""
        return "date" in _PLACE.findall(self.body.voices[MAIN_VOICE])

    @property
    def asks(self) -> bool:
        """Tell whether the resident is asked to write back on their page: not once everything is finished."""
        return BUTTON in self.body.voices[MAIN_VOICE]


def load_replies(content_dir: Path, voices: Sequence[str]) -> dict[str, Reply]:
    """Return all templates by key, in the order in which staff choose them. Raises ContentError for what cannot be used."""
    folder = content_dir / "replies"
    found = [_load_reply(one, voices) for one in list_folders(folder)] if folder.is_dir() else []
    order = _load_order(folder / ORDER, {one.key for one in found})
    found.sort(key=lambda one: (order.get(one.key, len(order)), one.title.voices[MAIN_VOICE]))
    return {one.key: one for one in found}


def _load_order(path: Path, keys: Collection[str]) -> dict[str, int]:
    """Return the place of each template that the order names; it names each once, and none that there is not."""
    named = load_as(path, list[str]) if path.is_file() else []
    wrong = [key for key in named if key not in keys or named.count(key) > 1]
    if wrong:
        raise ContentError(f"{path}: {wrong[0]} is no folder beside it, or is named twice")
    return {key: place for place, key in enumerate(named)}


def _load_reply(folder: Path, voices: Sequence[str]) -> Reply:
    """Return the template of one folder."""
    texts = load_texts(folder, voices)
    if texts.keys() != NEEDED or not all(isinstance(text, Text) for text in texts.values()):
        raise ContentError(f"{folder}/ja.yaml: a reply has a title and a body, and nothing else")
    return Reply(folder.name, texts["title"], texts["body"])


def find_reply_faults(replies: Mapping[str, Reply]) -> Iterator[str]:
    """Yield what is wrong with the places to fill in: unknown ones, ones that Japanese lacks, and a day left out."""
    for key, reply in replies.items():
        for voice, words in reply.body.voices.items():
            places, left = set(_PLACE.findall(words)), _PLACE.sub("", words)
            if not places <= PLACES or "%(" in left:
                yield f"replies/{key}: {voice} has a place that nothing can fill"
            elif not places <= set(_PLACE.findall(reply.body.voices[MAIN_VOICE])):
                yield f"replies/{key}: {voice} has a place that Japanese has not"
            elif ("date" in places) != reply.needs_day:
                yield f"replies/{key}: {voice} does not say the new day"


def say_reply(reply: Reply, voice: str, values: Mapping[str, Text | str], day: date | None) -> str:
    """Return what a template says in a voice, whole and plain; a voice that it lacks gets plain Japanese.

    A day that was not given yet, and values that a town does not have, stay open as dots.
    """
    passage = reply.body.in_voice(voice)
    known = {name: _say_value(value, passage.voice) for name, value in values.items()}
    if day is not None:
        known["date"] = write_day(day, passage.voice)
    return strip_markers(_PLACE.sub(lambda place: known.get(place[1], "……"), passage.words))


def _say_value(value: Text | str, voice: str) -> str:
    """Return a value as plain words of a voice."""
    return strip_markers(value.in_voice(voice).words) if isinstance(value, Text) else value
