"""Who of the ward looked at what was sent, when and why."""

from typing import Any

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.service_shown import find_shown
from webapp.applications.service_decisions import list_own
from webapp.applications.service_looks import list_looks
from webapp.drafts.door import Door, drafts, open_door
from webapp.drafts.rules_looks import Look, fold_looks
from webapp.drafts.views import PREFIX
from webapp.kit.clock import WARD_ZONE
from webapp.kit.database import get_session
from webapp.reading.service import render_private


@drafts.get(f"{PREFIX}/looks")
def show_looks(space: str, draft_id: str) -> BaseResponse:
    """Show who looked at what was sent, to the browser that sent it or that opened it with the slip."""
    door = open_door(space, draft_id)
    if not door.draft.is_sent:
        return redirect(door.address(""), 303)
    return render_private("drafts/looks.html", door=door, parts=[] if door.is_practice else _list_parts(door))


def _list_parts(door: Door) -> list[dict[str, Any]]:
    """Return each application of a draft with who looked at it, the latest first."""
    session, catalogue, parts = get_session(), door.ward.catalogue, []
    for case in list_own(session, door.draft.row.id, door.draft.key):
        entries = fold_looks(
            Look(one.at.astimezone(WARD_ZONE), one.account_id, one.section, one.what, one.why, one.words)
            for one in list_looks(session, case)
        )
        people = {
            section: find_shown(session, {one.account_id for one in entries if one.section == section}, section)
            for section in {one.section for one in entries}
        }
        shown = [
            {
                "entry": one,
                "office": catalogue.offices.get(one.section),
                "person": people[one.section].get(one.account_id),
            }
            for one in entries
        ]
        procedure = door.book.procedures.get(case.row.procedure) or catalogue.procedures.get(case.row.procedure)
        parts.append({"procedure": procedure, "receipt": case.row.receipt, "looks": shown})
    return parts
