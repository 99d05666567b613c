"""Wrong codes slow down whoever tries them: first the browser, and far beyond that the address.

A whole class shares one address. So what may be a slip of the hand in a code that is in use counts for the browser alone,
and the same wrong code (an old handout on everybody's desk) counts once for the address.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from webapp.kit.crypto import keyed_hash
from webapp.learning.rules_class import WINDOW, Try, count_address, count_browser, find_wait, is_near
from webapp.learning.service_lessons import list_codes
from webapp.learning.tables import JoinTry

FORGOTTEN = timedelta(days=1)


def find_code_wait(session: Session, browser: str, address: str, now: datetime, pepper: bytes) -> timedelta | None:
    """Return how long this browser waits before its next code, or None."""
    of_browser = _find_try(session, _hash_who("browser", browser, pepper))
    of_address = _find_try(session, _hash_who("address", address, pepper))
    return find_wait(of_browser, of_address, now)


def note_wrong_code(session: Session, browser: str, address: str, code: str, now: datetime, pepper: bytes) -> None:
    """Count a wrong code."""
    who = _hash_who("browser", browser, pepper)
    _keep_try(session, who, count_browser(_find_try(session, who), now))
    once = _hash_who("code", f"{address}|{code}", pepper)
    known = _find_try(session, once)
    if is_near(code, list_codes(session)) or (known is not None and known.wait_until > now):
        return
    _keep_try(session, once, Try(1, now + WINDOW))
    who = _hash_who("address", address, pepper)
    _keep_try(session, who, count_address(_find_try(session, who), now))


def forget_browser_tries(session: Session, browser: str, pepper: bytes) -> None:
    """Start a browser's count anew after it had a right code."""
    row = session.get(JoinTry, _hash_who("browser", browser, pepper))
    if row is not None:
        session.delete(row)


def forget_code_tries(session: Session, now: datetime) -> None:
    """Forget wrong codes whose wait ended a day ago."""
    session.exec(delete(JoinTry).where(col(JoinTry.wait_until) < now - FORGOTTEN))


def _find_try(session: Session, who: bytes) -> Try | None:
    """Return how often somebody was wrong."""
    row = session.get(JoinTry, who)
    return Try(row.wrong, row.wait_until) if row is not None else None


def _keep_try(session: Session, who: bytes, counted: Try) -> None:
    """Keep how often somebody was wrong; of two first tries in the same moment one counts."""
    row = session.get(JoinTry, who)
    if row is not None:
        row.wrong, row.wait_until = counted.wrong, counted.wait_until
        session.add(row)
        return
    with suppress(IntegrityError), session.begin_nested():
        session.add(JoinTry(who=who, wrong=counted.wrong, wait_until=counted.wait_until))
        session.flush()


def _hash_who(kind: str, who: str, pepper: bytes) -> bytes:
    """Return the hash that stands for a browser, an address or a code."""
    return keyed_hash(pepper, f"join|{kind}|{who}")
