"""What pages weigh on the wire, against the budgets: first visit HTML and CSS 14 kB, all 28 kB, at most 5 requests; later 8 kB."""

import gzip
import re

import brotli

from bench.ward import make_call, open_ward
from tests.autopilot import Autopilot
from webapp.config import ROOT
from webapp.kit.assets import Assets
from webapp.kit.clock import today

PAGES = ("/ja/", "/ja-easy/", "/en/", "/ja/procedures/health-insurance-join", "/ja-easy/procedures/health-insurance-join",
         "/ja/find?q=hikkoshi", "/ja/reading", "/ja/help")  # fmt: skip


def main() -> None:
    """Print the table."""
    assets = Assets(ROOT / "static")
    print("| page | HTML br | HTML gzip | HTML+CSS br | all br | requests |")
    print("|---|---|---|---|---|---|")
    with open_ward() as app:
        client = app.test_client()
        pilot = Autopilot(client, app.extensions["madoguchi"].dictionary, today())
        question = pilot.follow(pilot.start("health-insurance-join", "ja-easy"))
        secret = client.get_cookie("browser")
        for page in (*PAGES, question):
            cookie = f"browser={secret.value}" if secret else ""
            print_row(page, make_call(app, page, cookie)(), assets)


def print_row(page: str, html: bytes, assets: Assets) -> None:
    """Print one page's weights in bytes."""
    squeezed = len(brotli.compress(html, quality=4))
    names = set(re.findall(r'(?:href|src)="/static/([^"]+)"', html.decode()))
    sizes = {name: min(len(body) for body in assets.by_address[name].bodies.values()) for name in names}
    css = sum(size for name, size in sizes.items() if name.endswith(".css"))
    name = re.sub(r"/drafts/[0-9a-f]+/", "/drafts/…/", page)
    whole = squeezed + sum(sizes.values())
    print(
        f"| {name} | {squeezed:,} | {len(gzip.compress(html)):,} | {squeezed + css:,} | {whole:,} | {1 + len(names)} |"
    )
