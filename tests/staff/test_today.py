"""The first page of whoever works here: what they can do, and how much of it waits; the page about keeping and erasing."""

import re
from datetime import timedelta

import pytest

from tests.accounts.helping import sign_in
from tests.staff.sections import make_section
from webapp.accounts.service_audit import note
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

TODAY, KEEPING = "/ja/staff/", "/ja/staff/keeping/"


def cards_of(page):
    return re.findall(r'id="card-(\w+)"', page)


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<rt>.*?</rt>|<[^>]+>", "", page[page.index("<main") :]))


def number_of(page, href):
    """Return the number that stands beside what leads to an address."""
    found = re.search(rf'href="{re.escape(href)}".*?class="number">([^<]*)<', page.replace("&amp;", "&"), re.S)
    return found.group(1).strip() if found else None


@pytest.mark.parametrize(
    ("roles", "cards"),
    [
        (("reception",), ["counter", "calls", "letters", "kiosks"]),
        (("officer:tax",), ["inbox", "exports", "counter"]),
        (("head:tax",), ["inbox", "exports", "counter", "keeping"]),
        (("instructor", "editor"), ["classes", "desk"]),
        (("auditor",), ["log", "keeping"]),
        (("administrator",), ["people", "systems", "keeping"]),
        ((), []),
    ],
)
def test_everybody_begins_with_what_they_can_do(app, client, roles, cards):
    sign_in(client, app, roles, "kakari")
    page = client.get(TODAY).text
    assert cards_of(page) == cards
    assert page.count("<h1") == 1
    for href in re.findall(r'<h2[^>]*><a href="([^"]+)"', page):
        assert client.get(href).status_code == 200, href


def test_instructors_begin_where_they_teach_unless_they_do_more(app, client):
    sign_in(client, app, ("instructor",), "sensei")
    assert client.get("/ja/staff/sign-in").location == "/ja/teach/"
    other = app.test_client()
    sign_in(other, app, ("instructor", "reception"), "kakari")
    assert other.get("/ja/staff/sign-in").location == TODAY
    assert f'href="{TODAY}"' in other.get("/ja/staff/account").text


def test_numbers_of_a_section_lead_to_what_they_count(app, client):
    section = make_section(app, count=3)
    with open_session(app.extensions["engine"]) as session:
        rows = [session.get_one(Application, id_) for id_ in section.application_ids]
        rows[0].answer_by = today() - timedelta(days=2)
        rows[1].sqlmodel_update(
            {"state": "checking", "proposed_by": section.account_id, "assigned_to": section.account_id}
        )
        rows[2].erase_after = today() + timedelta(days=20)
    sign_in(client, app, (f"head:{section.key}",), "kacho")
    page = client.get(TODAY).text
    at = "/ja/staff/inbox/"
    wanted = {
        "?due=over": "1",
        "?show=confirm": "1",
        "?who=nobody": "2",
        "?who=mine": "0",
        "": "3",
        "?show=any&due=erase": "1",
    }
    for query, number in wanted.items():
        assert number_of(page[page.index('class="today-counts"') :], at + query) == number, query
        assert client.get(at + query).text.count('name="row"') == int(number), query
    for words in ("山﨑", "やまざき", section.receipts[0]):
        assert words not in page, "nothing about anybody"
    listed = plain(client.get(at).text)
    assert "答える日を過ぎた" in listed
    assert "もうすぐ消える" in listed


def test_keeping_tells_how_long_and_when_in_numbers_only(app, client):
    section = make_section(app, count=2)
    with open_session(app.extensions["engine"]) as session:
        for id_, days in zip(section.application_ids, (10, 60), strict=True):
            session.get_one(Application, id_).erase_after = today() + timedelta(days=days)
        note(session, now(), None, "application-erased", "0" * 24)
        note(session, now() - timedelta(days=9), None, "backup-made", "12 rows")
    sign_in(client, app, ("auditor",), "kansa")
    words = plain(client.get(KEEPING).text)
    assert "30日の間に消えるもの：1件" in words
    assert "90日の間に消えるもの：2件" in words
    assert "1件を消しました" in words
    assert "（9日前）" in words
    assert "しばらくしていません" in words, "the backup is older than a week, and the keys were never new"
    assert "365日 （1年くらい）" in words, "the residence certificate has a rule of its own"
    assert "1825日 （5年くらい）" in words


def test_heads_read_of_their_own_sections_and_officers_of_none(app, client):
    make_section(app, count=1)
    sign_in(client, app, ("head:tax",), "zei")
    page = client.get(KEEPING)
    assert page.status_code == 200
    assert app.extensions["madoguchi"].catalogue.procedures["dog-change-or-death"].words["title"].voices[
        "ja"
    ] not in plain(page.text)
    assert "件を消しました" not in plain(page.text)
    other = app.test_client()
    sign_in(other, app, ("officer:tax",), "kakari")
    assert other.get(KEEPING).status_code == 404
