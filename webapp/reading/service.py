"""Every page in the reader's voice and look: templates per voice and mode, texts with readings, and the finished answer."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, g, request
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from webapp.kit.clock import day_of, today
from webapp.kit.content import load_as
from webapp.kit.finished import FinishedPages
from webapp.kit.folding import FoldingEnvironment
from webapp.kit.safety import make_token
from webapp.reading.furigana import read_aloud, strip_markers
from webapp.reading.rules import Choice, Look, Voice, look_of, negotiate_voice, read_choice
from webapp.reading.rules_dates import write_day
from webapp.reading.rules_markup import mark_blocks, mark_words
from webapp.reading.rules_texts import Text
from webapp.reading.service_messages import load_messages

COOKIE = "look"
_KEEP_FROM, _KEEP_TO = "\ue000", "\ue001"


@dataclass(frozen=True)
class Reading:
    """The voices, their interface texts, and one template environment per voice and furigana mode."""

    voices: Mapping[str, Voice]
    messages: Mapping[str, Mapping[str, str]]
    environments: Mapping[tuple[str, bool], FoldingEnvironment] = field(default_factory=dict)

    @property
    def offered(self) -> tuple[Voice, ...]:
        """Return the voices a reader can choose."""
        return tuple(voice for voice in self.voices.values() if voice.offered)


@dataclass(frozen=True)
class Speaker:
    """Says texts in one voice and furigana mode."""

    voice: Voice
    ruby: bool
    messages: Mapping[str, str]

    def say(self, message: Any, **values: Any) -> Markup:
        """Return an interface text as inline HTML."""
        return self._fill(message, values, phrased=False)

    def say_short(self, message: Any, **values: Any) -> Markup:
        """Return an interface text as a heading or label, which breaks between phrases only."""
        return self._fill(message, values, phrased=True)

    def say_plain(self, message: str, **values: Any) -> str:
        """Return an interface text as plain text, for attributes and titles."""
        plain = strip_markers(self.messages.get(message, message))
        return plain % {name: self.plain(value) for name, value in values.items()} if values else plain

    def _fill(self, message: str, values: Mapping[str, Any], phrased: bool) -> Markup:
        """Mark a text up after putting in plain values; what is already marked up (names people typed) is kept out of it."""
        words = self.messages.get(message, message)
        if not values:
            return self._mark(words, phrased)
        kept: list[Markup] = []
        return _restore(self._mark(words % {k: self._keep(v, kept) for k, v in values.items()}, phrased), kept)

    def _keep(self, value: Any, kept: list[Markup]) -> str:
        """Return the plain words of a value, or a sign in its place that no reading touches."""
        if isinstance(value, Text):
            passage = value.in_voice(self.voice.code)
            if self.voice.lang == "ja" or passage.voice == self.voice.code:
                return passage.words
            value = self.inline(value)
        if isinstance(value, Markup):
            kept.append(value)
            return f"{_KEEP_FROM}{len(kept) - 1}{_KEEP_TO}"
        return str(value)

    def _mark(self, words: str, phrased: bool) -> Markup:
        """Mark up words of this voice."""
        return mark_words(words, self.voice.lang == "ja", self.ruby, phrased)

    def inline(self, text: Text | str) -> Markup:
        """Return a content text inline, marked with its language where it is not in this voice."""
        return self._mark_text(text, "inline")

    def heading(self, text: Text | str) -> Markup:
        """Return a content text as a heading or label."""
        return self._mark_text(text, "heading")

    def blocks(self, text: Text | str) -> Markup:
        """Return a content text as paragraphs and lists."""
        return self._mark_text(text, "blocks")

    def plain(self, text: Any) -> str:
        """Return a content text as plain text."""
        return strip_markers(text.in_voice(self.voice.code).words) if isinstance(text, Text) else str(text)

    def day(self, day: date) -> Markup:
        """Return a day, or the ward's day of a moment, in words."""
        whole = day_of(day) if isinstance(day, datetime) else day
        return self._mark(write_day(whole, self.voice.code), False)

    def japanese(self, words: str) -> Markup:
        """Return Japanese words inline whatever the voice, with readings in furigana mode."""
        return mark_words(words, True, self.ruby, False)

    def own(self, words: str) -> Markup:
        """Return plain words of this voice inline."""
        return self._mark(words, False)

    def aloud(self, text: Text) -> str:
        """Return a content text as a voice should speak it: kanji as their readings in Japanese."""
        passage = text.in_voice(self.voice.code)
        return passage.words if passage.voice == "en" else read_aloud(passage.words)

    def _mark_text(self, text: Text | str, form: str) -> Markup:
        """Mark a text up once for each look and keep it with the text."""
        if isinstance(text, str):
            return self._mark(text, form == "heading") if form != "blocks" else mark_blocks(text, True, self.ruby)
        place = (self.voice.code, self.ruby, form)
        if place not in text.rendered:
            text.rendered[place] = self._mark_passage(text, form)
        done: Markup = text.rendered[place]
        return done

    def _mark_passage(self, text: Text, form: str) -> Markup:
        """Mark up the words that this reader gets; borrowed ones say which language they are in."""
        passage = text.in_voice(self.voice.code)
        borrowed = self.voice.lang != "ja" and passage.voice != self.voice.code
        japanese = self.voice.lang == "ja" or borrowed
        if form == "blocks":
            html = mark_blocks(passage.words, japanese, self.ruby)
            return Markup('<div lang="ja">{}</div>').format(html) if borrowed else html
        html = mark_words(passage.words, japanese, self.ruby, form == "heading")
        return Markup('<span lang="ja">{}</span>').format(html) if borrowed else html


