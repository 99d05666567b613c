"""Lines to the mail server: encrypted where they can be, and a password only there."""

import ssl
from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult

import webapp.notifications.service_mail as service_mail
from tests.notifications.mail_server import HANAKO, MAIL, MailServer
from tests.notifications.waiting import NOON
from webapp.notifications.service_mail import send_mail


def send_to(controller, settings, line):
    """Send a mail to a server that runs only now, over a line; return what came of it."""
    controller.start()
    try:
        url = f"{line}127.0.0.1:{controller.port}"
        return send_mail(HANAKO, MAIL, replace(settings, smtp_url=url, mail_from="n@example.jp"), NOON)
    finally:
        controller.stop()
        controller.loop.close()


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
    assert send_to(controller, settings, f"smtp://user:{password}@").result == result
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
    assert send_to(controller, settings, f"{scheme}://").result == ("sent" if is_known else "unreachable")
    assert len(taken.mails) == is_known
