"""A town that changes what it says: small content folders on disk, and restarts over the same database and data folder."""

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from ruamel.yaml import YAML
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from tests.autopilot import Autopilot
from tests.conftest import CheckedClient
from webapp.app import create_app
from webapp.applications.tables import Application, Snapshot
from webapp.config import ROOT, Settings
from webapp.drafts.service import OpenDraft, find_draft
from webapp.drafts.service_stores import STORES
from webapp.kit.clock import today
from webapp.kit.content import read_yaml
from webapp.kit.database import open_session
from webapp.kit.safety import make_token

DOG, MOVE, CHANGE = "dog-registration", "moving-within", "dog-change-or-death"
KEPT = {
    "procedures": {DOG, MOVE, CHANGE},
    "lifeevents": {MOVE},
    "facts": {"event", "event-moving", "event-moving-also", "situation", "applicant", "household", "dog", "papers"},
}
"""What there is in the small town: one procedure by itself, and a life event that ends in sending and at the counter."""
OLD_ITEM = "従前の住所"
Edit = Callable[[Path], None]


def write_content(folder: Path) -> Path:
    """Copy the small town's content, in plain Japanese only."""

    def leave_out(where: str, names: list[str]) -> set[str]:
        """Return the folders that are not copied."""
        return {name for name in names if "." not in name and name not in KEPT.get(Path(where).name, names)}

    shutil.copytree(ROOT / "content", folder, ignore=leave_out)
    _rewrite(folder / "voices.yaml", lambda voices: voices.__delitem__(slice(1, None)))
    _rewrite(folder / "facts" / "topics.yaml", _leave_topics)
    return folder


def _leave_topics(topics: list[str]) -> None:
    """Leave the topics that were copied."""
    topics[:] = [topic for topic in topics if topic in KEPT["facts"]]


def edit_content(before: Path, folder: Path, edits: Iterable[Edit]) -> Path:
    """Copy a town's content and edit the copy."""
    shutil.copytree(before, folder)
    for edit in edits:
        edit(folder)
    return folder


def _rewrite(path: Path, change: Callable[[Any], object]) -> None:
    """Change one content file in place."""
    data = read_yaml(path)
    change(data)
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(data, file)


def change_questions(folder: Path) -> None:
    """Ask otherwise for the dog's sex (and no longer offer what residents chose), not for its coat, but whether it bites.

    What the form for moving calls the former address changes as well; that is no question.
    """
    _rewrite(folder / "facts" / "dog" / "facts.yaml", _change_facts)
    _rewrite(folder / "facts" / "dog" / "ja.yaml", lambda words: _change_words(words["facts"]))
    for slug in (DOG, CHANGE):
        _rewrite(folder / "procedures" / slug / "procedure.yaml", lambda define: _change_form(define["form"]))
    _rewrite(folder / "procedures" / MOVE / "procedure.yaml", lambda define: _rename_item(define["form"]["items"]))


def _rename_item(items: list[dict[str, Any]]) -> None:
    """Call an item of the official form otherwise."""
    next(item for item in items if item["name"] == OLD_ITEM)["name"] = "引っ越す前にいた所"


def _change_facts(facts: dict[str, Any]) -> None:
    """Change the facts themselves."""
    facts["dog.sex"]["options"] = ["female", "other"]
    del facts["dog.coat"]
    facts["dog.bites"] = {"kind": "yesno", "meaning": "dog/bites", "reuse": "ask"}


def _change_words(words: dict[str, Any]) -> None:
    """Change what the facts are called."""
    words["dog.sex"] |= {"question": "犬の性別を選んでください", "options": {"female": "メス", "other": "メスではない"}}
    del words["dog.coat"]
    words["dog.bites"] = {"label": "かむこと", "question": "人をかんだことがありますか", "why": "係の人のためです。"}


def _change_form(form: dict[str, Any]) -> None:
    """Change what a form asks."""
    form["asks"] = [ask for ask in form["asks"] if ask["fact"] != "dog.coat"] + [{"fact": "dog.bites"}]
    form["items"] = [item for item in form["items"] if item.get("facts") != ["dog.coat"]]
    form["items"].append({"name": "かんだこと", "facts": ["dog.bites"]})


def set_form(slug: str, **values: Any) -> Edit:
    """Return the edit that sets fields of a form."""
    return lambda folder: _rewrite(folder / "procedures" / slug / "procedure.yaml", lambda d: d["form"].update(values))


def set_words(slug: str, **words: str) -> Edit:
    """Return the edit that sets words of a procedure."""
    return lambda folder: _rewrite(folder / "procedures" / slug / "ja.yaml", lambda found: found.update(words))


