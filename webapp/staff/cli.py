"""Translations that somebody looked over: `python -m webapp.staff.cli` lists those whose Japanese text was changed since.

`python -m webapp.staff.cli NAME PLACE ...` accepts the translations at some places (procedures/dog-registration) as they are
now, in NAME's name; `all` stands for every place.
"""

import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from webapp.config import Settings, load_settings
from webapp.facts.service import load_dictionary
from webapp.learning.service_tutorials import load_tutorials
from webapp.notifications.service_texts import load_message_texts
from webapp.procedures.service import load_catalogue
from webapp.reading.rules_texts import MAIN_VOICE
from webapp.reading.rules_words import load_glossary
from webapp.reading.service import load_voices
from webapp.reading.service_pages import load_pages
from webapp.staff.service_desk import list_pieces
from webapp.staff.service_translations import accept, find_translation_faults, load_seen, save_seen


def read_content(settings: Settings, voices: Sequence[str]) -> Any:
    """Return the content that the desk looks at. Raises ContentError."""
    folder = settings.content_dir
    dictionary = load_dictionary(folder, voices)
    return SimpleNamespace(
        settings=settings, dictionary=dictionary, catalogue=load_catalogue(folder, dictionary, voices),
        pages=load_pages(folder, voices), words=load_glossary(folder / "words" / "glossary.yaml"),
        tutorials=load_tutorials(folder, voices), messages=load_message_texts(folder, voices),
    )  # fmt: skip


def run(arguments: Sequence[str]) -> int:
    """List what is behind, or accept; 1 where something is behind or a place is none."""
    settings = load_settings()
    voices = tuple(load_voices(settings.content_dir))
    others = [code for code in voices if code != MAIN_VOICE]
    pieces, seen = list_pieces(read_content(settings, voices), voices), load_seen(settings.content_dir)
    if len(arguments) < 2:
        faults = list(find_translation_faults(seen, pieces, others))
        print("\n".join([*faults, f"{len(faults)} texts were changed after their translations were looked over"]))
        return 1 if faults else 0
    name, *places = arguments
    unknown = {*places} - {"all", *(piece.place for piece in pieces)}
    if unknown:
        print(f"no such place: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 1
    save_seen(settings.content_dir, accept(seen, pieces, others, name, [] if "all" in places else places))
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
