"""The mail of a working morning: numbers of a section to its mailbox, once a day, nothing about anybody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.notifications.helping import rows
from tests.notifications.waiting import Clock
from tests.staff.sections import send_applications
from webapp.config import SettingError, load_settings
from webapp.content_check import list_reply_texts
from webapp.kit.clock import WARD_ZONE
from webapp.kit.database import open_session
from webapp.kit.logs import log
from webapp.notifications.service_delivery import make_deliverer
from webapp.notifications.service_staff_mail import COUNTED, load_staff_texts
from webapp.notifications.service_texts import say_mail
from webapp.outbox.tables import Message
from webapp.reading.service import load_voices
from webapp.staff.jobs import find_unknown_sections, tell_sections

MORNING = datetime(2026, 11, 30, 8, 33, tzinfo=WARD_ZONE)
BOXES = (("environment-dogs", "inu@city.example.jp"), ("tax", "zei@city.example.jp"))


def test_a_section_reads_in_the_morning_how_much_waits_and_once(app, ours, taken):
    settings, day = replace(ours, staff_mail=BOXES, public_url="https://m.example.jp"), MORNING.date()
    (sent,) = send_applications(app, "dog-change-or-death", 1)
    clock = Clock(MORNING)
    for moment, closed in ((MORNING - timedelta(days=1), ()), (MORNING - timedelta(hours=1), ()), (MORNING, {day})):
        with open_session(app.extensions["engine"]) as session:
            assert tell_sections(session, moment, settings, closed) == 0, "Sunday, before eight, a day off of the ward"
    for _ in range(2):
        with open_session(app.extensions["engine"]) as session:
            assert tell_sections(session, MORNING, settings) == 1, "nothing waits for the other section"
    deliverer = make_deliverer(settings, app.extensions["engine"], clock)
    while deliverer.deliver_next():
        pass
    ((_, _, mail),) = [one for one in taken.mails if one[1] == ["inu@city.example.jp"]]
    assert (len(taken.mails), mail["List-Unsubscribe"]) == (1, None)
    words = mail.get_content()
    assert "担当の係がまだいない申請 1" in words
    assert "https://m.example.jp/ja/staff/" in words
    assert "/slip" not in words
    assert sent.id not in words
    assert [row.state for row in rows(app, Message) if row.kind == "staff-morning"] == ["sent"]


def test_a_mailbox_that_the_setting_forgot_is_not_written_to(app, ours, taken):
    send_applications(app, "dog-change-or-death", 1)
    with open_session(app.extensions["engine"]) as session:
        tell_sections(session, MORNING, replace(ours, staff_mail=BOXES))
    deliverer = make_deliverer(ours, app.extensions["engine"], Clock(MORNING))
    while deliverer.deliver_next():
        pass
    assert taken.mails == []


def test_a_section_that_the_ward_does_not_have_is_told_once_in_the_log(ours, sqlite_engine, caplog):
    settings = replace(ours, staff_mail=(*BOXES, ("taxes", "zei@city.example.jp")))
    find_unknown_sections.cache_clear()
    caplog.set_level("WARNING", logger=log.name)  # another test may have made it quieter
    log.addHandler(caplog.handler)
    try:
        for _ in range(2):
            with open_session(sqlite_engine) as session:
                tell_sections(session, MORNING - timedelta(hours=1), settings)
    finally:
        log.removeHandler(caplog.handler)
    (line,) = [one for one in caplog.records if "STAFF_MAIL" in one.getMessage()]
    assert line.facts == {"sections": ("taxes",)}


def test_its_words_are_looked_at_by_the_gate_of_the_content(settings):
    assert "今日の仕事" in str(dict(list_reply_texts(settings))["staff-mail"])


def test_the_mail_has_words_in_every_voice(settings):
    voices = tuple(load_voices(settings.content_dir))
    (texts,) = load_staff_texts(settings.content_dir, voices).values()
    for voice in voices:
        subject, body = say_mail(
            texts, voice, {**dict.fromkeys(COUNTED, "3"), "site": "https://m.jp", "place": "staff/"}
        )
        assert f"https://m.jp/{voice}/staff/" in body
        assert (body.count("3"), "%(" in subject + body) == (len(COUNTED), False)


@pytest.mark.parametrize(
    "word", ["tax", "tax:nobody", ":a@b.jp", "tax:a@b.jp,waste", "tax:a@b.jp, tax:c@d.jp", "tax:a b@c.jp"]
)
def test_a_setting_that_names_no_mailbox_stops_the_start(tmp_path, word):
    env = {"DATA_DIR": str(tmp_path), "SMTP_URL": "smtp://localhost", "MAIL_FROM": "a@b.jp"}
    with pytest.raises(SettingError, match="STAFF_MAIL"):
        load_settings({**env, "STAFF_MAIL": word})
    with pytest.raises(SettingError, match="SMTP_URL"):
        load_settings({"DATA_DIR": str(tmp_path), "STAFF_MAIL": "tax:a@b.jp"})
    good = load_settings({**env, "STAFF_MAIL": " tax: a@b.jp, waste:c@d.jp,"})
    assert good.staff_mail == (("tax", "a@b.jp"), ("waste", "c@d.jp"))
