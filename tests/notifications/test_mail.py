"""Mail against a real SMTP server: what it takes, what it refuses, what a stranger may not write into a header."""

import asyncio
import email
import socket
import ssl
import threading
from dataclasses import replace
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from hypothesis import given
from hypothesis import strategies as st

import webapp.notifications.service_mail as service_mail
from tests.notifications.push_service import Answer
from tests.notifications.waiting import NOON
from tests.soak.server import free_port
from webapp.kit.database import open_session
from webapp.notifications.service_mail import Mail, send_mail, write_mail
from webapp.notifications.service_ways import stop_by_token

HANAKO = {"address": "hanako@example.jp"}
MAIL = Mail(
    "m" * 24,
    "区役所からのお知らせ",
    "こんにちは。\n" + "長い行" * 300 + "\n",
    "https://m.example.jp/ja/notices/stop/abc",
)


class Taken:
    """Keeps what a mail server was given; answers as it is told."""

    def __init__(self) -> None:
        self.mails, self.rcpt, self.data = [], "250 OK", "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  # its name for this
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  # as above
        if self.data.startswith("250"):
            self.mails.append(
                (envelope.mail_from, envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=default))
            )
        return self.data


class MailServer(Controller):
    """A mail server on a port of its own."""

    def __init__(self, taken, **options) -> None:
        self.options = options
        super().__init__(taken, hostname="127.0.0.1", port=free_port(), loop=asyncio.new_event_loop())

    def factory(self):
        return SMTP(self.handler, **self.options)


@pytest.fixture
def taken():
    """Return what the mail server gets."""
    return Taken()


@pytest.fixture
def server(taken):
    """Yield a running mail server."""
    controller = MailServer(taken)
    controller.start()
    yield controller
    controller.stop()
    controller.loop.close()


@pytest.fixture
def ours(settings, server):
    """Return settings that know the mail server."""
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="notice@madoguchi.example.jp")


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
    [("rcpt", "450 later", "later"), ("rcpt", "550 unknown", "refused"), ("data", "451 later", "later"),
     ("data", "554 no", "refused"), ("data", "452 full", "later"), ("rcpt", "421 busy", "later")],
)  # fmt: skip
def test_refusals_for_now_and_for_good(taken, ours, place, answer, result):
    setattr(taken, place, answer)
    outcome = send_mail(HANAKO, MAIL, ours, NOON)
    assert (outcome.result, outcome.status) == (result, int(answer[:3]))
    assert taken.mails == []


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
        assert stop_by_token(session, stop.rpartition("/")[2], ward.settings)
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


def test_a_password_is_not_sent_in_the_open(ours, monkeypatch, taken):
    monkeypatch.setattr(service_mail, "LOCAL", ())
    secret = replace(ours, smtp_url=ours.smtp_url.replace("://", "://user:secret@"))
    assert send_mail(HANAKO, MAIL, secret, NOON).result == "unreachable"
    assert taken.mails == []


@pytest.mark.parametrize(("password", "result"), [("se%2Fcret", "sent"), ("wrong", "later")])
def test_signing_in(taken, settings, password, result):
    def check(_server, _session, _envelope, _mechanism, data):
        """Know one user."""
        return AuthResult(success=data.login == b"user" and data.password == b"se/cret", handled=False)

    controller = MailServer(taken, authenticator=check, auth_require_tls=False)
    controller.start()
    try:
        url = f"smtp://user:{password}@127.0.0.1:{controller.port}"
        outcome = send_mail(HANAKO, MAIL, replace(settings, smtp_url=url, mail_from="n@example.jp"), NOON)
    finally:
        controller.stop()
        controller.loop.close()
    assert outcome.result == result
    assert len(taken.mails) == (result == "sent")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Return a certificate for 127.0.0.1 with its key, in one file."""
    from datetime import datetime, timedelta, timezone
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")]),
    )
    start = datetime.now(timezone.utc) - timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("certificate") / "mail.pem"
    pem = serialization.Encoding.PEM
    shape = serialization.PrivateFormat.PKCS8
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, shape, serialization.NoEncryption()))
    return path


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("is_known", [True, False])
def test_lines_are_encrypted_where_they_can_be_and_only_to_who_we_know(
    taken, settings, certificate, monkeypatch, scheme, is_known
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {"tls_context": context, "require_starttls": True} if scheme == "smtp" else {}
    controller = MailServer(taken, **options)
    controller.ssl_context = context if scheme == "smtps" else None
    controller.start()
    try:
        url = f"{scheme}://127.0.0.1:{controller.port}"
        outcome = send_mail(HANAKO, MAIL, replace(settings, smtp_url=url, mail_from="n@example.jp"), NOON)
    finally:
        controller.stop()
        controller.loop.close()
    assert outcome.result == ("sent" if is_known else "unreachable")
    assert len(taken.mails) == is_known
