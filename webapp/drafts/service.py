"""A draft and its answers: begun, opened by the browser that holds it, saved, thrown away. In the real store or in practice."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from webapp.config import Settings
from webapp.drafts.jobs import erase_draft
from webapp.drafts.rules import Plan, plan
from webapp.drafts.rules_events import Choice, EventPlan, plan_event
from webapp.drafts.rules_fit import fits, keep_fitting
from webapp.drafts.rules_helpers import WHOLE, Way, has_ended
from webapp.drafts.rules_mend import Mend, narrow, read_mend
from webapp.drafts.service_stores import STORES, Store, store_of
from webapp.kit.clock import day_of, today
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, new_key, seal, unseal
from webapp.kit.ids import is_id, new_id
from webapp.procedures.rules_book import Book

Stash = dict[str, dict[str, list[str]]]

MOST_TAKEN = 20


@dataclass
class OpenDraft:
    """A draft whose answers lie open for this request.

    `typed` keeps what was typed on pages that are not finished, `shelf` the answers of abandoned branches in case they are
    wanted again, `prefill` what may be shown for confirming: {fact: {"value", "kept_on", "title"}}, `used` the facts that
    were filled from there, `news` what came and went by the last answer: [[slug, came]], `taken` the ids of the last forms
    that came, so that a form sent again by a bad network changes nothing. `desk` says where somebody of the staff fills it
    in ("at"), `helpers` holds the helpers' slips by id; `way` is how it was opened now, and is kept nowhere. `mend` is what
    it is to mend, where it answers a correction. `replaces` names what it is sent in the place of ("draft", "application"),
    `again` the drafts in which what was sent is written again, by application.
    """

    row: Any
    key: bytes
    answers: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Stash] = field(default_factory=dict)
    shelf: dict[str, Any] = field(default_factory=dict)
    prefill: dict[str, Any] = field(default_factory=dict)
    choice: Choice = field(default_factory=Choice)
    news: list[list[Any]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    desk: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, Any] = field(default_factory=dict)
    way: Way = field(default_factory=Way)
    mend: Mend | None = None
    replaces: dict[str, str] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """Return the store that the draft lives in."""
        return store_of(self.row)

    @property
    def slugs(self) -> list[str]:
        """Return the procedures of this draft."""
        slugs: list[str] = self.row.procedures.split()
        return slugs

    @property
    def scope(self) -> str:
        """Return the scope of the draft's book of questions."""
        return f"events/{self.row.event}" if self.row.event else f"procedures/{self.row.procedures}"

    @property
    def owners(self) -> tuple[str, ...]:
        """Return the drafts whose files may be shown here: its own, and that of what it mends."""
        return (self.row.id, self.mend.parent) if self.mend else (self.row.id,)

    @property
    def keeps_questions(self) -> bool:
        """Tell whether its questions stay as they are, whatever the ward asks by now: once sent, and for mending."""
        return self.is_sent or self.mend is not None

    @property
    def is_sent(self) -> bool:
        """Tell whether it was sent: then nothing in it changes any more."""
        return self.row.sent_at is not None

    def plan(self, book: Book, today: date) -> tuple[Plan, EventPlan | None]:
        """Return the pages of this draft as its answers stand, and how a life event's procedures stand."""
        if book.event is None:
            made = plan([book.procedures[slug] for slug in self.slugs], book.dictionary, self.answers, today)
            return narrow(made, self.mend) if self.mend else made, None
        planned = plan_event(book, book.event, self.answers, self.choice, today)
        return planned.made, planned

    def take(self, sending: str) -> None:
        """Remember that a form came; forms of browsers without JavaScript have no id."""
        if sending:
            self.taken = [*(one for one in self.taken if one != sending), sending][-MOST_TAKEN:]

    def fit(self, book: Book, today: date, before: Book | None = None) -> None:
        """Let go of the answers that the questions of another book than the one `before` do not take."""
        facts, old = book.dictionary, before.dictionary if before else None
        self.answers = keep_fitting(self.answers, facts, today, old)
        self.shelf = keep_fitting(self.shelf, facts, today, old)
        prefill = self.prefill.items()
        self.prefill = {key: kept for key, kept in prefill if fits(facts.facts.get(key), kept["value"], today)}


