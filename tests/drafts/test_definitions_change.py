"""A town changes its questions while drafts are open: nothing is lost, nothing is asked behind anybody's back."""

import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

import webapp.kit.clock
from tests.drafts.town import (
    CHANGE,
    DOG,
    MOVE,
    OLD_ITEM,
    Town,
    change_questions,
    close,
    day_from_now,
    edit_content,
    give_up,
    list_changes,
    set_form,
    strip,
    write_content,
)
from webapp.applications.tables import Application, Snapshot
from webapp.config import ROOT, load_settings
from webapp.drafts.tables import Draft, HandOver
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session
from webapp.kit.migrations import migrate
from webapp.procedures.rules_book import hash_body

REASON = "保健所に移りました。保健所に電話してください。"
COAT = "茶色と白のまだら"
CHANGED = {
    "新しい質問": ["人をかんだことがありますか"],
    "変わった質問": ["前：オスですか、メスですか今：犬の性別を選んでください"],
    "なくなった質問": ["毛の色を書いてください"],
}
EDITS: dict[str, tuple[Any, ...]] = {
    "changed": (change_questions,),
    "changed, old ones too late": (change_questions, set_form(DOG, older_until=day_from_now(-1))),
    "changed, old ones for a while": (change_questions, set_form(DOG, older_until=day_from_now(3))),
    "closed": close(DOG, REASON),
    "member closed": close(CHANGE, REASON),
    "given up": (give_up(DOG),),
}
Content = Callable[[str], Path]


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> Content:
    """Return how to get the content folder of a version; each is written once."""
    folder = tmp_path_factory.mktemp("town")
    written = {"before": write_content(folder / "before")}

    def find(version: str) -> Path:
        """Return a version's folder."""
        if version not in written:
            written[version] = edit_content(written["before"], folder / str(len(written)), EDITS[version])
        return written[version]

    return find


@pytest.fixture(scope="module")
def begun(content, tmp_path_factory) -> tuple[Path, str, str, str]:
    """Return a data folder with drafts under the old questions, its browser's cookie, and the addresses of the drafts."""
    folder = tmp_path_factory.mktemp("begun")
    settings = load_settings({"DATA_DIR": str(folder), "PUBLIC_URL": "http://localhost"})
    engine = make_engine(settings.database_url)
    migrate(engine, ROOT / "migrations")
    town = Town(settings, engine).restart(content("before"))
    draft = town.write(DOG, dog__coat={"": COAT}, dog__sex={"": "male"})
    event_draft = town.write(f"events/{MOVE}", dog__coat={"": COAT})
    engine.dispose()
    return folder, town.cookie, draft, event_draft


