"""A section with applications that residents sent through the real forms, and somebody who works there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlmodel import col, select

from tests.accounts.helping import make
from tests.walks import send_through_forms
from webapp.applications.tables import Application
from webapp.kit.database import open_session

PEOPLE = (("山﨑 花子", "やまざき はなこ"), ("山本 太郎", "やまもと たろう"), ("杉並 梅", "すぎなみ うめ"))
"""Whose names applicants have in turn, with their kana."""


@dataclass(frozen=True)
class Section:
    """A section's key, the applications that came to it, and the account of somebody who works there."""

    key: str
    slug: str
    application_ids: tuple[str, ...]
    receipts: tuple[str, ...]
    draft_ids: tuple[str, ...]
    account_id: str


def make_section(
    app: Flask, slug: str = "dog-change-or-death", count: int = 3, role: str = "officer", name: str = ""
) -> Section:
    """Send applications of a procedure to its section, and make somebody who works there (`role`), named `name` if given."""
    sent = send_applications(app, slug, count)
    key = app.extensions["madoguchi"].catalogue.procedures[slug].define.office
    account_id = make(
        app, (f"{role}:{key}",), name or f"{role}-{sent[0].id[:8]}" if sent else name or f"{role}-of-none"
    )
    return Section(
        key, slug, tuple(row.id for row in sent), tuple(row.receipt for row in sent),
        tuple(row.draft_id for row in sent), account_id,
    )  # fmt: skip


def send_applications(
    app: Flask, slug: str = "dog-change-or-death", count: int = 3, people: Sequence[tuple[str, str]] = PEOPLE,
    choose: Mapping[str, Any] | None = None,
) -> list[Application]:  # fmt: skip
    """Send applications through the forms, each by a browser of its own; the applicants are `people` in turn."""
    before = {row.id for row in list_applications(app, slug)}
    found = []
    for number in range(count):
        name, kana = people[number % len(people)]
        given = {"applicant.name": {"name": name, "kana": kana}, **(choose or {})}
        send_through_forms(app, slug, given)
        found += [row for row in list_applications(app, slug) if row.id not in before]
        before |= {row.id for row in found}
    return found


def list_applications(app: Flask, slug: str) -> list[Application]:
    """Return all applications of a procedure, the oldest first."""
    with open_session(app.extensions["engine"]) as session:
        query = select(Application).where(Application.procedure == slug).order_by(col(Application.sent_at))
        return list(session.exec(query))
