"""What messages say: folders of texts per kind (content/messages) in the voice of whoever is told, as plain text.

Mails in easy Japanese carry readings in brackets, 漢字（かんじ）, the first time a word stands there; letters are printed with
real furigana, and calls are spoken, so both get plain words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from webapp.kit.content import ContentError, list_folders
from webapp.reading.furigana import annotate, strip_markers
from webapp.reading.rules_dates import write_day
from webapp.reading.rules_texts import MAIN_VOICE, Text, load_texts

FRAME = "frame"
CHANNELS = ("push", "mail", "call", "letter")
NEEDED = {
    "push": (), "mail": ("subject", "body"), "call": ("tell",), "letter": ("subject", "paragraphs"),
}  # fmt: skip
FRAME_NEEDED = {
    "push": ("title", "body"),
    "mail": ("subject", "late", "look", "look_plain", "stop", "stop_plain", "sign"),
    "call": ("ask", "others", "late", "close"),
    "letter": ("late", "look", "stop", "sign", "sender"),
}
READ_VOICE = "ja-easy"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class MessageTexts:
    """The texts of one kind of message. `own` has a table for each channel the kind goes out on, `frame` what all share.

    A table for push may be empty: then the lock screen shows the shared words.
    """

    kind: str
    own: Mapping[str, Any]
    frame: Mapping[str, Any]

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the channels that this kind goes out on: a test, say, calls nobody and writes no letter."""
        return tuple(channel for channel in CHANNELS if channel in self.own)


@dataclass(frozen=True, slots=True)
class CallScript:
    """What to say on the phone: asking for the person, what anybody else may hear, the news, and the end."""

    ask: str
    others: str
    tell: str
    close: str


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What a letter says. Inline readings may stand in it, as in all content: whoever prints it shows them or not."""

    subject: str
    paragraphs: tuple[str, ...]
    sender: str


def load_message_texts(content_dir: Path, voices: Sequence[str]) -> dict[str, MessageTexts]:
    """Return the texts of every kind of message. Raises ContentError for what a channel needs and does not have."""
    folder = content_dir / "messages"
    if not folder.is_dir():
        return {}
    frame = _load_folder(folder / FRAME, voices, FRAME_NEEDED)
    missing = FRAME_NEEDED.keys() - frame.keys()
    if missing:
        raise ContentError(f"{folder / FRAME}/ja.yaml: {sorted(missing)[0]} is missing")
    kinds = [one for one in list_folders(folder) if one.name != FRAME]
    return {one.name: MessageTexts(one.name, _load_folder(one, voices, NEEDED), frame) for one in kinds}


def _load_folder(folder: Path, voices: Sequence[str], needed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return a folder's texts; every channel in it is whole."""
    texts = load_texts(folder, voices)
    for channel, table in texts.items():
        if channel not in needed or not isinstance(table, dict):
            raise ContentError(f"{folder}/ja.yaml: {channel} is no channel")
        for key in needed[channel]:
            if key not in table:
                raise ContentError(f"{folder}/ja.yaml: {channel}.{key} is missing")
    return texts


def list_message_texts(messages: Mapping[str, MessageTexts]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each folder's name with its texts, the shared ones once: what the content gate looks at."""
    for number, texts in enumerate(messages.values()):
        if number == 0:
            yield f"messages/{FRAME}", texts.frame
        yield f"messages/{texts.kind}", texts.own


def say_push(texts: MessageTexts, voice: str) -> tuple[str, str]:
    """Return title and body of what a lock screen shows: never anything about the person or what it is about."""
    table = {**texts.frame["push"], **texts.own.get("push", {})}
    return _add_readings(_say(table["title"], voice, {}), voice), _add_readings(_say(table["body"], voice, {}), voice)


def say_mail(texts: MessageTexts, voice: str, params: Mapping[str, str], late: bool = False) -> tuple[str, str]:
    """Return subject and body of a mail; `late`: with a word about the day in it, which has passed.

    `params`: what the kind needs, and `site` (the address of the service) and `stop` (the way's token) for the links: one
    to where the slip's numbers are asked for (or to another `place`), one to the page that asks whether to stop. Without
    them words stand there.
    """
    own, frame = texts.own.get("mail", {}), texts.frame["mail"]
    words = dict(params)
    site, token, place = words.pop("site", ""), words.pop("stop", ""), words.pop("place", "slip")
    links = {"look": f"{site}/{voice}/{place}", "stop": f"{site}/{voice}/notices/stop/{token}"}
    parts = [own["body"]] if "body" in own else []
    parts += [frame["late"]] if late else []
    parts += [frame["look" if site else "look_plain"], frame["stop" if site and token else "stop_plain"], frame["sign"]]
    body = _add_readings("\n\n".join(_say(part, voice, {**words, **links}) for part in parts), voice)
    subject = _say(own.get("subject", frame["subject"]), voice, words)
    return " ".join(_add_readings(subject, voice).split()), body + "\n"


def say_letter(texts: MessageTexts, voice: str, params: Mapping[str, str], late: bool = False) -> LetterWords:
    """Return what a letter says; `late` as in mails."""
    own, frame = texts.own["letter"], texts.frame["letter"]
    parts = (*own["paragraphs"], *([frame["late"]] if late else []), frame["look"], frame["stop"], frame["sign"])
    said = tuple(_say(part, voice, params) for part in parts)
    return LetterWords(_say(own["subject"], voice, params), said, _say(frame["sender"], voice, params))


def say_call(texts: MessageTexts, voice: str, params: Mapping[str, str], late: bool = False) -> CallScript:
    """Return what to say on the phone; `params` has the `name` to ask for beside what the kind needs. `late` as in mails."""
    own, frame = texts.own["call"], texts.frame["call"]
    parts = (frame["ask"], frame["others"], own["tell"], frame["close"], *([frame["late"]] if late else []))
    ask, others, tell, close, *more = [strip_markers(_say(text, voice, params)) for text in parts]
    return CallScript(ask, others, " ".join((tell, *more)) if voice == "en" else "".join((tell, *more)), close)


def _say(text: Text, voice: str, params: Mapping[str, str]) -> str:
    """Return a text with its values, its readings still in it; a voice that it lacks gets plain Japanese."""
    passage = text.in_voice(voice)
    values = {name: _write_value(value, passage.voice) for name, value in params.items()}
    return passage.words % values if "%(" in passage.words else passage.words


def _write_value(value: str, voice: str) -> str:
    """Return a value as a reader of this voice writes it: days in words, anything else as it is."""
    if not _DAY.fullmatch(value):
        return value
    try:
        return write_day(date.fromisoformat(value), voice if voice != READ_VOICE else MAIN_VOICE)
    except ValueError:
        return value


def _add_readings(words: str, voice: str) -> str:
    """Return plain words; for readers of easy Japanese with readings in brackets behind a kanji word where it stands first."""
    if voice != READ_VOICE:
        return strip_markers(words)
    known: set[str] = set()
    said = []
    for line in words.splitlines():
        for piece in [] if "://" in line else annotate(line):
            is_new = piece.reading is not None and piece.text not in known and not re.search(r"\d", piece.text)
            said.append(f"{piece.text}（{piece.reading}）" if is_new else piece.text)
            known.add(piece.text)
        said.append(line + "\n" if "://" in line else "\n")
    return "".join(said).rstrip("\n")
