"""Sending one mail by SMTP: UTF-8, nothing personal in the subject, the same Message-ID whenever the same mail is repeated."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from webapp.config import Settings
from webapp.kit.crypto import derive_key, keyed_hash
from webapp.kit.logs import log
from webapp.notifications.rules_ladder import Outcome

SECONDS = 8
LOCAL = ("localhost", "127.0.0.1", "::1")
_NO_SUCH_ADDRESS = {(b"1", b"1"), (b"1", b"2"), (b"1", b"3"), (b"1", b"6"), (b"1", b"10"), (b"2", b"1")}
_NAMES_NOBODY = re.compile(
    rb"\b(no such|unknown|invalid)\b.*\b(user|mailbox|recipient|address)\b|\b(user|mailbox|recipient|address) (unknown|not found)\b"
    rb"|\bdoes not exist\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    rb"sender|relay|black|block|spam|polic|reputation|helo|connect|client|\b(your?|ip|host)\b|\b(dns|spf|dkim|dmarc)",
    re.IGNORECASE,
)
"""Words of a server that minds who sends, not to whom."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")


class NoSafeLine(OSError):
    """The mail server offers no encryption, and a password would have been sent in the open."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What one mail says: `name` (an opaque id) is what its Message-ID is made of, `stop` where it can be stopped."""

    name: str
    subject: str
    body: str
    stop: str


def send_mail(details: Mapping[str, str], mail: Mail, settings: Settings, now: datetime) -> Outcome:
    """Send one mail and return what came of it; whatever goes wrong is an outcome."""
    address = details.get("address", "")
    if not settings.smtp_url or not _ADDRESS.fullmatch(address):
        return _tell("refused", "address" if settings.smtp_url else "no server")
    try:
        written = write_mail(address, mail, settings, now)
    except ValueError:  # a line break in a header, or an address that mails do not know
        return _tell("refused", "header")
    try:
        _hand_over(urlsplit(settings.smtp_url), written, settings)
    except smtplib.SMTPAuthenticationError as error:
        return _tell("later", "sign-in", error.smtp_code)  # the ward's own fault: the resident's address may be good
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()), (550, b""))
        return _tell(_judge_recipient(code, words), "recipient", code)
    except smtplib.SMTPResponseException as error:
        return _tell("refused" if error.smtp_code >= 500 else "later", "answer", error.smtp_code)
    except smtplib.SMTPNotSupportedError:
        return _tell("refused", "not supported")
    except (OSError, smtplib.SMTPException) as error:
        return _tell("unreachable", type(error).__name__)
    return Outcome("sent", 250)


def _judge_recipient(code: int, words: bytes) -> str:
    """Return what it means that a recipient is not taken: gone where the server says that there is no such address.

    It uses the same numbers where it will not send for the ward at all (RFC 3463), which says nothing about the address: on a
    day on which the ward stands on somebody's list of spammers, no good address may be lost. In doubt it is only refused.
    """
    if code < 500:
        return "later"
    found = re.match(rb"5\.(\d{1,3})\.(\d{1,3})", words)
    if found:
        return "gone" if found.groups() in _NO_SUCH_ADDRESS else "refused"
    said = re.sub(rb"\S+@\S+", b"", words)  # an address that is quoted may look like anything
    names_nobody = code in (550, 551, 553) and _NAMES_NOBODY.search(said) and not _ABOUT_US.search(said)
    return "gone" if names_nobody else "refused"


def write_mail(address: str, mail: Mail, settings: Settings, now: datetime) -> EmailMessage:
    """Write the mail. Raises ValueError for anything that would begin a header of its own."""
    domain = settings.mail_from.rpartition("@")[2]
    name = keyed_hash(derive_key(settings.pepper, "mail name"), f"{mail.name}|{address}").hex()[:40]
    written = EmailMessage(policy=SMTP)
    written["From"] = Address("まどぐち", addr_spec=settings.mail_from)
    written["To"] = Address(addr_spec=address)
    written["Subject"] = mail.subject
    written["Date"] = format_datetime(now)
    written["Message-ID"] = f"<{name}@{domain}>"
    written["Auto-Submitted"] = "auto-generated"
    if mail.stop:
        written["List-Unsubscribe"] = f"<{mail.stop}>"
    written.set_content(mail.body, charset="utf-8", cte="base64")
    return written


def _hand_over(server: SplitResult, mail: EmailMessage, settings: Settings) -> None:
    """Give a mail to the ward's mail server. How the conversation ends does not matter once the mail is taken."""
    domain = settings.mail_from.rpartition("@")[2]
    line = _open_line(server, domain)
    try:
        if server.username:
            line.login(unquote(server.username), unquote(server.password or ""))
        line.send_message(mail)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            line.quit()
        line.close()


def _open_line(server: SplitResult, domain: str) -> smtplib.SMTP:
    """Open a line to the mail server, encrypted unless it ends on this machine. Raises NoSafeLine."""
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        safe = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, server.port or 465, local_hostname=domain, timeout=SECONDS, context=safe)
    line = smtplib.SMTP(host, server.port or 25, local_hostname=domain, timeout=SECONDS)
    try:
        line.ehlo()
        if line.has_extn("starttls"):
            line.starttls(context=ssl.create_default_context())
            line.ehlo()
        elif host not in LOCAL:
            raise NoSafeLine
    except BaseException:
        line.close()
        raise
    return line


def _tell(result: str, why: str, status: int | None = None) -> Outcome:
    """Note why a mail was not taken, without its address, and return the outcome."""
    log.warning("mail not taken", extra={"facts": {"result": result, "why": why, "status": status}})
    return Outcome(result, status)