def begin_draft(
    session: Session,
    store: Store,
    book: Book,
    voice: str,
    browser_secret: bytes,
    now: datetime,
    settings: Settings,
    key: bytes | None = None,
) -> OpenDraft:
    """Make an empty draft over a book of questions that this browser can open; without changes it is erased on its day.

    `key`: the data key of the draft that it belongs to, where it is no draft of its own.
    """
    event = book.event.slug if book.event else ""
    row = store.draft(
        id=new_id(), procedures="" if event else " ".join(book.procedures), event=event, definition=book.hash, voice=voice,
        started_at=now, saved_at=now, expires_on=store.expiry(day_of(now), settings),
    )  # fmt: skip
    draft = OpenDraft(row, key or new_key())
    _seal_content(draft)
    session.add(row)
    session.flush()
    add_browser(session, draft, browser_secret)
    return draft


def add_browser(session: Session, draft: OpenDraft, browser_secret: bytes) -> None:
    """Let a browser open the draft from now on, as far as the way reached by which the draft was opened.

    A browser that holds the whole draft keeps it, whatever slip is tried in it.
    """
    lookup, table, way = browser_lookup(browser_secret, draft.row.id), draft.store.way_in, draft.way
    known = session.get(table, lookup)
    is_over = known is not None and has_ended(known.ends_on, today())
    if known is not None and not is_over and (known.scope == WHOLE or way.kind == "desk"):
        return
    kind = "desk" if way.kind == "desk" else "browser"
    wrapped = seal(derive_key(browser_secret, "draft key"), draft.key, f"way_in|{draft.row.id}|browser")
    holder = holder_hash(browser_secret)
    row = known or table(lookup=lookup, draft_id=draft.row.id, kind=kind, holder=holder, wrapped_key=wrapped)
    row.kind, row.scope, row.ends_on, row.helper = kind, way.scope, way.ends_on, way.helper
    session.add(row)


def browser_lookup(browser_secret: bytes, draft_id: str) -> bytes:
    """Return the hash under which a browser's way into a draft is found."""
    return keyed_hash(derive_key(browser_secret, "lookup"), draft_id)


def holder_hash(browser_secret: bytes) -> bytes:
    """Return the hash under which everything that a browser holds is found."""
    return keyed_hash(derive_key(browser_secret, "holder"), "browser")


def find_draft(
    session: Session, store: Store, draft_id: str, browser_secret: bytes | None, write: bool
) -> OpenDraft | None:
    """Open a draft for the browser that holds it; None for anybody else and for a draft that is gone.

    With `write` the row stays locked until the request ends, so that two tabs never lose each other's answers.
    """
    if browser_secret is None or not is_id(draft_id):
        return None
    table, ways = store.draft, store.way_in
    query = select(table, ways).join(ways).where(ways.lookup == browser_lookup(browser_secret, draft_id))
    query = query.where(table.id == draft_id)
    found = session.exec(query.with_for_update(of=table) if write else query).first()
    if found is None or has_ended(found[1].ends_on, today()):
        return None
    row, way = found
    key = unwrap_for_browser(browser_secret, way.wrapped_key, draft_id)
    return open_row(row, key, read_way(way)) if key else None


def read_way(row: Any) -> Way:
    """Return how far a way into a draft reaches."""
    return Way(row.kind, row.scope, row.ends_on, row.helper)


def unwrap_for_browser(browser_secret: bytes, wrapped: bytes, draft_id: str) -> bytes | None:
    """Return a draft's data key by a browser's secret, or None if the secret does not fit."""
    try:
        return unseal(derive_key(browser_secret, "draft key"), wrapped, f"way_in|{draft_id}|browser")
    except CannotOpen:
        return None


