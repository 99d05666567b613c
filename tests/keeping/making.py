"""A ward with applications of which every place is full: answers, files, history, looks, corrections, ways, messages."""

import json
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Engine
from sqlmodel import Session, SQLModel, select

from webapp.accounts.rules import Clerk
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_cases import change, open_case, write_down
from webapp.applications.service_corrections import Marks, answer_correction, ask_correction, note_draft
from webapp.applications.service_looks import note_look
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.config import Settings
from webapp.drafts.service import begin_draft, save_draft
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_uploads import keep_upload
from webapp.keeping.service_copies import find_program
from webapp.kit.database import open_session
from webapp.notifications.service_ways import add_way
from webapp.outbox.service import News, enqueue
from webapp.procedures.rules_book import Book

START = datetime(2026, 11, 28, 3, 0, tzinfo=timezone.utc)
SECTION = "child-support"
CLERK = Clerk("c" * 24, "係", frozenset())
NAME, KANA, ACCOUNT, NOTE = "玄界灘 九十九", "げんかいなだ つくも", "7654321", "口座番号をもう一度確かめる"
BANK = {"bank": "0005", "branch": "123", "kind": "ordinary", "number": ACCOUNT, "holder": "ゲンカイナダ"}


@dataclass(frozen=True)
class Sent:
    """One application: its draft, its id, the draft in which it was mended, and its files by fact."""

    draft_id: str
    application_id: str
    mended_in: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Ward:
    """A database with its settings."""

    engine: Engine
    settings: Settings
    book: Book

    def send(
        self,
        moment: datetime,
        keep_days: int = 400,
        decided: datetime | None = None,
        name: tuple[str, str] = (NAME, KANA),
    ) -> Sent:
        """Send an application, and let everything happen to it that can; return what it is found by."""
        folder = REAL.uploads_folder(self.settings.data_dir)
        with open_session(self.engine) as session:
            draft = begin_draft(session, REAL, self.book, "ja", secrets.token_bytes(32), moment, self.settings)
            kept = {
                fact: keep_upload(session, draft, fact, f"file of {fact}".encode() * 50, folder, moment)
                for fact in ("bank.passbook", "children.abroad_proof")
            }
            answers = self.answers(kept, name)
            parcel = Parcel(
                draft.row.id, "child-allowance-claim", self.book.hash, "ja", answers, 14, draft.key, SECTION
            )
            receive(session, Applications.REAL, parcel, open_vault(self.settings), moment, keep_days)
            save_draft(session, draft, moment, self.settings)
            draft.row.sent_at, draft.row.expires_on = moment, (moment + timedelta(days=keep_days)).date()
            add_way(session, draft.row.id, "mail", "ja", {"address": "tsukumo@example.jp"}, self.settings, moment)
            news = News("received", draft.row.id, "ja", f"received|{draft.row.id}", {"day": "2026-11-28"})
            enqueue(session, news, self.settings.master_keys[0], moment)
            session.flush()
            row = session.exec(select(Application).where(Application.draft_id == draft.row.id)).one()
            mended_in = self._correct(session, row, answers, moment)
            if decided:
                change(session, row, decided, state="decided", outcome="accepted", decided_at=decided)
            return Sent(draft.row.id, row.id, mended_in, kept)

    def answers(self, files: Mapping[str, str], name: tuple[str, str]) -> dict[str, Any]:
        """Return answers with everything that there is."""
        return {
            "applicant.name": {"name": name[0], "kana": name[1]},
            "bank.account": BANK,
            "children.list": [{"id": "a", "child.name": {"name": "玄界灘 一", "kana": "げんかいなだ はじめ"}}],
            **{fact: [{"id": one, "name": "写真.png", "size": 9}] for fact, one in files.items()},
        }

    def _correct(self, session: Session, row: Application, answers: Mapping[str, Any], moment: datetime) -> str:
        """Have a correction asked and answered, in a draft of its own; return that draft."""
        vault = open_vault(self.settings)
        case = open_case(row, vault)
        note_look(session, CLERK, case, "opened", "other", moment, "電話で本人から頼まれた")
        write_down(session, case, "note", moment, CLERK.id, words=NOTE)
        marks = Marks({"bank.account": {"why": "wrong", "note": NOTE}}, "", "ja")
        asked = ask_correction(session, case, CLERK.id, marks, moment.date(), moment, row.version)
        session.flush()
        mending = begin_draft(session, REAL, self.book, "ja", secrets.token_bytes(32), moment, self.settings)
        mending.row.corrects = asked
        note_draft(session, case, asked, mending.row.id)
        session.flush()
        mended = {**answers, "bank.account": {**BANK, "branch": "124"}}
        assert answer_correction(session, open_case(row, vault), asked, mended, vault, moment) is not None
        session.flush()
        return mending.row.id

    def open(self, application_id: str) -> Any:
        """Open an application as its section does."""
        with Session(self.engine) as session:
            row = session.get(Application, application_id)
            assert row is not None
            return open_case(row, open_vault(self.settings))

    def count(self) -> dict[str, int]:
        """Return how many rows each table has that has any."""
        with Session(self.engine) as session:
            found = {
                name: len(session.execute(table.select()).all()) for name, table in SQLModel.metadata.tables.items()
            }
        return {name: count for name, count in found.items() if count}

    def with_settings(self, **changed: Any) -> "Ward":
        """Return the same ward with other settings."""
        return replace(self, settings=replace(self.settings, **changed))


def list_sealed(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Yield everything that lies in the database as bytes (sealed words, wrapped keys, hashes), with its place."""
    with Session(engine) as session:
        for name, table in SQLModel.metadata.tables.items():
            columns = [column for column in table.columns if isinstance(column.type, LargeBinary)]
            for row in session.execute(table.select()).mappings():
                yield from ((f"{name}.{one.name}", row[one.name]) for one in columns if row[one.name])


def read_raw(ward: Ward) -> bytes:
    """Return every byte that lies anywhere: database, journal and files; of PostgreSQL what pg_dump writes."""
    folder = ward.settings.data_dir
    files = [
        path.name.encode() + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "keys" not in path.parts
    ]
    if ward.engine.dialect.name == "postgresql":
        files.append(dump(ward.engine))
    return b"\n".join(files)


def dump(engine: Engine) -> bytes:
    """Return a PostgreSQL database as text."""
    url = engine.url.set(drivername="postgresql")
    command = [find_program("pg_dump"), "-d", url.render_as_string(hide_password=False)]
    return subprocess.run(command, capture_output=True, check=True, cwd="/").stdout


def is_in(raw: bytes, ward: Ward, marker: bytes) -> bool:
    """Tell whether bytes stand somewhere, as they are or as PostgreSQL writes them."""
    return marker in raw or (ward.engine.dialect.name == "postgresql" and marker.hex().encode() in raw)


def spell(words: str) -> list[bytes]:
    """Return the ways in which words may stand in raw bytes."""
    return [words.encode(), json.dumps(words)[1:-1].encode(), words.encode("utf-16-le")]


def list_plain() -> list[bytes]:
    """Return the words of which none may ever stand anywhere as they are."""
    words = (NAME, KANA, "玄界灘", ACCOUNT, NOTE, "tsukumo@example.jp", "file of bank.passbook", "写真.png")
    return [one for word in words for one in spell(word)]


def folder_names(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()
