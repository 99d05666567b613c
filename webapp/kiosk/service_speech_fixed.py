"""The fixed texts of a shared machine whose sounds are made ahead: its buttons, keys and short interface words in each voice.

Everybody can read them on every machine; nothing that anybody typed, and nothing about anybody, is ever among them.
"""

from collections.abc import Iterator

from webapp.config import ROOT
from webapp.kiosk.rules_keys import KEYS
from webapp.kiosk.rules_speech import ENGLISH_SIGNS, SIGNS
from webapp.kit.messages import extract_messages
from webapp.reading.service import Reading

ROOMS = ("kiosk", "shell", "drafts")
LONGEST = 20
"""Longer texts are spoken while they are begun; only what is said at a key press must be there at once."""


def list_fixed_texts(reading: Reading) -> list[tuple[str, str]]:
    """Return every fixed text with its language, each once."""
    found = dict.fromkeys([*_list_signs(), *_list_words(reading)])
    return list(found)


def _list_signs() -> Iterator[tuple[str, str]]:
    """Yield what single keys are called."""
    keys = {sign for panel in KEYS.panels for group in panel.groups for sign in group}
    keys |= {sign for pair in KEYS.pairs.values() for sign in pair}
    yield from (("ja", sign) for sign in sorted(keys | set(SIGNS)))
    yield from (("en", sign) for sign in sorted(keys | set(ENGLISH_SIGNS)) if sign.isascii())


def _list_words(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the short interface texts of the pages that residents see at a machine, in every voice they can choose."""
    messages = [str(message.id) for message in extract_messages(ROOT) if message.id and _is_shown(message.locations)]
    for voice in reading.offered:
        for message in messages:
            words = reading.messages[voice.code].get(message, message)
            if "%(" not in message and len(words) <= LONGEST * (1 if voice.lang == "ja" else 2):
                yield voice.lang if words != message else "ja", words


def _is_shown(places: list[tuple[str, int]]) -> bool:
    """Tell whether a text stands on a page that residents see at a machine."""
    rooms = (place.split("/") for place, _ in places if "/templates/" in place and "staff" not in place)
    return any(parts[1] in ROOMS for parts in rooms)
