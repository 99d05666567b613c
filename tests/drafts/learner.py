"""Somebody who practises with the sample family and types nothing; every page of practice is looked at for its mark."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func
from sqlalchemy.engine import Engine
from sqlmodel import Session, SQLModel, col, select

import webapp.kit.clock
import webapp.timetable
from tests.autopilot import Autopilot, FormReader, find_errors, read_form
from tests.drafts.town import base_of, strip
from webapp.accounts.rules_audit import SEALED
from webapp.accounts.tables import AuditEntry
from webapp.app import create_app
from webapp.applications.service_erasing import FACTS_ERASED
from webapp.config import ROOT, Settings, load_settings
from webapp.drafts.service import OpenDraft, find_draft
from webapp.drafts.service_stores import STORES
from webapp.facts.rules import Fact
from webapp.kit.clock import now
from webapp.kit.database import make_engine
from webapp.kit.migrations import migrate
from webapp.timetable import list_jobs

PAGE = re.compile(r"/[a-z-]+/practice/([0-9a-f]{24}(/.*)?|c/[0-9a-f]{32})")
TITLE = {"ja": "練習: ", "en": "Practice: "}
MARKS = (
    "練習中です。どこにも送りません。",
    "今は練習です。どこにも送りません。",
    "This is practice. Nothing is sent.",
    "練習で作った紙です。本当の手続きには使えません。",
    "練習で作った紙です。本当の手続きには、使うことができません。",
    "This sheet was made in practice. It cannot be used for the real procedure.",
)
"""What the mark says in each voice, on pages and on paper."""


class PracticeClient(FlaskClient):
    """A client that looks at every page of practice it fetches, and remembers which views showed one."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Fetch; a page of practice says so in its title and at its top."""
        response = super().open(*args, **kwargs)
        path = response.request.path
        if response.mimetype == "text/html" and response.status_code in (200, 410, 422) and PAGE.fullmatch(path):
            check_mark(response.text)
            self.__dict__.setdefault("shown", []).append(path)
        return response


def check_mark(html: str) -> None:
    """Raise AssertionError unless a page says in its title and at its top, once, that it is practice."""
    begins = TITLE[re.search(r'<html lang="(\w+)"', html)[1]]
    assert re.search(r"<title>(.*?)</title>", html, re.S)[1].startswith(begins)
    (mark,) = re.findall(r'<(?:div|p) class="practice"[^>]*>(.*?)</p>', html, re.S)
    words = strip(re.sub(r"<r[tp]\b[^>]*>[^<]*", "", mark))
    assert words.startswith(MARKS), words


class FilledReader(HTMLParser):
    """Reads what the question form of a page would send as it stands, but for its buttons and files."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.inside = False
        self.box = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a form or a field."""
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("id") == "question"
        kind, name = found.get("type"), found.get("name") or ""
        if not self.inside or not name:
            return
        if tag == "textarea":
            self.box = name
            self.values[name] = [""]
        elif tag == "input" and kind != "file" and (kind not in ("radio", "checkbox") or "checked" in found):
            self.values.setdefault(name, []).append(found.get("value") or "")

    def handle_data(self, data: str) -> None:
        """Take up the words of a box."""
        if self.box:
            self.values[self.box][0] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a box."""
        self.box = "" if tag == "textarea" else self.box
        self.inside = self.inside and tag != "form"


def read_filled(html: str) -> dict[str, list[str]]:
    """Return what a page would send as it stands."""
    reader = FilledReader()
    reader.feed(html)
    return reader.values


class QuickPilot(Autopilot):
    """Answers like the autopilot, and looks at each page once."""

    def answer(self, address: str) -> str:
        """Answer one page and return the next one's address."""
        self.seen.append(address)
        form = read_form(self.look_at(address))
        facts = self.facts_of(form.names, address)
        on_list = address.split("?", maxsplit=1)[0].split("/")[-2] in self.dictionary.facts
        for fact in facts if not on_list else ():
            if fact.define.kind in ("file", "people"):
                (self.give_file if fact.define.kind == "file" else self.give_people)(address, form, fact)
                form = read_form(self.client.get(address).text)
        return self.send_page(address, form, facts)

    def look_at(self, address: str) -> str:
        """Return a page, again if it was fetched last."""
        if not self.pages or self.pages[-1][0] != address:
            self.follow(address)
        return self.pages[-1][1]


