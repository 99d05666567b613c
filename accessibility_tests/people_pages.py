"""The pages of accounts in each of their states: the second step, setting up, one's own account, people, and their links."""

from datetime import timedelta

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit
from tests.accounts.helping import PASSWORD, come_by_link, set_up_codes
from webapp.accounts.service import make_account
from webapp.accounts.service_people import invite
from webapp.accounts.service_sign_in import BY_PASSWORD, Tried, begin_sign_in
from webapp.accounts.tables import Passkey
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

BUTTON = "main form .buttons button:not([type=button])"
LATER = timedelta(hours=1)
"""Pages are looked at for longer than a sign-in lasts without use."""


@remember
def list_people_pages(site: Site) -> list[Visit]:
    """Return the pages of administrators, and those of somebody who begins here."""
    return [*walk_steps(site), *walk_people(site)]


@remember
def walk_steps(site: Site) -> list[Visit]:
    """Return the second step of signing in, setting up, what is to mend, the account with passkeys, and a link's page."""
    name, moment = f"kakari-{new_id()[:8]}", now() + LATER
    with open_session(site.app.extensions["engine"]) as session:
        fresh = make_account(session, f"{name}-new", PASSWORD, ("reception",), now())
        known = make_account(session, name, PASSWORD, ("reception",), now())
        session.add(
            Passkey(id=new_id().encode(), account_id=known.id, public_key=b"x", name="仕事のパソコン", made_at=now())
        )
        session.add(Passkey(id=new_id().encode(), account_id=known.id, public_key=b"x", made_at=now(), used_at=now()))
        late = make_account(session, f"{name}-late", PASSWORD, ("reception",), now())
        asks = begin_sign_in(session, Tried(late.id), "Firefox, Windows", moment, BY_PASSWORD).hex()
        begun = begin_sign_in(session, Tried(fresh.id), "Firefox, Windows", moment, BY_PASSWORD).hex()
        halfway = begin_sign_in(session, Tried(known.id), "Firefox, Windows", moment, BY_PASSWORD).hex()
        whole = begin_sign_in(session, Tried(known.id), "Firefox, Windows", moment).hex()
        link = invite(session, f"{name}-link", ("auditor",), None, now() + LATER, site.ward.settings.pepper)[1]
    set_up_codes(site.app, known.id)
    come_by_link(site.app, fresh.id)
    return [
        Visit("factor: set up", "/staff/factor", staff=begun),
        Visit("factor: set up, to mend", "/staff/factor", staff=begun, press="#question .buttons button"),
        Visit("factor: ask for a link", "/staff/factor", staff=asks),
        Visit("factor: prove", "/staff/factor", staff=halfway),
        Visit("factor: prove, to mend", "/staff/factor", staff=halfway, press="#question .buttons button"),
        Visit("factor: add", "/staff/factor/setup", staff=whole),
        Visit("account with passkeys", "/staff/account?done=factor", staff=whole),
        Visit("welcome", f"/staff/welcome/{link}"),
        Visit("welcome, to mend", f"/staff/welcome/{link}", press=BUTTON),
        Visit("welcome: gone", "/staff/welcome/" + "0" * 32),
    ]  # fmt: skip


@remember
def walk_people(site: Site) -> list[Visit]:
    """Return the list of people, an invitation, what is to mend about it, its link, and a person's page."""
    name = f"kanri-{new_id()[:8]}"
    with open_session(site.app.extensions["engine"]) as session:
        me = make_account(session, name, PASSWORD, ("administrator", "instructor"), now())
        other = make_account(session, f"{name}-2", PASSWORD, ("officer:tax", "head:pension", "reception"), now())
        new = make_account(session, f"{name}-4", PASSWORD, ("instructor",), now())
        gone = make_account(session, f"{name}-3", PASSWORD, (), now())
        gone.disabled_at = now()
        for browser in ("Firefox, Windows", ""):
            begin_sign_in(session, Tried(other.id), browser, now() + LATER)
        staff = begin_sign_in(session, Tried(me.id), "Chrome", now() + LATER).hex()
    return [
        Visit("people", "/staff/people/", staff=staff), Visit("people: invite", "/staff/people/new", staff=staff),
        Visit("people: invite, to mend", "/staff/people/new", staff=staff, press=BUTTON),
        Visit("people: person", f"/staff/people/{other.id}/?done=roles", staff=staff),
        Visit("people: person, to mend", f"/staff/people/{gone.id}/", staff=staff, press=BUTTON),
        Visit("people: myself", f"/staff/people/{me.id}/", staff=staff),
        Visit("people: instructor", f"/staff/people/{new.id}/", staff=staff),
        Visit("people: link", f"/staff/people/{other.id}/", staff=staff, press='form[action$="/recover"] button'),
    ]  # fmt: skip
