"""One application from sending to decision, resident and section each at a real browser of their own, on the real server.

Once with JavaScript and nothing but a keyboard at the section's side; once without JavaScript on both sides.
"""

from datetime import timedelta

import pytest
from selenium.webdriver.common.keys import Keys
from sqlmodel import Session, select

from accessibility_tests.browser import open_browser
from accessibility_tests.classroom import Person, open_real_site
from accessibility_tests.hands import Pointing, Typing
from tests.autopilot import Autopilot
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

FORM, OLD, NEW = "dog-change-or-death", "山田 花子", "山田 華子"
NOTE, REASON = "漢字が登録とちがいます。", "登録を新しくしました。"
LOOK = "standard.standard.normal.off"
NAME, KANA = '[name="applicant.name:name"]', '[name="applicant.name:kana"]'
GO_ON = "#question .buttons .button:not([name])"


@pytest.fixture(scope="module")
def real_site():
    with open_real_site() as site:
        yield site


class Someone(Person):
    """Somebody at a browser, with hands that point or type."""

    def __init__(self, driver, site, voice, width, keyboard) -> None:
        super().__init__(driver, site, voice, LOOK, width)
        self.hands = Typing(driver) if keyboard else Pointing(driver)

    def press(self, selector):
        """Press what leads to another page, and look at that page."""
        self.hands.press(self.find(selector))
        self.look()

    def tick(self, selector):
        """Choose something that is not chosen yet."""
        self.hands.tick(self.find(selector))

    def write(self, selector, words):
        """Put words into a field."""
        self.hands.write(self.find(selector), words)


class Clerk(Someone):
    """Somebody of the section."""

    taken = ""

    def sign_in(self, section):
        """Be signed in; how one signs in is tested elsewhere."""
        with open_session(self.site.app.extensions["engine"]) as session:
            name = f"kakari-{self.voice}-{type(self.hands).__name__}"
            account = make_account(session, name, "gorogoro-kaminari-7", (f"officer:{section}",), now())
            secret = begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(seconds=1)).hex()
        self.driver.add_cookie({"name": "staff", "value": secret, "path": "/"})

    def take(self, application_id):
        """Find the application in the inbox, and take it on."""
        self.taken = application_id
        self.open("/staff/inbox/")
        self.press(f'main a[href*="{application_id}"]')
        self.press('main button[value="take"]')

    def ask(self):
        """Mark the name with a note, and ask for it."""
        self.press('main a[href*="/correct"]')
        self.tick('input[name="fact"][value="applicant.name"]')
        summary = self.find("fieldset.mark summary")
        if isinstance(self.hands, Typing):
            self.hands.reach(lambda at: at == summary)
            self.hands.type(Keys.ENTER)
        else:
            summary.click()
        self.write('textarea[name="note:applicant.name"]', NOTE)
        self.press("main form .buttons button")
        assert "done=asked" in self.driver.current_url

    def see_change(self):
        """See before and after of what was mended; the page is opened anew from the application's own."""
        self.press(f'main p > a.go[href*="{self.taken}"]:not([href*="/correct"])')
        self.press('main a[href*="/correct"]')
        self.press("main section ul.links a")
        assert OLD in self.read("main del")
        assert NEW in self.read("main ins")

    def decide(self):
        """Accept it, with a word."""
        self.press('main a[href*="/decide"]')
        self.tick("#outcome-accepted")
        self.write("#reason", REASON)
        self.press("main form .buttons button")
        self.press('main button[value="decide"]')
        assert "done=decided" in self.driver.current_url


class Resident(Someone):
    """Somebody who reports a change about a dog."""

    base = ""

    def send(self):
        """Fill everything in, and send it from the check page."""
        client = self.site.app.test_client()
        given = {"applicant.name": {"name": OLD, "kana": "やまだ はなこ"}}
        pilot = Autopilot(client, self.site.ward.dictionary, today(), choose=given)
        check = pilot.walk_to_check(pilot.start(FORM))
        cookie = {"name": "browser", "value": client.get_cookie("browser").value, "path": "/"}
        self.driver.add_cookie(cookie)
        self.base = check.removeprefix("/ja").removesuffix("/check")
        self.open(f"{self.base}/check")
        for number in range(len(self.driver.find_elements("css selector", '[name="declare"]'))):
            self.driver.find_elements("css selector", '[name="declare"]')[number].click()
        self.press(GO_ON)
        assert self.path.endswith("/sent")

    def application(self):
        """Return the application's row."""
        with Session(self.site.app.extensions["engine"]) as session:
            draft_id = self.base.split("/")[2]
            return session.exec(select(Application).where(Application.draft_id == draft_id)).one()

    def mend(self):
        """Read on the page of what was sent what is to be mended, and mend it."""
        self.open(f"{self.base}/sent")
        self.press('main a.button[href*="/mend/"]')
        assert NOTE in self.read("main")
        assert self.voice == "ja" or "Written by the office in Japanese." in self.read("main") or self.untranslated
        self.press("main form .buttons button")
        assert NOTE in self.read("main section.notice")
        assert self.find(NAME).get_attribute("value") == OLD
        self.write(NAME, NEW)
        self.write(KANA, "やまだ はなこ")
        self.press(GO_ON)
        assert self.path.endswith("/check")
        assert OLD in self.read("main del")
        assert NEW in self.read("main ins")
        self.press(GO_ON)
        assert self.path == f"/{self.voice}{self.base}/sent"
        assert not self.has('main a.button[href*="/mend/"]')

    @property
    def untranslated(self):
        """Tell whether the interface has no such words yet in this voice."""
        return "区の係が、日本語で書きました。" in self.read("main")

    def read_decision(self):
        """Read what was decided and why."""
        self.open(f"{self.base}/sent")
        assert REASON in self.read("main")
        assert self.has("main .decision")
        assert not self.has('main a[href*="/withdraw/"]')


@pytest.mark.parametrize(("javascript", "voice"), [(True, "ja"), (False, "en")])
def test_sent_corrected_mended_decided_and_read_in_two_browsers(real_site, javascript, voice):
    with open_browser(javascript) as one, open_browser(javascript) as other:
        other.get("data:text/html,<noscript><p id=off>off</p></noscript>")
        assert bool(other.find_elements("id", "off")) != javascript, "JavaScript is not as wanted"
        resident = Resident(one, real_site, voice, 320, keyboard=False)
        clerk = Clerk(other, real_site, "ja", 1280, keyboard=javascript)
        resident.send()
        row = resident.application()
        assert resident.has('main a[href*="/withdraw/"]')
        clerk.sign_in(row.section)
        clerk.take(row.id)
        clerk.ask()
        resident.mend()
        clerk.see_change()
        clerk.decide()
        resident.read_decision()
        assert resident.findings + resident.hands.findings + clerk.findings + clerk.hands.findings == []
    found = resident.application()
    assert (found.state, found.outcome) == ("decided", "accepted")
