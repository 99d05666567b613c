"""The pages of the content desk and of exports in each of their states."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from accessibility_tests.dealing import remember
from accessibility_tests.site import Site, Visit, walk_slip
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.accounts.service_tokens import make_token
from webapp.config import ROOT
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

SECTION, FORM = "environment-dogs", "dog-registration"
DRAFT = "dog-draft"


@remember
def list_desk_pages(site: Site) -> list[Visit]:
    """Return the pages of the desk, of drafts, of exports and of tokens."""
    return [*walk_desk(site), *walk_drafts(site), *walk_exports(site), *walk_tokens(site)]


def sign_in(site: Site, *roles: str) -> str:
    """Return what the browser of somebody with these roles holds."""
    with open_session(site.app.extensions["engine"]) as session:
        account = make_account(session, f"kakari-{new_id()[:8]}", "gorogoro-kaminari-7", roles, now())
        return begin_sign_in(session, Tried(account.id), "Chrome", now() + timedelta(hours=1)).hex()


def put_drafts(site: Site) -> None:
    """Give the ward two drafts: one whole, one that cannot be read."""
    folder = Path(site.ward.settings.data_dir) / "drafts"
    whole, broken = (folder / "procedures" / name for name in (DRAFT, "broken-draft"))
    if not whole.exists():
        shutil.copytree(ROOT / "content" / "procedures" / FORM, whole)
        (whole / "en.yaml").unlink()
        broken.mkdir()
        (broken / "procedure.yaml").write_text("ofice: dogs\n", encoding="utf-8")
    ward = site.app.extensions["madoguchi"]
    site.app.extensions["madoguchi"] = replace(ward, settings=replace(ward.settings, content_drafts=folder))


@remember
def walk_desk(site: Site) -> list[Visit]:
    """Return the work list, whole and cut down, and pieces with their texts."""
    staff = sign_in(site, "editor")
    paths = {
        "list": "", "list, cut down": "?what=unconfirmed&kind=procedure&office=environment-dogs",
        "list, nothing": "?what=old&office=pension", "piece": f"texts/procedures/{FORM}", "office": "texts/offices/waste",
        "words": "texts/words/glossary?page=2",
    }  # fmt: skip
    return [Visit(f"desk: {name}", f"/staff/desk/{path}", staff=staff) for name, path in paths.items()]


@remember
def walk_drafts(site: Site) -> list[Visit]:
    """Return the drafts, the public page of one, some of its questions, and one that cannot be shown."""
    put_drafts(site)
    staff = sign_in(site, "editor")
    paths = ["", f"{DRAFT}/", f"{DRAFT}/questions/1", f"{DRAFT}/questions/2", f"{DRAFT}/questions/12", "broken-draft/"]
    return [Visit(f"drafts: {path}", f"/staff/desk/drafts/{path}", staff=staff) for path in paths]


@remember
def walk_exports(site: Site) -> list[Visit]:
    """Return the list of procedures, the form of one, and the form with something to mend."""
    staff = sign_in(site, f"officer:{SECTION}")
    walk_slip(site, FORM, send=True)
    place = f"/staff/exports/{FORM}/"
    return [
        Visit("exports: list", "/staff/exports/", staff=staff), Visit("exports: form", place, staff=staff),
        Visit("exports: wrong day", f"{place}?first=x&last=y", staff=staff),
        Visit("exports: to mend", place, staff=staff, press=f'main form[action$="/{FORM}/"] .buttons button:not([formaction])'),
    ]  # fmt: skip


@remember
def walk_tokens(site: Site) -> list[Visit]:
    """Return the list of tokens with one that ends soon, the form, what is to mend, a new token, and a token's page."""
    staff, place, name = sign_in(site, f"head:{SECTION}"), "/staff/exports/tokens/", f"台帳 {new_id()[:8]}"
    with open_session(site.app.extensions["engine"]) as session:
        token_id, _ = make_token(session, SECTION, name, 20, new_id(), now())
    button = "main form[method=post] .buttons button"
    return [
        Visit("tokens: list", place, staff=staff), Visit("tokens: new", f"{place}new", staff=staff),
        Visit("tokens: to mend", f"{place}new", staff=staff, press=button),
        Visit("tokens: once", f"{place}new", staff=staff, press=button, typed=(("#system", f"{name}x"),)),
        Visit("tokens: one", f"{place}{token_id}/?done=revoked", staff=staff),
        Visit("tokens: renewed", f"{place}{token_id}/", staff=staff, press=button),
    ]  # fmt: skip
