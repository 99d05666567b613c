"""The pages of notices in each of their states: choosing how to be told, where a notice leads, and the lists of staff."""

from datetime import timedelta

from sqlmodel import select

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit
from tests.autopilot import Autopilot
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.notifications.service_letters import note_printed
from webapp.notifications.service_lists import BEGUN
from webapp.notifications.service_ways import add_way, mark_gone
from webapp.notifications.tables import CallTask, CallTry, LetterTask
from webapp.outbox.service import News, enqueue
from webapp.outbox.tables import Message

FORM = "dog-change-or-death"
BUTTON = "main form .buttons button"
CALL = {"number": "09012345678", "name": "杉並 花子", "hours": "any"}
MAIL = {"address": "hanako.suginami@example.jp"}
LETTER = {"name": "杉並 花子", "postal": "1670051", "lines": "東京都杉並区荻窪1-2-3\nみどり荘 201"}


@remember
def list_notices_states(site: Site) -> list[Visit]:
    """Return the pages of residents and of staff who call and write."""
    return [*walk_resident(site), *walk_staff(site)]


@remember
def walk_resident(site: Site) -> list[Visit]:
    """Return choosing after something was sent, with and without ways, each channel, and what is to mend; the public pages."""
    client = site.app.test_client()
    pilot = Autopilot(client, site.ward.dictionary, today())
    check = pilot.walk_to_check(pilot.start(FORM))
    sent = pilot.send(check)
    cookie = client.get_cookie("browser")
    secret, base = cookie.value if cookie else "", sent.removeprefix("/ja").removesuffix("/sent")
    told = f"{base}/notices"
    with open_session(site.app.extensions["engine"]) as session:
        for channel, details in (("call", CALL), ("letter", LETTER)):
            add_way(session, base.split("/")[-1], channel, "ja", details, site.ward.settings, now())
        wrong = add_way(session, base.split("/")[-1], "mail", "ja", MAIL, site.ward.settings, now())
        mark_gone(session, wrong, now())
    return [
        Visit("notices: chosen", told, secret), Visit("notices: added", f"{told}?done=added", secret),
        Visit("notices: push", f"{told}/push", secret), Visit("notices: call", f"{told}/call", secret),
        Visit("notices: call, to mend", f"{told}/call", secret, press=BUTTON, typed=(("#number", "12"),)),
        Visit("notices: letter", f"{told}/letter", secret),
        Visit("notices: letter, to mend", f"{told}/letter", secret, press=BUTTON, typed=(("#postal", "12"),)),
        Visit("notices: stop", "/notices/stop/" + "0" * 32), Visit("notices: stopped", "/notices/stop/done"),
        Visit("notices: told", "/notice"),
    ]  # fmt: skip


@remember
def walk_staff(site: Site) -> list[Visit]:
    """Return the lists of calls and letters, one call, and the letters as they are printed."""
    made: list[str] = []
    with open_session(site.app.extensions["engine"]) as session:
        keys = site.ward.settings.master_keys
        account = make_account(session, f"kakari-{new_id()[:8]}", "gorogoro-kaminari-7", ("reception",), now())
        staff = begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(hours=1)).hex()
        for channel, details in (("call", CALL), ("letter", LETTER), ("call", CALL), ("letter", LETTER)):
            about = new_id()
            way = add_way(session, about, channel, "ja-easy", details, site.ward.settings, now())
            news = News("received", about, "ja-easy", f"received|{about}", {"day": "2026-12-01"})
            enqueue(session, news, keys[0], now())
            message = session.exec(select(Message).where(Message.once == news.once)).one()
            message.state = "listed"
            made.append(new_id())
            if channel == "call":
                session.add(CallTask(id=made[-1], message_id=message.id, way_id=way, made_at=now(), next_at=now()))
            else:
                session.add(LetterTask(id=made[-1], message_id=message.id, way_id=way, made_at=now()))
        session.flush()
        session.add(CallTry(id=new_id(), call_id=made[2], account_id=account.id, at=now(), outcome=BEGUN))
        note_printed(session, made[3:], account.id, now())
    return [
        Visit("notices: calls", "/staff/calls", staff=staff), Visit("notices: call", f"/staff/calls/{made[0]}", staff=staff),
        Visit("notices: call, taken", f"/staff/calls/{made[2]}", staff=staff),
        Visit("notices: call, asked twice", f"/staff/calls/{made[2]}?sure=wrong-number", staff=staff),
        Visit("notices: letters", "/staff/letters", staff=staff), Visit("notices: print", "/staff/letters/print", staff=staff),
    ]  # fmt: skip
