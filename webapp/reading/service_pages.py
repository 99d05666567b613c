"""The standing pages (help, privacy, accessibility …): texts in voices, in sections, from content/pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from webapp.kit.content import ContentError, list_folders
from webapp.reading.rules_texts import Text, load_texts


@dataclass(frozen=True, slots=True)
class StaticPage:
    """One standing page: its title, its opening words, and sections of a heading and a text."""

    slug: str
    title: Text
    opening: Text
    sections: tuple[tuple[Text, Text], ...]


def load_pages(content: Path, voices: Sequence[str]) -> Mapping[str, StaticPage]:
    """Return the standing pages by slug. Each voice's file has title, opening, headings and texts (lists of one length)."""
    return {folder.name: _load_page(folder, voices) for folder in list_folders(content / "pages")}


def _load_page(folder: Path, voices: Sequence[str]) -> StaticPage:
    """Return one standing page."""
    texts = load_texts(folder, voices)
    if len(texts["headings"]) != len(texts["texts"]):
        raise ContentError(f"{folder}: headings and texts must be lists of the same length")
    sections = tuple(zip(texts["headings"], texts["texts"], strict=True))
    return StaticPage(folder.name, texts["title"], texts["opening"], sections)
