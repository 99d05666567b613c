"""Facts and boxes to try out what residents let the ward keep."""

from datetime import date, datetime, timezone

from sqlmodel import Session, select

from webapp.facts.rules import Dictionary, Fact, FactDefinition, Kind, Reuse
from webapp.facts.rules_reuse import (
    KeptContent,
    KeptFact,
    choose_facts,
)
from webapp.facts.service_kept import find_box, keep
from webapp.kit.database import open_session

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
TODAY, DAYS = date(2026, 11, 24), 365
TITLE, SCOPE = "児童手当の認定請求", "child-allowance-claim"
HANA, TARO = {"name": "山田 花", "kana": "やまだ はな"}, {"name": "山田 太郎", "kana": "やまだ たろう"}


def make_fact(key: str, kind: Kind = "text", reuse: Reuse = "confirm", **define) -> Fact:
    """Return a fact without words."""
    return Fact(
        key, key.split(".", maxsplit=1)[0], FactDefinition(kind=kind, meaning=key, reuse=reuse, **define), {}, {}
    )


def make_dictionary(*facts: Fact) -> Dictionary:
    """Return a dictionary of facts."""
    return Dictionary({fact.key: fact for fact in facts}, {}, {})


DICTIONARY = make_dictionary(
    make_fact("me.name", "name", of="applicant", is_="name"), make_fact("me.birth", "date", of="applicant", is_="birth"),
    make_fact("me.sex", "choice", "ask", of="applicant", is_="sex"), make_fact("me.phone", "phone", "silent"),
    make_fact("me.illness", sensitive=True), make_fact("me.scan", "file"), make_fact("me.why", "choice", "ask"),
    make_fact("me.note", "text", "never"), make_fact("me.level", "choice", unknown=True),
    make_fact("kids.list", "people", item=["kid.name", "kid.birth", "kid.sex", "kid.living"]),
    make_fact("kid.name", "name", within="kids.list", is_="name"), make_fact("kid.birth", "date", within="kids.list", is_="birth"),
    make_fact("kid.sex", "choice", within="kids.list", is_="sex"), make_fact("kid.living", "choice", within="kids.list"),
    make_fact("gone.list", "people", "ask", item=["gone.name"]), make_fact("gone.name", "name", within="gone.list", is_="name"),
    make_fact("other.who", "person", role="other"), make_fact("other.name", "name", "ask", of="other", is_="name"),
)  # fmt: skip


def choose(answers) -> KeptContent:
    """Choose from a draft's answers."""
    return choose_facts(DICTIONARY, answers, TODAY, TITLE, SCOPE)


def content(**facts) -> KeptContent:
    """Return a content of flat facts."""
    return KeptContent({key: KeptFact(value, "2026-11-24", TITLE, SCOPE) for key, value in facts.items()})


def person(person_id: str, name=None, birth=None, kept_on="2026-11-24", **more) -> dict:
    """Return a kept person."""
    known = {"name": name, "birth": birth, **more}
    return {"id": person_id, "kept_on": kept_on, "title": TITLE} | {k: v for k, v in known.items() if v is not None}


def save(engine, secret: bytes, kept: KeptContent, others=(), now: datetime = NOW) -> str:
    """Keep something as a request does; return the id of the box."""
    with open_session(engine) as session:
        return keep(session, [secret, *others], secret, kept, now, DAYS).row.id


def read(engine, *secrets: bytes) -> KeptContent | None:
    """Return what these secrets open."""
    with Session(engine) as session:
        box = find_box(session, secrets)
        return box.content if box else None


def count(engine, table) -> int:
    """Count the rows of a table."""
    with Session(engine) as session:
        return len(session.exec(select(table)).all())
