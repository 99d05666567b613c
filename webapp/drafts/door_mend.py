"""A draft that mends what was sent, in one request: where it belongs, what is shown before sending, and sending it."""

import re
from typing import Any

from flask import Response, abort, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.applications.service_cases import Case
from webapp.applications.service_decisions import find_own
from webapp.drafts import pages
from webapp.drafts.door import Door
from webapp.drafts.door_ways import hides
from webapp.drafts.pages_diff import list_changes
from webapp.drafts.service_corrections import mended_answers, send_correction
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.reading.service import render_private


def mend_address(door: Door) -> str:
    """Return where somebody who mends goes on later: the page that says what is asked. Empty for any other draft."""
    mend = door.draft.mend
    return f"/{door.voice}/drafts/{mend.parent}/mend/{mend.application}" if mend else ""


def find_mended(door: Door, write: bool = False) -> Case:
    """Open the application that a draft mends; 404 where it is gone."""
    mend = door.draft.mend
    case = find_own(get_session(), mend.parent, door.draft.key, mend.application, write) if mend else None
    return case or abort(404)


def render_mended(door: Door, changed: bool, status: int) -> Response:
    """Return the check page of a draft that mends: what was marked and what changed, before and after."""
    case, mend = find_mended(door), door.draft.mend
    after = mended_answers(case, door.draft, door.book, door.made, now())
    changes = list_changes(case.answers, after, door.book, mend.facts if mend else ())
    changes = tuple(one for one in changes if not hides(door.draft, one.fact))
    return render_private(
        "drafts/mend_check.html", status, door=door, changes=changes, changed=changed, error_count=int(changed),
        steps=pages.list_steps(door.made, None), places=_find_places(door), case=case, back=mend_address(door),
    )  # fmt: skip


def _find_places(door: Door) -> dict[str, str]:
    """Return by fact the page on which it is changed."""
    found = {q.fact.key: page.key for page in door.made.pages for q in page.questions}
    items: dict[str, Any] = {q.fact.key: q.fact.define.item or () for page in door.made.pages for q in page.questions}
    return {**{item: found[key] for key, keys in items.items() for item in keys}, **found}


def send_mended(door: Door) -> BaseResponse:
    """Send what was mended, once; every later form of this draft leads to how things stand."""
    version = request.form.get("version", "")
    if not re.fullmatch(r"[0-9]{1,9}", version) or int(version) != door.draft.row.version:
        return render_mended(door, True, 422)
    case, ward = find_mended(door, write=True), door.ward
    send_correction(get_session(), door.draft, case, door.book, door.made, ward.settings, now())
    return door.go(f"/{door.voice}/drafts/{case.row.draft_id}/sent")
