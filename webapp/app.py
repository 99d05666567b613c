"""Composition root: the only file that knows every room."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g
from sqlalchemy.engine import Engine
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

import webapp.accounts.tables
import webapp.accounts.views
import webapp.accounts.views_account
import webapp.accounts.views_factors
import webapp.accounts.views_log
import webapp.accounts.views_oidc
import webapp.accounts.views_people
import webapp.accounts.views_welcome
import webapp.applications.tables
import webapp.drafts.tables
import webapp.drafts.views_again
import webapp.drafts.views_check
import webapp.drafts.views_correct
import webapp.drafts.views_events
import webapp.drafts.views_hand_over
import webapp.drafts.views_helpers
import webapp.drafts.views_identity
import webapp.drafts.views_kept
import webapp.drafts.views_looks
import webapp.drafts.views_notices
import webapp.drafts.views_people
import webapp.drafts.views_reply
import webapp.drafts.views_slips
import webapp.drafts.views_start
import webapp.drafts.views_unsent
import webapp.facts.tables
import webapp.kiosk.tables
import webapp.kiosk.views
import webapp.kiosk.views_check
import webapp.kiosk.views_kanji
import webapp.kiosk.views_speech
import webapp.kiosk.views_staff
import webapp.learning.tables
import webapp.learning.views_board
import webapp.learning.views_class
import webapp.learning.views_pack
import webapp.learning.views_report
import webapp.learning.views_runs
import webapp.learning.views_teach
import webapp.learning.views_tutorials
import webapp.notifications.tables
import webapp.notifications.views
import webapp.notifications.views_staff
import webapp.offline.views
import webapp.outbox.tables
import webapp.reading.views_pages
import webapp.staff.views_api
import webapp.staff.views_case
import webapp.staff.views_case_messages
import webapp.staff.views_case_paper
import webapp.staff.views_case_work
import webapp.staff.views_correct
import webapp.staff.views_counter
import webapp.staff.views_decide
import webapp.staff.views_desk
import webapp.staff.views_exports
import webapp.staff.views_inbox
import webapp.staff.views_keeping
import webapp.staff.views_reopen
import webapp.staff.views_today
import webapp.staff.views_tokens  # noqa: F401  # tables join the metadata and views their blueprint when imported
from webapp.accounts.door import accounts, meet_staff
from webapp.accounts.pages_refusals import note_refusal
from webapp.config import ROOT, Settings, load_settings
from webapp.drafts.door import drafts, meet_browser, send_browser_cookie
from webapp.drafts.service_samples import Samples, load_samples
from webapp.facts.rules import Dictionary
from webapp.facts.service import load_dictionary
from webapp.kiosk.door import kiosk, meet_kiosk
from webapp.kiosk.service import list_calls
from webapp.kit import health, logs
from webapp.kit.assets import Assets, compress_pages, serve_assets
from webapp.kit.database import connect_app, make_engine, sign_with
from webapp.kit.limits import set_limits
from webapp.kit.reports import take_reports
from webapp.kit.safety import MOST_FORM_BYTES, own_address, protect_app
from webapp.learning.door import learning
from webapp.learning.pages_guide import TutorialGuide, watch_look
from webapp.learning.rules import Tutorial
from webapp.learning.service_tutorials import load_tutorials
from webapp.notifications.door import notifications
from webapp.notifications.service_texts import MessageTexts, load_message_texts
from webapp.offline.door import offline
from webapp.offline.rules import Readable, list_readable
from webapp.procedures.service import Catalogue, load_catalogue
from webapp.procedures.service_shelf import Shelf
from webapp.procedures.views import procedures
from webapp.reading.rules import Choice
from webapp.reading.rules_words import GlossaryWord, load_glossary
from webapp.reading.service import load_voices, preferred_voice, render_private, start_reading
from webapp.reading.service_pages import StaticPage, load_pages
from webapp.reading.views import reading
from webapp.staff.door import staff
from webapp.staff.door_api import answer_error, api, is_for_systems

ROOMS = (
    "shell",
    "reading",
    "accounts",
    "offline",
    "notifications",
    "procedures",
    "drafts",
    "learning",
    "kiosk",
    "staff",
)
BLUEPRINTS = (reading, accounts, offline, notifications, procedures, drafts, learning, kiosk, staff, api)
MOST_BYTES = 6 * 1024 * 1024
MOST_PARTS = 100
LAST_RESORT = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>まどぐちの側で、うまくいきませんでした</title></head>
<body><main><h1>まどぐちの側で、うまくいきませんでした</h1><p>あなたのせいではありません。少し待ってから、もう一度押してください。</p>
<p lang="en">Something went wrong on our side. Please wait a moment and try again.</p></main></body></html>"""


