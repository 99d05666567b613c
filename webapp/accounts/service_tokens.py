"""Tokens of sections' own systems: making, listing, renewing and revoking them. The token itself is stored nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from webapp.accounts.rules_tokens import OVERLAP, State, hash_token, new_token, state_of
from webapp.accounts.service_audit import note
from webapp.accounts.tables import Account, ApiToken
from webapp.kit.ids import is_id, new_id


class SystemTaken(Exception):
    """A system of this name has a token that works, or is another section's."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as pages show it. `made_by` is a name; `is_newest`: its system has none that was made later."""

    id: str
    section: str
    system: str
    made_by: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    state: State
    is_newest: bool


def list_tokens(session: Session, sections: Collection[str] | None, now: datetime) -> list[Token]:
    """Return the tokens of some sections (None: of all), by section and system, the newest of each first."""
    query = select(ApiToken)
    query = query if sections is None else query.where(col(ApiToken.section).in_(set(sections)))
    rows = sorted(session.exec(query), key=lambda row: row.made_at, reverse=True)
    rows.sort(key=lambda row: (row.section, row.system))
    makers = select(Account.id, Account.shown_name).where(col(Account.id).in_({row.made_by for row in rows}))
    names, newest, found = dict(session.exec(makers).all()), set[str](), []
    for row in rows:
        state = state_of(row.ends_at, row.revoked_at, now)
        found.append(Token(
            row.id, row.section, row.system, names.get(row.made_by, ""), row.made_at, row.ends_at, row.used_at, state,
            row.system not in newest,
        ))  # fmt: skip
        newest.add(row.system)
    return found


def find_own_token(session: Session, sections: Collection[str] | None, token_id: str, now: datetime) -> Token | None:
    """Return one of the tokens of some sections (None: of all); None for any other."""
    if not is_id(token_id):
        return None
    return next((one for one in list_tokens(session, sections, now) if one.id == token_id), None)


def make_token(session: Session, section: str, system: str, days: int, by: str, now: datetime) -> tuple[str, str]:
    """Make a token for a system of a section; return its id and, this once, the token. Raises SystemTaken.

    A system's name is one section's in the whole ward: what a system acknowledged is kept under it.
    """
    for row in session.exec(select(ApiToken)):
        works = state_of(row.ends_at, row.revoked_at, now) in ("good", "soon")
        if row.system.casefold() == system.casefold() and (works or row.section != section):
            raise SystemTaken
    return _add(session, section, system, days, by, now, "token-made")


def renew_token(session: Session, token: Token, days: int, by: str, now: datetime) -> tuple[str, str]:
    """Make a new token for the same system; the old one works for some days more, or until its end."""
    for row in session.exec(select(ApiToken).where(ApiToken.section == token.section, ApiToken.system == token.system)):
        row.ends_at = min(row.ends_at, now + OVERLAP)
        session.add(row)
    return _add(session, token.section, token.system, days, by, now, "token-renewed")


def _add(session: Session, section: str, system: str, days: int, by: str, now: datetime, what: str) -> tuple[str, str]:
    """Add a token; return its id and the token."""
    token, row_id = new_token(), new_id()
    session.add(ApiToken(
        id=row_id, lookup=hash_token(token), section=section, system=system, made_by=by, made_at=now,
        ends_at=now + timedelta(days=days),
    ))  # fmt: skip
    note(session, now, by, what, row_id)
    return row_id, token


def revoke_token(session: Session, token: Token, by: str, now: datetime) -> None:
    """Shut a token out at once; one that was shut out before stays so."""
    row = session.get_one(ApiToken, token.id)
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        note(session, now, by, "token-revoked", row.id)
