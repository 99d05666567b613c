"""What answers the browser on this machine only: where it begins, and that its sitting is over."""

import secrets
from http.server import BaseHTTPRequestHandler
from typing import Any

from kiosk_system import is_there

PAGE = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>まどぐち</title>{again}
<style>body{{margin:12vh 8vw;background:#fffdf8;color:#1c1b18;font:2.2rem/1.8 sans-serif}}</style></head>
<body><main><h1>{title}</h1>{words}</main></body></html>"""
AWAY = PAGE.format(
    again='<meta http-equiv="refresh" content="5">',
    title="今は、つかえません",
    words="<p>少し待つか、係の人に言ってください。つながると、このページはかわります。</p>"
    "<p>すこし まってください。または、ここで はたらいている 人に いってください。</p>"
    '<p lang="en">This machine cannot be used now. Please wait a little, or tell a member of staff.</p>',
)
BYE = PAGE.format(again="", title="おわりました", words='<p lang="en">Finished. Thank you.</p>')


class Door(BaseHTTPRequestHandler):
    """Two addresses; the first works once for each browser, the second for its own browser's pages only."""

    server_version, sys_version, timeout = "madoguchi", "", 10
    kiosk: Any

    def do_GET(self) -> None:
        """Answer a page that the browser shows; a picture or script from elsewhere cannot end anything."""
        shown = self.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        if not shown or self.headers.get("Host") != f"127.0.0.1:{self.kiosk.settings['PORT']}":
            self.answer(403, "")
        elif self.kiosk.start_token and self.path == f"/{self.kiosk.start_token}/start":
            self.start()
        elif self.path == f"/{self.kiosk.done_token}/done" or (self.path == "/done" and self.has_token()):
            self.answer(200, BYE)
            self.kiosk.ask_end()
        else:
            self.answer(404, "")

    def do_POST(self) -> None:
        """Take the same as a form."""
        self.do_GET()

    def start(self) -> None:
        """Lead to the ward's service with the machine's key, once; while it is away, say so and ask again."""
        if not is_there(self.kiosk.settings["WARD"]):
            self.answer(200, AWAY)
            return
        self.kiosk.start_token, self.kiosk.showed_ward = "", True
        ward, voice, port = (self.kiosk.settings[name] for name in ("WARD", "VOICE", "PORT"))
        self.answer(303, "", f"{ward}/{voice}/kiosk/wake/{self.kiosk.key}?restart={port}")

    def has_token(self) -> bool:
        """Tell whether this browser was given the word that ends its sitting."""
        given = self.headers.get("Cookie", "")
        return any(secrets.compare_digest(one.strip(), f"done={self.kiosk.done_token}") for one in given.split(";"))

    def answer(self, status: int, page: str, to: str = "") -> None:
        """Send a small page that nobody keeps."""
        body = page.encode()
        self.send_response(status)
        if to:
            self.send_header("Location", to)
            self.send_header("Set-Cookie", f"done={self.kiosk.done_token}; HttpOnly; SameSite=Lax; Path=/done")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: addresses hold words that end sittings."""


def make_door(kiosk: Any) -> type[Door]:
    """Return what answers the browser of a kiosk."""
    return type("KioskDoor", (Door,), {"kiosk": kiosk})
