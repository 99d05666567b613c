"""Time goes by: what was sent is warned of, single answers go after the decision, everything goes on its day, for good."""

from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.keeping.making import (
    ACCOUNT,
    NAME,
    START,
    Ward,
    folder_names,
    is_in,
    list_plain,
    list_sealed,
    read_raw,
)
from webapp.accounts.service_audit_check import verify
from webapp.accounts.tables import AuditEntry
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_erasing import list_decided, list_fact_work
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application, Correction, Happening, Look, NameToken
from webapp.drafts.tables import Draft, Upload, WayIn
from webapp.facts.rules_keeping import drop_facts, list_file_ids, list_keeps, name_keep
from webapp.kit.crypto import unseal
from webapp.kit.database import open_session
from webapp.notifications.tables import Way
from webapp.outbox.service import open_params
from webapp.outbox.tables import Message
from webapp.procedures.service_books import BookShelf
from webapp.timetable import list_jobs

ABOUT_PEOPLE = (Application, NameToken, Happening, Correction, Look, Draft, WayIn, Upload, Way, Message)


def run(ward, moment, *names):
    """Run the jobs of these names at a moment."""
    with time_machine.travel(moment, tick=False):
        for job in list_jobs(ward.settings, ward.engine):
            if job.name in (names or ("tidy-drafts", "tidy-applications", "wipe-traces")):
                job.run()


def test_facts_are_dropped_wherever_they_stand():
    held = {"bank.account": {"number": "1"}, "children.list": [{"id": "a", "child.card": "2", "child.name": "空"}]}
    kept = {"before": held, "facts": {"bank.account": {"note": "x"}}, "changed": ["bank.account"]}
    assert drop_facts(kept, {"bank.account", "child.card"}) == {
        "before": {"children.list": [{"id": "a", "child.name": "空"}]}, "facts": {}, "changed": ["bank.account"],
    }  # fmt: skip
    assert list(list_file_ids({"a": [{"id": "f", "size": 1, "name": "x"}], "people": [{"id": "p"}]})) == ["f"]


def test_a_rule_that_changes_is_another_rule():
    assert len({name_keep(30, {"a"}), name_keep(31, {"a"}), name_keep(30, {"a", "b"})}) == 3
    assert name_keep(30, {"b", "a"}) == name_keep(30, {"a", "b"})


def test_accounts_and_scans_go_some_days_after_the_decision():
    keeps = list_keeps(DICTIONARY)
    assert keeps[90] >= {"bank.account", "bank.organiser_account", "bank.child_account"}
    assert keeps[30] >= {"bank.passbook", "certificate.identity", "insurance.residence_cards"}


def test_resident_and_section_are_warned_thirty_days_before_and_once(ward):
    sent = ward.send(START, keep_days=400)
    run(ward, START + timedelta(days=369))
    with Session(ward.engine) as session:
        assert session.exec(select(Message).where(Message.kind == "erasing-soon")).all() == []
    for day in (370, 371, 399):
        run(ward, START + timedelta(days=day))
    with Session(ward.engine) as session:
        (news,) = session.exec(select(Message).where(Message.kind == "erasing-soon"))
        assert (news.about, news.voice) == (sent.draft_id, "ja")
        assert open_params(news, ward.settings.master_keys) == {"day": "2026-11-28", "last": "2028-01-02"}
        logged = session.exec(select(AuditEntry).where(AuditEntry.what == "erasing-soon")).all()
        assert [one.about for one in logged] == [sent.application_id]


def test_single_answers_go_after_the_decision_with_their_files_and_nothing_else(ward):
    sent = ward.send(START, decided=START + timedelta(days=10))
    waiting = ward.send(START)
    uploads = ward.settings.data_dir / "uploads"
    run(ward, START + timedelta(days=40))
    assert sent.files["bank.passbook"] in folder_names(uploads)
    run(ward, START + timedelta(days=41))
    assert "bank.passbook" not in ward.open(sent.application_id).answers
    left = {sent.files["children.abroad_proof"], *waiting.files.values()}
    assert folder_names(uploads) == left
    assert "bank.account" in ward.open(sent.application_id).answers
    run(ward, START + timedelta(days=101))
    answers = ward.open(sent.application_id).answers
    assert "bank.account" not in answers
    assert answers["applicant.name"]["name"] == NAME
    assert ward.open(waiting.application_id).answers["bank.account"]["number"] == ACCOUNT
    assert folder_names(uploads) == left


def test_what_was_before_a_correction_goes_too_for_good(ward):
    sent = ward.send(START, decided=START)
    before = list(list_sealed(ward.engine))
    run(ward, START + timedelta(days=91))
    after = dict.fromkeys(one for _, one in list_sealed(ward.engine))
    changed = {place for place, one in before if one not in after}
    assert changed >= {"application.sealed_answers", "correction.sealed_content"}
    raw = read_raw(ward)
    assert [place for place, one in before if one not in after and is_in(raw, ward, one)] == []
    case = ward.open(sent.application_id)
    with Session(ward.engine) as session:
        (row,) = session.exec(select(Correction).where(Correction.application_id == sent.application_id))
        content = unseal(case.key, row.sealed_content, f"correction|{row.id}|content").decode()
    assert ACCOUNT not in content
    assert NAME.encode("ascii", "backslashreplace").decode() in content


