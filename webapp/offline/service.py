"""The manifest in a voice, and the service worker with everything it has to know of this ward and this version."""

import hashlib
import json
from typing import Any, cast

from flask import Flask, current_app
from markupsafe import Markup

from webapp.config import ROOT
from webapp.offline.rules import ICONS, SHORTCUTS, Readable, describe_app
from webapp.reading.rules import Voice
from webapp.reading.service import Reading, current_speaker
from webapp.reading.service_speaker import Speaker

LOCALES = {"en": "en-GB"}
"""Where the browser's own name for a language would write days in another order than our pages do."""
SHELL = ("offline", "device", "unsent")
TEMPLATES = ("webapp/offline/templates", "webapp/shell/templates")


def get_readable() -> Readable:
    """Return what can be read without a network, as it was registered."""
    readable: Readable = current_app.extensions["offline_lists"]
    return readable


def list_shell(app: Flask) -> list[str]:
    """Return the pages that every device has from the first moment on, where this ward has them."""
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    return [page for page in SHELL if f"/<voice>/{page}" in rules]


def make_manifest(voice: Voice) -> bytes:
    """Return the manifest in the voice of this request."""
    say = current_speaker().say_plain
    texts = {"name": say("まどぐち"), "about": say("区役所の手続きを自分の言葉でさがして、ここで送ることができます。")}
    texts |= {path: say(words) for path, words in SHORTCUTS}
    addresses = {name: _address(current_app, f"icons/{name}.png") for name, _, _ in ICONS}
    return json.dumps(describe_app(voice.code, voice.lang, texts, addresses), ensure_ascii=False).encode()


def make_worker(app: Flask) -> bytes:
    """Return the worker's program as it is sent, made once for each app."""
    made: bytes | None = app.extensions.get("offline_worker")
    if made is None:
        source = (ROOT / "static" / "js" / "worker.js").read_text(encoding="utf-8")
        known = _list_what_it_knows(app)
        known["version"] = _find_version(app, source, known)
        words = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
        made = app.extensions["offline_worker"] = f"const SET = {words};\n{source}".encode()
    return made


def _list_what_it_knows(app: Flask) -> dict[str, Any]:
    """Return what the worker has to know: the voices' words, the readable pages, the icons."""
    reading: Reading = app.extensions["reading"]
    readable: Readable = app.extensions["offline_lists"]
    return {
        "voices": {voice.code: _list_words(reading, voice) for voice in reading.offered},
        "pages": readable.paths, "shell": list_shell(app), "readings": _list_readings(reading),
        "icon": _address(app, "icons/icon-192.png"), "badge": _address(app, "icons/badge-96.png"),
    }  # fmt: skip


def _list_words(reading: Reading, voice: Voice) -> dict[str, Any]:
    """Return what the worker says in one voice: above kept pages, with readings and without, and when it is told nothing."""
    say = _get_speaker(reading, voice, False).say_plain
    return {
        "locale": LOCALES.get(voice.lang, voice.lang), "title": say("まどぐち"), "body": say("区からお知らせがあります。"),
        **{look: {why: _write_note(reading, voice, look == "on", why) for why in ("gone", "slow")} for look in ("off", "on")},
    }  # fmt: skip


def _write_note(reading: Reading, voice: Voice, ruby: bool, why: str) -> str:
    """Return the note above a kept page, with a place for the time."""
    template = reading.environments[voice.code, ruby].get_template("offline/_note.html")
    return template.render(why=why, when=Markup("{when}")).strip()


def _list_readings(reading: Reading) -> dict[str, list[str]] | None:
    """Return months, days and hours with their readings, which no browser knows; None where no voice is Japanese."""
    japanese = next((voice for voice in reading.offered if voice.lang == "ja"), None)
    if japanese is None:
        return None
    own = _get_speaker(reading, japanese, True).own
    first = str(own("1月"))
    return {
        "months": [str(own(f"{month}月")) for month in range(1, 13)],
        "days": [str(own(f"1月{day}日")).removeprefix(first) for day in range(1, 32)],
        "hours": [str(own(f"{'午後' if hour > 11 else '午前'}{hour % 12}時")) for hour in range(24)],
    }


def _find_version(app: Flask, source: str, known: dict[str, Any]) -> str:
    """Return what changes whenever the program, an asset, or a page of the shell does."""
    reading: Reading = app.extensions["reading"]
    texts = [sorted(reading.messages[voice.code].items()) for voice in reading.offered]
    pages = [path.read_bytes() for folder in TEMPLATES for path in sorted((ROOT / folder).rglob("*.html"))]
    addresses = sorted(app.extensions["assets"].addresses.values())
    whole = repr((source, known, addresses, texts, pages)).encode()
    return hashlib.blake2b(whole, digest_size=6).hexdigest()


def _get_speaker(reading: Reading, voice: Voice, ruby: bool) -> Speaker:
    """Return what says texts in a voice and look."""
    return cast(Speaker, reading.environments[voice.code, ruby].globals["speaker"])


def _address(app: Flask, name: str) -> str:
    """Return the address of an asset."""
    address: str = app.extensions["assets"].address(name)
    return address
