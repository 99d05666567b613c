"""Hand-overs: prepared at home, opened once at the counter with a QR token or with a code that can be spoken.

The content lies sealed under a data key of its own. That key is wrapped under the token, under the spoken code (stretched,
with the pepper) and under the draft's data key; none of the three is stored, and the pepper is kept outside the database.
Codes that are wrong, missing, expired or used up get the same answer, None, after the same work.
"""

import json
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, delete, select

from webapp.drafts.tables import Draft, HandOver, PracticeDraft, PracticeHandOver
from webapp.kit.clock import day_of
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, new_key, seal, stretch_key, unseal
from webapp.kit.ids import find_spoken_code, is_token, new_id, new_spoken_code, new_token

Table = type[HandOver] | type[PracticeHandOver]
Row = HandOver | PracticeHandOver
DAYS = 14
NO_CODE, NO_SALT = "no such code", b"no such row-----"
CODE_LOOKUP_SALT = b"hand-over-lookup"
_DRAFTS: dict[Table, type[Draft] | type[PracticeDraft]] = {HandOver: Draft, PracticeHandOver: PracticeDraft}


@dataclass(frozen=True, slots=True)
class Codes:
    """What the resident brings: the QR code's token (32 hexadecimal digits) and the spoken code (11 digits, ungrouped)."""

    token: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Content:
    """What is handed over: all answers of one pass, as JSON holds them; files are named by id inside `answers`.

    `procedures` are slugs, `definition` is the hash of the questions' snapshot, `event` the life event or "",
    `prepared_on` the ward's day as YYYY-MM-DD, `files` the key (hex) that opens each file. `draft_key` is the draft's data
    key under the pepper: what the counter accepts is an application that the resident's draft opens like any other. `uses`
    names the answers that each procedure uses.
    """

    procedures: tuple[str, ...]
    definition: str
    voice: str
    event: str
    answers: Mapping[str, Any]
    prepared_on: str
    files: Mapping[str, str] = field(default_factory=dict)
    draft_key: str = ""
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A hand-over that lies open at the counter and is not used up: its row, its content and its data key."""

    row: Row
    content: Content
    key: bytes


def prepare(
    session: Session,
    table: Table,
    draft_id: str,
    draft_key: bytes,
    content: Content,
    pepper: bytes,
    now: datetime,
    days: int = DAYS,
) -> Codes:
    """Make the one hand-over of a draft and return its codes; whatever it had before opens nothing any more.

    Good through the ward's day `days` after `now`. Raises IntegrityError if there is no such draft.
    """
    draft = _DRAFTS[table]
    session.exec(select(draft.id).where(draft.id == draft_id).with_for_update()).first()
    session.exec(delete(table).where(table.draft_id == draft_id))  # type: ignore[arg-type]  # SQLModel types columns as values
    codes, row_id = _new_codes(session, table, pepper), new_id()
    columns = _lock_up(_place(table, row_id), codes, draft_key, content, pepper)
    session.add(table(id=row_id, draft_id=draft_id, **columns, **_days(now, days)))
    session.flush()
    return codes


def find_hand_over(session: Session, table: Table, draft_id: str, write: bool = False) -> Row | None:
    """Return a draft's hand-over, or None. With `write` the row stays locked until the request ends."""
    return _find_row(session, table, table.draft_id == draft_id, write)


def read_own(row: Row, draft_key: bytes) -> tuple[Codes, Content]:
    """Return codes and content to the resident whose draft is open. Raises CannotOpen for any other draft's key."""
    place = _place(type(row), row.id)
    codes = Codes(**json.loads(unseal(draft_key, row.sealed_codes, f"{place}|codes")))
    key = unseal(draft_key, row.draft_key, f"{place}|draft_key")
    return codes, _read_content(row, key)


def renew(session: Session, row: Row, draft_key: bytes, pepper: bytes, now: datetime, days: int = DAYS) -> Codes:
    """Give a hand-over (found with `write`) new codes, a new data key and new days; the content stays, old codes are dead.

    Raises CannotOpen for any other draft's key.
    """
    content = read_own(row, draft_key)[1]
    table = type(row)
    codes = _new_codes(session, table, pepper)
    row.sqlmodel_update(_lock_up(_place(table, row.id), codes, draft_key, content, pepper) | _days(now, days))
    session.add(row)
    session.flush()
    return codes


