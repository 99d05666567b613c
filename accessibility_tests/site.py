"""The product on a real port with a ward of its own, and the list of all its pages, made from routes and content."""

import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from tests.autopilot import Autopilot, read_form
from webapp.app import create_app
from webapp.config import ROOT, load_settings
from webapp.kit.clock import today
from webapp.kit.database import make_engine
from webapp.kit.migrations import migrate

CATALOGUE_ROUTES = ("/<voice>/procedures/<slug>", "/<voice>/events/<slug>", "/<voice>/for/<key>")
STANDING_ROUTE = "/<voice>/<any(help,privacy,accessibility):slug>"
LEARNING_ROOMS = ("learning", "accounts", "kiosk", "staff")
"""Rooms whose pages are listed by learning_pages, teaching_pages and kiosk_pages: what they show hangs on who looks."""
DRAFT = "/<voice>/<any(drafts,practice):space>/<draft_id>/"
NOT_PAGES = {
    "/": "leads to a voice", "/healthz": "for machines", "/readyz": "for machines", "/static/<path:name>": "files",
    "/worker.js": "a program", "/<voice>/manifest.webmanifest": "for browsers", "/robots.txt": "for machines", "/sitemap.xml": "for machines",
    DRAFT: "leads to the next open page",
    f"{DRAFT}files/<upload_id>": "a resident's own file",
    f"{DRAFT}deadlines.ics": "for calendars",
    "/c/<token>": "leads to a voice", "/practice/c/<token>": "leads to a voice",
    "/k/<code>": "leads to a voice",
    "/<voice>/learn/<slug>/text.txt": "text alone, for speech and braille",
    "/<voice>/class/<lesson_id>/state": "a part of learners' pages, looked at inside them",
    "/<voice>/teach/<lesson_id>/board": "a part of instructors' pages, looked at inside them",
    "/<voice>/teach/<lesson_id>/report.csv": "a file for spreadsheets",
    "/<voice>/kiosk/wake/<key>": "leads to the waiting page", "/<voice>/kiosk/check/back": "a page that goes back at once",
    "/<voice>/staff/kiosks/state": "a part of the page of machines, looked at inside it",
    "/<voice>/staff/inbox/batch": "leads to the list", "/<voice>/staff/inbox/find": "leads to the list",
    "/<voice>/staff/inbox/<application_id>/files/<upload_id>": "a file that a resident sent",
    "/<voice>/staff/log.csv": "a file for spreadsheets", "/<voice>/staff/exports/<slug>/<key>.json": "a schema, for machines",
    "/<voice>/staff/exports/<slug>/count": "leads to the page of the form",
    "/api/v1/openapi.json": "for machines", "/api/v1/procedures": "for machines", "/api/v1/applications": "for machines",
    "/api/v1/applications/<application_id>": "for machines", "/api/v1/applications/<application_id>/files/<upload_id>": "a file",
    "/api/v1/applications/<application_id>/acknowledgement": "for machines",
    "/sso/staff/return": "leads on", "/sso/resident/return": "leads on",
    "/<voice>/staff/sso/done": "where a sign-in service is set: sso_pages", "/<voice>/staff/sso/problem/<reason>": "as above",
    "/<voice>/identity": "as above", "/<voice>/identity/problem/<reason>": "as above",
    "/<voice>/staff/left": "for the script that warns before a sign-in ends",
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """The running product: its address, the app behind it, and the cookie of a browser that holds drafts."""

    base: str
    app: Flask
    ward: Any


@dataclass(frozen=True)
class Visit:
    """One page as it is to be looked at: a name, its path, the browser's secrets, and what to send to get there.

    `bad`: the page's form is sent empty first. `typed`: what is put into fields, by selector. `press`: the button that leads
    from the path to the page. `staff`: what the browser of somebody who is signed in holds. `cookies`: what else it holds.
    """

    name: str
    path: str
    secret: str = ""
    bad: bool = False
    press: str = ""
    staff: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()

    def in_voice(self, voice: str) -> str:
        """Return the path in a voice."""
        return f"/{voice}{self.path}"


@contextmanager
def open_site(more: Mapping[str, str] | None = None) -> Iterator[Site]:
    """Yield the product on a free port of this machine, with more settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"DATA_DIR": str(Path(folder) / "data"), **(more or {})})
        engine = make_engine(settings.database_url)
        migrate(engine, ROOT / "migrations")
        app = create_app(settings, engine)
        getLogger("madoguchi").setLevel(ERROR)
        getLogger("werkzeug").setLevel(ERROR)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.port}", app, app.extensions["madoguchi"])
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            engine.dispose()


def list_content_pages(site: Site) -> list[Visit]:
    """Return a visit for each page that content makes."""
    catalogue = site.ward.catalogue
    paths = [f"/procedures/{slug}" for slug in catalogue.procedures]
    paths += [f"/events/{slug}" for slug in catalogue.events]
    paths += [f"/for/{key}" for key in catalogue.audiences]
    return [Visit(path, path) for path in paths]


def list_fixed_pages(site: Site) -> list[Visit]:
    """Return a visit for each public page with a fixed address, from the routes; and the states that have one."""
    paths = []
    for rule in site.app.url_map.iter_rules():
        if rule.rule == STANDING_ROUTE:
            paths += [f"/{slug}" for slug in ("help", "privacy", "accessibility")]
        elif "GET" in rule.methods and rule.rule not in NOT_PAGES and rule.arguments <= {"voice"}:
            paths += [] if is_of_learning(rule) else [rule.rule.removeprefix("/<voice>")]
    first = next(iter(site.ward.catalogue.procedures))
    states = ["/find?q=ひっこし", "/find?q=zzzzqqqq", "/no-such-page", "/?look=largest.dark.wide.on",
              f"/procedures/{first}?card=yes&pin=no", "/slip/" + "0" * 32]  # fmt: skip
    return [Visit(path, path) for path in [*dict.fromkeys(paths), *states]]


def is_of_learning(rule: Any) -> bool:
    """Tell whether a route belongs to learning or to the accounts of those who teach."""
    return rule.endpoint.partition(".")[0] in LEARNING_ROOMS


def walk_procedure(site: Site, slug: str) -> list[Visit]:
    """Return the pages of one procedure as a resident meets them: each question, the check page, sent, slip and print."""
    client = site.app.test_client()
    pilot = Autopilot(client, site.ward.dictionary, today())
    check = pilot.walk_to_check(pilot.start(slug))
    cookie = client.get_cookie("browser")
    secret = cookie.value if cookie else ""
    pages = [
        Visit(f"{slug}: {path.split('/')[4]}", path.removeprefix("/ja"), secret) for path in dict.fromkeys(pilot.seen)
    ]
    return [*pages, Visit(f"{slug}: check", check.removeprefix("/ja"), secret)]


def walk_slip(site: Site, slug: str, send: bool) -> list[Visit]:
    """Return the pages around the slip of a draft, before or after it was sent."""
    client = site.app.test_client()
    pilot = Autopilot(client, site.ward.dictionary, today())
    check = pilot.walk_to_check(pilot.start(slug))
    base = check.rsplit("/", 1)[0]
    csrf = read_form(client.get(check).text).hidden["csrf"]
    names = ["slip"]
    if send:
        pilot.send(check)
        names = ["sent", "answers"]
    else:
        client.post(f"{base}/slip", data={"csrf": csrf})
    cookie = client.get_cookie("browser")
    secret = cookie.value if cookie else ""
    paths = [f"{base}/{name}" for name in (*names, "print/a4", "print/80mm", "print/large", "phone")] + ["/ja/slip"]
    return [
        Visit(f"{'sent' if send else 'unsent'}: {path.split('/', 4)[-1]}", path.removeprefix("/ja"), secret)
        for path in paths
    ]


def list_kinds(site: Site) -> list[tuple[str, str]]:
    """Return, for each kind of question, a procedure that asks it and the page on which it does."""
    found: dict[str, tuple[str, str]] = {}
    for slug, procedure in site.ward.catalogue.procedures.items():
        for ask in procedure.define.form.asks if procedure.define.form else ():
            fact = site.ward.dictionary.facts[ask.fact]
            if ask.required and ask.when is None:
                found.setdefault(fact.define.kind, (slug, fact.page))
    return sorted(found.values())