def _restore(html: Markup, kept: list[Markup]) -> Markup:
    """Put the values that were kept out of the marking back in their places."""
    for number, value in enumerate(kept):
        html = Markup(str(html).replace(f"{_KEEP_FROM}{number}{_KEEP_TO}", str(value)))  # noqa: S704  # both are markup
    return html


def make_id(name: str) -> str:
    """Return the id of an input by its name: every character outside letters and digits becomes a hyphen."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)


def load_voices(content: Path) -> dict[str, Voice]:
    """Return the voices of content/voices.yaml by code, in its order. Raises ContentError."""
    return {voice.code: voice for voice in load_as(content / "voices.yaml", list[Voice])}


def start_reading(app: Flask, content: Path, translations: Path, templates: Iterable[Path], assets: Any) -> Reading:
    """Prepare voices, texts and templates, and have each request know its reader."""
    voices = load_voices(content)
    reading = Reading(voices, load_messages(translations, voices), {})
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in templates])
    for voice in voices.values():
        for ruby in (False, True):
            speaker = Speaker(voice, ruby, reading.messages[voice.code])
            environment = _make_environment(speaker, loader, reading, assets, bool(app.debug))
            reading.environments[voice.code, ruby] = environment  # type: ignore[index]  # filled here once
    app.extensions["reading"] = reading
    Babel(app, locale_selector=lambda: g.voice.babel if "voice" in g else "ja", default_timezone="Asia/Tokyo")
    app.extensions["finished_pages"] = FinishedPages()
    app.before_request(_meet_reader)
    app.before_request(_answer_finished)
    return reading


def _make_environment(
    speaker: Speaker, loader: ChoiceLoader, reading: Reading, assets: Any, reload: bool
) -> FoldingEnvironment:
    """Return the environment of one voice and mode, with everything that is the same on all its pages."""
    says = {"_": speaker.say, "_h": speaker.say_short, "_p": speaker.say_plain, "asset": assets}
    environment = FoldingEnvironment(loader, says, auto_reload=reload)
    environment.globals.update(
        at=f"/{speaker.voice.code}", voice=speaker.voice, voices=reading.offered, ruby=speaker.ruby,
    )  # fmt: skip
    environment.filters.update(
        say=speaker.inline, say_heading=speaker.heading, say_blocks=speaker.blocks, say_plain=speaker.plain,
        say_aloud=speaker.aloud, say_day=speaker.day, say_ja=speaker.japanese, say_words=speaker.own, to_id=make_id,
    )  # fmt: skip
    environment.globals["speaker"] = speaker
    return environment


def _meet_reader() -> None:
    """Work out the voice (address first, then what was kept, then the browser) and the look of this request."""
    reading: Reading = current_app.extensions["reading"]
    kept = read_choice(request.cookies.get(COOKIE), reading.voices)
    shown = request.args.get("look") if request.method == "GET" else None
    g.kept_choice = kept
    g.choice = read_choice(shown, reading.voices) if shown else kept
    g.look_from_address = bool(shown) and g.choice != kept
    code = (request.view_args or {}).pop("voice", None) or find_voice_in_path(request.path)
    if code is not None and (code not in reading.voices or not reading.voices[code].offered):
        g.voice = reading.voices[preferred_voice()]
        abort(404)
    g.voice = reading.voices[code or preferred_voice()]


def find_voice_in_path(path: str) -> str | None:
    """Return the voice that an address names in its first part, if it names one (for pages that do not exist, too)."""
    first = path.split("/")[1] if path.startswith("/") else ""
    return first if first in current_app.extensions["reading"].voices else None


def preferred_voice() -> str:
    """Return the voice for an address without one: what the reader kept, else what the browser asks for."""
    reading: Reading = current_app.extensions["reading"]
    kept: Choice = g.kept_choice
    if kept.voice and reading.voices[kept.voice].offered:
        return kept.voice
    return negotiate_voice(list(request.accept_languages.values()), reading.voices)


def current_look() -> Look:
    """Return the look of this request's page."""
    return look_of(g.choice, g.voice)


