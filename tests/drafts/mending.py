"""A resident who sent something, and a section that asks them to mend some of it, without a browser of its own."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import select

from tests.drafts.browser import BrowserResident
from tests.walks import walk_once
from webapp.applications.service_cases import Case, list_happenings, open_case
from webapp.applications.service_corrections import Asked, Marks, ask_correction, list_corrections, take_back
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

CLERK = "a" * 24


@dataclass
class Sent:
    """One application and its resident. `child` is the address of the draft in which it is mended."""

    resident: BrowserResident
    base: str
    settings: Any
    slug: str
    id: str = ""
    child: str = ""
    marked: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def mend(self) -> str:
        """Return the page that says what is to be mended."""
        return f"{self.base}/mend/{self.id}"

    def case(self) -> Case:
        """Open the application as it stands, as its section does."""
        with open_session(self.resident.engine) as session:
            row = session.exec(select(Application).where(Application.id == self.id)).one()
            return open_case(row, open_vault(self.settings))

    def ask(self, note: str = "", **marked: str) -> str:
        """Ask for facts (dots as two underscores) to be mended, each with a note; return the correction's id."""
        self.marked = {key.replace("__", "."): {"why": "wrong", "note": words} for key, words in marked.items()}
        with open_session(self.resident.engine) as session:
            case = self.open(session)
            day, marks = today() + timedelta(days=14), Marks(self.marked, note, "ja")
            return ask_correction(session, case, CLERK, marks, day, now(), case.row.version)

    def take_back(self, correction_id: str) -> None:
        """Take back what was asked."""
        with open_session(self.resident.engine) as session:
            assert take_back(session, self.open(session), correction_id, CLERK, now())

    def begin(self) -> str:
        """Press the one button of the page that says what is to be mended; return the address of the draft."""
        answer = self.resident.post(self.mend)
        assert answer.status_code == 303, answer.text
        self.child = answer.headers["Location"].rstrip("/")
        return self.child

    def send(self, **more: Any) -> Any:
        """Send what was mended; return the answer."""
        return self.resident.post(f"{self.child}/check", {"version": self.version(), **more})

    def version(self) -> str:
        """Return the version of the draft that mends."""
        return str(self.resident.look(self.child).draft.row.version)

    def corrections(self) -> list[Asked]:
        """Return everything that was asked."""
        with open_session(self.resident.engine) as session:
            return list_corrections(session, self.open(session))

    def history(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what happened."""
        with open_session(self.resident.engine) as session:
            return [(one.kind, dict(one.content)) for one in list_happenings(session, self.open(session))]

    def open(self, session: Any) -> Case:
        """Open the application in a session."""
        row = session.exec(select(Application).where(Application.id == self.id)).one()
        return open_case(row, open_vault(self.settings))


def send_one(resident: BrowserResident, settings: Any, slug: str = "vaccination-slip-reissue", path: str = "") -> Sent:
    """Fill in a procedure (or a life event by its path) and send it."""

    def walk(_client: FlaskClient) -> str:
        base = resident.begin(path or f"procedures/{slug}")
        resident.hurry(base)
        answer = resident.send(base)
        assert answer.status_code == 303, answer.text
        return base

    what = ("sent by", slug, path, resident.choose, resident.people)
    base = walk_once(resident.client.application, what, resident.client, walk)
    sent = Sent(resident, base, settings, slug)
    with open_session(resident.engine) as session:
        query = select(Application.id).where(Application.draft_id == base.split("/")[3], Application.procedure == slug)
        sent.id = session.exec(query).one()
    return sent
