"""Every page in the reader's voice and look: templates per voice and mode, texts with readings, and the finished answer."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, g, request
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from webapp.kit.clock import today
from webapp.kit.content import load_as
from webapp.kit.finished import FinishedPages
from webapp.kit.folding import FoldingEnvironment
from webapp.kit.safety import make_token, own_address
from webapp.kit.surface import current_surface
from webapp.reading.rules import Choice, Look, Voice, look_of, negotiate_voice, read_choice
from webapp.reading.service_messages import load_messages
from webapp.reading.service_speaker import Speaker, make_id

COOKIE = "look"


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


def choice_cookie() -> str:
    """Return the name of the cookie with a reader's choice: bound to this host where https allows it."""
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


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
        say_aloud=speaker.aloud, say_day=speaker.day, say_ja=speaker.japanese, say_borrowed=speaker.borrowed,
        say_words=speaker.own, to_id=make_id,
    )  # fmt: skip
    environment.globals["speaker"] = speaker
    return environment


def _meet_reader() -> None:
    """Work out the voice (address first, then what was kept, then the browser) and the look of this request."""
    reading: Reading = current_app.extensions["reading"]
    kept = read_choice(request.cookies.get(choice_cookie()), reading.voices)
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
    speaker: Speaker = reading.environments[g.voice.code, current_look().furigana].globals["speaker"]  # type: ignore[assignment]  # put there above
    return speaker


def render(template: str, status: int = 200, **context: Any) -> Response:
    """Return a public page: the same for everybody who reads in this voice and look, so it may be kept and asked again by ETag."""
    if current_surface() is not None:
        return render_private(template, status, **context)  # a shared machine keeps no page, not even a public one
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
    return (request.host, request.path, request.query_string, g.voice.code, g.choice, g.look_from_address, today())


def _answer_finished() -> Response | None:
    """Answer with a public page that was made before; private pages are never among them."""
    if request.method != "GET" or current_surface() is not None:
        return None
    kept = current_app.extensions["finished_pages"].find(_page_key())
    return _finish_page(*kept) if kept else None


def render_private(template: str, status: int = 200, token_secret: bytes | None = None, **context: Any) -> Response:
    """Return a page that shows or asks for something personal: never stored, never indexed.

    Its forms' token belongs to the browser, or to `token_secret` (a sign-in).
    """
    secret = token_secret or g.get("browser_secret")
    token = make_token(secret) if secret else ""
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
        .render(
            look=look, here=path_without_voice(), choice=g.choice, look_from_address=g.look_from_address,
            surface=current_surface(), **context,
        )
    )  # fmt: skip


def render_part(template: str, **context: Any) -> Markup:
    """Return a part of a page in this request's voice and look, to be put into another."""
    return Markup(render_text(template, **context))  # noqa: S704  # made by a template, which escapes


def render_sample(template: str, choice: Choice, voice: Voice) -> Markup:
    """Return a part of a page in a look and voice that are being tried out."""
    reading: Reading = current_app.extensions["reading"]
    look = look_of(choice, voice)
    part = reading.environments[voice.code, look.furigana].get_template(template).render(look=look)
    return Markup(part)  # noqa: S704  # made by a template, which escapes


def path_without_voice() -> str:
    """Return this page's path and query behind the voice, so that another voice can be put before it."""
    path = own_address()
    prefix = f"/{g.voice.code}"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else "/"
