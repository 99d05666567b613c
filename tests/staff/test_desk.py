"""The content desk's work list: what is missing, unconfirmed or stale, taken from the content that runs."""

from dataclasses import replace
from datetime import date

import pytest

from tests.accounts.helping import sign_in
from webapp.app import load_ward
from webapp.reading.rules_texts import Text
from webapp.staff.rules_desk import (
    Choice,
    Piece,
    Source,
    choose,
    find_fault_tasks,
    find_tasks,
    hash_words,
    is_old,
    state_of,
)
from webapp.staff.service_desk import list_pieces, open_desk
from webapp.staff.service_translations import (
    Seen,
    accept,
    find_translation_faults,
    list_hashes,
    load_seen,
    save_seen,
)

TODAY = date(2026, 11, 28)
TITLE = Text({"ja": "犬を登録する", "en": "Register a dog"})
PIECE = Piece(
    "procedure", "procedures/dog", TITLE, (("title", TITLE),), office="environment-dogs", path="/procedures/dog"
)


def whats(piece, register=None, voices=("en",)):
    return [(one.what, one.voice, one.items) for one in find_tasks([piece], voices, register or {}, TODAY)]


def test_a_text_that_a_voice_lacks_is_work():
    assert ("missing", "ja-easy", ("title",)) in whats(PIECE, voices=("ja-easy", "en"))


def test_a_translation_is_behind_once_the_japanese_text_changes():
    seen = accept({}, [PIECE], ("en",), "hanako")
    assert whats(PIECE, list_hashes(seen)) == []
    title = Text({"ja": "犬を飼いはじめた", "en": "Register a dog"})
    changed = replace(PIECE, texts=(("title", title),))
    assert whats(changed, list_hashes(seen)) == [("behind", "en", ("title",))]
    assert list(find_translation_faults(seen, [changed], ("en",)))
    again = accept(seen, [changed], ("en",), "taro", ("procedures/dog",))
    assert whats(changed, list_hashes(again)) == []
    assert again["procedures/dog", "title", "en"].reviewer == "taro"


def test_layout_of_lines_is_no_change_of_words():
    assert hash_words("犬を\n登録する") == hash_words("犬を 登録する")


def test_accepting_one_place_leaves_the_others_as_they_are():
    other = replace(PIECE, place="procedures/cat")
    seen = accept({}, [PIECE, other], ("en",), "hanako", ("procedures/cat",))
    assert {key[0] for key in seen} == {"procedures/cat"}


def test_accepting_again_keeps_who_looked_it_over_first():
    seen = accept({}, [PIECE], ("en",), "hanako")
    assert accept(seen, [PIECE], ("en",), "taro") == seen


def test_the_register_comes_back_from_its_file_as_it_was(tmp_path):
    seen = {
        ("procedures/dog", "title", "en"): Seen("aa", "hanako"),
        ("procedures/dog", "title", "ja-easy"): Seen("bb", "taro"),
        ("procedures/dog", "bring[0]", "en"): Seen("aa", "hanako"),
    }
    save_seen(tmp_path, seen)
    assert load_seen(tmp_path) == seen


def test_what_nobody_confirmed_and_what_was_long_ago_are_work():
    sources = (
        Source("who", "法律", None),
        Source("cost", "条例", date(2025, 11, 27)),
        Source("law", "法律", date(2026, 1, 1)),
    )
    piece = replace(PIECE, texts=(), sources=sources)
    assert whats(piece) == [("unconfirmed", "", ("who",)), ("old", "", ("cost",))]


@pytest.mark.parametrize(("day", "old"), [(date(2025, 11, 27), True), (date(2025, 11, 28), False), (None, False)])
def test_a_confirmation_is_good_for_a_year(day, old):
    assert is_old(day, TODAY) is old


def test_faults_of_the_gate_stand_at_the_piece_that_they_name():
    tasks = list(find_fault_tasks(["procedures/dog: the words who are missing", "elsewhere"], [PIECE]))
    assert [(one.piece.place, one.words) for one in tasks] == [
        ("procedures/dog", "the words who are missing"), ("elsewhere", "elsewhere"),
    ]  # fmt: skip


