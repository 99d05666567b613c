"""The pages of one application in each of their states: why it is opened, its page, its paper, messages to the resident."""

from datetime import timedelta

from sqlmodel import Session, col, select

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit
from tests.autopilot import Autopilot
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.applications.service_cases import Case, change, open_case, write_down
from webapp.applications.service_decisions import Decision, decide
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

FORM = "child-allowance-claim"
WORDS = "電話で話しました。\n\n来週、もう一度かけます。"


@remember
def list_case_pages(site: Site) -> list[Visit]:
    """Return every page of an application that is worked on, and of one that nobody has yet."""
    mine, free, done = send_one(site), send_one(site), send_one(site)
    with open_session(site.app.extensions["engine"]) as session:
        account = make_account(
            session, f"kakari-{new_id()[:8]}", "gorogoro-kaminari-7", (f"officer:{mine.section}",), now()
        )
        make_account(session, f"doryo-{new_id()[:8]}", "gorogoro-kaminari-7", (f"officer:{mine.section}",), now())
        staff = begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(hours=1)).hex()
        work_on(session, open_case(session.get_one(Application, mine.id), open_vault(site.ward.settings)), account.id)
        refuse(session, open_case(session.get_one(Application, done.id), open_vault(site.ward.settings)), account.id)
    at, day = f"/staff/inbox/{mine.id}/", today() + timedelta(days=30)
    note, send = "main form[action$=note] .buttons button", "main form[action$=message] .buttons button"
    return [
        Visit("case: why", f"/staff/inbox/{free.id}/why", staff=staff),
        Visit("case: why, to mend", f"/staff/inbox/{free.id}/why", staff=staff, press="main form[action$=why] .buttons button"),
        Visit("case", at, staff=staff), Visit("case: taken", f"{at}?done=taken", staff=staff),
        Visit("case: to mend", at, staff=staff, press=note),
        Visit("case: to hand on, to mend", at, staff=staff, press="main form[action$=assign] .field button"),
        Visit("case: revealed", at, staff=staff, press="main form[action*=reveal] button"),
        Visit("case: print", f"{at}print", staff=staff), Visit("case: hidden", f"{at}print/hidden", staff=staff),
        Visit("case: hidden, to mend", f"{at}print/hidden", staff=staff, press="main form .buttons button"),
        Visit("case: decision", f"/staff/inbox/{done.id}/decision", staff=staff),
        Visit("case: decision, paper", f"/staff/inbox/{done.id}/decision/print", staff=staff),
        Visit("case: message", f"{at}message", staff=staff),
        Visit("case: message, to mend", f"{at}message?template=delay-with-new-date", staff=staff),
        Visit("case: message, ready", f"{at}message?template=delay-with-new-date&day={day}", staff=staff),
        Visit("case: message, empty", f"{at}message?template=own", staff=staff, press=send),
    ]  # fmt: skip


def send_one(site: Site) -> Application:
    """Send one application through the forms; return its row."""
    pilot = Autopilot(site.app.test_client(), site.ward.dictionary, today())
    pilot.send(pilot.walk_to_check(pilot.start(FORM)))
    with Session(site.app.extensions["engine"]) as session:
        query = select(Application).where(Application.procedure == FORM).order_by(col(Application.sent_at).desc())
        row: Application = session.exec(query).first()  # type: ignore[assignment]  # it was sent just now
        return row


def refuse(session: Session, case: Case, account_id: str) -> None:
    """Take an application on and decide against it."""
    change(session, case.row, now(), voice="en", assigned_to=account_id)
    decide(session, case, Decision("refused", "The form is not complete.", "en"), account_id, now(), case.row.version)


def work_on(session: Session, case: Case, account_id: str) -> None:
    """Take an application on and have all sorts of things happen to it."""
    soon = today() + timedelta(days=20)
    change(session, case.row, now(), answer_by=today() - timedelta(days=1), erase_after=soon, warned_at=now())
    change(session, case.row, now(), voice="en", assigned_to=account_id, state="checking", labels="urgent call-back")
    later = soon.isoformat()
    for kind, content in (
        ("assigned", {"to": account_id}), ("checking", {}), ("labelled", {"labels": ["urgent", "call-back"]}),
        ("note", {"words": WORDS}), ("correction-answered", {"correction": new_id(), "changed": []}),
        ("message", {"words": "Please call us.", "voice": "en", "template": "", "by_staff": True, "answer_by": later}),
    ):  # fmt: skip
        write_down(session, case, kind, now(), account_id, **content)
