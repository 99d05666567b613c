"""What somebody who works here was refused stands in the log: once an hour for each page, so that nobody can flood it."""

from datetime import timedelta

from flask import Response, current_app, g, request
from sqlalchemy.exc import OperationalError

from webapp.accounts.service_audit import note, was_noted
from webapp.accounts.service_sign_in import WHOLLY, find_sign_in
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.logs import log

REFUSED, ONCE_IN = "refused", timedelta(hours=1)
_OURS = ("/staff/", "/teach/")


def note_refusal(response: Response) -> Response:
    """Write down that somebody who is signed in was refused (`g.refused`: with which answer), after the request's own commit.

    What it is about is the page's route, never its address: that may be somebody else's number.
    """
    rule = request.url_rule.rule.removeprefix("/<voice>") if request.url_rule else ""
    if g.get("refused") in (403, 404) and g.get("staff_secret") and any(part in rule for part in _OURS):
        try:
            _note(rule[:80], str(g.refused))
        except OperationalError:  # the answer is a refusal all the same
            log.error("a refusal could not be logged")
    return response


def _note(rule: str, answer: str) -> None:
    """Write the entry, in a transaction of its own in which the person is looked up, too."""
    moment = now()
    with open_session(current_app.extensions["engine"]) as session:
        found = find_sign_in(session, g.staff_secret, moment)
        account_id = found[1].id if found and found[0].stage == WHOLLY else None
        if account_id and not was_noted(session, account_id, REFUSED, rule, moment - ONCE_IN):
            note(session, moment, account_id, REFUSED, rule, answer)
