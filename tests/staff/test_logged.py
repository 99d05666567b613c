"""Every deed with an application is one entry of the ward's log: whose, what, and never what somebody wrote."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from tests.staff.answered import NAME, Both
from tests.staff.counters import come_with, open_desk, spoken
from tests.staff.test_corrections import ask
from tests.staff.test_decisions import PAID, press, two_people
from tests.staff.test_desk_filling import begin
from tests.staff.test_messages import ready
from tests.staff.working import read_kept
from webapp.accounts.rules_audit_words import FORMER_WORDS, FORMERLY, WHAT_WORDS, WHY_WORDS
from webapp.accounts.tables import AuditEntry
from webapp.applications.rules_cases import HAPPENINGS
from webapp.applications.tables import Application, Happening
from webapp.kit.clock import today
from webapp.notifications.service_lists import OUTCOMES

SOURCES = Path(__file__).parents[2] / "webapp"
LOOKS = ("opened", "file", "printed", "exported")
SECRET = "ないしょの文"


def test_every_kind_of_deed_is_one_entry_of_the_log_through_the_real_pages(app, client):
    work = Both(app, PAID)
    officer, head = two_people(work)
    work_through(work, officer, head)
    taken_back = Both(app)
    send_as_resident(taken_back, "withdraw")
    desk = open_desk(app)
    hands, base = begin(desk)
    hands.hurry(base)
    assert hands.send(base).status_code == 303
    resident, base = come_with(app)
    assert desk.accept(spoken(resident, base), paper="moving-in:0").status_code == 303
    found = compare(app)
    assert set(found) == set(HAPPENINGS), "each kind that can be written down was done here"


def send_as_resident(work, what, **typed):
    """Send the form of a page of the resident's."""
    page = f"{work.base}/{what}/{work.sent.id}"
    (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', work.resident.get(page).text))
    assert work.resident.post(page, data={"csrf": token, **typed}).status_code == 303


def work_through(work, officer, head):
    """Do everything with one application that its section and its resident can do."""
    hand = {"then": "hand", "to": head.account_id}
    work.post(officer, "assign", **hand)
    work.post(head, "assign", then="back")
    work.take(officer)
    work.post(officer, "labels", label=["urgent", "call-back"])
    work.post(officer, "note", words=SECRET)
    work.post(officer, "message", "message?template=own", template="own", words=SECRET)
    send_as_resident(work, "reply", words=SECRET)
    day = today() + timedelta(days=40)
    page = f"message?template=delay-with-new-date&day={day}"
    text = ready(officer.get(work.at + page).text)
    work.post(officer, "message", page, template="delay-with-new-date", day=str(day), words=text)
    ask(work, officer, **{f"note:{NAME}": SECRET})
    work.post(officer, "correct", "correct", then="take-back", correction=work.corrections()[0].id)
    ask(work, officer)
    assert work.mend("杉並 あらため") == f"{work.base}/sent"
    press(work, officer, outcome="refused", reason=SECRET)
    press(work, head, "refuse", words=SECRET)
    press(work, officer, outcome="accepted", reason=SECRET)
    press(work, head, "confirm")
    head.post(work.at + "reopen", data={**read_kept(head.get(work.at + "reopen").text), "words": SECRET})
    press(work, officer, outcome="closed", reason=SECRET)
    press(work, head, "confirm")
    press(work, officer, "finish")


def compare(app):
    """Return the kinds of what happened; each is one entry of the log, at the same moment and of the same person."""
    with Session(app.extensions["engine"]) as session:
        ids = list(session.exec(select(Application.id)))
        happened = [
            (one.application_id, f"application-{one.kind}", one.account_id, one.at)
            for one in session.exec(select(Happening))
        ]
        entries = list(session.exec(select(AuditEntry).where(col(AuditEntry.about).in_(ids))))
    deeds = [one for one in entries if one.what not in {f"application-{look}" for look in LOOKS}]
    assert Counter((one.about, one.what, one.account_id, one.at) for one in deeds) == Counter(happened)
    assert {one.what for one in entries} <= set(WHAT_WORDS)
    assert all(one.why in WHY_WORDS or re.fullmatch("([0-9a-f]{24})?", one.why) for one in deeds)
    told = [(one.what.removeprefix("application-"), one.why) for one in deeds]
    assert {why for what, why in told if what == "decided"} == {"outcome-accepted", "outcome-closed"}
    assert ("message", "day-promised") in told
    assert ("assigned", "handed-back") in told
    for kind, whose in (
        ("withdrawn", {None}),
        ("answer", {None}),
        ("correction-answered", {None}),
        ("note", {_find_clerk(deeds)}),
    ):
        assert {one.account_id for one in deeds if one.what == f"application-{kind}"} == whose
    return [what for what, _ in told]


def _find_clerk(deeds):
    """Return who wrote a message."""
    return next(one.account_id for one in deeds if one.what == "application-message")


def test_every_word_that_auditors_choose_from_can_occur_and_every_kind_has_one():
    built = {f"application-{one}" for one in (*HAPPENINGS, *LOOKS)} | {f"call-{one}" for one in OUTCOMES}
    assert built <= set(WHAT_WORDS)
    written = "".join(one.read_text() for one in SOURCES.rglob("*.py") if one.name != "rules_audit_words.py")
    assert {one for one in WHAT_WORDS if one not in built and f'"{one}"' not in written} == set()
    assert not set(FORMER_WORDS) & set(WHAT_WORDS)
    assert {old for olds in FORMERLY.values() for old in olds} == set(FORMER_WORDS)
    assert set(FORMERLY) <= set(WHAT_WORDS)
