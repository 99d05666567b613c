"""The reading settings: a page, not an overlay; every change is a plain form and one step back."""

from dataclasses import replace

from flask import Blueprint, Response, current_app, g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from webapp.kit.qr import draw_qr
from webapp.kit.safety import guard, safe_path
from webapp.reading.rules import SIZES, Choice, change_choice, read_choice, write_choice
from webapp.reading.service import preferred_voice, render, render_sample
from webapp.reading.service_look import keep_choice

reading = Blueprint("reading", __name__)


@reading.get("/")
def choose_voice() -> BaseResponse:
    """Lead to the front page in the reader's voice."""
    response = redirect(f"/{preferred_voice()}/", 302)
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Cache-Control"] = "no-cache"
    return response


@reading.get("/<voice>/reading")
def show_settings() -> Response:
    """Show all settings with a sample: in the look that is on, or in one that is being tried out."""
    base = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    tried = _read_form(request.args, g.choice)
    voice = current_app.extensions["reading"].voices[tried.voice or g.voice.code]
    share = f"{base}/{voice.code}/?look={write_choice(replace(tried, voice=None))}"
    sample = render_sample("reading/_sample.html", tried, voice)
    return render(
        "reading/settings.html", sizes=SIZES, tried=tried, tried_voice=voice, sample=sample, share=share,
        share_qr=draw_qr(share), back=_find_back(),
    )  # fmt: skip


@reading.post("/look")
@guard("origin")
def change_look() -> BaseResponse:
    """Keep a quick switch or the whole settings form in the reader's cookie and lead back to the page."""
    change = request.form.get("change")
    choice = change_choice(g.kept_choice, change) if change else _read_form(request.form, g.kept_choice)
    if request.form.get("keep"):
        choice = _read_kept(request.form["keep"])
    back = _with_voice(safe_path(request.form.get("back")), choice)
    for watch in current_app.extensions.get("look_watchers", ()):
        watch(back, choice)
    response = redirect(back, 303)
    return keep_choice(response, choice)


def _find_back() -> str:
    """Return the page that the reader came from, so that the settings lead back to it; these settings otherwise."""
    given = request.args.get("back")
    return safe_path(given) if given else f"/{g.voice.code}/reading"


def _read_form(form: MultiDict[str, str], choice: Choice) -> Choice:
    """Read the settings form; what is missing or unknown stays as it was."""
    for name in ("size", "contrast", "spacing", "furigana"):
        value = form.get(name, "")
        choice = _set_size(choice, value) if name == "size" else change_choice(choice, f"{name}-{value}")
    return _set_voice(choice, form.get("voice", ""))


def _set_size(choice: Choice, value: str) -> Choice:
    """Set the text size by its name."""
    if value not in SIZES:
        return choice
    return replace(choice, size=SIZES.index(value))


def _set_voice(choice: Choice, code: str) -> Choice:
    """Set the voice by its code."""
    if code not in current_app.extensions["reading"].voices:
        return choice
    return replace(choice, voice=code)


def _read_kept(word: str) -> Choice:
    """Read the choice of an address that the reader wants to keep."""
    return read_choice(word, current_app.extensions["reading"].voices)


def _with_voice(path: str, choice: Choice) -> str:
    """Put the chosen voice into an address of ours and take a look out of it, so that the kept one shows."""
    path = path.split("?look=", maxsplit=1)[0].split("&look=", maxsplit=1)[0]
    parts = path.split("/")
    if choice.voice and request.form.get("voice") and parts[1] in current_app.extensions["reading"].voices:
        parts[1] = choice.voice
    return "/".join(parts)
