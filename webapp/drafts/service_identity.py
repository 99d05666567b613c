"""Coming back by one's card (デジタル認証アプリ) beside the slip: linked by consent, opened, taken off again.

Who it is is stored nowhere: what the service calls a person is needed to find and to open a draft, and is gone afterwards.
"""

import hmac
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, delete, select

from webapp.accounts.rules_oidc import Proven
from webapp.drafts.rules_helpers import WHOLE
from webapp.drafts.service import OpenDraft, add_browser, holder_hash
from webapp.drafts.tables import Draft, WayIn
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, seal, unseal

KIND = "identity"


def link(session: Session, draft: OpenDraft, proven: Proven, pepper: bytes) -> None:
    """Let one person open a draft by their card; whoever could before can no more."""
    unlink(session, draft)
    who, draft_id = _name(proven), draft.row.id
    session.add(WayIn(
        lookup=keyed_hash(pepper, f"identity|{who}|{draft_id}"), draft_id=draft_id, kind=KIND, holder=_holder(proven, pepper),
        wrapped_key=seal(_key(proven, pepper), draft.key, _place(draft_id)), scope=WHOLE,
    ))  # fmt: skip


def unlink(session: Session, draft: OpenDraft) -> None:
    """Let nobody open a draft by a card any more; the slip stays."""
    session.exec(delete(WayIn).where(col(WayIn.draft_id) == draft.row.id, col(WayIn.kind) == KIND))
    session.flush()


def is_linked(session: Session, draft_id: str) -> bool:
    """Tell whether a draft can be opened by somebody's card."""
    query = select(WayIn.lookup).where(WayIn.draft_id == draft_id, WayIn.kind == KIND).limit(1)
    return session.exec(query).first() is not None


def open_all(session: Session, proven: Proven, browser_secret: bytes, pepper: bytes) -> int:
    """Let a browser open everything that is linked to a person, as their slips would; return how many drafts."""
    count, key = 0, _key(proven, pepper)
    ways = select(WayIn, Draft).join(Draft).where(WayIn.holder == _holder(proven, pepper), WayIn.kind == KIND)
    for way, row in session.exec(ways).all():
        try:
            opened = OpenDraft(row, unseal(key, way.wrapped_key, _place(row.id)))
        except CannotOpen:
            continue
        add_browser(session, opened, browser_secret)
        count += 1
    return count


def list_opened(session: Session, browser_secret: bytes | None) -> Sequence[Any]:
    """Return what this browser holds of what can be opened by a card, the latest first."""
    if browser_secret is None:
        return []
    linked = select(WayIn.draft_id).where(WayIn.kind == KIND)
    held = select(WayIn.draft_id).where(WayIn.holder == holder_hash(browser_secret), WayIn.scope == WHOLE)
    query = select(Draft).where(col(Draft.id).in_(held), col(Draft.id).in_(linked), col(Draft.corrects).is_(None))
    return session.exec(query.order_by(col(Draft.saved_at).desc())).all()


def _name(proven: Proven) -> str:
    """Return what stands for a person, of service and number: no service can name another's people."""
    return f"{len(proven.issuer)}|{proven.issuer}|{proven.subject}"


def _holder(proven: Proven, pepper: bytes) -> bytes:
    """Return the hash under which everything that is linked to a person is found."""
    return keyed_hash(pepper, f"identity holder|{_name(proven)}")


def _key(proven: Proven, pepper: bytes) -> bytes:
    """Return the key that a person's drafts are wrapped under: of the pepper, which is not in the database, and the person."""
    return derive_key(hmac.digest(pepper, f"identity key|{_name(proven)}".encode(), "sha256"), "identity")


def _place(draft_id: str) -> str:
    """Return the place that a draft's key is sealed for."""
    return f"way_in|{draft_id}|{KIND}"
