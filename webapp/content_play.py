"""Plays every tutorial on the real pages, as a learner without JavaScript would: each mistake, its mending, each step's check."""

import html
import logging
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from webapp.app import create_app
from webapp.config import ROOT, Settings
from webapp.drafts.service_samples import find_sample
from webapp.facts.rules import Fact
from webapp.kit.clock import today
from webapp.kit.database import make_engine, open_session
from webapp.kit.migrations import migrate
from webapp.learning.rules import PLACES, Mistake, Progress, Step, Tutorial
from webapp.learning.service_runs import find_run, progress_of

MOST_PAGES = 60


class Stuck(Exception):
    """A tutorial does not go on as its author wrote it."""


def find_play_faults(settings: Settings) -> list[str]:
    """Play every tutorial in a ward of its own that is thrown away; return where one does not go on."""
    with TemporaryDirectory() as folder:
        own = replace(
            settings, data_dir=Path(folder), database_url=f"sqlite:///{folder}/play.db", public_url=None, allowed_hosts=()
        )  # fmt: skip
        engine = make_engine(own.database_url)
        migrate(engine, ROOT / "migrations")
        app = create_app(own, engine)
        logging.getLogger("madoguchi").setLevel(logging.ERROR)
        faults = [fault for one in app.extensions["madoguchi"].tutorials.values() for fault in play(app, one)]
        engine.dispose()
    return faults


def play(app: Flask, tutorial: Tutorial, voice: str = "ja") -> list[str]:
    """Play one tutorial from its first step to its last; return why it stops, or nothing."""
    try:
        Player(app, tutorial, voice).play()
    except Stuck as stuck:
        return [f"tutorials/{tutorial.slug}: {stuck}"]
    return []


