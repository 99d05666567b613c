"""Who may reach what: every route for people who work here × every role, from one table that has to name each of them.

To add a route: write its address (without the voice) beside its roles in `TABLE`; all its methods are tried.
"""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

import webapp.accounts.pages
from tests.accounts.helping import PASSWORD, make, make_csrf, sign_in
from webapp.accounts.rules import ROLES, SECTION_ROLES

ANYBODY = frozenset(ROLES) | {"nobody's"}
"""Everybody who is signed in, also somebody without a role."""
SECTION, COUNTER = {"officer", "head"}, {"reception", "officer", "head"}

TABLE: tuple[tuple[frozenset[str] | set[str], str], ...] = (
    (ANYBODY, """
        staff/account staff/account/password staff/account/end staff/carry staff/keep
        staff/factor staff/factor/setup staff/factor/challenge staff/factor/remove
        staff/factor/keys staff/factor/keys/name staff/factor/keys/remove staff/sso/proof staff/sso/done
        staff/ staff/inbox/
    """),
    ({"head", "auditor", "administrator"}, "staff/keeping/"),
    ({"administrator"}, """
        staff/people/ staff/people/new staff/people/<account_id>/ staff/people/<account_id>/roles
        staff/people/<account_id>/<any(off,on):what> staff/people/<account_id>/recover staff/people/<account_id>/end
        staff/people/<account_id>/sso
    """),
    ({"head", "administrator"}, """
        staff/exports/tokens/ staff/exports/tokens/new staff/exports/tokens/<token_id>/
        staff/exports/tokens/<token_id>/renew staff/exports/tokens/<token_id>/revoke
    """),
    ({"auditor"}, "staff/log staff/log.csv"),
    ({"editor"}, """
        staff/desk/ staff/desk/drafts/ staff/desk/drafts/<slug>/ staff/desk/drafts/<slug>/questions/<int:number>
        staff/desk/texts/<path:place>
    """),
    ({"reception"}, """
        staff/calls staff/calls/<call_id> staff/calls/<call_id>/take staff/calls/<call_id>/outcome
        staff/letters staff/letters/print staff/letters/printed staff/letters/again
        staff/kiosks staff/kiosks/state staff/kiosks/<kiosk_id> staff/kiosks/<kiosk_id>/code staff/kiosks/<kiosk_id>/beside
        staff/kiosks/<kiosk_id>/end staff/kiosks/<kiosk_id>/close staff/kiosks/<kiosk_id>/help
    """),
    (COUNTER, """
        staff/counter/ staff/counter/open staff/counter/accept staff/counter/end/<draft_id> staff/counter/fill
        staff/counter/received/<draft_id> staff/counter/received/<draft_id>/<paper> staff/counter/slip
    """),
    (SECTION, """
        staff/exports/ staff/exports/<slug>/ staff/exports/<slug>/<key>.json
        staff/inbox/batch staff/inbox/find staff/inbox/<application_id>/ staff/inbox/<application_id>/assign
        staff/inbox/<application_id>/correct staff/inbox/<application_id>/correct/<correction_id>
        staff/inbox/<application_id>/decide staff/inbox/<application_id>/files/<upload_id>
        staff/inbox/<application_id>/labels staff/inbox/<application_id>/message staff/inbox/<application_id>/note
        staff/inbox/<application_id>/print staff/inbox/<application_id>/reveal staff/inbox/<application_id>/why
        staff/exports/<slug>/count staff/inbox/<application_id>/print/hidden
        staff/inbox/<application_id>/decision staff/inbox/<application_id>/decision/print
    """),
    ({"head"}, "staff/inbox/<application_id>/reopen"),
    ({"instructor"}, """
        teach/ teach/new teach/rehearsal teach/<lesson_id>/ teach/<lesson_id>/board teach/<lesson_id>/close
        teach/<lesson_id>/edit teach/<lesson_id>/extend teach/<lesson_id>/hands teach/<lesson_id>/helpers
        teach/<lesson_id>/pace teach/<lesson_id>/projector teach/<lesson_id>/report teach/<lesson_id>/report.csv
        teach/<lesson_id>/report/print teach/<lesson_id>/roam teach/<lesson_id>/sheet teach/pack teach/pack/checklist
        teach/pack/plan/<slug> teach/pack/prompts teach/pack/slides/<slug>/<int:number>
    """),
)  # fmt: skip
ALLOWED = {f"/<voice>/{place}": roles for roles, places in TABLE for place in places.split()}
STAFF = "/<voice>/staff"
ROLES_OF_ONE = tuple(f"{role}:tax" if role in SECTION_ROLES else role for role in ROLES)
"""Every role that there is, as one person would have them."""
STEPS_OF_SIGNING_IN = {
    f"{STAFF}/factor", f"{STAFF}/factor/setup", f"{STAFF}/factor/challenge", f"{STAFF}/factor/keys",
}  # fmt: skip
"""What is open to somebody whose second factor is still to come; nothing else is."""
OPEN_TO_STRANGERS = {
    f"{STAFF}/sign-in": "how one gets in", f"{STAFF}/sign-out": "ends whatever there is", f"{STAFF}/signed-out": "says so",
    f"{STAFF}/sso": "how one gets in", f"{STAFF}/sso/problem/<reason>": "says why one did not",
    f"{STAFF}/left": "tells strangers that nothing is left", f"{STAFF}/welcome/<token>": "opened by its token",
}  # fmt: skip
FITS = {"number": "1"}
"""What stands in an address for its parts; for all others, an id that nothing has."""