@dataclass(frozen=True)
class Ward:
    """What every room may use of the ward: settings and content, read once at start."""

    settings: Settings
    dictionary: Dictionary
    catalogue: Catalogue
    pages: Mapping[str, StaticPage]
    words: tuple[GlossaryWord, ...]
    samples: Samples
    tutorials: Mapping[str, Tutorial]
    messages: Mapping[str, MessageTexts]


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Build the service. Raises SettingError or ContentError with what is wrong and where."""
    settings = settings or load_settings()
    app = Flask("webapp", static_folder=None, template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES, MAX_FORM_PARTS=MOST_PARTS,
        SESSION_COOKIE_SECURE=settings.secure,
    )  # fmt: skip
    app.extensions["madoguchi"] = load_ward(settings)
    assets = Assets(ROOT / "static")
    logs.log_requests(app)
    app.before_request(meet_browser)
    app.before_request(meet_staff)
    app.before_request(meet_kiosk)
    protect_app(app, settings.secure, settings.allowed_hosts)
    start_reading(app, settings.content_dir, ROOT / "translations", _template_folders(), assets.address)
    compress_pages(app)
    app.after_request(send_browser_cookie)
    set_limits(app, settings.starts_an_hour)
    app.after_request(note_refusal)  # what is added before the commit runs after it
    connect_app(app, sign_with(engine or make_engine(settings.database_url), settings.audit_keys))
    serve_assets(app, assets)
    health.answer_health(app, ROOT / "migrations")
    take_reports(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["practice_guide"] = TutorialGuide()
    app.extensions["look_watchers"] = (watch_look,)
    app.extensions["machines_calling"] = lambda session: len(list_calls(session))
    app.extensions["offline_lists"] = list_for_devices(app.extensions["madoguchi"])
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(Exception, show_failure)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as documented
    return app


def load_ward(settings: Settings) -> Ward:
    """Return the ward with these settings. Raises ContentError."""
    return Ward(settings, *read_content(settings.content_dir))


def list_for_devices(ward: Ward) -> Readable:
    """Return what a device may keep of this ward, and whom it says to call."""
    catalogue = ward.catalogue
    paths = list_readable(catalogue.procedures, catalogue.events, catalogue.audiences, ward.tutorials)
    return Readable(paths, Shelf(catalogue).general_office)


def read_content(
    folder: Path,
) -> tuple[
    Dictionary, Catalogue, Mapping[str, StaticPage], tuple[GlossaryWord, ...], Samples, Mapping[str, Tutorial],
    Mapping[str, MessageTexts],
]:  # fmt: skip
    """Read everything the town says; nothing of it changes while the process runs. Raises ContentError."""
    voices = tuple(load_voices(folder))
    dictionary = load_dictionary(folder, voices)
    words = load_glossary(folder / "words" / "glossary.yaml")
    catalogue, pages = load_catalogue(folder, dictionary, voices), load_pages(folder, voices)
    messages = load_message_texts(folder, voices)
    return dictionary, catalogue, pages, words, load_samples(folder), load_tutorials(folder, voices), messages


def _template_folders() -> list[Path]:
    """Return the template folder of each room that has pages."""
    return [ROOT / "webapp" / room / "templates" for room in ROOMS]


def show_error(error: HTTPException) -> Any:
    """Answer a refusal or a missing page in the reader's voice, saying what can be done."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    g.refused = error.code
    return _render_error(error.code, isinstance(error, RequestEntityTooLarge))


def show_failure(error: Exception) -> Response:
    """Answer a failure of ours in the reader's voice; the log has the request's id and no personal data."""
    logs.log_failure(error)
    try:
        return _render_error(500, False)
    except Exception as second:  # the page for failures must not fail, whatever broke
        logs.log_failure(second)
        return Response(LAST_RESORT, 500, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _render_error(code: int, too_large: bool) -> Response:
    """Return the page for an error; whatever goes wrong before the reader is known, a voice is chosen here."""
    if is_for_systems():
        return answer_error(413 if too_large else code)
    if "choice" not in g:
        g.kept_choice = g.choice = Choice()
        g.look_from_address = False
    if "voice" not in g:
        g.voice = current_app.extensions["reading"].voices[preferred_voice()]
    known = code if code in (400, 403, 404, 405, 413, 429) else (500 if code >= 500 else 400)
    page = render_private(
        "shell/error.html", code, code=413 if too_large else known, request_id=g.get("request_id", ""),
        wait_minutes=-(-g.get("wait_seconds", 0) // 60), again=g.get("again"), again_to=own_address(),
    )  # fmt: skip
    if "wait_seconds" in g:
        page.headers["Retry-After"] = str(g.wait_seconds)
    return page