def close(slug: str, reason: str) -> tuple[Edit, ...]:
    """Return the edits that close a form since yesterday."""
    return set_form(slug, closes_at=day_from_now(-1)), set_words(slug, closed=reason)


def give_up(slug: str) -> Edit:
    """Return the edit that takes a procedure out of the catalogue."""
    return lambda folder: shutil.rmtree(folder / "procedures" / slug)


def day_from_now(days: int) -> date:
    """Return a day of the ward."""
    return today() + timedelta(days=days)


@dataclass
class Town:
    """A running town and the one browser that visits it."""

    settings: Settings
    engine: Engine
    cookie: str = ""
    client: FlaskClient = field(init=False)

    def restart(self, content: Path, checked: bool = True) -> "Town":
        """Start the app anew with this content; the browser keeps its cookie. Pages are checked unless others do that."""
        app = create_app(replace(self.settings, content_dir=content), self.engine)
        if checked:
            app.test_client_class = CheckedClient
        self.client = app.test_client()
        if self.cookie:
            self.client.set_cookie("browser", self.cookie)
        return self

    def write(self, path: str, **choose: Any) -> str:
        """Begin a draft and answer everything, with some answers of one's own (`__` stands for `.`); return its address."""
        pilot = self.pilot(**choose)
        address = base_of(pilot.walk_to_check(pilot.start(path)))
        self.cookie = self.client.get_cookie("browser").value
        return address

    def pilot(self, **choose: Any) -> Autopilot:
        """Return somebody who answers, with some answers of their own."""
        dictionary = self.client.application.extensions["madoguchi"].dictionary
        return Autopilot(self.client, dictionary, today(), {key.replace("__", "."): one for key, one in choose.items()})

    def send(self, draft: str) -> list[str]:
        """Answer what is open, page by page, and send; return the pages that were open."""
        pilot = self.pilot()
        where = pilot.follow(f"{draft}/")
        while not where.endswith("/check"):
            pilot.step(where)
            where = pilot.follow(f"{draft}/")
        pilot.send(where)
        return [one.rsplit("/", 1)[1] for one in pilot.seen]

    def see(self, address: str, status: int = 200) -> str:
        """Return the words of a page, following where it leads, without its markup."""
        answer = self.client.get(address, follow_redirects=True)
        assert answer.status_code == status, f"{address}: {answer.status_code}"
        return strip(answer.text)

    def post(self, address: str, **data: Any) -> Any:
        """Send a form of a draft with its token, following where it leads."""
        token = make_token(bytes.fromhex(self.cookie))
        return self.client.post(address, data={"csrf": token, **data}, follow_redirects=True)

    def lead(self, address: str) -> str:
        """Return where an address leads at once."""
        answer = self.client.get(address)
        assert answer.status_code == 303, f"{address}: {answer.status_code}"
        return str(answer.headers["Location"])

    def open(self, address: str) -> OpenDraft:
        """Open the draft behind an address as the browser's cookie does."""
        _, _, space, draft_id = base_of(address).split("/")
        with open_session(self.engine) as session:
            draft = find_draft(session, STORES[space], draft_id, bytes.fromhex(self.cookie), write=False)
        assert draft is not None, address
        return draft

    def rows(self, table: Any) -> list[Any]:
        """Return every row of a table."""
        with Session(self.engine) as session:
            return list(session.exec(select(table)))

    def sent_by(self) -> list[str]:
        """Return by which books the applications were written, the earliest first."""
        return [one.definition for one in sorted(self.rows(Application), key=lambda one: one.sent_at)]

    def keeps(self, *books: str) -> bool:
        """Tell whether all these books are kept."""
        return {*books} <= {one.hash for one in self.rows(Snapshot)}


def base_of(address: str) -> str:
    """Return the address of a draft from that of one of its pages."""
    return "/".join(address.split("/")[:4])


def strip(html: str) -> str:
    """Return the words of a page's main part, or of any part of it, without markup and the blanks and breaks of its lines."""
    part = html[html.find("<main") :] if "<main" in html else html
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part.replace("<wbr>", ""))).strip()


def list_changes(html: str) -> dict[str, list[str]]:
    """Return the questions under each heading of the page about changes."""
    found = re.findall(r"<h2>(.*?)</h2>\s*<ul>(.*?)</ul>", html, re.S)
    return {strip(head): [strip(one) for one in re.findall(r"<li>(.*?)</li>", body, re.S)] for head, body in found}
