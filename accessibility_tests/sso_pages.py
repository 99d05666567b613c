"""A ward with sign-in services for staff and residents, and the pages that only such a ward has, in each of their states."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit, open_site
from tests.accounts.helping import PASSWORD
from tests.accounts.provider import Service, list_settings, open_service
from tests.autopilot import Autopilot
from tests.drafts.test_journeys import SHORT
from webapp.accounts.rules_oidc import Proven
from webapp.accounts.service import make_account
from webapp.accounts.service_oidc_line import forget_lines
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.accounts.service_single_sign_on import allow, find_person_of
from webapp.accounts.tables import Account
from webapp.drafts.service import find_draft
from webapp.drafts.service_identity import link
from webapp.drafts.service_stores import REAL
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.safety import make_token

LATER = timedelta(hours=1)


@contextmanager
def open_ward() -> Iterator[tuple[Site, Service]]:
    """Yield a ward whose staff and residents may sign in at a service, and the service."""
    with tempfile.TemporaryDirectory() as folder, open_service() as service:
        forget_lines()
        env = {**list_settings(service, Path(folder)), **list_settings(service, Path(folder), "RESIDENT")}
        with open_site({**env, "OIDC_STAFF_END_URL": f"{service.base}/end"}) as site:
            yield site, service


def begin_slip(site: Site) -> tuple[str, str]:
    """Write a draft with a slip; return its address and the secret of the browser that holds it."""
    client = site.app.test_client()
    pilot = Autopilot(client, site.ward.dictionary, today())
    base = pilot.follow(pilot.start(SHORT)).rsplit("/", 1)[0]
    cookie = client.get_cookie("browser")
    assert cookie
    client.post(f"{base}/slip", data={"csrf": make_token(bytes.fromhex(cookie.value))})
    return base, cookie.value


def allow_account(site: Site, name: str, roles: tuple[str, ...]) -> str:
    """Make an account that may be linked; return its id."""
    settings = site.ward.settings
    with open_session(site.app.extensions["engine"]) as session:
        account_id = make_account(session, name, PASSWORD, roles, now()).id
        allow(session, settings.oidc_staff.issuer, account_id, "", now(), settings.pepper)
    return account_id


@remember
def list_sso_pages(site: Site) -> list[Visit]:
    """Return the pages that a ward with sign-in services has."""
    return [*list_staff(site), *list_residents(site)]


@remember
def list_staff(site: Site) -> list[Visit]:
    """Return the pages for staff: the button, proving anew, people, and what went wrong."""
    settings, allowed = site.ward.settings, allow_account(site, "allowed", ("officer:tax",))
    linked = allow_account(site, "linked", ("administrator",))
    with open_session(site.app.extensions["engine"]) as session:
        find_person_of(session, Proven(settings.oidc_staff.issuer, "7", "linked", True, None), now(), settings.pepper)
        staff = begin_sign_in(session, Tried(linked), "Firefox, Windows", now() + LATER).hex()
        session.get_one(Account, linked).password_hash = ""
    problems = [Visit(f"sso: {why}", f"/staff/sso/problem/{why}") for why in ("down", "unknown", "answer", "state")]
    return [
        Visit("sso: sign in", "/staff/sign-in"), Visit("sso: signed out", "/staff/signed-out"), *problems,
        Visit("sso: prove", "/staff/factor", staff=staff), Visit("sso: done", "/staff/sso/done", staff=staff),
        Visit("sso: weak", "/staff/sso/problem/weak", staff=staff),
        Visit("sso: allowed", f"/staff/people/{allowed}/", staff=staff),
        Visit("sso: linked", f"/staff/people/{linked}/", staff=staff),
        Visit("sso: no password", "/staff/account", staff=staff),
    ]  # fmt: skip


@remember
def list_residents(site: Site) -> list[Visit]:
    """Return the pages for residents: the slip with and without a link, coming back, and what went wrong."""
    base, secret = begin_slip(site)
    linked, held = begin_slip(site)
    with open_session(site.app.extensions["engine"]) as session:
        draft = find_draft(session, REAL, linked.split("/")[-1], bytes.fromhex(held), True)
        assert draft
        link(
            session,
            draft,
            Proven(site.ward.settings.oidc_resident.issuer, "7", "", False, None),
            site.ward.settings.pepper,
        )
    problems = [Visit(f"identity: {why}", f"/identity/problem/{why}") for why in ("down", "nothing", "answer")]
    return [
        Visit("identity: slip", f"{base.removeprefix('/ja')}/slip", secret),
        Visit("identity: linked", f"{linked.removeprefix('/ja')}/slip?identity=on", held),
        Visit("identity: come back", "/slip", secret), Visit("identity: opened", "/identity", held),
        Visit("identity: none", "/identity"), *problems,
    ]  # fmt: skip