def test_on_its_day_everything_goes_and_no_byte_is_left(ward):
    """Every word, every sealed value, every hash of a name, every file of an application: found before, gone afterwards."""
    gone = ward.send(START, keep_days=400, decided=START)
    markers = list(list_sealed(ward.engine))
    names = [gone.draft_id, gone.application_id, gone.mended_in, *gone.files.values()]
    stays = ward.send(START + timedelta(days=200), keep_days=400, name=("山田 花子", "やまだ はなこ"))
    raw = read_raw(ward)
    assert [place for place, one in markers if not is_in(raw, ward, one)] == []
    assert all(one.encode() in raw for one in names)
    assert [word for word in list_plain() if word in raw] == []
    run(ward, START + timedelta(days=401))
    raw = read_raw(ward)
    known = {one for _, one in list_sealed(ward.engine)}
    log = {"audit_entry.mac", "audit_head.mac"}  # the log stays: it says that something went
    assert [place for place, one in markers if place not in log and is_in(raw, ward, one) and one not in known] == []
    assert [place for place, one in markers if place not in log and one in known] == []
    with Session(ward.engine) as session:
        for table in ABOUT_PEOPLE:
            rows = repr([row.model_dump() for row in session.exec(select(table))])
            assert not [one for one in names if one in rows], table
        logged = session.exec(select(AuditEntry.about).where(AuditEntry.what == "application-erased")).all()
        assert logged == [gone.application_id]
        assert verify(session, {}).findings == ()
    left = [one for one in names if one != gone.application_id and one.encode() in raw]
    assert left == []
    assert ward.open(stays.application_id).answers["applicant.name"]["name"] == "山田 花子"
    assert folder_names(ward.settings.data_dir / "uploads") == set(stays.files.values())


def test_a_run_that_was_missed_is_made_up_for_and_nothing_is_opened_twice(ward):
    first = ward.send(START, decided=START)
    second = ward.send(START, decided=START + timedelta(days=200))
    run(ward, START + timedelta(days=250))
    assert "bank.account" not in ward.open(first.application_id).answers
    assert "bank.passbook" not in ward.open(second.application_id).answers
    assert "bank.account" in ward.open(second.application_id).answers
    run(ward, START + timedelta(days=291))
    assert "bank.account" not in ward.open(second.application_id).answers
    with open_session(ward.engine) as session:
        since = (START + timedelta(days=160)).date()
        until = (START + timedelta(days=201)).date()
        assert list_decided(session, since, until) == [second.application_id]
        assert list_fact_work(session, list_keeps(DICTIONARY), START + timedelta(days=291)) == []


def test_two_applications_of_one_draft_share_a_file_until_the_last_of_them_lets_go(ward):
    sent = ward.send(START, decided=START)
    with open_session(ward.engine) as session:
        case = ward.open(sent.application_id)
        parcel = Parcel(sent.draft_id, "child-medical-card", "0" * 32, "ja", case.answers, 14, case.data_key, "x")
        receive(session, Applications.REAL, parcel, open_vault(ward.settings), START, 400)
    run(ward, START + timedelta(days=40))
    assert sent.files["bank.passbook"] in folder_names(ward.settings.data_dir / "uploads")
    with open_session(ward.engine) as session:
        rows = session.exec(select(Application).where(Application.procedure == "child-medical-card"))
        for row in rows:
            row.decided_at, row.state = START + timedelta(days=41), "decided"
            session.add(row)
    run(ward, START + timedelta(days=72))
    assert sent.files["bank.passbook"] not in folder_names(ward.settings.data_dir / "uploads")


@pytest.mark.parametrize("many", [120])
def test_many_erased_at_once_leave_no_crumb_between_pages(sqlite_engine, settings, many):
    """Pages are moved and merged while rows go; what was moved must not be left behind where it was."""
    book = BookShelf(CATALOGUE, DICTIONARY).find("procedures/child-allowance-claim")
    ward = Ward(sqlite_engine, settings, book)
    for number in range(many):
        ward.send(START + timedelta(days=number % 7), keep_days=400 if number % 3 else 800)
    looked_at = ("application.wrapped_key", "application.sealed_answers", "way_in.wrapped_key", "notice_way.sealed")
    before = [(place, one) for place, one in list_sealed(sqlite_engine) if place in looked_at]
    run(ward, START + timedelta(days=410))
    known = {one for _, one in list_sealed(sqlite_engine)}
    raw = read_raw(ward)
    left = [place for place, one in before if one not in known and one in raw]
    assert left == []
    assert sum(one not in known for _, one in before) > many
    assert b"SQLite format 3" in raw
