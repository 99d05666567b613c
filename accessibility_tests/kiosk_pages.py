"""The pages of shared machines in each of their states: waiting, in use, over, closed; and those that staff have of them."""

from accessibility_tests.dealing import remember
from accessibility_tests.kiosk_site import make_machine
from accessibility_tests.site import Site, Visit
from tests.autopilot import Autopilot
from tests.kiosk.helping import read_hidden
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.kiosk.rules import Settings
from webapp.kiosk.service import answer_call, call_help, keep_report, make_kiosk, revoke
from webapp.kiosk.service_sittings import begin, hash_secret, help_beside, open_waiting
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

PASSWORD = "gorogoro-kaminari-7"
BUTTON = "main form .buttons button"
Held = tuple[tuple[str, str], ...]


@remember
def list_kiosk_states(site: Site) -> list[Visit]:
    """Return the pages of machines and of those who look after them."""
    return [*walk_machine(site), *walk_used(site), *walk_staff(site)]


@remember
def walk_machine(site: Site) -> list[Visit]:
    """Return the pages at which nobody sits: pairing, waiting, the self-check, over, closed."""
    _, key = make_machine(site)
    held, wrong = (("kiosk", key),), (("#code", "000000"),)
    return [
        Visit("kiosk: pair", "/kiosk/pair"), Visit("kiosk: pair, to mend", "/kiosk/pair", press=BUTTON, typed=wrong),
        Visit("kiosk: waiting", "/kiosk/", cookies=held),
        Visit("kiosk: waiting, chosen", "/kiosk/?chosen=large+aloud+keypad+lower", cookies=held),
        Visit("kiosk: check", "/kiosk/check", cookies=held), Visit("kiosk: sample", "/kiosk/check/print/80mm", cookies=held),
        Visit("kiosk: bye", "/kiosk/bye", cookies=held), Visit("kiosk: closed", "/kiosk/", cookies=(("kiosk", "00" * 32),)),
    ]  # fmt: skip


def use(site: Site, settings: Settings, helped: bool = False, help_comes: bool | None = None) -> Held:
    """Let somebody sit at a machine of their own for as long as it takes to look; return what the browser holds."""
    site.app.config.update(KIOSK_IDLE=86_400.0)
    machine, key = make_machine(site)
    with open_session(site.app.extensions["engine"]) as session:
        secret = open_waiting(session, machine, now(), site.ward.settings.data_dir)
        begin(session, hash_secret(secret), settings, now())
        session.flush()
        if helped:
            help_beside(session, machine, True, now())
        if help_comes is not None:
            call_help(session, machine, now())
            session.flush()
        if help_comes:
            answer_call(session, machine, "", now())
    return (("kiosk", key), ("sitting", secret.hex()))


@remember
def walk_used(site: Site) -> list[Visit]:
    """Return pages in the frame of a machine: with and without its settings, help on the way, before the end."""
    plain, held = use(site, Settings()), use(site, Settings(keypad=True))
    loud = use(site, Settings(aloud=True, volume=7), helped=True, help_comes=True)
    lower, asked = use(site, Settings(lower=True)), use(site, Settings(), help_comes=False)
    first, written = write(site, held, slip=False)
    _, slipped = write(site, use(site, Settings()), slip=True)
    return [
        Visit("kiosk: front page", "/", cookies=plain), Visit("kiosk: help on the way", "/help", cookies=loud),
        Visit("kiosk: help called", "/words", cookies=asked), Visit("kiosk: lower", "/", cookies=lower),
        Visit("kiosk: question", first, cookies=written), Visit("kiosk: end", "/kiosk/end", cookies=plain),
        Visit("kiosk: end, something to lose", "/kiosk/end", cookies=written),
        Visit("kiosk: end, a slip to take", "/kiosk/end", cookies=slipped),
    ]  # fmt: skip


def write(site: Site, held: Held, slip: bool) -> tuple[str, Held]:
    """Begin a draft at a machine, perhaps make its slip; return its first page's address and what the browser holds then."""
    client = site.app.test_client()
    for name, value in held:
        client.set_cookie(name, value)
    slug = next(slug for slug, one in site.ward.catalogue.procedures.items() if one.define.form)
    first = Autopilot(client, site.ward.dictionary, today()).start(slug)
    if slip:
        place = f"{first.rsplit('/', 1)[0]}/slip"
        made = client.post(place, data={"csrf": read_hidden(client.get(place).text, "csrf")})
        assert made.status_code == 303
    return first.removeprefix("/ja"), (*held, ("browser", client.get_cookie("browser").value))  # type: ignore[union-attr]  # it was set


@remember
def walk_staff(site: Site) -> list[Visit]:
    """Return what staff see: machines in every state, one to mend, one of each with its code."""
    use(site, Settings(), help_comes=False)
    use(site, Settings(), help_comes=True)
    used, _ = make_machine(site, "会館の1番")
    with open_session(site.app.extensions["engine"]) as session:
        account = make_account(session, f"kakari-{new_id()[:8]}", PASSWORD, ("reception",), now())
        staff = begin_sign_in(session, Tried(account.id), "Chrome", now()).hex()
        fresh, closed = (make_kiosk(session, name, "", now()) for name in ("会館の2番", "会館の3番"))
        revoke(session, closed, now())
        keep_report(session, used, {"autofill": "unsafe", "profile": "safe"}, now())
        secret = open_waiting(session, used, now(), site.ward.settings.data_dir)
        begin(session, hash_secret(secret), Settings(), now())
        session.flush()
        help_beside(session, used, True, now())
        ids = (fresh.id, closed.id)
    path = "/staff/kiosks"
    return [
        Visit("kiosk: staff", path, staff=staff), Visit("kiosk: staff, to mend", path, staff=staff, press=BUTTON),
        Visit("kiosk: staff, used", f"{path}/{used}", staff=staff),
        Visit("kiosk: staff, closed", f"{path}/{ids[1]}", staff=staff),
        Visit("kiosk: staff, new", f"{path}/{ids[0]}", staff=staff),
        Visit("kiosk: staff, code", f"{path}/{ids[0]}", staff=staff, press="#code"),
    ]  # fmt: skip