def list_guarded(app: Flask) -> list[tuple[Rule, frozenset[str]]]:
    """Return every route that somebody has to sign in for, with the roles that its view asks for."""
    views = [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]
    return [(rule, view.needed_roles) for rule, view in views if hasattr(view, "needed_roles")]


def make_path(rule: Rule) -> str:
    """Return an address of a route, about things that there are not."""

    def fill(found: re.Match[str]) -> str:
        choices = re.match(r"any\(([^,)]+)", found[1] or "")
        return choices[1] if choices else FITS.get(found[2], "0" * 24)

    return re.sub(r"<(?:([^:<>]+):)?(\w+)>", fill, rule.rule.replace("<voice>", "ja"))


def list_tries(app: Flask) -> list[tuple[str, str, str]]:
    """Return route, method and address of everything to try."""
    return [
        (rule.rule, method, make_path(rule))
        for rule, _ in list_guarded(app) for method in sorted(rule.methods & {"GET", "POST"})
    ]  # fmt: skip


@pytest.fixture
def refused(monkeypatch) -> list[int]:
    """Note what the wall itself refuses; a thing that there is not gets the same 404 behind it."""
    seen: list[int] = []
    real = webapp.accounts.pages.abort

    def note(code: int) -> None:
        seen.append(code)
        real(code)

    monkeypatch.setattr(webapp.accounts.pages, "abort", note)
    return seen


def test_every_route_behind_the_sign_in_is_in_the_table_and_nothing_else(app):
    routes = {rule.rule for rule, _ in list_guarded(app)}
    assert sorted(routes - set(ALLOWED)) == [], "write down who may reach these"
    assert sorted(set(ALLOWED) - routes) == [], "these are no more"
    wrong = [(str(rule), roles) for rule, roles in list_guarded(app) if (roles or ANYBODY) != ALLOWED[rule.rule]]
    assert wrong == []


def test_every_address_of_staff_asks_for_a_sign_in_or_says_why_not(app):
    guarded = {rule.rule for rule, _ in list_guarded(app)}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith((f"{STAFF}/", "/<voice>/teach/")):
            assert rule.rule in guarded or rule.rule in OPEN_TO_STRANGERS, rule.rule
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "guard_kind", None) == "staff":
            assert rule.rule in guarded, f"{rule.rule} takes forms of people who are signed in, and asks for no role"


@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_each_role_reaches_what_the_table_says_and_nothing_else(app, refused, role):
    client = app.test_client()  # pages are looked at by the tests of their rooms
    roles = () if role == "nobody's" else ((f"{role}:tax",) if role in SECTION_ROLES else (role,))
    sign_in(client, app, roles, "one")
    for rule, method, path in list_tries(app):
        refused.clear()
        answer = client.open(path, method=method, data={"csrf": make_csrf(client)} if method == "POST" else None)
        where = f"{role}: {method} {rule} answers {answer.status_code}"
        if role in ALLOWED[rule]:
            assert refused == [], where
            assert answer.status_code in (200, 303, 400, 404, 422), where
        else:
            assert (answer.status_code, refused) == (404, [404]), where


@pytest.mark.parametrize("who", ["stranger", "resident"])
def test_strangers_and_residents_reach_nothing(app, who):
    client = app.test_client()
    if who == "resident":
        client.get("/ja/slip")
        assert client.get_cookie("browser")
    for rule, method, path in list_tries(app):
        answer = client.open(path, method=method)
        where = f"{who}: {method} {rule} answers {answer.status_code} {answer.location}"
        if rule in STEPS_OF_SIGNING_IN or method == "GET":
            assert answer.status_code == 303, where
            assert answer.location.startswith("/ja/staff/sign-in"), where
        else:
            assert answer.status_code == 401, where


def test_somebody_halfway_in_reaches_the_second_step_only(app):
    client = app.test_client()
    make(app, ROLES_OF_ONE, "one")
    client.post("/ja/staff/sign-in", data={"name": "one", "password": PASSWORD})
    for rule, method, path in list_tries(app):
        answer = client.open(path, method=method, data={"csrf": make_csrf(client)} if method == "POST" else None)
        where = f"{method} {rule} answers {answer.status_code} {answer.location}"
        if rule in STEPS_OF_SIGNING_IN and (method == "POST" or rule == f"{STAFF}/factor"):
            assert answer.status_code in (200, 422), where
        elif method == "GET":
            assert (answer.location or "").startswith("/ja/staff/factor"), where
        else:
            assert answer.status_code == 401, where