def test_the_list_is_cut_down_and_still_counts_what_else_there_is_to_do():
    piece = replace(PIECE, sources=(Source("who", "法律", None),))
    tasks = list(find_tasks([piece], ("en", "ja-easy"), {}, TODAY))
    listed = choose(tasks, Choice(what="unconfirmed", office="environment-dogs"), 1)
    assert [one.what for one in listed.tasks] == ["unconfirmed"]
    assert listed.counts == {"missing": 1, "unseen": 1, "unconfirmed": 1}
    assert choose(tasks, Choice(office="pension"), 1).total == 0
    assert [one.voice for one in choose(tasks, Choice(voice="ja-easy"), 1).tasks] == ["ja-easy"]


def test_a_long_list_has_pages_and_no_page_is_out_of_reach():
    tasks = list(find_tasks([replace(PIECE, place=f"p/{n}") for n in range(120)], ("en",), {}, TODAY))
    assert [len(choose(tasks, Choice(), n).tasks) for n in (1, 2, 3, 99)] == [50, 50, 20, 20]


def test_every_text_of_the_content_has_one_name(settings):
    pieces = list_pieces(load_ward(settings), ("ja", "ja-easy", "en"))
    names = [(piece.place, key) for piece in pieces for key, _ in piece.texts]
    assert len(names) == len(set(names)) > 4000


def test_the_register_of_the_content_is_true(settings):
    """No translation is behind its Japanese text, or the gate would say so."""
    ward = load_ward(settings)
    pieces = list_pieces(ward, ("ja", "ja-easy", "en"))
    seen = load_seen(settings.content_dir)
    assert len(seen) > 8000
    assert list(find_translation_faults(seen, pieces, ("ja-easy", "en"))) == []


def test_a_voice_that_is_being_learned_lacks_everything_at_first(settings):
    tasks = [
        one for one in open_desk(load_ward(settings), ("ja", "ja-easy", "en", "vi"), TODAY).tasks if one.voice == "vi"
    ]
    assert tasks
    assert {one.what for one in tasks} == {"missing"}


def test_a_missing_text_is_missing_whatever_the_register_says():
    assert state_of(Text({"ja": "犬"}), "p", "k", "en", {("p", "k", "en"): hash_words("犬")}) == "missing"


@pytest.fixture(scope="module")
def editor(usual_app):
    """Return the browser of an editor who only reads: what the desk says takes a second, and an app keeps it for the day."""
    client = usual_app.test_client()
    sign_in(client, usual_app, ("editor",))
    return client


def test_the_desk_shows_lines_that_lead_to_the_page_they_are_about(editor):
    page = editor.get("/ja/staff/desk/?what=unconfirmed&kind=procedure")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert (
        'href="/ja/procedures/dog-registration"' in page.text
        or "dog-registration"
        in editor.get("/ja/staff/desk/?what=unconfirmed&kind=procedure&office=environment-dogs").text
    )
    assert editor.get("/ja/procedures/dog-registration").status_code == 200


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
@pytest.mark.parametrize(
    "query", ["", "?what=unconfirmed", "?kind=office&page=2", "?office=pension", "?voice=en", "?what=x&kind=%00&page=-1", "?page=9999999"]
)  # fmt: skip
def test_every_way_to_cut_the_list_down_is_a_page(editor, voice, query):
    assert editor.get(f"/{voice}/staff/desk/{query}").status_code == 200


@pytest.mark.parametrize(
    "place", ["procedures/dog-registration", "offices/pension", "tutorials/find-a-procedure", "words/glossary", "facts/dog", "router"]
)  # fmt: skip
def test_a_piece_shows_all_its_texts_side_by_side(editor, place):
    page = editor.get(f"/en/staff/desk/texts/{place}")
    assert page.status_code == 200
    assert 'lang="ja"' in page.text


def test_a_long_piece_has_pages(editor):
    first, last = (editor.get(f"/ja/staff/desk/texts/words/glossary?page={n}").text for n in (0, 9999))
    assert "?page=2" in first
    assert first != last
    assert "次のページ" not in last


def test_nothing_is_at_a_place_that_is_none(editor):
    assert editor.get("/ja/staff/desk/texts/../config").status_code in (301, 308, 404)
    assert editor.get("/ja/staff/desk/texts/procedures/no-such").status_code == 404


@pytest.mark.parametrize("path", ["/", "/drafts/", "/texts/router", "/drafts/x/", "/drafts/x/questions/1"])
def test_the_desk_is_for_editors_only(app, client, path):
    assert client.get(f"/ja/staff/desk{path}").status_code == 303
    sign_in(client, app, ("officer:pension", "auditor", "administrator", "reception", "instructor"))
    assert client.get(f"/ja/staff/desk{path}").status_code == 404