@pytest.fixture
def town(begun, tmp_path) -> Iterator[Town]:
    """Yield a town of its own with those drafts; it has to be started."""
    shutil.copytree(begun[0], tmp_path / "data")
    settings = load_settings({"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "http://localhost"})
    engine = make_engine(settings.database_url)
    yield Town(settings, engine, begun[1])
    engine.dispose()


@pytest.fixture
def draft(begun) -> str:
    """Return the address of a draft that was written to its end under the old questions."""
    return begun[2]


@pytest.fixture
def event_draft(begun) -> str:
    """Return the address of a life event's draft that was written to its end under the old questions."""
    return begun[3]


def show_changes(town: Town, draft: str) -> str:
    """Resume a draft and return the page about changes to which that leads."""
    assert town.lead(f"{draft}/") == f"{draft}/changes"
    return town.client.get(f"{draft}/changes").text


def test_resuming_shows_exactly_the_questions_that_changed(town, draft, content):
    town.restart(content("before"))
    assert town.lead(f"{draft}/") == f"{draft}/check", "nothing has changed yet"
    town.restart(content("changed"))
    assert list_changes(show_changes(town, draft)) == CHANGED
    assert town.lead(f"{draft}/check") == f"{draft}/changes"


def test_draft_of_a_life_event_is_shown_what_changed_in_any_of_its_procedures(town, event_draft, content):
    town.restart(content("changed"))
    assert list_changes(show_changes(town, event_draft)) == CHANGED


def test_nothing_is_sent_past_the_page_about_changes(town, draft, content):
    town.restart(content("changed"))
    answer = town.post(f"{draft}/check", version=str(town.open(draft).row.version), declare=f"{DOG}:truth")
    assert answer.request.path == f"{draft}/changes"
    assert town.sent_by() == []


def test_old_questions_may_be_kept_and_what_was_sent_by_them_can_be_read_for_ever(town, draft, content):
    old = town.open(draft).row.definition
    town.restart(content("changed"))
    show_changes(town, draft)
    assert town.post(f"{draft}/changes", choice="old").request.path == f"{draft}/check", "nothing is asked again"
    assert town.lead(f"{draft}/") == f"{draft}/check", "nor is it shown twice"
    assert town.send(draft) == []
    assert town.sent_by() == [old]
    for version in ("changed", "closed", "given up"):
        answers = town.restart(content(version)).see(f"{draft}/answers")
        assert f"毛の色 {COAT}" in answers
        assert "犬の性別 オス" in answers
        for page in ("", "/sent", "/print/a4", "/print/80mm"):
            assert "犬を登録する" in town.see(f"{draft}{page}")
        assert town.lead(f"{draft}/changes") == f"{draft}/sent", "nothing changes for what was sent"


def test_new_questions_take_what_still_fits_and_ask_the_rest(town, draft, content):
    before = town.open(draft)
    town.restart(content("changed"))
    assert town.post(f"{draft}/changes", choice="new").status_code == 200
    after = town.open(draft)
    assert after.row.definition != before.row.definition
    gone = {"dog.coat", "dog.sex"}
    assert after.answers == {key: one for key, one in before.answers.items() if key not in gone}
    assert town.send(draft) == ["dog.bites", "dog.sex"]
    assert town.sent_by() == [after.row.definition]
    for version in ("changed", "closed", "given up"):
        answers = town.restart(content(version)).see(f"{draft}/answers")
        assert "かむこと はい" in answers
        assert "犬の性別 メス" in answers
        assert "毛の色" not in answers


def test_books_by_which_something_was_sent_are_kept(town, draft, event_draft, content):
    town.restart(content("before")).send(event_draft)
    town.restart(content("changed"))
    town.post(f"{draft}/changes", choice="new")
    assert town.keeps(town.open(draft).row.definition)
    town.send(draft)
    assert len({*town.sent_by()}) == 2
    assert town.keeps(*town.sent_by())


def test_hand_over_that_was_prepared_before_prints_the_same_afterwards(town, event_draft, content):
    pages = [f"{event_draft}/{page}" for page in ("sheet", "answers", "counter", "print/a4", "todo")]
    town.restart(content("before")).send(event_draft)
    before = [town.see(page) for page in pages]
    assert f"毛の色 {COAT}" in before[1]
    assert OLD_ITEM in before[0]
    for version in ("changed", "member closed"):
        town.restart(content(version))
        assert [town.see(page) for page in pages] == before


def test_closed_form_says_why_wherever_it_is_met_and_keeps_what_was_written(town, draft, content):
    answers = town.open(draft).answers
    town.restart(content("before")).post(f"{draft}/dog.breed", **{"dog.breed": "書きかけ柴", "then": "save"})
    town.restart(content("closed"))
    for door in ("start", "practice"):
        started = town.client.post(f"/ja/procedures/{DOG}/{door}")
        assert (started.status_code, REASON in strip(started.text)) == (410, True)
    for page in ("", "check", "changes"):
        assert REASON in town.see(f"{draft}/{page}", 410)
    sent = town.post(f"{draft}/check", version=str(town.open(draft).row.version), declare=f"{DOG}:truth")
    assert (sent.status_code, REASON in strip(sent.text)) == (410, True)
    assert town.sent_by() == []
    assert f"/procedures/{DOG}/practice" not in town.client.get("/ja/practice/").text
    town.restart(content("before"))
    assert town.open(draft).answers == answers
    assert "書きかけ柴" in town.client.get(f"{draft}/dog.breed").text
    town.send(draft)


def test_draft_of_a_procedure_that_was_given_up_says_so(town, draft, content):
    town.restart(content("given up"))
    assert "今は受け付けていません" in town.see(f"{draft}/", 410)
    assert town.client.get("/ja/slip").status_code == 200


def test_old_questions_are_not_offered_after_their_day(town, draft, content):
    old = town.open(draft).row.definition
    page = show_changes(town.restart(content("changed, old ones too late")), draft)
    assert 'value="new"' in page
    assert 'value="old"' not in page
    assert town.post(f"{draft}/changes", choice="old").request.path == f"{draft}/dog.bites"
    assert town.open(draft).row.definition != old


def test_who_stayed_with_the_old_questions_is_told_when_their_day_has_passed(town, draft, content, monkeypatch):
    town.restart(content("changed, old ones for a while"))
    assert 'value="old"' in show_changes(town, draft)
    assert town.post(f"{draft}/changes", choice="old").request.path == f"{draft}/check"
    monkeypatch.setattr(webapp.kit.clock, "now", lambda: now() + timedelta(days=4))
    assert 'value="old"' not in show_changes(town, draft)
    assert town.lead(f"{draft}/check") == f"{draft}/changes"


def test_member_that_closes_takes_only_itself_out_of_a_pass(town, event_draft, content):
    page = show_changes(town.restart(content("member closed")), event_draft)
    (closed,) = list_changes(page)["ここで書けなくなった手続き"]
    assert REASON in closed
    assert 'value="old"' not in page
    assert town.post(f"{event_draft}/changes", choice="new").request.path == f"{event_draft}/check"
    assert town.open(event_draft).slugs == [MOVE]
    assert town.send(event_draft) == []
    assert [one.procedures for one in town.rows(HandOver)] == [MOVE]
    assert town.sent_by() == []


def test_member_that_is_closed_stands_on_the_list_with_the_reason_but_cannot_be_chosen(town, event_draft, content):
    todo = f"{event_draft}/todo"
    town.restart(content("member closed")).post(f"{event_draft}/changes", choice="new")
    assert REASON in town.see(todo)
    assert re.findall(r'name="procedure"[^>]*value="([^"]+)"', town.client.get(todo).text) == [MOVE]
    assert town.post(todo, procedure=CHANGE).status_code == 422


def test_draft_from_before_there_were_books_is_finished_by_todays(town, draft, event_draft, content):
    with open_session(town.engine) as session:
        for row in session.exec(select(Draft)):
            session.add(row.sqlmodel_update({"definition": ""}))
    assert town.restart(content("changed")).send(draft) == ["dog.bites", "dog.sex"]
    assert town.send(event_draft) == ["dog.bites"]
    assert town.keeps(*town.sent_by())
    assert "かむこと はい" in town.restart(content("before")).see(f"{draft}/answers")
    assert OLD_ITEM not in town.see(f"{event_draft}/sheet")


@pytest.mark.parametrize("body", [b"", b"no book", "other", "unreadable"])
def test_snapshot_that_was_spoilt_is_no_failure_for_residents(town, draft, event_draft, content, body):
    """Whatever lies in the database instead of the old questions, today's stand in."""
    town.restart(content("before")).send(event_draft)
    spoil(town, body)
    town.restart(content("changed"))
    for page in ("", "sent", "answers", "sheet", "counter", "todo", "print/a4", "print/list"):
        town.see(f"{event_draft}/{page}")
    assert town.send(draft) == ["dog.bites", "dog.sex"]
    assert COAT not in town.see(f"{draft}/answers")


def test_answer_to_a_question_that_can_be_read_no_longer_stands_as_it_was_kept(town, draft, content):
    town.restart(content("before")).send(draft)
    spoil(town, b"no book")
    assert "犬の性別 male" in town.restart(content("changed")).see(f"{draft}/answers")


def spoil(town: Town, body: bytes | str) -> None:
    """Put something else in the place of every snapshot."""
    with open_session(town.engine) as session:
        rows = list(session.exec(select(Snapshot)))
        bodies = {row.hash: row.body for row in rows}
        for row in rows:
            if body == "unreadable":
                _make_unreadable(session, row)
            row.body = next(one for key, one in bodies.items() if key != row.hash) if body == "other" else row.body
            row.body = body if isinstance(body, bytes) else row.body
            session.add(row)


def _make_unreadable(session: Session, row: Snapshot) -> None:
    """Give a snapshot a body that has the right hash and is no book, and have everything point to it."""
    old, row.body = row.hash, zlib.compress(f'{{"scope": {len(row.body)}}}'.encode())
    row.hash = hash_body(row.body)
    for table in (Draft, Application):
        for one in session.exec(select(table).where(table.definition == old)):
            session.add(one.sqlmodel_update({"definition": row.hash}))
