"""Who looked at what was sent: the resident reads when, from which office, what and why; nobody else does."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from sqlmodel import Session, select

from tests.accounts.helping import make
from webapp.accounts.rules import Clerk, Grant
from webapp.accounts.service import get_account, set_grants
from webapp.applications.service import Applications
from webapp.applications.service_cases import open_case
from webapp.applications.service_looks import note_look
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application, Look
from webapp.kit.clock import now
from webapp.kit.database import open_session

FORM = "procedures/dog-change-or-death"
SECTION = "environment-dogs"
MOMENT = datetime(2026, 11, 27, 1, 5, tzinfo=timezone.utc)
"""Five past ten in the morning in the ward."""


def bare(html: str) -> str:
    """Return the words of a page's main part without readings and marks."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<rp>.*?</rp>|<rt.*?</rt>|<[^>]+>", "", main))


@pytest.fixture
def sent(resident):
    """Return the address of a draft that was sent."""
    base = resident.begin(FORM)
    resident.hurry(base)
    assert resident.send(base).status_code == 303
    return base


def look(app, settings, what, why, words="", role="officer", name="佐藤", at=MOMENT):
    """Look at the one application, as somebody of its section."""
    account_id = make(app, (f"{role}:{SECTION}",), name)
    with open_session(app.extensions["engine"]) as session:
        row = session.exec(select(Application)).one()
        assert row.section == SECTION
        clerk = Clerk(account_id, name, frozenset({Grant(role, SECTION)}))
        note_look(session, clerk, open_case(row, open_vault(settings)), what, why, at, words)
    return account_id


def test_nobody_yet_is_said_kindly_and_the_page_is_linked_from_what_was_sent(resident, sent):
    assert f'href="{sent}/looks"' in resident.see(f"{sent}/sent")
    assert "まだ、だれも見ていません。" in bare(resident.see(f"{sent}/looks"))


def test_each_look_says_when_who_what_and_why(resident, sent, app, settings):
    look(app, settings, "opened", "assigned")
    look(
        app, settings, "printed", "other", "窓口に来た<b>から", role="head", name="鈴木", at=MOMENT + timedelta(hours=5)
    )
    page = resident.see(f"{sent}/looks")
    words = bare(page)
    assert "午前10時05分" in words
    assert "午後3時05分" in words
    assert "係、佐藤さん" in words
    assert "責任者、鈴木さん" in words
    assert "開いて見ました。" in words
    assert "紙に印刷しました。" in words
    assert "あなたの手続きの担当だから" in words
    assert "窓口に来た&lt;b&gt;から" in page
    assert words.index("午後3時05分") < words.index("午前10時05分"), "the latest first"
    office = app.extensions["madoguchi"].catalogue.offices[SECTION].words["name"].voices["ja"]
    assert re.sub(r"《[^》]*》|｜", "", office) in words


def test_somebody_who_has_left_the_section_is_still_named(resident, sent, app, settings):
    account_id = look(app, settings, "file", "stands-in")
    with open_session(app.extensions["engine"]) as session:
        set_grants(session, account_id, frozenset(), now())
        get_account(session, account_id).disabled_at = MOMENT
    assert "職員、佐藤さん" in bare(resident.see(f"{sent}/looks"))


def test_only_the_browser_that_holds_the_draft_reads_it(resident, sent, app, settings):
    look(app, settings, "opened", "assigned")
    stranger = app.test_client()
    assert stranger.get(f"{sent}/looks").status_code == 404
    stranger.get("/ja/slip")
    assert stranger.get(f"{sent}/looks").status_code == 404
    assert resident.client.get(f"{sent}/looks").headers["Cache-Control"] == "no-store"


def test_draft_that_was_not_sent_has_no_such_page(resident):
    base = resident.begin(FORM)
    answer = resident.client.get(f"{base}/looks")
    assert answer.status_code == 303
    assert not answer.location.endswith("/looks")


def test_in_practice_nobody_looks(resident, app):
    base = resident.begin(FORM, "practice")
    resident.hurry(base)
    assert resident.send(base).status_code == 303
    assert "区の人はだれも見ません" in bare(resident.see(f"{base}/looks"))


@pytest.mark.parametrize("voice", ["ja-easy", "en"])
def test_page_is_there_in_every_voice(resident, sent, app, settings, voice):
    look(app, settings, "exported", "supervision")
    assert resident.client.get(sent.replace("/ja/", f"/{voice}/") + "/looks").status_code == 200


def test_looks_go_with_the_application(resident, sent, app, settings):
    look(app, settings, "opened", "assigned")
    with open_session(app.extensions["engine"]) as session:
        session.delete(session.exec(select(Applications.REAL.value)).one())
    with Session(app.extensions["engine"]) as session:
        assert session.exec(select(Look)).all() == []
    assert "まだありません" in bare(resident.see(f"{sent}/looks"))


def test_looks_of_one_person_day_and_reason_are_one_entry_that_leaves_nothing_out(resident, sent, app, settings):
    account_id = look(app, settings, "opened", "assigned")
    later = (("opened", 4), ("file", 5), ("opened", 13), ("opened", 40), ("printed", 41), ("opened", 60 * 24))
    with open_session(app.extensions["engine"]) as session:
        row = session.exec(select(Application)).one()
        clerk = Clerk(account_id, "佐藤", frozenset({Grant("officer", SECTION)}))
        for what, minutes in later:
            case = open_case(row, open_vault(settings))
            note_look(session, clerk, case, what, "assigned", MOMENT + timedelta(minutes=minutes))
    page = resident.see(f"{sent}/looks")
    words = bare(page)
    assert words.count("見た人：") == 2, "a line for each day"
    assert "2回、開いて見ました。 ファイルを見ました。 紙に印刷しました。" in words
    assert "から 午前10時46分 まで" in words
    for minute in ("05", "09", "10", "18", "45", "46"):
        assert f"午前10時{minute}分" in page[page.index("<details") :]
    with Session(app.extensions["engine"]) as session:
        assert len(session.exec(select(Look)).all()) == 7, "each is written down"
