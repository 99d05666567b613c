"""The log as auditors read it, in each of its states, and what a resident reads of who looked at an application."""

from datetime import timedelta

from sqlmodel import select

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit
from tests.autopilot import Autopilot
from webapp.accounts.rules import Clerk, Grant
from webapp.accounts.rules_audit import CHANGED, SEALED, Finding, Report
from webapp.accounts.rules_audit_words import FINDING_WORDS, WHAT_WORDS, WHY_WORDS
from webapp.accounts.service import make_account
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import check_log
from webapp.accounts.service_audit_seals import keep_report
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.applications.rules_cases import WHYS
from webapp.applications.service_cases import open_case
from webapp.applications.service_looks import note_look
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

FORM, SECTION = "dog-change-or-death", "environment-dogs"
PASSWORD = "gorogoro-kaminari-7"


@remember
def list_log_pages(site: Site) -> list[Visit]:
    """Return the pages of auditors, and those of residents who want to know who looked."""
    return [*walk_auditor(site), *walk_looks(site)]


@remember
def walk_auditor(site: Site) -> list[Visit]:
    """Return the log with every word in it, sorted out, a page further on, with nothing found, and with a day that is none."""
    with open_session(site.app.extensions["engine"]) as session:
        account = make_account(session, f"kansa-{new_id()[:8]}", PASSWORD, ("auditor",), now())
        staff = begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(hours=1)).hex()
        for number in range(60):
            note(session, now(), account.id if number % 3 else None, "tried", f"{number:024x}", "assigned")
        for number, what in enumerate(one for one in WHAT_WORDS if one not in (SEALED, CHANGED)):
            why = list(WHY_WORDS)[number % len(WHY_WORDS)]
            note(
                session,
                now() + timedelta(minutes=number),
                account.id,
                what,
                account.id if number % 2 else new_id(),
                why,
            )
    settings = site.ward.settings
    check_log(site.app.extensions["engine"], settings)
    return [
        Visit("log: newest", "/staff/log", staff=staff), Visit("log: older", "/staff/log?before=70", staff=staff),
        Visit("log: found", "/staff/log?who=kansa&what=application-opened", staff=staff),
        Visit("log: nothing found", "/staff/log?about=nothing", staff=staff),
        Visit("log: day to mend", "/staff/log?day=yesterday&who=kansa", staff=staff),
    ]  # fmt: skip


@remember
def walk_broken(site: Site) -> list[Visit]:
    """Return the log of which everything was found that can be; what was found stays, so this comes last."""
    visits, settings = walk_auditor(site), site.ward.settings
    findings = tuple(Finding(kind, 12, "2026-11-26") for kind in FINDING_WORDS)
    report = Report(now(), 100, 100, 4, 3, findings, 7)
    keep_report(settings.data_dir / "seals", report, settings.audit_keys)
    return visits[:1]


@remember
def walk_looks(site: Site) -> list[Visit]:
    """Return the page of who looked: nobody yet, several for each reason, and in practice."""
    pages = []
    for name, door in (("nobody", "start"), ("several", "start"), ("practice", "practice")):
        client = site.app.test_client()
        pilot = Autopilot(client, site.ward.dictionary, today(), door=door)
        sent = pilot.send(pilot.walk_to_check(pilot.start(FORM)))
        cookie = client.get_cookie("browser")
        if name == "several":
            look_often(site, sent.split("/")[3])
        path = sent.removeprefix("/ja").removesuffix("/sent")
        pages.append(Visit(f"looks: {name}", f"{path}/looks", cookie.value if cookie else ""))
    return pages


def look_often(site: Site, draft_id: str) -> None:
    """Look at what was sent from a draft, for every reason and in every way."""
    with open_session(site.app.extensions["engine"]) as session:
        case = open_case(
            session.exec(select(Application).where(Application.draft_id == draft_id)).one(),
            open_vault(site.ward.settings),
        )
        for number, (why, what) in enumerate(
            zip(("assigned", *WHYS), ("opened", "file", "printed", "exported") * 2, strict=False)
        ):
            role = "head" if number % 2 else "officer"
            account = make_account(session, f"k{new_id()[:8]}", PASSWORD, (f"{role}:{SECTION}",), now())
            account.shown_name = "佐藤 花子"
            clerk = Clerk(account.id, account.shown_name, frozenset({Grant(role, SECTION)}))
            words = "窓口に来た人に、今の様子を聞かれました。" if why == "other" else ""
            moment = now() - timedelta(hours=7 * number)
            note_look(session, clerk, case, what, why, moment, words)
            for minutes in (3, 20) if number == 1 else ():
                note_look(session, clerk, case, "opened", why, moment - timedelta(minutes=minutes))
