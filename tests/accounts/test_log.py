"""The log as auditors read it: who may, what it shows, filters in the address, pages, the file; looking is logged, too."""

import csv
import io
import re
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest
import time_machine
from sqlalchemy import text

from tests.accounts.helping import make, sign_in
from tests.accounts.logged import DROP
from tests.accounts.test_sign_in import rows
from tests.staff.sections import send_applications
from webapp.accounts.rules import ROLES, Grant
from webapp.accounts.service import set_grants
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import check_log, seal_log
from webapp.accounts.tables import AuditEntry
from webapp.kit.database import open_session
from webapp.kit.ids import new_id, show_receipt_number

LOG = "/ja/staff/log"
START = datetime(2026, 11, 20, 14, 30, tzinfo=timezone.utc)
"""Half an hour before midnight in the ward."""


def write(app, count, what="tried", about="case-1", account=None, at=START, why=""):
    """Write entries, a minute apart."""
    with open_session(app.extensions["engine"]) as session:
        for number in range(count):
            note(session, at + timedelta(minutes=number), account, what, about, why)


def numbers(page):
    """Return the numbers of the entries on a page, in its order."""
    return [int(one) for one in re.findall(r'<th scope="row" role="rowheader">.*?</span>(\d+)</th>', page.text)]


def find_link(page, word):
    """Return where a page leads on to, or "" where it ends; the links of its voices are not meant."""
    found = re.search(rf'<li><a href="({LOG}\?[^"]*\b{word}=\d+)"', page.text)
    return found[1].replace("&amp;", "&") if found else ""


@pytest.fixture
def auditor(client, app):
    """Return a browser of an auditor who has signed in."""
    sign_in(client, app, roles=("auditor",), name="kansa")
    return client


@pytest.mark.parametrize("address", [LOG, f"{LOG}.csv"])
@pytest.mark.parametrize("role", [one for one in ROLES if one != "auditor"])
def test_only_auditors_read_the_log(client, app, role, address):
    sign_in(client, app, roles=(f"{role}:tax" if role in ("officer", "head") else role,))
    assert client.get(address).status_code == 404
    assert "log-seen" not in [row.what for row in rows(app, AuditEntry)]


@pytest.mark.parametrize("address", [LOG, f"{LOG}.csv"])
def test_strangers_are_led_to_the_sign_in(client, address):
    answer = client.get(address)
    assert answer.status_code == 303
    assert "/staff/sign-in" in answer.location


def test_newest_entries_come_first_fifty_a_page(auditor, app):
    write(app, 120)
    page = auditor.get(LOG)
    first = numbers(page)
    assert len(first) == 50
    assert first == sorted(first, reverse=True)
    seen, address = [], LOG
    while address:
        page = auditor.get(address)
        seen += [one for one in numbers(page) if one <= first[0]]
        address = find_link(page, "before")
    assert sorted(set(seen), reverse=True) == list(range(first[0], 0, -1))


def test_newer_entries_are_found_again_from_older_ones(auditor, app):
    write(app, 120)
    older = auditor.get(f"{LOG}?about=case-1&before=60")
    newer = find_link(older, "after")
    assert "about=case-1" in newer
    page = auditor.get(newer)
    assert min(numbers(page)) == max(numbers(older)) + 1
    assert len(numbers(page)) == 50


def test_filters_narrow_the_log_and_stay_in_the_form(auditor, app):
    other = make(app, roles=("officer:tax",), name="tanaka")
    write(app, 2, about="case-1", account=other)
    write(app, 3, what="application-opened", about="case-2", account=other, why="assigned")
    assert len(numbers(auditor.get(f"{LOG}?who=tana&about=case-2"))) == 3
    assert len(numbers(auditor.get(f"{LOG}?who={quote('ＴＡＮＡＫＡ')}"))) == 5
    assert numbers(auditor.get(f"{LOG}?who=nobody-of-this-name")) == []
    page = auditor.get(f"{LOG}?what=application-opened&who=tanaka")
    assert len(numbers(page)) == 3
    assert 'value="tanaka"' in page.text
    assert 'value="application-opened" selected' in page.text
    assert "自分の担当だから" in re.sub(r"<rt.*?</rt>|<rp>.*?</rp>|<[^>]+>", "", page.text)
    assert len(numbers(auditor.get(f"{LOG}?what=tried"))) == 2, "a word that has no words of ours"


def test_day_is_the_ward_s_own(auditor, app):
    write(app, 60)  # from 23:30 on the 20th to 0:29 on the 21st
    assert len(numbers(auditor.get(f"{LOG}?day=2026-11-20"))) == 30
    assert len(numbers(auditor.get(f"{LOG}?day=2026-11-21"))) == 30
    assert numbers(auditor.get(f"{LOG}?day=2026-11-22")) == []


