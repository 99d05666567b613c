"""Mail against a real SMTP server: what it takes, what it refuses, what a stranger may not write into a header."""

import socket
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import webapp.notifications.service_mail as service_mail
from tests.notifications.mail_server import HANAKO, MAIL
from tests.notifications.push_service import Answer
from tests.notifications.waiting import NOON
from tests.soak.server import free_port
from webapp.kit.database import open_session
from webapp.notifications.service_mail import send_mail, write_mail
from webapp.notifications.service_ways import stop_by_token


def test_a_mail_arrives_in_japanese_with_what_machines_need(taken, ours):
    outcome = send_mail(HANAKO, MAIL, ours, NOON)
    assert (outcome.result, outcome.status) == ("sent", 250)
    ((sender, to, mail),) = taken.mails
    assert (sender, to) == ("notice@madoguchi.example.jp", ["hanako@example.jp"])
    assert (mail["Subject"], mail["To"]) == (MAIL.subject, "hanako@example.jp")
    assert mail["From"] == "まどぐち <notice@madoguchi.example.jp>"
    assert mail.get_content().replace("\r\n", "\n") == MAIL.body
    assert mail["List-Unsubscribe"] == f"<{MAIL.stop}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"].endswith("@madoguchi.example.jp>")
    assert mail.get_content_charset() == "utf-8"


def test_a_repeat_has_the_same_name_and_another_mail_another(taken, ours):
    other = replace(MAIL, name="n" * 24)
    for mail, to in ((MAIL, HANAKO), (MAIL, HANAKO), (other, HANAKO), (MAIL, {"address": "taro@example.jp"})):
        assert send_mail(to, mail, ours, NOON).result == "sent"
    names = [mail["Message-ID"] for _, _, mail in taken.mails]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert not any("mmmm" in name or "hanako" in name for name in names)


@pytest.mark.parametrize(
    ("place", "answer", "result"),
    [("rcpt", "450 later", "later"), ("rcpt", "550 user unknown", "gone"), ("data", "451 later", "later"),
     ("rcpt", "550 5.1.1 no such user", "gone"), ("rcpt", "550 5.7.1 relaying denied", "refused"),
     ("rcpt", "554 5.7.1 relay access denied", "refused"), ("rcpt", "552 5.2.2 mailbox full", "refused"),
     ("data", "554 no", "refused"), ("data", "452 full", "later"), ("rcpt", "421 busy", "later")],
)  # fmt: skip
def test_refusals_for_now_and_for_good(taken, ours, place, answer, result):
    setattr(taken, place, answer)
    outcome = send_mail(HANAKO, MAIL, ours, NOON)
    assert (outcome.result, outcome.status) == (result, int(answer[:3]))
    assert taken.mails == []


@pytest.mark.parametrize(
    ("code", "words", "result"),
    [(550, "rejected because 192.0.2.1 is in a black list at dnsbl.example.org", "refused"),
     (550, "Verification failed for <n@m.jp>\nNo such user here\nSender verify failed", "refused"),
     (550, "invalid reverse DNS for IP address 192.0.2.1", "refused"), (550, "mailbox over quota", "refused"),
     (553, "unknown", "refused"), (550, "<unknown.user@example.jp>: try another mailbox", "refused"),
     (550, "No such user here", "gone"), (550, "<a@example.jp>: Recipient address rejected: User unknown", "gone"),
     (551, "invalid mailbox", "gone"), (553, "This account does not exist", "gone"), (554, "user unknown", "refused")],
)  # fmt: skip
def test_an_address_is_gone_only_where_the_words_say_so(code, words, result):
    assert service_mail._judge_recipient(code, words.encode()) == result