def revoke(session: Session, row: Row) -> None:
    """Erase a hand-over; nothing happens if the counter was faster."""
    table = type(row)
    session.exec(delete(table).where(table.id == row.id))  # type: ignore[arg-type]  # SQLModel types columns as values


def look(session: Session, table: Table, token: str, pepper: bytes, today: date) -> Opened | None:
    """Open a hand-over by its QR token without using it up; None for anything that is no good token today."""
    return _open_by_token(session, table, token, pepper, today, lock=False)


def look_by_code(session: Session, table: Table, code: str, pepper: bytes, today: date) -> Opened | None:
    """Open a hand-over by its spoken code, grouped or not, without using it up; None for anything not good today."""
    return _open_by_code(session, table, code, pepper, today, lock=False)


def exchange(session: Session, table: Table, token: str, pepper: bytes, today: date) -> Content | None:
    """Take a hand-over by its QR token, once: its row is erased with this transaction. None for no good token today."""
    return _use_up(session, _open_by_token(session, table, token, pepper, today, lock=True))


def exchange_by_code(session: Session, table: Table, code: str, pepper: bytes, today: date) -> Content | None:
    """Take a hand-over by its spoken code, grouped or not, once, as `exchange` does. None for no good code today."""
    return _use_up(session, _open_by_code(session, table, code, pepper, today, lock=True))


def look_at(session: Session, table: Table, word: str, pepper: bytes, today: date) -> Opened | None:
    """Open a hand-over by a token or a code, whichever it is, without using it up; None for anything not good today."""
    return (look if is_token(word) else look_by_code)(session, table, word, pepper, today)


def take(session: Session, table: Table, word: str, pepper: bytes, today: date) -> Content | None:
    """Take a hand-over by a token or a code, once; None for anything not good today, or if another counter was faster."""
    return (exchange if is_token(word) else exchange_by_code)(session, table, word, pepper, today)


def take_some(
    session: Session, table: Table, word: str, chosen: Collection[str], draft_key: bytes, pepper: bytes, today: date
) -> Content | None:  # fmt: skip
    """Take some procedures of a hand-over by a token or a code, each once; return what was prepared of all of them.

    The others stay prepared, under the same codes and to the same day; what only these procedures used is erased. None for
    anything not good today, or if another counter was faster with one of them. Raises CannotOpen for another draft's key.
    """
    opened = (_open_by_token if is_token(word) else _open_by_code)(session, table, word, pepper, today, lock=True)
    if opened is None or not chosen or not set(chosen) <= set(opened.content.procedures):
        return None
    rest = _leave_out(opened.content, chosen)
    if not rest.procedures:
        return _use_up(session, opened)
    codes, place = read_own(opened.row, draft_key)[0], _place(table, opened.row.id)
    opened.row.sqlmodel_update(_lock_up(place, codes, draft_key, rest, pepper))
    session.add(opened.row)
    session.flush()
    return opened.content


def _leave_out(content: Content, gone: Collection[str]) -> Content:
    """Return what was prepared without some procedures, their answers, and the keys of their files."""
    uses = {slug: keys for slug, keys in content.uses.items() if slug not in gone}
    used = {key for keys in uses.values() for key in keys}
    answers = {key: value for key, value in content.answers.items() if key in used}
    entries = [one for value in answers.values() if isinstance(value, list) for one in value]
    ids = {one.get("id") for one in entries if isinstance(one, Mapping)}
    procedures = tuple(slug for slug in content.procedures if slug not in gone)
    files = {one: key for one, key in content.files.items() if one in ids}
    return replace(content, procedures=procedures, uses=uses, answers=answers, files=files)


def lock_draft_key(draft_key: bytes, draft_id: str, pepper: bytes) -> str:
    """Return a draft's data key as a hand-over holds it: a stolen database and a found QR code do not open it."""
    return seal(derive_key(pepper, "hand-over draft"), draft_key, f"hand-over|{draft_id}|draft").hex()


def unlock_draft_key(content: Content, draft_id: str, pepper: bytes) -> bytes:
    """Return the data key of the draft that handed something over. Raises CannotOpen."""
    return unseal(
        derive_key(pepper, "hand-over draft"), bytes.fromhex(content.draft_key), f"hand-over|{draft_id}|draft"
    )


def erase_expired_hand_overs(session: Session, table: Table, today: date) -> int:
    """Erase hand-overs past their last day; return how many."""
    gone = session.exec(delete(table).where(table.expires_on < today))  # type: ignore[arg-type]  # as above
    return gone.rowcount


