"""A small tutorial of our own, so that tests of pages do not hang on what the ward teaches today."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import CheckedClient
from webapp.app import create_app
from webapp.config import load_settings
from webapp.kit.database import make_engine
from webapp.learning.rules import Tutorial
from webapp.learning.service_tutorials import load_tutorials

VOICES = ("ja", "ja-easy", "en")
DEFINITION = """
order: 1
kind: procedure
practice: procedures/road-damage-report
mic_code: "0-A"
minutes: 10
steps:
  - key: find
    at: find
    search: 道のあな
    check: {found: road-damage-report}
    mistakes:
      - {key: nothing, searched: zzzzqqqq, meet: true}
      - {key: bigger, pressed: "look:size-down"}
  - key: name
    at: applicant.name
    check: {answered: applicant.name}
    mistakes:
      - {key: kana, typed: {applicant.name: {name: 見本 花子, kana: 花子}}, gap: kana-letters, meet: true}
      - {key: empty-kana, typed: {applicant.name: {name: 見本 花子, kana: ""}}, gap: kana-missing}
  - key: place
    at: place.where
    check: {answered: place.where}
    mistakes:
      - {key: nothing, typed: {place.where: {"": ""}}, gap: missing}
      - {key: save, pressed: save}
  - key: seen
    at: place.seen_on
    check: {answered: place.seen_on}
    mistakes:
      - {key: later, typed: {place.seen_on: {era: western, year: "2999", month: "1", day: "3"}}, gap: date-future}
      - {key: month, typed: {place.seen_on: {era: western, year: "2026", month: "13", day: "3"}}, gap: date-month-number}
  - key: look
    at: place.seen_on
    check: {look: {size: 2}}
    mistakes:
      - {key: small, pressed: "look:size-down"}
      - {key: reading, pressed: reading}
  - key: send
    at: check
    check: {sent: true}
    mistakes:
      - {key: undeclared, undeclared: true, meet: true}
      - {key: save, pressed: save}
"""
WORDS = {
    "ja": (
        "道のあなを知らせる練習",
        "{n}番目の題",
        "{n}番目の箱に、QRコードとA4の紙を見て書きます。",
        "20日までに必要です。",
    ),
    "ja-easy": (
        "道の あなを 知らせる 練習",
        "{n}番目の 題",
        "{n}番目の 箱に 書いて ください。",
        "20日までに 要ります。",
    ),
    "en": ("Practise telling about a hole in the road", "Title {n}", "Write in box {n}.", "It is needed."),
}
STEPS = {
    "find": ("nothing", "bigger"), "name": ("kana", "empty-kana"), "place": ("nothing", "save"),
    "seen": ("later", "month"), "look": ("small", "reading"), "send": ("undeclared", "save"),
}  # fmt: skip


def write_tutorial(folder: Path, slug: str = "sample") -> None:
    """Write the sample tutorial into a content folder."""
    home = folder / "tutorials" / slug
    home.mkdir(parents=True)
    (home / "tutorial.yaml").write_text(DEFINITION, encoding="utf-8")
    for voice, (title, name, action, why) in WORDS.items():
        lines = [f"title: {title}", f"about: {why}", f"outcomes: [{why}, {title}]", "steps:"]
        for n, (key, mistakes) in enumerate(STEPS.items(), 1):
            lines += [f"  {key}:", f"    title: {name.format(n=n)}", f"    action: {action.format(n=n)}"]
            lines += [f"    why: {why}", "    mistakes:"]
            lines += [f"      {one}: {{looks: {why}, mend: {title}}}" for one in mistakes]
        (home / f"{voice}.yaml").write_text("\n".join(lines), encoding="utf-8")


def load_sample(folder: Path) -> Tutorial:
    """Return the sample tutorial, written into a folder first."""
    write_tutorial(folder)
    return load_tutorials(folder, VOICES)["sample"]


@pytest.fixture
def sample(app: Flask, tmp_path: Path) -> Tutorial:
    """Return the sample tutorial, which the app then has beside those of the ward."""
    tutorial = load_sample(tmp_path / "content")
    ward = app.extensions["madoguchi"]
    app.extensions["madoguchi"] = replace(ward, tutorials={**ward.tutorials, "sample": tutorial})
    return tutorial


@pytest.fixture(scope="module")
def ward_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return an app for looking at what the ward teaches; nothing is written, so tests share it."""
    folder = tmp_path_factory.mktemp("ward")
    settings = load_settings({"DATA_DIR": str(folder), "PUBLIC_URL": "http://localhost"})
    app = create_app(settings, make_engine(settings.database_url))
    app.test_client_class = CheckedClient
    return app
