"""A mail server of our own for the tests, which answers as it is told."""

import asyncio
import email
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.soak.server import free_port
from webapp.notifications.service_mail import Mail

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
