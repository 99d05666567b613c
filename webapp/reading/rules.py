"""The reader's voice and look: what can be chosen, how it is written in a cookie or an address, who asked for what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.kit.content import Definition

SIZES = ("standard", "large", "larger", "largest")
CONTRASTS = ("standard", "high", "dark")
SPACINGS = ("normal", "wide")
FURIGANA = ("voice", "on", "off")


class Voice(Definition, frozen=True, kw_only=True):
    """One way in which the ward speaks: its address prefix, its own name, and the language its pages declare."""

    code: str
    name: str
    lang: str
    babel: str
    based_on: str | None = None
    furigana: bool = False
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose for the look; "voice" for furigana means: as the voice has it."""

    size: int = 0
    contrast: str = "standard"
    spacing: str = "normal"
    furigana: str = "voice"
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How one page is shown."""

    size: int
    contrast: str
    spacing: str
    furigana: bool


def write_choice(choice: Choice) -> str:
    """Write a choice as one word for a cookie or an address, such as `large.high.wide.on.ja-easy`."""
    words = (SIZES[choice.size], choice.contrast, choice.spacing, choice.furigana)
    return ".".join((*words, choice.voice) if choice.voice else words)


def read_choice(word: str | None, voices: Mapping[str, Voice]) -> Choice:
    """Read a choice back; whatever is not understood is left at its default, never an error."""
    choice = Choice()
    for part in re.split(r"[.]", (word or "")[:100])[:5]:
        choice = _read_part(choice, part, voices)
    return choice


def _read_part(choice: Choice, part: str, voices: Mapping[str, Voice]) -> Choice:
    """Take up one word; `standard` and `normal` are what a choice starts from, so they say nothing new."""
    if part in SIZES[1:]:
        return replace(choice, size=SIZES.index(part))
    if part in CONTRASTS[1:]:
        return replace(choice, contrast=part)
    if part in SPACINGS[1:]:
        return replace(choice, spacing=part)
    if part in FURIGANA[1:]:
        return replace(choice, furigana=part)
    return replace(choice, voice=part) if part in voices else choice


def change_choice(choice: Choice, change: str) -> Choice:
    """Apply a quick switch: furigana-on, furigana-off, size-up, size-down, contrast-<x>, spacing-<x>, reset."""
    name, _, value = change.partition("-")
    if change == "reset":
        return Choice(voice=choice.voice)
    if name == "furigana" and value in FURIGANA:
        return replace(choice, furigana=value)
    if name == "size" and value in ("up", "down"):
        step = choice.size + (1 if value == "up" else -1)
        return replace(choice, size=min(max(step, 0), len(SIZES) - 1))
    if name == "contrast" and value in CONTRASTS:
        return replace(choice, contrast=value)
    if name == "spacing" and value in SPACINGS:
        return replace(choice, spacing=value)
    return choice


def look_of(choice: Choice, voice: Voice) -> Look:
    """Return the look of a page: what was chosen, furigana as the voice has it unless chosen."""
    furigana = voice.furigana if choice.furigana == "voice" else choice.furigana == "on"
    return Look(choice.size, choice.contrast, choice.spacing, furigana)


def negotiate_voice(accepted: Sequence[str], voices: Mapping[str, Voice]) -> str:
    """Return the code of the offered voice that fits a browser's languages best (in its order); Japanese otherwise."""
    offered = {code: voice for code, voice in voices.items() if voice.offered}
    for tag in accepted:
        plain = tag.lower()
        exact = next((code for code in offered if code.lower() == plain), None)
        primary = next((code for code in offered if code.lower() == plain.split("-")[0]), None)
        if exact or primary:
            return exact or primary or "ja"
    return "ja"
