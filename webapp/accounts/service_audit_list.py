"""Finding entries of the log: by person, by what was done, by what about, by day; a page at a time, the newest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from webapp.accounts.rules import fold_name
from webapp.accounts.rules_audit import read_about, write_about
from webapp.accounts.rules_audit_words import FORMERLY
from webapp.accounts.tables import Account, ApiToken, AuditEntry
from webapp.kit.clock import WARD_ZONE
from webapp.kit.ids import is_id

AT_ONCE = 50
MOST_EXPORTED = 50_000
MOST_PEOPLE = 200
_LAST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are wanted; what is empty is not asked for. `gaps` names what was typed and cannot be meant.

    `about` is what was typed, `meant` the id that it stands for.
    """

    who: str = ""
    what: str = ""
    about: str = ""
    meant: str = ""
    day: str = ""
    before: int = 0
    after: int = 0
    gaps: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, str]:
        """Return what is asked for, as an address holds it."""
        typed = {"who": self.who, "what": self.what, "about": self.about, "day": self.day}
        return {name: words for name, words in typed.items() if words}


@dataclass(frozen=True, slots=True)
class Named:
    """Who an entry is of or about: a person, by the name to sign in with; or a section's system, by its token's id."""

    name: str
    shown_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of entries, the newest first; the numbers from which older and newer ones go on (0: none)."""

    rows: Sequence[AuditEntry]
    older: int = 0
    newer: int = 0
    names: Mapping[str, Named] = field(default_factory=dict)


def read_wanted(args: Mapping[str, str]) -> Wanted:
    """Return which entries an address asks for."""
    typed = {name: args.get(name, "").replace("\0", "").strip()[:80] for name in ("who", "what", "about", "day")}
    gaps: tuple[str, ...] = ()
    try:
        if typed["day"]:
            day = date.fromisoformat(typed["day"])
            typed["day"], gaps = day.isoformat(), () if 2000 <= day.year < 3000 else ("day",)
    except ValueError:
        gaps = ("day",)
    return Wanted(
        **typed, before=_read_number(args.get("before", "")), after=_read_number(args.get("after", "")), gaps=gaps
    )


def _read_number(words: str) -> int:
    """Return an entry's number in an address; 0 for anything that is none."""
    return min(int(words), _LAST_NUMBER) if words.isascii() and words.isdigit() and len(words) < 12 else 0


def list_entries(session: Session, wanted: Wanted) -> Found:
    """Return one page of the entries that are wanted."""
    query, number = _ask(session, wanted), col(AuditEntry.number)
    if wanted.after:
        rows = list(session.exec(query.where(number > wanted.after).order_by(number).limit(AT_ONCE + 1)))
        more_newer, rows = len(rows) > AT_ONCE, rows[:AT_ONCE][::-1]
        older, newer = (rows[-1].number if rows else wanted.after + 1), (rows[0].number if more_newer else 0)
    else:
        if wanted.before:
            query = query.where(number < wanted.before)
        rows = list(session.exec(query.order_by(number.desc()).limit(AT_ONCE + 1)))
        more_older, rows = len(rows) > AT_ONCE, rows[:AT_ONCE]
        older = rows[-1].number if more_older else 0
        newer = (rows[0].number if rows else wanted.before - 1) if wanted.before else 0
    return Found(rows, older, newer, find_names(session, rows))


def list_exported(session: Session, wanted: Wanted) -> list[AuditEntry]:
    """Return the entries for a file, the newest first; never more than MOST_EXPORTED."""
    return list(session.exec(_ask(session, wanted).order_by(col(AuditEntry.number).desc()).limit(MOST_EXPORTED)))


def _ask(session: Session, wanted: Wanted) -> Any:
    """Return the query for what is wanted."""
    query = select(AuditEntry)
    if wanted.who:
        query = query.where(col(AuditEntry.account_id).in_(find_people(session, wanted.who)))
    if wanted.what:
        query = query.where(col(AuditEntry.what).in_((wanted.what, *FORMERLY.get(wanted.what, ()))))
    if wanted.about:
        query = query.where(_ask_about(session, wanted.meant or wanted.about))
    if wanted.day:
        begins = datetime.combine(date.fromisoformat(wanted.day), time(), WARD_ZONE)
        query = query.where(AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1))
    return query


def _ask_about(session: Session, about: str) -> Any:
    """Return the condition for one thing; for a person their single roles, too."""
    exactly = col(AuditEntry.about) == about
    if not is_id(about) or session.get(Account, about) is None:
        return exactly  # which the index finds
    return or_(exactly, col(AuditEntry.about).startswith(write_about(about, ""), autoescape=True))


def find_people(session: Session, typed: str) -> list[str]:
    """Return the people of a name, or a part of one, as it is shown or as they sign in; and the tokens of systems."""
    name = col(Account.name).contains(fold_name(typed) or typed, autoescape=True)
    shown = col(Account.shown_name).contains(typed, autoescape=True)
    people = session.exec(select(Account.id).where(or_(name, shown, Account.id == typed)).limit(MOST_PEOPLE))
    system = or_(col(ApiToken.system).contains(typed, autoescape=True), ApiToken.id == typed)
    return [*people, *session.exec(select(ApiToken.id).where(system).limit(MOST_PEOPLE))]


def find_names(session: Session, rows: Iterable[AuditEntry]) -> dict[str, Named]:
    """Return the people and systems that entries are of or about, or that something was given to."""
    ids = {one for row in rows for one in (row.account_id, read_about(row.about)[0], row.why) if one and is_id(one)}
    found: dict[str, Named] = {}
    some = sorted(ids)
    for begin in range(0, len(some), 500):
        people = session.exec(select(Account).where(col(Account.id).in_(some[begin : begin + 500])))
        found |= {one.id: Named(one.name, one.shown_name) for one in people}
        tokens = session.exec(select(ApiToken).where(col(ApiToken.id).in_(some[begin : begin + 500])))
        found |= {one.id: Named(one.id, one.system) for one in tokens}
    return found
