"""What a browser holds: a resident's own drafts, apart from those it was let into by a helper's slip or at the desk."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from webapp.drafts.rules_helpers import WHOLE
from webapp.drafts.service import holder_hash, unwrap_for_browser
from webapp.drafts.service_stores import STORES, Store
from webapp.kit.clock import today


def list_held(session: Session, browser_secret: bytes | None) -> list[Any]:
    """Return a resident's own drafts that this browser holds, the latest first, those of practice among them.

    What somebody helps with, or fills in at the desk, is another resident's. A draft for mending is found from what it mends.
    """
    return _list_rows(session, browser_secret, lambda ways: ways.scope == WHOLE)


def list_reachable(session: Session, browser_secret: bytes | None) -> list[Any]:
    """Return what this browser can open again for whoever holds it: its own drafts, and those that somebody helps with.

    What is filled in at the desk is found by the clerk alone.
    """
    return _list_rows(session, browser_secret, lambda ways: or_(col(ways.ends_on).is_(None), ways.ends_on >= today()))


def _list_rows(session: Session, browser_secret: bytes | None, fits: Any) -> list[Any]:
    """Return the drafts into which this browser has a way that fits, the latest first."""
    rows: list[Any] = []
    for store in STORES.values() if browser_secret is not None else ():
        ways = store.way_in
        mine = (ways.holder == holder_hash(browser_secret or b""), ways.kind == "browser", fits(ways))
        held = select(ways.draft_id).where(*mine)
        own = select(store.draft).where(col(store.draft.id).in_(held), col(store.draft.corrects).is_(None))
        rows += session.exec(own)
    return sorted(rows, key=lambda row: row.saved_at, reverse=True)


def list_held_keys(session: Session, store: Store, browser_secret: bytes | None) -> list[bytes]:
    """Return the data keys of a resident's own drafts that this browser holds; they open what was kept with those drafts.

    A helper, and staff who fill something in for a resident, are shown nothing that was kept.
    """
    if browser_secret is None:
        return []
    table = store.way_in
    mine = (table.holder == holder_hash(browser_secret), table.scope == WHOLE, table.kind == "browser")
    ways: Sequence[Any] = session.exec(select(table).where(*mine)).all()
    keys = (unwrap_for_browser(browser_secret, way.wrapped_key, way.draft_id) for way in ways)
    return [key for key in keys if key is not None]
