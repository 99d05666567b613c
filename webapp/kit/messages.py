"""Interface texts between code and translators: extraction from templates and code, and catalogues kept current."""

import io
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from ruamel.yaml import YAML

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS: dict[str, Any] = {"**/templates/**.html": {"silent": "false", "trimmed": "true"}}
KEYWORDS = {"_": None, "_h": None, "_p": None, "mark": None}


def extract_messages(root: Path) -> Catalog:
    """Return every interface text of the code with the places it stands in."""
    catalogue = Catalog(project="madoguchi", charset="utf-8", fuzzy=False)
    found = extract_from_dir(root / "webapp", METHODS, OPTIONS, KEYWORDS, ["翻訳メモ:"], strip_comment_tags=True)
    for filename, _line, message, comments, context in found:
        catalogue.add(message, None, [(f"webapp/{filename}", 0)], auto_comments=comments, context=context)
    return catalogue


def update_catalogues(root: Path) -> int:
    """Bring the template catalogue and every voice's catalogue up to date; nothing is guessed (no fuzzy texts)."""
    fresh = extract_messages(root)
    _write(root / "translations" / "messages.pot", fresh)
    for path in sorted((root / "translations").glob("*/LC_MESSAGES/messages.po")):
        _update_catalogue(path, fresh)
    return 0


def _update_catalogue(path: Path, fresh: Catalog) -> None:
    """Bring one voice's catalogue up to date."""
    with path.open("rb") as file:
        old = read_po(file)
    old.update(fresh, no_fuzzy_matching=True)
    old.obsolete.clear()
    _write(path, old)


def _write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue so that equal content gives equal bytes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, sort_by_file=True, omit_header=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n' + out.getvalue())


def begin_language(root: Path, code: str) -> int:
    """Make an empty catalogue for a language and a hidden row in content/voices.yaml; tell what comes next."""
    path = root / "translations" / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        _write(path, extract_messages(root))
    voices = root / "content" / "voices.yaml"
    yaml = YAML()
    rows = yaml.load(voices.read_text(encoding="utf-8"))
    if all(row["code"] != code for row in rows):
        rows.append({"code": code, "name": code, "lang": code, "babel": code.replace("-", "_"), "furigana": False,
                     "offered": False})  # fmt: skip
        with voices.open("w", encoding="utf-8") as file:
            yaml.dump(rows, file)
    print(
        f"Now: name the language in {voices}, translate {path}, add {code}.yaml beside the ja.yaml files in content/,"
    )
    print("run `make content`, and set `offered: true` when nothing that a task needs is missing.")
    return 0
