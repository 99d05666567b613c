"""What the pages with a slip show about coming back by one's card."""

from typing import Any

from flask import request

from webapp.accounts.pages_oidc import RESIDENT, offer
from webapp.drafts.door import Door
from webapp.drafts.service_identity import is_linked
from webapp.kit.database import get_session

DONE = ("on", "off")


def may_link(door: Door) -> bool:
    """Tell whether a draft may be linked to a card: the resident's own, real, with a slip that opens it anyway."""
    return not door.is_practice and not door.bar and door.draft.mend is None and bool(door.draft.row.sealed_slip)


def identity_words(door: Door) -> dict[str, Any]:
    """Return the service's name for a page with a slip, whether the draft is linked, and what was just done."""
    label = offer(RESIDENT) if may_link(door) else ""
    done = request.args.get("identity", "")
    if not label:
        return {"identity": ""}
    linked = is_linked(get_session(), door.draft.row.id)
    return {"identity": label, "identity_linked": linked, "identity_done": done if done in DONE else ""}


def offer_return(practised: bool) -> str:
    """Return the service's name for the page on which residents come back; "" where coming back is being practised."""
    return "" if practised else offer(RESIDENT)
