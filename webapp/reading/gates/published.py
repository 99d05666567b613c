"""Every Japanese string the site publishes, read straight from the files, for the review of readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webapp.config import ROOT
from webapp.kit.content import read_yaml
from webapp.kit.messages import extract_messages
from webapp.reading.gates.glossary import get_glossary
from webapp.reading.service import load_voices
from webapp.reading.service_messages import load_messages

JAPANESE_VOICES = ("ja", "ja-easy")

_COUNTED_DAYS = re.compile(r"%\(\w+\)s(?=日)")


def list_leaves(value: Any) -> Iterator[str]:
    """Give every string inside nested tables and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from list_leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_leaves(inner)


def list_content_strings(content: Path) -> Iterator[str]:
    """Give the strings of every ja.yaml and ja-easy.yaml, and the glossary's words and explanations."""
    for path in sorted(content.rglob("*.yaml")):
        if path.stem in JAPANESE_VOICES and "drafts" not in path.relative_to(content).parts:
            yield from list_leaves(read_yaml(path))
    for word in dict.fromkeys(get_glossary().spellings.values()):
        yield from (word.word, word.easy, word.plain)


def fill_days(text: str) -> str:
    """Put a number before 日, as pages do before they write readings: without one it is read ひ, not にち."""
    return _COUNTED_DAYS.sub("11", text)


def list_interface_strings(root: Path, content: Path) -> Iterator[str]:
    """Give the interface texts of the code in both Japanese voices."""
    messages = load_messages(root / "translations", load_voices(content))
    for message in extract_messages(root):
        if message.id:
            text = str(message.id)
            yield from (fill_days(messages[voice].get(text, text)) for voice in JAPANESE_VOICES)


def list_published_strings() -> tuple[str, ...]:
    """Give every Japanese string of the site, each once."""
    content = ROOT / "content"
    return tuple(dict.fromkeys((*list_content_strings(content), *list_interface_strings(ROOT, content))))
