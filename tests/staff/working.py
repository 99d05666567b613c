"""An application that came to a section through the real forms, and the browsers of people who work in the ward."""

import re
from datetime import timedelta

from sqlmodel import Session, col, select

from tests.accounts.helping import make
from tests.staff.sections import send_applications
from webapp.accounts.door import cookie_name
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.applications.tables import Application, Happening
from webapp.kit.clock import now
from webapp.kit.database import open_session

DOG, OFFICE = "dog-change-or-death", "environment-dogs"


class Work:
    """One application and those who work on it."""

    def __init__(self, app, slug=DOG, office=OFFICE, voice="ja", **given) -> None:
        self.app, self.office, self.engine = app, office, app.extensions["engine"]
        (self.sent,) = send_applications(app, slug, 1, **given)
        self.at = f"/ja/staff/inbox/{self.sent.id}/"
        if voice != "ja":
            self.change(voice=voice)

    def change(self, **columns):
        """Change the application's row, as time or another room does."""
        with open_session(self.engine) as session:
            row = session.exec(select(Application).where(Application.id == self.sent.id)).one()
            row.sqlmodel_update(columns)
            session.add(row)

    def staff(self, name="kakari", roles=None):
        """Return the browser of somebody who works here and is signed in."""
        client = self.app.test_client()
        client.account_id = make(self.app, roles or (f"officer:{self.office}",), name)
        with open_session(self.engine) as session:
            secret = begin_sign_in(session, Tried(client.account_id), "Chrome", now() + timedelta(seconds=1))
        with self.app.test_request_context():
            client.set_cookie(cookie_name(), secret.hex())
        return client

    def post(self, client, where, page="", **data):
        """Send a form from one of the application's pages as it stands."""
        return client.post(self.at + where, data={**read_kept(client.get(self.at + page).text), **data})

    def rows(self, table, *where):
        """Return rows of a table as they are now."""
        with Session(self.engine) as session:
            return list(session.exec(select(table).where(*where)))

    @property
    def row(self):
        """Return the application's row as it is now."""
        (row,) = self.rows(Application, Application.id == self.sent.id)
        return row

    def kinds(self):
        """Return the kinds of what happened since it came, in order."""
        with Session(self.engine) as session:
            found = session.exec(select(Happening.kind).order_by(col(Happening.at), col(Happening.id)))
            return [kind for kind in found if kind != "received"]

    def take(self, client):
        """Have somebody take the application on from the page that asks why."""
        answer = self.post(client, "assign", "why", then="take")
        assert answer.status_code == 303
        return answer


def read_kept(page):
    """Return what the forms of an application's page hold: its token, and what the page knew of the application."""
    found = dict(re.findall(r'name="(version|seen)" value="(\d+)"', page))
    return {**found, "csrf": re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[-1]}


def read_plain(page):
    """Return the words of a page without its marks and readings."""
    return re.sub(r"\s+", " ", re.sub(r"<rt>.*?</rt>|<[^>]+>", "", page))
