"""A resident whose browser walks drafts by itself up to the state that is to be looked at."""

import re
from collections.abc import Callable, Mapping

from accessibility_tests.site import Site, Visit
from tests.autopilot import MOST_PAGES, Autopilot, read_form
from webapp.kit.clock import today
from webapp.kit.safety import make_token

Wanted = Callable[[str, str], bool]
MOVED = {
    "event.insurance_now": "national", "event.has_children": "yes", "event.preschool_child": "yes", "event.has_dog": "yes",
    "event.mynumber_card": "yes", "event.care_certified": "unknown", "event.had_seal": "yes", "event.moved_from": "abroad",
    "event.moved_with": "yes", "event.asked_for_record": "yes", "work.occupation": "employee",
}  # fmt: skip
"""Somebody who has moved here from abroad with children and a dog, and who does not know one thing."""


class Resident:
    """A browser of its own, and visits to what it meets. `choose` holds the answers that matter, by fact."""

    def __init__(
        self, site: Site, name: str, choose: Mapping[str, str | list[str]] = MOVED, door: str = "start"
    ) -> None:
        self.name, self.client = name, site.app.test_client()
        answers = {key: {"": value} for key, value in choose.items()}
        self.pilot = Autopilot(self.client, site.ward.dictionary, today(), answers, door)

    @property
    def secret(self) -> str:
        """Return what the browser's cookie holds."""
        cookie = self.client.get_cookie("browser")
        return cookie.value if cookie else ""

    def see(self, address: str, name: str = "", bad: bool = False) -> Visit:
        """Return a visit to an address in this browser."""
        path = re.sub(r"^/ja(?=/)", "", address)
        what = name or re.sub(r"/[0-9a-f]{24}", "", path.split("?", maxsplit=1)[0])
        return Visit(f"{self.name}: {what}{', sent empty' if bad else ''}", path, self.secret, bad)

    def see_both(self, address: str, name: str = "") -> list[Visit]:
        """Return a visit to a page, and one to the same page after it was sent empty."""
        return [self.see(address, name), self.see(address, name, True)]

    def walk(self, slug: str, wanted: Wanted = lambda where, html: where.endswith("/check")) -> str:
        """Begin and answer until a page is as wanted; return its address."""
        where = self.pilot.follow(self.pilot.start(slug))
        for _ in range(MOST_PAGES):
            if wanted(where, self.read(where)):
                return where
            where = self.pilot.step(where)
        raise AssertionError(f"{slug}: no page as wanted")

    def read(self, address: str) -> str:
        """Return a page's HTML."""
        return str(self.client.get(address).text)

    def post(self, address: str, **data: str) -> str:
        """Send a form with its token; return where it leads."""
        answer = self.client.post(address, data={"csrf": make_token(bytes.fromhex(self.secret)), **data})
        assert answer.status_code == 303, f"{address}: {answer.status_code}"
        return str(answer.headers["Location"])

    def send(self, check: str, **more: str) -> str:
        """Declare everything and send; return the draft's address."""
        form = read_form(self.read(check))
        answer = self.client.post(check, data=dict(form.hidden) | {"declare": form.boxes} | more)
        assert answer.status_code == 303, check
        return check.rsplit("/", 1)[0]

    def list_seen(self) -> list[str]:
        """Return every page that was answered, and the pages about people that lists and the check page lead to."""
        seen = list(dict.fromkeys(self.pilot.seen))
        base = "/".join(seen[0].split("/")[:4])
        pages = [self.read(one) for one in [*seen, f"{base}/check"]]
        change = re.compile(rf'href="({base}/[^"?]+)\?back=check"')
        found = [link for html in pages for link in change.findall(html)]
        for address, html in zip(seen, pages, strict=False):
            found += [f"{address.split('?')[0]}/{one}" for one in re.findall(r'value="person:([0-9a-f]{24})"', html)]
        return list(dict.fromkeys([*seen, *found]))