def test_a_server_that_is_away_or_silent_is_not_reached(ours, monkeypatch):
    away = replace(ours, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    assert send_mail(HANAKO, MAIL, away, NOON).result == "unreachable"
    monkeypatch.setattr(service_mail, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = replace(ours, smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        assert send_mail(HANAKO, MAIL, slow, NOON).result == "unreachable"


def test_a_server_that_hangs_up_after_taking_a_mail_has_taken_it(ours):
    with socket.create_server(("127.0.0.1", 0)) as strange:

        def talk():
            """Take one mail and hang up without a word."""
            line, _ = strange.accept()
            with line, line.makefile("rwb") as file:
                for answer in (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go"):
                    file.write(answer + b"\r\n")
                    file.flush()
                    file.readline()
                while file.readline().strip() != b".":
                    pass
                file.write(b"250 taken\r\n")
                file.flush()

        thread = threading.Thread(target=talk)
        thread.start()
        rude = replace(ours, smtp_url=f"smtp://127.0.0.1:{strange.getsockname()[1]}")
        assert send_mail(HANAKO, MAIL, rude, NOON).result == "sent"
        thread.join()


@pytest.mark.parametrize(
    "address",
    ["", "hanako", "hanako@localhost", "a@example.jp\r\nBcc: b@example.jp", "a@example.jp,b@example.jp", "a b@example.jp",
     "<a@example.jp>", "a@example.jp\n", "花子@example.jp", "a@" + "x" * 70 + ".jp"],
)  # fmt: skip
def test_an_address_is_one_address(taken, ours, address):
    assert send_mail({"address": address}, MAIL, ours, NOON).result == "refused"
    assert taken.mails == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_words_begin_a_header_of_their_own(settings_once, subject, stop):
    evil = replace(MAIL, subject=f"{subject}\r\nBcc: x@example.jp", stop=stop)
    with pytest.raises(ValueError):
        write_mail("hanako@example.jp", evil, settings_once, NOON)


@pytest.fixture(scope="session")
def settings_once(tmp_path_factory):
    """Return settings for many examples."""
    from webapp.config import load_settings

    folder = tmp_path_factory.mktemp("mail")
    return load_settings({"DATA_DIR": str(folder), "SMTP_URL": "smtp://127.0.0.1", "MAIL_FROM": "n@example.jp"})


def test_who_has_no_device_any_more_gets_a_mail_with_a_way_to_stop_it(any_ward, push_service, server, taken):
    ward = any_ward
    ward.settings = replace(
        ward.settings, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="notice@madoguchi.example.jp"
    )
    about = ward.new_about()
    ward.add_device(about)
    ward.add(about, "mail", HANAKO, "en")
    push_service.usual = Answer(410)
    message_id = ward.tell(about)
    ward.deliver()
    row = ward.message(message_id)
    assert (row.state, row.channel) == ("sent", "mail")
    mails = [mail for _, _, mail in taken.mails]
    assert len(mails) == 2, "the welcome and the news"
    stop = mails[1]["List-Unsubscribe"].strip("<>")
    assert stop.startswith("https://madoguchi.example.jp/en/notices/stop/")
    for mail in mails:
        words = mail.get_content()
        assert stop in words
        assert "https://madoguchi.example.jp/en/slip" in words
        assert about not in words + str(mail["Message-ID"]) + mail["Subject"]
        assert mail["Subject"].isascii()
    with open_session(ward.engine) as session:
        assert stop_by_token(session, stop.rpartition("/")[2], ward.settings, ward.clock())
    again = ward.tell(about)
    ward.deliver()
    assert ward.message(again).state == "unheard"
    assert len(taken.mails) == 2


def test_a_mail_server_that_is_busy_is_asked_again(ward, server, taken):
    ward.settings = replace(ward.settings, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="n@example.jp")
    about = ward.new_about()
    taken.rcpt = "451 later"
    ward.add(about, "mail", HANAKO)
    message_id = ward.tell(about)
    ward.deliver()
    assert (ward.message(message_id).state, ward.message(message_id).tries) == ("waiting", 1)
    taken.rcpt = "250 OK"
    ward.clock.pass_time(minutes=1)
    ward.deliver()
    assert ward.message(message_id).state == "sent"
    assert len({mail["Message-ID"] for _, _, mail in taken.mails}) == 2


def test_a_mail_without_a_server_goes_to_the_next_channel(settings):
    assert send_mail(HANAKO, MAIL, settings, NOON).result == "refused"
