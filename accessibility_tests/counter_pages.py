"""The pages of the counter, of filling in for somebody, of another slip, and of helpers, each in the states in which they are met."""

from datetime import timedelta

from accessibility_tests.dealing import remember
from accessibility_tests.residents import Resident
from accessibility_tests.site import Site, Visit
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.drafts.service import find_draft
from webapp.drafts.service_hand_over import find_hand_over, read_own
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import HandOver
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id, show_spoken_code
from webapp.kit.safety import make_token

MOVING, DOG = "events/moving-in", "procedures/dog-change-or-death"
COUNTER = "/staff/counter"
OPEN, BUTTON = "form[action$='/open'] .button", "main form#question .buttons button"


class Clerk:
    """A browser of somebody at the counter, who is signed in."""

    def __init__(self, site: Site) -> None:
        self.client = site.app.test_client()
        with open_session(site.app.extensions["engine"]) as session:
            account = make_account(session, f"mado-{new_id()[:8]}", "gorogoro-kaminari-7", ("reception",), now())
            self.staff = begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(hours=1)).hex()
        self.client.set_cookie("staff", self.staff)

    def post(self, path: str, **data: str | list[str]) -> str:
        """Send a form of the counter; return where it leads, without the voice."""
        csrf = make_token(bytes.fromhex(self.staff))
        answer = self.client.post(f"/ja{COUNTER}{path}", data={"csrf": csrf, **data})
        assert answer.status_code == 303, f"{path}: {answer.status_code}"
        return str(answer.headers["Location"]).removeprefix("/ja")

    def see(self, name: str, path: str, **more: object) -> Visit:
        """Return a visit to a page in this browser."""
        cookie = self.client.get_cookie("browser")
        return Visit(f"counter: {name}", path, cookie.value if cookie else "", staff=self.staff, **more)  # type: ignore[arg-type]  # the fields of a visit by their names


def prepare(site: Site, name: str, slug: str = MOVING) -> tuple[Resident, str, str]:
    """Prepare something for the counter; return the resident, the draft's address and the code that is said."""
    resident = Resident(site, name)
    base = resident.send(resident.walk(slug))
    with open_session(site.app.extensions["engine"]) as session:
        draft = find_draft(session, REAL, base.split("/")[3], bytes.fromhex(resident.secret), False)
        assert draft is not None
        row = find_hand_over(session, HandOver, draft.row.id)
        assert row is not None
        return resident, base, show_spoken_code(read_own(row, draft.key)[0].spoken)


def list_prepared(site: Site, base: str) -> list[str]:
    """Return the procedures that a draft prepared for the counter."""
    with open_session(site.app.extensions["engine"]) as session:
        row = find_hand_over(session, HandOver, base.split("/")[3])
        return row.procedures.split() if row else []


@remember
def list_counter_pages(site: Site) -> list[Visit]:
    """Return all of them."""
    return [*walk_counter(site), *walk_filling(site), *walk_helpers(site)]


@remember
def walk_counter(site: Site) -> list[Visit]:
    """Return the counter's first page and what is to mend there, the sheets, not accepted, received, another slip."""
    clerk = Clerk(site)
    _, _, word = prepare(site, "counter")
    _, taken_base, taken = prepare(site, "taken")
    resident, partly_base, partly = prepare(site, "partly")
    received, some = (
        clerk.post("/accept", word=one, identity="passport", checked="yes", draft=base.split("/")[3], take=slugs)
        for one, base, slugs in (
            (taken, taken_base, list_prepared(site, taken_base)), (partly, partly_base, list_prepared(site, partly_base)[:1]),
        )
    )  # fmt: skip
    typed = (("#word", word),)
    return [
        clerk.see("first page", f"{COUNTER}/"), clerk.see("left as it was", f"{COUNTER}/?done=refused"),
        clerk.see("typed wrong", f"{COUNTER}/", press=OPEN, typed=(("#word", "12"),)),
        clerk.see("nothing there", f"{COUNTER}/", press=OPEN, typed=(("#word", "0" * 32),)),
        clerk.see("sheets", f"{COUNTER}/", press=OPEN, typed=typed),
        clerk.see("received", received), clerk.see("printed", f"{received}/a4"), clerk.see("roll", f"{received}/80mm"),
        clerk.see("received in part", some), resident.see(f"{partly_base}/counter", "counter, received in part"),
        clerk.see("another slip", f"{COUNTER}/slip"), clerk.see("another slip, to mend", f"{COUNTER}/slip", press=BUTTON),
    ]  # fmt: skip


@remember
def walk_filling(site: Site) -> list[Visit]:
    """Return choosing what to fill in, a question under the bar, and the end before and after sending."""
    clerk, sender = Clerk(site), Clerk(site)
    begun = clerk.post("/fill", scope=DOG, at="desk")
    draft_id = begun.split("/")[2]
    hands = Resident(site, "desk")
    hands.client = hands.pilot.client = sender.client
    address = f"/ja{sender.post('/fill', scope='procedures/moving-in', at='phone')}"
    base = hands.send(hands.pilot.walk_to_check(address))
    end = f"{COUNTER}/end/{base.split('/')[3]}"
    return [
        clerk.see("choose", f"{COUNTER}/fill"), clerk.see("found", f"{COUNTER}/fill?q=犬"),
        clerk.see("choose, to mend", f"{COUNTER}/fill?q=犬", press="main form#question ul button"),
        clerk.see("question at the desk", begun), clerk.see("end, unfinished", f"{COUNTER}/end/{draft_id}"),
        sender.see("end, sent", end), sender.see("code at the desk", f"{base.removeprefix('/ja')}/counter"),
    ]  # fmt: skip


@remember
def walk_helpers(site: Site) -> list[Visit]:
    """Return the page of helpers, empty and not, a helper's slip on screen and paper, and what a helper sees."""
    one, other = Resident(site, "helpers"), Resident(site, "no helpers")
    base, empty = one.send(one.walk(DOG)), other.pilot.start(DOG).rsplit("/", 1)[0]
    made = one.post(f"{base}/helpers", name="むすめ", scope="fill", days="30")
    helper = Resident(site, "helper")
    helper.client.post("/ja/slip", data=_read_slip(site, one, base))
    return [
        *other.see_both(f"{empty}/helpers", "helpers, none"), one.see(f"{base}/helpers"), one.see(f"{base}/helpers?done=ended"),
        one.see(made, "helper's slip"), *(one.see(f"{made}/{paper}", f"helper's slip {paper}") for paper in ("a4", "80mm")),
        helper.see(f"{base}/sent", "state"), helper.see(f"{base}/answers"), helper.see(f"{base}/slip", "not a helper's"),
    ]  # fmt: skip


def _read_slip(site: Site, resident: Resident, base: str) -> dict[str, str]:
    """Return the numbers of the one helper's slip of a draft."""
    with open_session(site.app.extensions["engine"]) as session:
        draft = find_draft(session, REAL, base.split("/")[3], bytes.fromhex(resident.secret), False)
        assert draft is not None
        (helper,) = draft.helpers.values()
        return {part: helper["slip"][part] for part in ("number", "code")}