class Player:
    """A learner who makes every mistake once and then does what the step says."""

    def __init__(self, app: Flask, tutorial: Tutorial, voice: str, client: FlaskClient | None = None) -> None:
        """Take a browser; without `client` a new one."""
        self.app, self.tutorial, self.voice = app, tutorial, voice
        self.client = client or app.test_client()
        self.ward = app.extensions["madoguchi"]
        self.draft_id = ""
        self.answered: set[str] = set()

    def play(self, level: str = "together") -> None:
        """Go all the way. Raises Stuck."""
        self.start(level)
        for step in self.tutorial.steps:
            self.reach(step)
            for mistake in step.mistakes:
                self.make(step, mistake)
            self.do(step)

    def start(self, level: str) -> None:
        """Begin the tutorial. Raises Stuck."""
        answer = self.client.post(f"/{self.voice}/learn/{self.tutorial.slug}/start", data={"level": level})
        found = re.search(r"[0-9a-f]{24}", answer.headers.get("Location", ""))
        if not found:
            raise Stuck(f"cannot be begun: {answer.status_code}")
        self.draft_id = found[0]

    def address(self, *parts: str) -> str:
        """Return the address of a page of the practised draft."""
        return "/".join((f"/{self.voice}/practice/{self.draft_id}", *parts))

    def place_of(self, step: Step) -> str:
        """Return the address that a step is done at."""
        own = {"find": f"/{self.voice}/learn/runs/{self.draft_id}/find", "return": f"/{self.voice}/slip"}
        return own.get(step.define.at) or self.address(step.define.at)

    def progress(self) -> Progress:
        """Return how far the run is."""
        with open_session(self.app.extensions["engine"]) as session:
            run = find_run(session, self.draft_id)
            return progress_of(run) if run else Progress()

    def reach(self, step: Step) -> None:
        """Go to the page of a step; pages before it that no step speaks about are answered freely, in first steps only."""
        for _ in range(MOST_PAGES):
            first = self.first_open()
            if step.define.at in ("find", "return", "slip", first) or step.define.at in self.answered:
                return
            if self.tutorial.define.kind != "first":
                raise Stuck(f"before step {step.key}, the page {first} comes, and no step speaks about it")
            if self.post(self.address(first), self.fill(first, {})) != 303:
                raise Stuck(f"the page {first} before step {step.key} does not take the samples")
        raise Stuck(f"the page of step {step.key} never comes")

    def first_open(self) -> str:
        """Return the first page of the draft that is still open."""
        where: str = self.client.get(self.address("")).headers["Location"]
        return where.partition("#")[0].partition("?")[0].rsplit("/", 1)[1]

    def make(self, step: Step, mistake: Mistake) -> None:
        """Make a mistake, and see that it is the one that the author means. Raises Stuck."""
        define, where = mistake.define, self.place_of(step)
        if define.typed is not None:
            self.post(where, self.fill(step.define.at, {**step.define.typed, **define.typed}))
        elif define.pressed is not None:
            self.post(where, {"then": define.pressed, "procedure": self.read_ticked(where)})
        elif define.searched is not None:
            self.post(where, {"q": define.searched})
        elif define.instead is not None:
            self.go_elsewhere(step, define.instead)
        elif define.undeclared:
            self.post(where, {"version": "0"})
        else:
            self.post(where, {"number": define.number or "", "code": "", "run": self.draft_id})
        if (step.key, define.key) not in self.progress().met and step.key not in self.progress().done:
            raise Stuck(
                f"step {step.key}: the mistake {define.key} is not found by the real checks ({self.progress().last})"
            )
        if step.key in self.progress().done:
            raise Stuck(f"step {step.key}: the mistake {define.key} passes as right")

    def go_elsewhere(self, step: Step, what: str) -> None:
        """Answer the draft's first page again, or press a harmless button there, instead of what a step says."""
        first = next(one for one in self.tutorial.steps if one.define.at not in PLACES and one is not step)
        again = self.fill(first.define.at, first.define.typed) if what == "answered" else {"then": "sample"}
        self.post(self.place_of(first), again)

    def do(self, step: Step) -> None:
        """Do what a step asks for, and see that it counts. Raises Stuck."""
        where, check = self.place_of(step), step.define.check
        if check.pressed is not None:
            self.press(where, check.pressed)
        elif check.look is not None:
            self.change_look(check.look, where)
        elif check.found is not None:
            self.find(step, where)
        elif check.slip or check.sent:
            page = self.client.get(where).text
            self.post(where, {"declare": re.findall(r'name="declare" id="[^"]*" value="([^"]+)"', page)})
        elif check.returned:
            self.come_back(where)
        elif check.chosen:
            self.choose(where)
        else:
            self.post(where, self.fill(step.define.at, step.define.typed))
        if step.key not in self.progress().done:
            raise Stuck(
                f"step {step.key}: what it says does not meet its check ({self.progress().last or 'nothing happened'})"
            )

    def press(self, where: str, button: str) -> None:
        """Press another button of a page of questions; one of the voices leads on in that voice."""
        self.post(where, {"then": button, "procedure": self.read_ticked(where)})
        if button.startswith("voice:"):
            self.voice = button.partition(":")[2]

    def change_look(self, look: dict[str, str | int], back: str) -> None:
        """Change the reading settings."""
        sizes = ("standard", "large", "larger", "largest")
        data = {name: sizes[int(value)] if name == "size" else str(value) for name, value in look.items()}
        self.client.post("/look", data={**data, "back": back})

    def find(self, step: Step, where: str) -> None:
        """Search for what the step says and take the procedure up."""
        data = {"csrf": self.token(where), "q": step.define.search or ""}
        found = self.client.post(where, data=data).text
        if f'name="procedure" value="{step.define.check.found}"' not in found:
            raise Stuck(f"step {step.key}: searching for {step.define.search} does not find {step.define.check.found}")
        self.post(where, {"procedure": str(step.define.check.found)})

    def come_back(self, where: str) -> None:
        """Type the two numbers of the slip."""
        slip = self.client.get(self.address("slip"), follow_redirects=True).text  # what was sent shows its slip last
        numbers = re.findall(r'<dd translate="no">([^<]+)</dd>', slip)[-2:]
        if len(numbers) != 2:
            raise Stuck("there is no slip to come back with")
        self.client.post(where, data={"number": numbers[0], "code": numbers[1], "run": self.draft_id})

    def choose(self, where: str) -> None:
        """Take what is ticked on the list of things to do."""
        self.post(where, {"procedure": self.read_ticked(where)})

    def read_ticked(self, where: str) -> list[str]:
        """Return the procedures that are ticked on a list of things to do."""
        return re.findall(r'name="procedure" id="[^"]*" value="([^"]+)" checked', self.client.get(where).text)

    def fill(self, page: str, typed: dict[str, Any]) -> dict[str, Any]:
        """Return form data for a page: what is given, what it shows already, or samples."""
        text = self.client.get(self.address(page)).text
        data: dict[str, Any] = {}
        for key in dict.fromkeys(re.findall(r'<(?:input|select|textarea)[^>]*\sname="([^":]+)', text)):
            fact = self.ward.dictionary.facts.get(key)
            if fact is None or fact.define.kind == "file":
                continue
            for part, words in (typed[key] if key in typed else self.sample(fact, text)).items():
                data[f"{key}:{part}" if part else key] = words
        return data

    def sample(self, fact: Fact, text: str) -> dict[str, Any]:
        """Return what a page shows as already filled in, or a sample."""
        if fact.define.kind == "person":
            return {"": re.findall(rf'name="{re.escape(fact.key)}" value="([^"]+)"', text)[:1]}
        return dict(find_sample(self.ward.samples, fact, today()) or {})

    def token(self, where: str) -> str:
        """Return the token of a page's form."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(where).text)
        return found[1] if found else ""

    def post(self, where: str, data: dict[str, Any]) -> int:
        """Send a page's form; return the status."""
        page = self.client.get(where).text
        status = self.client.post(where, data={**read_hidden(page), **data}).status_code
        if status == 303 and "then" not in data:
            self.answered.add(where.rsplit("/", 1)[1])
        return status


def read_hidden(page: str) -> dict[str, str]:
    """Return the hidden values of a page's forms."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in pairs if name not in ("run",)}
