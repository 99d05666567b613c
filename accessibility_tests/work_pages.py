"""Everybody's first page; the list of what came to a section in each of its states; what is kept how long."""

from datetime import timedelta

from flask import g

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit
from tests.staff.sections import make_section
from webapp.accounts.rules import ROLES, SECTION_ROLES
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.applications.tables import Application
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.staff.pages_inbox import seal_words

WORK = "/staff/inbox/"


@remember
def list_work_pages(site: Site) -> list[Visit]:
    """Return every state of the list."""
    section = make_section(site.app, count=3)
    first, second, third = section.application_ids
    head, head_id = sign_in(site, f"head:{section.key}", "head:tax")
    other, _ = sign_in(site, "officer:roads")
    nobody, _ = sign_in(site, "reception")
    everything, _ = sign_in(site, *(f"{one}:{section.key}" if one in SECTION_ROLES else one for one in ROLES))
    auditor, _ = sign_in(site, "auditor")
    with open_session(site.app.extensions["engine"]) as session:
        rows = {id_: session.get_one(Application, id_) for id_ in section.application_ids}
        rows[first].sqlmodel_update(
            {
                "assigned_to": head_id,
                "labels": "urgent interpreter",
                "answer_by": rows[first].sent_at.date() - timedelta(days=2),
            }
        )
        rows[second].sqlmodel_update(
            {"assigned_to": section.account_id, "proposed_by": section.account_id, "state": "checking"}
        )
        rows[third].sqlmodel_update(
            {"erase_after": rows[third].sent_at.date() + timedelta(days=20), "warned_at": now()}
        )
    find = {words: seal_for(site, head, words) for words in ("やま", "ぬ")}
    return [
        Visit("work: all", WORK, staff=head), Visit("work: sorted out", f"{WORK}?label=urgent&state=received", staff=head),
        Visit("work: found", f"{WORK}?show=any&find={find['やま']}", staff=head),
        Visit("work: not found", f"{WORK}?show=any&find={find['ぬ']}", staff=head),
        Visit("work: words are gone", f"{WORK}?find=AAAA", staff=head),
        Visit("work: to confirm", f"{WORK}?show=confirm", staff=head),
        Visit("work: all ticked", f"{WORK}?tick=all", staff=head),
        Visit("work: changed", f"{WORK}?done=1&stale={second}&refused={third}", staff=head),
        Visit("work: to mend", WORK, staff=head, press=".batch .buttons button"),
        Visit("work: empty", WORK, staff=other), Visit("work: no section", WORK, staff=nobody),
        Visit("work: erased soon", f"{WORK}?show=any&due=erase", staff=head),
        Visit("today: all roles", "/staff/", staff=everything), Visit("today: no role", "/staff/", staff=sign_in(site)[0]),
        Visit("keeping", "/staff/keeping/", staff=auditor), Visit("keeping: one section", "/staff/keeping/", staff=other_head(site)),
    ]  # fmt: skip


def sign_in(site: Site, *roles: str) -> tuple[str, str]:
    """Make somebody with these roles; return what their signed-in browser holds, and their id."""
    with open_session(site.app.extensions["engine"]) as session:
        account = make_account(session, f"kakari-{new_id()[:8]}", "gorogoro-kaminari-7", roles, now())
        return begin_sign_in(session, Tried(account.id), "Chrome", now()).hex(), account.id


def other_head(site: Site) -> str:
    """Return what the browser of the head of a section holds to which nothing can be sent."""
    return sign_in(site, "head:roads")[0]


def seal_for(site: Site, staff: str, words: str) -> str:
    """Return words searched for as an address of somebody's sign-in holds them."""
    with site.app.test_request_context():
        g.staff_secret = bytes.fromhex(staff)
        return seal_words(words)