def open_row(row: Any, key: bytes, way: Way | None = None) -> OpenDraft:
    """Open a draft's answers with its data key. Raises CannotOpen for answers that were tampered with."""
    content = json.loads(unseal(key, row.sealed_answers, f"draft|{row.id}|answers"))
    choice = content.get("choice", {})
    return OpenDraft(
        row, key, content["answers"], content["typed"], content.get("shelf", {}), content.get("prefill", {}),
        Choice(bool(choice.get("listed")), tuple(choice.get("skipped", ())), tuple(choice.get("extra", ()))),
        content.get("news", []), content.get("taken", []), content.get("desk", {}), content.get("helpers", {}),
        way or Way(), read_mend(content.get("mend")), content.get("replaces", {}), content.get("again", {}),
    )  # fmt: skip


def save_draft(session: Session, draft: OpenDraft, now: datetime, settings: Settings) -> None:
    """Keep the answers as they stand, sealed; the day of erasure moves on with every change."""
    draft.row.saved_at = now
    draft.row.version += 1
    draft.row.expires_on = draft.store.expiry(day_of(now), settings)
    keep_content(session, draft)


def keep_content(session: Session, draft: OpenDraft) -> None:
    """Keep what lies open in a draft, sealed; its version and its last day stay."""
    _seal_content(draft)
    session.add(draft.row)


def _seal_content(draft: OpenDraft) -> None:
    """Seal answers and unfinished typing together."""
    content = {
        "answers": draft.answers, "typed": draft.typed, "shelf": draft.shelf, "prefill": draft.prefill,
        "choice": asdict(draft.choice), "news": draft.news, "taken": draft.taken,
        "desk": draft.desk, "helpers": draft.helpers, "mend": asdict(draft.mend) if draft.mend else None,
        "replaces": draft.replaces, "again": draft.again,
    }  # fmt: skip
    sealed = json.dumps(content, ensure_ascii=True).encode()
    draft.row.sealed_answers = seal(draft.key, sealed, f"draft|{draft.row.id}|answers")


def let_go(session: Session, browser_secret: bytes) -> None:
    """Make this browser forget every draft; slips still open them."""
    let_go_holder(session, holder_hash(browser_secret))


def let_go_one(session: Session, draft: OpenDraft, browser_secret: bytes) -> None:
    """Make this browser forget one draft; slips still open it."""
    way = session.get(draft.store.way_in, browser_lookup(browser_secret, draft.row.id))
    if way is not None:
        session.delete(way)
        session.flush()


def let_go_holder(session: Session, holder: bytes) -> None:
    """Take away every way in of the browser with this hash; slips still open what they opened."""
    for store in STORES.values():
        for way in session.exec(select(store.way_in).where(store.way_in.holder == holder)):
            session.delete(way)
    session.flush()


def list_unslipped(session: Session, holder: bytes) -> list[Any]:
    """Return the drafts of the browser with this hash that would be lost with it.

    They were not sent, no slip was made, and nothing was handed over, so nobody holds anything that opens them.
    """
    rows: list[Any] = []
    for store in STORES.values():
        held = select(store.way_in.draft_id).where(store.way_in.holder == holder, store.way_in.scope == WHOLE)
        handed = select(store.hand_over.draft_id)
        query = select(store.draft).where(
            col(store.draft.id).in_(held), col(store.draft.sent_at).is_(None), store.draft.sealed_slip == b"",
            col(store.draft.id).not_in(handed), col(store.draft.corrects).is_(None),
        )  # fmt: skip
        rows += session.exec(query)
    return rows


def drop_unslipped(session: Session, holder: bytes, data_dir: Path) -> int:
    """Erase what would open for nobody any more once the browser with this hash is gone; return how many drafts."""
    rows = list_unslipped(session, holder)
    for row in rows:
        erase_draft(session, store_of(row), row.id, data_dir)
    return len(rows)
