"""Lists of applications: in order, a page at a time, by name and number; and a wall between sections that nothing gets through."""

from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from webapp.accounts.rules import Clerk, Grant
from webapp.applications import service_inbox, service_inbox_counts
from webapp.applications.rules_cases import LABELS
from webapp.applications.rules_inbox import DUES, PAGE, SHOWS, SORTS, Ask, Filters, read_cursor
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_batch import Batch, change_many
from webapp.applications.service_inbox import catch_up, has_unplaced, list_page, list_receipts
from webapp.applications.service_inbox_counts import Count, count_all, count_erased_soon, count_erasing, count_open
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Correction, NameToken
from webapp.kit.clock import day_of
from webapp.kit.crypto import new_key
from webapp.kit.database import open_session
from webapp.kit.ids import new_id

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=timezone.utc)
TODAY = day_of(NOW)
SECTIONS = ("tax", "waste", "residents")
ME, OTHER = "a" * 24, "b" * 24
NAMES = (
    ("山﨑 花子", "やまざき はなこ"),
    ("山本 太郎", "やまもと たろう"),
    ("林 一", "はやし はじめ"),
    ("Brown Amy", "ぶらうん えいみー"),
)
WORDS = (
    "や",
    "や はな",
    "やま",
    "やまざき はなこ",
    "山本",
    "はや",
    "はな",
    "brown",
    "たろ",
    "林 一",
    "や は",
    "ー",
    "%",
    "",
)


@pytest.fixture
def vault():
    return Vault([new_key()], new_key())


def someone(*sections, role="officer", id_=ME):
    return Clerk(id_, "kakari", frozenset(Grant(role, one) for one in sections))


def send(session, vault, section, name=NAMES[0], days=14, sent_at=NOW, **columns):
    """Receive one application; return its row."""
    answers = {"applicant.name": {"name": name[0], "kana": name[1]}}
    parcel = Parcel(new_id(), "dog-registration", "0" * 64, "ja", answers, days, new_key(), section)
    status = receive(session, Applications.REAL, parcel, vault, sent_at, 365)
    row = session.exec(select(Application).where(Application.receipt == status.receipt)).one()
    row.sqlmodel_update(columns)
    session.add(row)
    session.flush()
    return row


def walk(session, who, vault, filters=Filters(), words=""):  # noqa: B008  # frozen
    """Read a list to its end and back again; return the ids of each page."""
    pages, place = [], {}
    while True:
        page = list_page(session, who, Ask(filters, words, read_cursor(place, filters.sort)), vault, TODAY)
        pages.append([one.id for one in page.entries])
        if not page.after:
            break
        place = {"after": page.after}
    back = [pages[-1]]
    while page.before:
        cursor = read_cursor({"before": page.before}, filters.sort)
        page = list_page(session, who, Ask(filters, words, cursor), vault, TODAY)
        back.insert(0, [one.id for one in page.entries])
    assert back == pages
    return pages


@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_each_other_and_lead_back(engine, vault, sort):
    chance = Random(1)
    with open_session(engine) as session:
        for number in range(2 * PAGE + 7):
            sent_at = NOW - timedelta(days=chance.randrange(4), microseconds=chance.randrange(3))
            send(session, vault, SECTIONS[number % 2], NAMES[number % 4], 7, sent_at, is_open=number % 5 > 0)
        who = someone(*SECTIONS[:2])
        for filters in (Filters(sort=sort), Filters(sort=sort, show="any"), Filters(sort=sort, section="tax")):
            pages = walk(session, who, vault, filters)
            ids = [id_ for page in pages for id_ in page]
            rows = [session.get(Application, id_) for id_ in ids]
            assert [(getattr(row, sort), row.id) for row in rows] == sorted(
                (getattr(row, sort), row.id) for row in rows
            )
            assert len(set(ids)) == len(ids)
            assert all(len(page) == PAGE for page in pages[:-1])
            fits = [
                row for row in session.exec(select(Application))
                if (row.is_open or filters.show == "any") and filters.section in ("", row.section)
            ]  # fmt: skip
            assert {row.id for row in fits} == set(ids)
        assert sum(map(len, walk(session, who, vault, Filters(sort=sort, show="any"), "やま"))) == 54


