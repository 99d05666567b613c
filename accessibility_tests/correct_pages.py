"""The pages of mending and deciding in each of their states, for the section and for the resident."""

from datetime import timedelta

from sqlmodel import Session, select

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit
from tests.autopilot import Autopilot
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.applications.service_answers import Answer, add_answer
from webapp.applications.service_cases import Case, change, open_case, write_down
from webapp.applications.service_corrections import Marks, answer_correction, ask_correction
from webapp.applications.service_decisions import Decision, decide, propose
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

FORM = "dog-change-or-death"
NOTE = "お名前の漢字が、登録とちがいます。確かめてください。"
BUTTON = "main form .buttons button"
READ_OVER = (("#outcome-refused", ""), ("#reason", NOTE))
"""What is typed so that a decision is shown to be read over."""


class Sent:
    """One application with its resident's cookie and that of whoever works on it."""

    def __init__(self, site: Site, form: str = FORM, role: str = "officer") -> None:
        """Send it through the forms, and sign somebody in."""
        client = site.app.test_client()
        pilot = Autopilot(client, site.ward.dictionary, today())
        sent = pilot.send(pilot.walk_to_check(pilot.start(form)))
        self.site, self.base = site, sent.removeprefix("/ja").removesuffix("/sent")
        self.secret = client.get_cookie("browser").value
        with Session(site.app.extensions["engine"]) as session:
            row = session.exec(select(Application).where(Application.draft_id == self.base.split("/")[2])).one()
        self.id, self.at = row.id, f"/staff/inbox/{row.id}/"
        with open_session(site.app.extensions["engine"]) as session:
            roles = (f"{role}:{row.section}",)
            account = make_account(session, f"kakari-{new_id()[:8]}", "gorogoro-kaminari-7", roles, now())
            self.staff = begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(hours=1)).hex()
            self.account = account.id
            change(session, self.case(session).row, now(), assigned_to=account.id, state="checking")

    def case(self, session: Session) -> Case:
        """Open it."""
        return open_case(session.get_one(Application, self.id), open_vault(self.site.ward.settings))

    def ask(self) -> str:
        """Ask for the name to be mended; return the correction's id."""
        with open_session(self.site.app.extensions["engine"]) as session:
            case = self.case(session)
            marks = Marks({"applicant.name": {"why": "wrong", "note": NOTE}}, NOTE, "ja")
            day = today() + timedelta(days=14)
            return ask_correction(session, case, self.account, marks, day, now(), case.row.version)

    def answer(self, asked: str) -> None:
        """Answer it with another name."""
        with open_session(self.site.app.extensions["engine"]) as session:
            case, vault = self.case(session), open_vault(self.site.ward.settings)
            name = {"name": "杉並 花子" * 3, "kana": "すぎなみ はなこ"}
            answer_correction(session, case, asked, {**case.answers, "applicant.name": name}, vault, now())

    def write(self, answers: int = 0) -> None:
        """Write to the resident, and have them write back."""
        with open_session(self.site.app.extensions["engine"]) as session:
            case = self.case(session)
            write_down(session, case, "message", now(), self.account, words=NOTE, voice="ja", by_staff=True)
        for number in range(answers):
            with open_session(self.site.app.extensions["engine"]) as session:
                add_answer(session, self.case(session), Answer(f"{NOTE}\nTôi bị điếc.", f"form {number}"), now())

    def decide(self, outcome: str) -> None:
        """Decide it."""
        with open_session(self.site.app.extensions["engine"]) as session:
            case = self.case(session)
            write_down(session, case, "message", now(), self.account, words=NOTE, voice="ja", by_staff=True)
            decide(session, case, Decision(outcome, NOTE, "ja"), self.account, now(), case.row.version)

    def propose(self, by: str) -> None:
        """Have a colleague propose a refusal."""
        with open_session(self.site.app.extensions["engine"]) as session:
            case = self.case(session)
            propose(session, case, Decision("refused", NOTE, "ja"), by, now(), case.row.version)


@remember
def list_correct_pages(site: Site) -> list[Visit]:
    """Return every page of staff and residents on which something is mended or decided."""
    plain, asked, answered, decided = (Sent(site) for _ in range(4))
    proposed = Sent(site, role="head")
    open_one, done = asked.ask(), answered.ask()
    answered.answer(done)
    decided.decide("refused")
    taken_back = Sent(site, role="head")
    taken_back.decide("accepted")
    proposed.propose(plain.account)
    return [
        Visit("correct", f"{plain.at}correct", staff=plain.staff),
        Visit("correct, to mend", f"{plain.at}correct", staff=plain.staff, press=BUTTON),
        Visit("correct: open", f"{asked.at}correct", staff=asked.staff),
        Visit("correct: asked", f"{asked.at}correct/{open_one}?done=asked", staff=asked.staff),
        Visit("correct: answered", f"{answered.at}correct/{done}", staff=answered.staff),
        Visit("decide", f"{plain.at}decide", staff=plain.staff),
        Visit("decide, to mend", f"{plain.at}decide", staff=plain.staff, press=BUTTON),
        Visit("decide: proposed", f"{proposed.at}decide", staff=proposed.staff),
        Visit("decide: decided", f"{decided.at}decide?done=decided", staff=decided.staff),
        Visit("decide: to read over", f"{plain.at}decide", staff=plain.staff, press=BUTTON, typed=READ_OVER),
        Visit("reopen", f"{taken_back.at}reopen", staff=taken_back.staff),
        Visit("reopen, to mend", f"{taken_back.at}reopen", staff=taken_back.staff, press=BUTTON),
        *list_resident_pages(asked, answered, decided),
    ]


def list_resident_pages(asked: Sent, answered: Sent, decided: Sent) -> list[Visit]:
    """Return what residents see of it."""
    mend = f"{asked.base}/mend/{asked.id}"
    fresh, written, answering = (Sent(asked.site) for _ in range(3))
    written.write()
    answering.write(answers=1)
    reply = f"{written.base}/reply/{written.id}"
    with open_session(fresh.site.app.extensions["engine"]) as session:
        change(session, fresh.case(session).row, now(), assigned_to=None, state="received")
    return [
        Visit("mend", mend, asked.secret), Visit("mend: a question", mend, asked.secret, press=BUTTON),
        Visit("mend: over", f"{answered.base}/mend/{answered.id}", answered.secret),
        Visit("sent: to mend", f"{asked.base}/sent", asked.secret),
        Visit("sent: decided", f"{decided.base}/sent", decided.secret),
        Visit("sent: a message", f"{written.base}/sent", written.secret), Visit("reply", reply, written.secret),
        Visit("reply, to mend", reply, written.secret, press=BUTTON),
        Visit("reply: sent", f"{answering.base}/reply/{answering.id}?done=sent", answering.secret),
        Visit("case: written back", answering.at, staff=answering.staff),
        Visit("again", f"{fresh.base}/again/{fresh.id}", fresh.secret),
        Visit("withdraw", f"{fresh.base}/withdraw/{fresh.id}", fresh.secret),
    ]  # fmt: skip
