"""Every procedure that can be filled in here is walked from start to end, the voices dealt out, with every page checked."""

import io
import os
import re
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from tests.autopilot import Autopilot, find_errors, make_picture, read_form
from webapp.applications.tables import Application
from webapp.config import ROOT
from webapp.drafts.tables import Draft
from webapp.facts.service import load_dictionary
from webapp.kit.clock import today
from webapp.procedures.service import load_catalogue
from webapp.reading.service import load_voices

CONTENT = ROOT / "content"
VOICES = tuple(load_voices(CONTENT))
DICTIONARY = load_dictionary(CONTENT, VOICES)
CATALOGUE = load_catalogue(CONTENT, DICTIONARY, VOICES)
FORMS = sorted(slug for slug, one in CATALOGUE.procedures.items() if one.define.form)
SHORT = "dog-change-or-death"
WALKS = [
    (slug, voice)
    for number, slug in enumerate(FORMS)
    for place, voice in enumerate(VOICES)
    if os.environ.get("SOAK") or number % len(VOICES) == place
]
"""Each form in one voice, dealt out; with SOAK=1 each in every voice."""
SOME = FORMS if os.environ.get("SOAK") else FORMS[::5]
"""Every fifth form, for what the engine does with each in the same way; with SOAK=1 all."""


@pytest.fixture
def pilot(client) -> Autopilot:
    """Return a resident with a browser of their own."""
    return Autopilot(client, DICTIONARY, today())


def test_at_least_twelve_procedures_can_be_filled_in():
    assert len(FORMS) >= 12


@pytest.mark.parametrize(("slug", "voice"), WALKS)
def test_procedure_can_be_answered_checked_and_sent(pilot, client, slug, voice):
    check = pilot.walk_to_check(pilot.start(slug, voice))
    shown = client.get(check)
    assert shown.headers["Cache-Control"] == "no-store"
    sent = client.get(pilot.send(check))
    assert sent.status_code == 200
    assert "slip" in sent.text


@pytest.mark.parametrize("slug", SOME)
def test_leaving_every_page_empty_names_what_to_mend_and_keeps_the_page(pilot, client, slug):
    """Each page of the procedure is sent empty first: 422 with errors where something is required, never a 500."""
    where = pilot.follow(pilot.start(slug))
    while not where.endswith("/check"):
        empty = client.post(where, data=dict(read_form(client.get(where).text).hidden))
        assert empty.status_code in (303, 422), where
        if empty.status_code == 422:
            assert find_errors(empty.text), where
            assert "<title>エラー" in empty.text
        where = pilot.answer(where)


def test_sending_twice_gives_the_same_receipt(pilot, client, sqlite_engine):
    check = pilot.walk_to_check(pilot.start(SHORT))
    form = read_form(client.get(check).text)
    data = dict(form.hidden) | {"declare": form.boxes}
    first = client.post(check, data=data)
    again = client.post(check, data=data)
    assert first.headers["Location"] == again.headers["Location"]
    with Session(sqlite_engine) as session:
        assert len(list(session.exec(select(Application)))) == 1


def test_nothing_is_sent_without_the_declarations(pilot, client, sqlite_engine):
    check = pilot.walk_to_check(pilot.start(SHORT))
    answer = client.post(check, data=dict(read_form(client.get(check).text).hidden))
    assert answer.status_code == 422
    assert find_errors(answer.text)
    with Session(sqlite_engine) as session:
        assert not list(session.exec(select(Application)))


def test_answers_changed_in_another_tab_are_shown_again_before_sending(pilot, client):
    check = pilot.walk_to_check(pilot.start(SHORT))
    form = read_form(client.get(check).text)
    page = next(address for address in pilot.seen if not address.rstrip("/").endswith("new"))
    pilot.answer(page)
    assert client.post(check, data=dict(form.hidden) | {"declare": form.boxes}).status_code == 422


@pytest.mark.parametrize("version", ["", "-1", "²", "１", "9" * 5000])
def test_check_page_is_shown_again_for_a_version_that_is_none(pilot, client, version):
    check = pilot.walk_to_check(pilot.start(SHORT))
    form = read_form(client.get(check).text)
    assert client.post(check, data=dict(form.hidden) | {"declare": form.boxes, "version": version}).status_code == 422