def test_frequent_names_are_found_as_rare_ones_are(engine, vault, monkeypatch):
    with open_session(engine) as session:
        for number in range(24):
            send(session, vault, SECTIONS[number % 2], NAMES[number % 4])
        who = someone("tax", "waste")
        for words in WORDS:
            few = walk(session, who, vault, words=words)
            monkeypatch.setattr(service_inbox, "FEW", 0)
            assert walk(session, who, vault, words=words) == few
            monkeypatch.setattr(service_inbox, "FEW", 1000)
        assert len(walk(session, who, vault, words="はやし はじめ")[0]) == 6
        assert len(walk(session, who, vault, words="や はな")[0]) == 6


def test_a_page_opens_the_names_it_shows_and_nothing_else(engine, vault, monkeypatch):
    opened = []
    unseal = service_inbox.unseal
    monkeypatch.setattr(
        service_inbox, "unseal", lambda key, sealed, place: opened.append(place) or unseal(key, sealed, place)
    )
    with open_session(engine) as session:
        for _ in range(PAGE + 20):
            send(session, vault, "tax")
        for ask in (Ask(), Ask(words="やまざき"), Ask(words="は"), Ask(Filters(state="decided"))):
            opened.clear()
            page = list_page(session, someone("tax"), ask, vault, TODAY)
            assert opened == [f"application|{one.id}|label" for one in page.entries]


def test_counts_say_what_is_to_do(engine, vault, monkeypatch):
    with open_session(engine) as session:
        rows = [send(session, vault, "tax") for _ in range(6)]
        rows[0].assigned_to = ME
        rows[1].sqlmodel_update({"answer_by": TODAY - timedelta(days=1), "labels": "answered urgent"})
        rows[2].sqlmodel_update({"answer_by": TODAY - timedelta(days=1), "state": "decided", "assigned_to": new_id()})
        rows[5].sqlmodel_update({"answer_by": TODAY - timedelta(days=1), "state": "mend"})
        rows[3].sqlmodel_update({"state": "checking", "proposed_by": OTHER})
        rows[4].sqlmodel_update({"state": "finished", "is_open": False})
        for row, state in ((rows[3], "answered"), (rows[5], "open")):
            session.add(
                Correction(
                    id=new_id(),
                    application_id=row.id,
                    state=state,
                    asked_by=OTHER,
                    asked_at=NOW,
                    answer_by=TODAY - timedelta(days=1),
                    sealed_content=b"",
                )
            )
        session.flush()
        counts = {
            name: count.number for name, count in count_all(session, someone("tax", role="head"), "", TODAY).items()
        }
        assert counts == {
            "open": 5, "mine": 1, "nobody": 4, "over": 1, "unmended": 1, "answered": 1, "mended": 1, "confirm": 1,
            "finished": 1,
        }  # fmt: skip
        for asked, found in (("over", [1]), ("unmended", [5]), ("soon", [])):
            assert walk(session, someone("tax"), vault, Filters(due=asked)) == [[rows[n].id for n in found]]
        (nobodys,) = walk(session, someone("tax"), vault, Filters(who="nobody"))
        assert set(nobodys) == {rows[n].id for n in (1, 2, 3, 5)}
        assert count_open(session, someone("tax"), "", TODAY)["confirm"].number == 0
        assert [len(walk(session, someone("tax", role="head"), vault, Filters(show=one))[0]) for one in SHOWS] == [
            5,
            1,
            1,
            1,
            6,
        ]
        monkeypatch.setattr(service_inbox_counts, "WINDOW", 3)
        assert count_open(session, someone("tax"), "", TODAY)["open"] == Count(3, more=True)


def test_what_is_erased_soon_is_counted_and_listed_whether_it_is_open_or_not(engine, vault, monkeypatch):
    with open_session(engine) as session:
        rows = [send(session, vault, SECTIONS[number % 2], NAMES[number % 4]) for number in range(8)]
        for number, row in enumerate(rows):
            row.erase_after = TODAY + timedelta(days=10 * number)
        rows[0].is_open = False
        session.flush()
        who, asked = someone("tax"), Filters(show="any", due="erase")
        assert {one for page in walk(session, who, vault, asked) for one in page} == {rows[0].id, rows[2].id}
        assert count_erased_soon(session, who, TODAY) == Count(2)
        assert count_erased_soon(session, someone(*SECTIONS), TODAY) == Count(4)
        assert count_erased_soon(session, someone(), TODAY) == Count(0)
        found = count_erasing(session, {"soon": TODAY + timedelta(days=30), "later": TODAY + timedelta(days=90)})
        assert {name: sum(some.values()) for name, some in found.items()} == {"soon": 4, "later": 8}
        assert found["later"]["tax", rows[0].procedure] == 4
        monkeypatch.setattr(service_inbox_counts, "MOST", 1)
        assert count_erased_soon(session, who, TODAY) == Count(1, more=True)