class Learner(QuickPilot):
    """Takes the sample family, and has the button for samples fill in every page; the page is sent as it then stands."""

    def step(self, where: str) -> str:
        """Do what one page asks; say yes to the sample family."""
        if where.endswith("/begin"):
            csrf = re.search(r'name="csrf" value="(\w+)"', self.look_at(where))[1]
            return self.follow(str(self.client.post(where, data={"csrf": csrf}).headers["Location"]))
        return super().step(where)

    def give_people(self, address: str, form: FormReader, fact: Fact) -> None:
        """Tick people of the family, by name; whoever belongs on the list already stays on it."""
        known, most = form.choices.get(fact.key, []), fact.define.at_most or self.people
        self.picked[fact.key] = form.ticked.get(fact.key, []) or known[: min(self.people, most)]

    def send_page(self, address: str, form: FormReader, facts: list[Fact]) -> str:
        """Have the page filled in and send it as it stands."""
        where = address.split("?", maxsplit=1)[0]
        people = {fact.key: self.pick(fact, form) for fact in facts if fact.define.kind in ("people", "person")}
        answer = self.client.post(address, data={**form.hidden, **people, "then": "sample"})
        assert answer.status_code == 303, f"{address}: {answer.status_code}"
        page = self.client.get(answer.headers["Location"])
        assert page.status_code == 200, f"{address}: {page.status_code}"
        answer = self.client.post(where, data={**read_filled(page.text), **people})
        if answer.status_code == 422 and any(not one for one in people.values()):
            return self.add_person(address, form)
        assert answer.status_code == 303, f"{address}: {answer.status_code} {find_errors(answer.text)}"
        return self.follow(str(answer.headers["Location"]))

    def pick(self, fact: Fact, form: FormReader) -> list[str]:
        """Return the people to tick, or the one to choose."""
        if fact.define.kind == "people":
            return self.picked[fact.key]
        return form.ticked.get(fact.key) or form.choices[fact.key][:1]

    def add_person(self, address: str, form: FormReader) -> str:
        """Go to the page about somebody new, where nobody of the family can be ticked."""
        answer = self.client.post(address, data={**form.hidden, "then": "person:new"})
        assert answer.status_code == 303, f"{address}: {answer.status_code}"
        return self.follow(str(answer.headers["Location"]))


@dataclass
class Ward:
    """A running ward whose browsers look for the mark of practice."""

    settings: Settings
    engine: Engine
    app: Flask

    def find_real_files(self) -> list[Path]:
        """Return every file in the data folder that is no key, no seal of the log, not the database and not practice's own."""
        files = (path for path in self.settings.data_dir.rglob("*") if path.is_file())
        return [f for f in files if f.parent.name not in ("keys", "seals", "practice-uploads") and ".db" not in f.name]

    def run_jobs(self, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
        """Run every timed job as some days from now."""
        with monkeypatch.context() as patch:
            for module in (webapp.kit.clock, webapp.timetable):
                patch.setattr(module, "now", lambda: now() + timedelta(days=days))
            for job in list_jobs(self.settings, self.engine):
                job.run()


@contextmanager
def open_ward(folder: Path) -> Iterator[Ward]:
    """Start a ward in a folder of its own."""
    settings = load_settings({"DATA_DIR": str(folder), "PUBLIC_URL": "http://localhost"})
    engine = make_engine(settings.database_url)
    migrate(engine, ROOT / "migrations")
    app = create_app(settings, engine)
    app.test_client_class = PracticeClient
    yield Ward(settings, engine, app)
    engine.dispose()


def write(pilot: Autopilot, path: str, voice: str = "ja", send: bool = False) -> str:
    """Write a draft to its end, and perhaps send it; return its address."""
    check = pilot.walk_to_check(pilot.start(path, voice))
    assert not send or pilot.send(check).endswith("/sent")
    return base_of(check)


def secret_of(pilot: Autopilot) -> bytes:
    """Return what somebody's browser holds."""
    return bytes.fromhex(pilot.client.get_cookie("browser").value)


def open_draft(engine: Engine, pilot: Autopilot, base: str) -> OpenDraft:
    """Open a draft as the browser of whoever wrote it does."""
    _, _, space, draft_id = base.split("/")
    with Session(engine) as session:
        draft = find_draft(session, STORES[space], draft_id, secret_of(pilot), write=False)
    assert draft is not None, base
    return draft


def count_rows(engine: Engine, practice: bool) -> dict[str, int]:
    """Return how many rows each table of the schema has, of those that are practice's own or of all others; empty ones left out.

    The row where the chain of the log begins is as old as the database, and jobs note there how far they came.
    """
    tables = [one for one in SQLModel.metadata.sorted_tables if one.name.startswith("practice_") == practice]
    tables = [one for one in tables if one.name != "audit_head"]
    assert tables
    with Session(engine) as session:
        counts = {one.name: session.exec(select(func.count()).select_from(one)).one() for one in tables}
        jobs = select(func.count()).select_from(AuditEntry).where(col(AuditEntry.what).in_((SEALED, FACTS_ERASED)))
        if "audit_entry" in counts:
            counts["audit_entry"] -= session.exec(jobs).one()
    return {name: count for name, count in counts.items() if count}
