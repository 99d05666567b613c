"""Applications of a section, and taking them out of the house."""

import csv
import io
from datetime import timedelta

from sqlmodel import select

from tests.accounts.helping import make, sign_in
from tests.staff.sections import PEOPLE, Section
from webapp.accounts.tables import AuditEntry
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application, Look
from webapp.kit.clock import now
from webapp.kit.crypto import new_key
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

SLUG, OFFICE = "dog-change-or-death", "environment-dogs"
WHY = "犬の台帳に入れるため"
PLACE = f"/ja/staff/exports/{SLUG}/"


def take(client, place=PLACE, **typed):
    """Take applications out through the page's own form."""
    page = client.get(place)
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    given_ = {"csrf": csrf, "layout": "shared.all", "form": "csv", "instead": "geta", "why": WHY, **typed}
    answer = client.post(place, data=given_)
    answer.get_data()  # the rows are read while the file is sent
    return answer


def read_csv(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def receive_some(app, *people):
    """Put applications into their section as sending does, without walking through the forms; return them."""
    ward, made = app.extensions["madoguchi"], []
    with open_session(app.extensions["engine"]) as session:
        before = set(session.exec(select(Application.id)))
        for number, (name, kana) in enumerate(people):
            answers = {"applicant.name": {"name": name, "kana": kana}, "dog.name": "ポチ", "no.more": "x"}
            parcel = Parcel(new_id(), SLUG, "", "ja", answers, 14, new_key(), OFFICE)
            receive(
                session, Applications.REAL, parcel, open_vault(ward.settings), now() + timedelta(seconds=number), 365
            )
        made += [one for one in session.exec(select(Application).order_by(Application.sent_at)) if one.id not in before]
    return made


def looks(app, what="exported"):
    with open_session(app.extensions["engine"]) as session:
        return list(session.exec(select(Look).where(Look.what == what)))


def logged(app, what):
    with open_session(app.extensions["engine"]) as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.what == what)))


def receive_three(app):
    """Return a section with three applications."""
    sent = receive_some(app, *PEOPLE)
    account_id = make(app, (f"officer:{OFFICE}",), "somebody")
    ids, receipts = tuple(one.id for one in sent), tuple(one.receipt for one in sent)
    return Section(OFFICE, SLUG, ids, receipts, tuple(one.draft_id for one in sent), account_id)


def sign_officer_in(app, client):
    """Return a client of somebody of that section, and remember who."""
    client.account_id = sign_in(client, app, (f"officer:{OFFICE}",), "kakari")
    return client