def test_applications_of_an_older_version_get_their_section_and_are_found(engine, vault):
    with open_session(engine) as session:
        rows = [send(session, vault, "") for _ in range(3)]
        rows[1].procedure, rows[2].wrapped_key = "gone", b"\1nothing opens this"
        session.flush()
        assert has_unplaced(session)
        assert not session.exec(select(NameToken)).all()
        assert catch_up(session, {"": "general", "dog-registration": "waste"}, vault, 500) == 3
        session.flush()
        assert not has_unplaced(session)
        assert [row.section for row in rows] == ["waste", "general", "waste"]
        found = list_page(session, someone("waste"), Ask(words="やまざき"), vault, TODAY)
        assert [(one.id, one.name) for one in found.entries] == [(rows[0].id, NAMES[0][0])]
        listed = list_page(session, someone("waste"), Ask(), vault, TODAY).entries
        assert {(one.id, one.kana) for one in listed} == {(rows[0].id, NAMES[0][1]), (rows[2].id, "")}


GRANTS = st.frozensets(
    st.builds(Grant, st.sampled_from(("officer", "head")), st.sampled_from(SECTIONS))
    | st.builds(Grant, st.sampled_from(("reception", "auditor", "administrator", "editor"))), max_size=4,
)  # fmt: skip
FILTERS = st.builds(
    Filters, show=st.sampled_from(SHOWS), who=st.sampled_from(("", "mine", "nobody", OTHER)), label=st.sampled_from(("", *LABELS[:2])),
    due=st.sampled_from(("", *DUES)), section=st.sampled_from(("", *SECTIONS)), sort=st.sampled_from(SORTS),
)  # fmt: skip
BATCHES = st.sampled_from(("assign", "hand-back", "label", "unlabel"))


def test_a_section_never_lists_finds_or_changes_what_is_anothers(engine, vault):
    """Whatever roles somebody has and whatever they ask for: nothing of a section that they do not work in."""
    chance = Random(2)
    with open_session(engine) as session:
        for number in range(30):
            send(
                session, vault, chance.choice(SECTIONS), NAMES[number % 4], chance.randrange(-3, 9), assigned_to=chance.choice((None, ME, OTHER)),
                is_open=chance.random() < 0.8, labels=chance.choice(("", *LABELS[:2])), proposed_by=chance.choice((None, OTHER)),
            )  # fmt: skip
        rows = {row.id: row.model_copy() for row in session.exec(select(Application))}

    @settings(max_examples=120, deadline=None)
    @given(
        GRANTS,
        GRANTS,
        FILTERS,
        st.sampled_from(WORDS) | st.sampled_from([row.receipt for row in rows.values()]),
        BATCHES,
    )
    def try_everything(grants, others, filters, words, deed):
        who, colleague = Clerk(ME, "kakari", grants), Clerk(OTHER, "hoka", others)
        own = {one.section for one in grants if one.role in ("officer", "head")}
        with Session(engine) as session:
            page = list_page(session, who, Ask(filters, words), vault, TODAY)
            assert {rows[one.id].section for one in page.entries} <= own
            mine = {id_ for id_, row in rows.items() if row.section in own}
            assert {id_ for id_, _ in list_receipts(session, who, list(rows))} == mine
            assert count_open(session, who, "", TODAY)["open"].number == sum(rows[id_].is_open for id_ in mine)
            came = change_many(session, who, Batch(deed, colleague, LABELS[2]), dict.fromkeys(rows, 0), vault, NOW)
            assert {*came.done, *came.stale, *came.refused} == mine
            session.flush()
            for row in session.exec(select(Application)):
                before = rows[row.id]
                if row.version != before.version:
                    assert row.id in mine
                    assert deed != "assign" or row.section in {
                        one.section for one in others if one.role in ("officer", "head")
                    }
            session.rollback()

    try_everything()