def current_speaker() -> Speaker:
    """Return what says texts in this request's voice and look."""
    reading: Reading = current_app.extensions["reading"]
    speaker: Speaker = reading.environments[g.voice.code, current_look().furigana].globals["speaker"]  # type: ignore[assignment]
    return speaker


def render(template: str, status: int = 200, **context: Any) -> Response:
    """Return a public page: the same for everybody who reads in this voice and look, so it may be kept and asked again by ETag."""
    body = render_text(template, csrf="", **context).encode()
    if status != 200 or request.method not in ("GET", "HEAD"):
        return Response(body, status, mimetype="text/html")
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    if "q" not in request.args:
        current_app.extensions["finished_pages"].keep(_page_key(), (body, etag))
    return _finish_page(body, etag)


def _finish_page(body: bytes, etag: str) -> Response:
    """Return a public page that may be asked again by its ETag."""
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie"
    response.make_conditional(request)
    return response


def _page_key() -> tuple[object, ...]:
    """Return everything that a public page depends on; what somebody searched for is never kept."""
    return (request.path, request.query_string, g.voice.code, g.choice, g.look_from_address, today())


def _answer_finished() -> Response | None:
    """Answer with a public page that was made before; private pages are never among them."""
    if request.method != "GET":
        return None
    kept = current_app.extensions["finished_pages"].find(_page_key())
    return _finish_page(*kept) if kept else None


def render_private(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page that shows or asks for something personal: never stored, never indexed."""
    token = make_token(g.browser_secret) if g.get("browser_secret") else ""
    response = Response(render_text(template, csrf=token, **context), status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def render_text(template: str, **context: Any) -> str:
    """Return a template's text in this request's voice and look."""
    reading: Reading = current_app.extensions["reading"]
    look = current_look()
    context.setdefault("question_form", False)
    context.setdefault("error_count", 0)
    return (
        reading.environments[g.voice.code, look.furigana]
        .get_template(template)
        .render(look=look, here=path_without_voice(), choice=g.choice, look_from_address=g.look_from_address, **context)
    )


def render_sample(template: str, choice: Choice, voice: Voice) -> Markup:
    """Return a part of a page in a look and voice that are being tried out."""
    reading: Reading = current_app.extensions["reading"]
    look = look_of(choice, voice)
    part = reading.environments[voice.code, look.furigana].get_template(template).render(look=look)
    return Markup(part)  # noqa: S704  # made by a template, which escapes


def path_without_voice() -> str:
    """Return this page's path and query behind the voice, so that another voice can be put before it."""
    path = request.full_path if request.query_string else request.path
    prefix = f"/{g.voice.code}"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else "/"