def test_another_browser_cannot_see_a_draft(pilot, app):
    address = pilot.follow(pilot.start(SHORT))
    assert app.test_client().get(address).status_code == 404


def test_form_without_its_token_is_refused(pilot, client):
    address = pilot.follow(pilot.start(SHORT))
    assert client.post(address, data={}).status_code == 403


def test_form_from_another_site_is_refused(pilot, client):
    address = pilot.follow(pilot.start(SHORT))
    data = dict(read_form(client.get(address).text).hidden)
    assert client.post(address, data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(address, data=data, headers={"Origin": "https://evil.example"}).status_code == 403


def test_switching_voice_keeps_the_page_and_what_was_typed(pilot, client):
    where = pilot.start(SHORT)
    where = pilot.follow(where)
    while not any(
        DICTIONARY.facts[n.split(":")[0]].define.kind == "name" for n in read_form(client.get(where).text).names
    ):
        where = pilot.answer(where)
    form = read_form(client.get(where).text)
    name = next(n for n in form.names if n.endswith(":name"))
    answer = client.post(where, data=dict(form.hidden) | {name: "書きかけ﨑", "then": "voice:en"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == where.replace("/ja/", "/en/")
    page = client.get(answer.headers["Location"]).text
    assert "書きかけ﨑" in page
    assert 'lang="en"' in page


def test_expired_draft_leaves_nothing_behind(pilot, app, settings, sqlite_engine):
    from webapp.drafts.jobs import erase_expired
    from webapp.drafts.service_stores import REAL
    from webapp.kit.database import open_session

    pilot.walk_to_check(pilot.start("disaster-certificate"))
    uploads = settings.data_dir / "uploads"
    assert list(uploads.iterdir())
    with open_session(sqlite_engine) as session:
        assert erase_expired(session, REAL, today() + timedelta(days=settings.draft_days), settings.data_dir) == 0
        assert erase_expired(session, REAL, today() + timedelta(days=settings.draft_days + 2), settings.data_dir) == 1
        assert not list(session.exec(select(Draft)))
    assert not list(uploads.iterdir())


def go_to_file(pilot, client, slug: str) -> tuple[str, str]:
    """Answer a procedure up to its first page that asks for a file; return its address and the fact."""
    where = pilot.follow(pilot.start(slug))
    while True:
        form = read_form(client.get(where).text)
        found = [
            name for name in form.names if name in DICTIONARY.facts and DICTIONARY.facts[name].define.kind == "file"
        ]
        if found:
            return where, found[0]
        where = pilot.answer(where)


def test_file_that_was_chosen_but_not_added_is_taken_with_the_page(pilot, client):
    where, fact = go_to_file(pilot, client, "road-damage-report")
    data = dict(read_form(client.get(where).text).hidden) | {fact: (io.BytesIO(make_picture()), "あな.png")}
    assert client.post(where, data=data).status_code == 303
    assert "あな.png" in client.get(where).text


def test_removing_the_only_file_opens_the_question_again(pilot, client):
    where, fact = go_to_file(pilot, client, "road-damage-report")
    hidden = dict(read_form(client.get(where).text).hidden)
    client.post(where, data=hidden | {fact: (io.BytesIO(make_picture()), "あな.png"), "then": f"file:{fact}"})
    upload = re.search(r"remove-file:([0-9a-f]{24})", client.get(where).text)[1]
    client.post(where, data=hidden | {"then": f"remove-file:{upload}"})
    page = client.get(where).text
    assert "あな.png" not in page
    client.post(where, data=hidden | {"then": f"file:{fact}"})
    assert client.get(where.rsplit("/", 1)[0] + "/check").status_code == 303, "the question is still open"


def test_reading_settings_lead_back_to_the_question_with_what_was_typed(pilot, client):
    where = pilot.follow(pilot.start("dog-registration"))
    form = read_form(client.get(where).text)
    answer = client.post(where, data=dict(form.hidden) | {"then": "reading"})
    settings = client.get(answer.headers["Location"])
    assert where in settings.text
    back = client.post("/look", data={"size": "large", "back": where})
    assert back.headers["Location"] == where
