"""The interface texts of each voice: gettext catalogues, a register like easy Japanese laid over the voice it is based on."""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from webapp.reading.rules import Voice


class BrokenCatalogue(ValueError):
    """A catalogue whose placeholders do not match its message; the text names both."""


def load_messages(folder: Path, voices: Mapping[str, Voice]) -> dict[str, dict[str, str]]:
    """Return, for each voice, its texts by Japanese message; a text that a voice lacks is its base's, in the end Japanese.

    Catalogues are `<folder>/<voice>/LC_MESSAGES/messages.po`; fuzzy entries do not count.
    """
    own = {
        code: _read_catalogue(folder / code / "LC_MESSAGES" / "messages.po", voice) for code, voice in voices.items()
    }
    return {code: {**own.get(voice.based_on or "", {}), **own[code]} for code, voice in voices.items()}


def _read_catalogue(path: Path, voice: Voice) -> dict[str, str]:
    """Return the finished texts of one catalogue; a voice without a file has none of its own."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=voice.babel)
    texts = {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}
    for message, text in texts.items():
        _check_placeholders(path, message, text)
    return texts


def _check_placeholders(path: Path, message: str, text: str) -> None:
    """A translation with other placeholders would fail in that voice only; it is refused at start instead."""
    if _list_placeholders(message) != _list_placeholders(text):
        raise BrokenCatalogue(f"{path}: placeholders differ: {message!r} and {text!r}")


def _list_placeholders(text: str) -> set[str]:
    """Return the names of the `%(name)s` places of a text."""
    return {part.split(")")[0] for part in text.split("%(")[1:]}