def token_lookup(token: str, pepper: bytes) -> bytes:
    """Return the hash under which a hand-over's token is found."""
    return keyed_hash(pepper, f"hand-over token|{token}")


def code_lookup(code: str, pepper: bytes) -> bytes:
    """Return the hash under which a spoken code is found: stretched too, for 33 bits are few should the pepper ever leak."""
    return keyed_hash(pepper, f"hand-over code|{stretch_key(code, CODE_LOOKUP_SALT, pepper).hex()}")


def _new_codes(session: Session, table: Table, pepper: bytes) -> Codes:
    """Return codes that no other hand-over has: tokens never meet, spoken codes could."""
    codes = Codes(new_token(), new_spoken_code())
    while session.exec(select(table.id).where(table.code_lookup == code_lookup(codes.spoken, pepper))).first():
        codes = Codes(codes.token, new_spoken_code())
    return codes


def _lock_up(place: str, codes: Codes, draft_key: bytes, content: Content, pepper: bytes) -> dict[str, Any]:
    """Seal content under a new data key, wrap that key three times, and return the columns that hold all this."""
    key, salt = new_key(), secrets.token_bytes(16)
    plain = {name: getattr(content, name) for name in Content.__slots__} | {"answers": dict(content.answers)}
    return {
        "procedures": " ".join(content.procedures),
        "token_lookup": token_lookup(codes.token, pepper),
        "code_lookup": code_lookup(codes.spoken, pepper),
        "salt": salt,
        "token_key": seal(derive_key(bytes.fromhex(codes.token), "hand-over"), key, f"{place}|token_key"),
        "code_key": seal(stretch_key(codes.spoken, salt, pepper), key, f"{place}|code_key"),
        "draft_key": seal(draft_key, key, f"{place}|draft_key"),
        "sealed_codes": seal(draft_key, json.dumps(asdict(codes)).encode(), f"{place}|codes"),
        "sealed_content": seal(key, json.dumps(plain).encode(), f"{place}|content"),
    }


def _days(now: datetime, days: int) -> dict[str, Any]:
    """Return the columns that say when a hand-over was made and through which day it is good."""
    return {"made_at": now, "expires_on": day_of(now) + timedelta(days=days)}


def _place(table: Table, row_id: str) -> str:
    """Return what binds sealed bytes to one row of one table."""
    return f"{table.__tablename__}|{row_id}"


def _find_row(session: Session, table: Table, condition: Any, lock: bool) -> Row | None:
    """Return the row that a lookup names. With `lock`, as it is once every other counter is done with it."""
    query: Any = select(table).where(condition)  # SQLModel has no type for "a row of either table"
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row: Row | None = session.exec(query).first()
    return row


def _open_by_token(session: Session, table: Table, token: str, pepper: bytes, today: date, lock: bool) -> Opened | None:
    """Open the hand-over of a token."""
    if re.fullmatch(r"[0-9a-f]{32}", token) is None:
        return None
    row = _find_row(session, table, table.token_lookup == token_lookup(token, pepper), lock)
    return _open(row, "token_key", derive_key(bytes.fromhex(token), "hand-over"), today)


def _open_by_code(session: Session, table: Table, code: str, pepper: bytes, today: date, lock: bool) -> Opened | None:
    """Open the hand-over of a spoken code; whatever was typed is stretched twice."""
    plain = find_spoken_code(code) or NO_CODE
    row = _find_row(session, table, table.code_lookup == code_lookup(plain, pepper), lock)
    return _open(row, "code_key", stretch_key(plain, row.salt if row else NO_SALT, pepper), today)


def _open(row: Row | None, column: str, wrapping_key: bytes, today: date) -> Opened | None:
    """Open a row by the key that one of its columns is wrapped under."""
    if row is None or row.expires_on < today:
        return None
    try:
        key = unseal(wrapping_key, getattr(row, column), f"{_place(type(row), row.id)}|{column}")
        return Opened(row, _read_content(row, key), key)
    except CannotOpen:
        return None


def _read_content(row: Row, key: bytes) -> Content:
    """Return a row's content with its data key. Raises CannotOpen."""
    plain = json.loads(unseal(key, row.sealed_content, f"{_place(type(row), row.id)}|content"))
    return Content(**plain | {"procedures": tuple(plain["procedures"])})


def _use_up(session: Session, opened: Opened | None) -> Content | None:
    """Erase the locked row of what was opened, and return its content."""
    if opened is None:
        return None
    session.delete(opened.row)
    session.flush()
    return opened.content