def test_day_that_is_none_is_told_and_everything_typed_stays(auditor, app):
    page = auditor.get(f"{LOG}?day=yesterday&who=tanaka")
    assert page.status_code == 422
    assert 'value="yesterday"' in page.text
    assert 'value="tanaka"' in page.text
    assert 'aria-invalid="true"' in page.text


@pytest.mark.parametrize("query", ["before=99999999999", "before=x", "after=-1", "before=%00", "who=%00", "who=%25", "about=%27--",
                                   "what=%F0%9F%98%80", "day=0001-01-01", "day=9999-12-31", "who=" + "x" * 5000, "before=٣"])  # fmt: skip
def test_nothing_typed_into_the_address_breaks_the_page(auditor, query):
    assert auditor.get(f"{LOG}?{query}").status_code in (200, 422)
    assert auditor.get(f"{LOG}.csv?{query}").status_code == 200


def test_each_look_at_the_log_is_in_the_log(auditor, app):
    for typed, kept in ((new_id(), True), ("tax", True), ("audit-key", True), ("山田 花子", False), ("0" * 25, False)):
        for address in (LOG, f"{LOG}.csv"):
            auditor.get(f"{address}?about={quote(typed)}")
            last = rows(app, AuditEntry)[-1]
            assert last.what in ("log-seen", "log-exported")
            assert last.about == (typed if kept else ""), "what somebody typed is never erased from here"
            assert last.account_id is not None


def test_roles_given_and_taken_are_shown_in_words_and_found_by_the_person(auditor, app):
    other = make(app, roles=("officer:tax",), name="tanaka")
    with open_session(app.extensions["engine"]) as session:
        set_grants(session, other, frozenset({Grant("auditor")}), START, by="a" * 24)
    page = auditor.get(f"{LOG}?about={other}")
    assert len(numbers(page)) == 4
    for word in ("役割を足した", "役割を外した", "住民税の窓口：係", "記録を見る人"):
        assert word in bare(page)
    assert len(numbers(auditor.get(f"{LOG}?what=role-given&about={other}"))) == 2
    write(app, 1, what="roles-changed", about=other)
    page = auditor.get(f"{LOG}?what=role-given&about={other}")
    assert len(numbers(page)) == 3, "what older versions wrote is found by the new word, too"
    assert "役割を変えた" in bare(page)


def test_receipt_number_finds_what_was_done_with_its_application(auditor, app):
    (sent,) = send_applications(app, count=1)
    with open_session(app.extensions["engine"]) as session:
        note(session, START, None, "application-opened", sent.id)
    page = auditor.get(f"{LOG}?about={show_receipt_number(sent.receipt).lower()}")
    assert len(numbers(page)) == 2
    assert "申請が届いた" in bare(page)
    last = rows(app, AuditEntry)[-1]
    assert (last.what, last.about) == ("log-seen", sent.id)


def test_file_holds_what_was_found_and_only_text(auditor, app):
    write(app, 3, about="=HYPERLINK(1)", what="@sum")
    write(app, 2, about="other")
    answer = auditor.get(f"{LOG}.csv?what=@sum")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(table) == 4
    assert {row[6] for row in table[1:]} == {"'=HYPERLINK(1)"}
    assert {row[5] for row in table[1:]} == {"'@sum"}
    assert table[1][1].endswith("+09:00")
    last = rows(app, AuditEntry)[-1]
    assert (last.what, last.why) == ("log-exported", "3")


def test_file_asks_again_who_it_is_after_a_while(app, client):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app, roles=("auditor",), name="kansa")
        assert client.get(f"{LOG}.csv").status_code == 200
        for _ in range(8):
            clock.shift(timedelta(minutes=10))
            assert client.get(LOG).status_code == 200
        answer = client.get(f"{LOG}.csv?about=x")
    assert answer.status_code == 303
    assert "/staff/factor" in answer.location


def test_page_says_whether_the_chain_holds(auditor, settings, sqlite_engine):
    assert "まだ確かめていません" in bare(auditor.get(LOG))
    seal_log(sqlite_engine, settings)
    assert "記録は、そろっています" in bare(auditor.get(LOG))
    with sqlite_engine.begin() as connection:
        for statement in (*DROP["sqlite"], "UPDATE audit_entry SET what = 'x' WHERE number = 1"):
            connection.execute(text(statement))
    check_log(sqlite_engine, settings)
    page = bare(auditor.get(LOG))
    assert "記録が、書いたときと違います" in page
    assert "1番の記録が、書いたときと違います。" in page


def bare(page):
    """Return a page's words without readings."""
    return re.sub(r"<rp>.*?</rp>|<rt.*?</rt>|<[^>]+>", "", page.text)


@pytest.mark.parametrize("voice", ["ja-easy", "en"])
def test_log_is_there_in_every_voice(auditor, app, voice):
    write(app, 2)
    assert auditor.get(f"/{voice}/staff/log").status_code == 200
    assert auditor.get(f"/{voice}/staff/log.csv").status_code == 200
