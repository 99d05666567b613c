"""The public pages of tutorials: choosing, watching, handouts, and the papers to take home."""

import re
from datetime import date
from xml.etree.ElementTree import Element

import brotli
import html5lib
import pytest
from flask import g

from tests.learning.sample_tutorial import VOICES, sample, ward_app
from tests.page_checks import check_page, read_text
from webapp.config import ROOT
from webapp.drafts.service_slips import Slip
from webapp.facts.rules_kinds import handler_of
from webapp.kit.assets import squeeze
from webapp.kit.clock import today
from webapp.learning.pages_tutorial import find_scope, render_certificate, render_review
from webapp.learning.rules_review import add_month, list_reviews
from webapp.learning.service_pictures import draw_pictures, find_gaps

__all__ = ["sample", "ward_app"]
SLUGS = sorted(path.parent.name for path in ROOT.glob("content/tutorials/*/tutorial.yaml"))
FIRST_VISIT = 14 * 1024


def read(html: str) -> Element:
    """Return a page as a tree."""
    return html5lib.parse(html, namespaceHTMLElements=False)


def headings(html: str, *levels: str) -> list[str]:
    """Return the words of a page's headings of some levels, in order."""
    return [read_text(one) for one in read(html).iter() if one.tag in levels]


def named(html: str, words: str) -> list[str]:
    """Return the addresses of the links with these words."""
    return [one.get("href", "") for one in read(html).iter("a") if read_text(one) == words]


def test_list_shows_every_tutorial_and_the_other_ways_in(client, app, sample):
    page = client.get("/ja/learn/").text
    assert named(page, "道のあなを知らせる練習") == ["/ja/learn/sample"]
    for slug, tutorial in app.extensions["madoguchi"].tutorials.items():
        assert named(page, " ".join(tutorial.title.voices["ja"].split())) == [f"/ja/learn/{slug}"]
    for address in ("/ja/class/", "/ja/slip", "/ja/practice/", "/ja/learn/prompts"):
        assert address in {a.get("href") for a in read(page).iter("a")}


def test_first_steps_come_before_procedures_and_life_events(client, sample):
    groups = headings(client.get("/ja/learn/").text, "h2")
    order = [one for one in groups if one in ("はじめての一歩", "手続きの練習", "くらしのできごと")]
    assert order == [one for one in ("はじめての一歩", "手続きの練習", "くらしのできごと") if one in order]
    assert "手続きの練習" in order


@pytest.mark.parametrize("voice", VOICES)
def test_every_public_page_stands_in_every_voice(client, sample, voice):
    paths = ["", "/sample", "/sample/print/a4", "/sample/print/large"]
    paths += [f"/sample/watch/{step.number}" for step in sample.steps]
    for path in paths:
        response = client.get(f"/{voice}/learn{path or '/'}")
        assert response.status_code == 200
        assert "no-store" not in response.headers["Cache-Control"]


def test_four_ways_to_begin_are_offered_without_time_or_score(client, sample):
    page = client.get("/ja/learn/sample").text
    tree = read(page)
    levels = [one.get("value") for one in tree.iter("input") if one.get("name") == "level"]
    assert levels == ["together", "alone", "again"]
    assert {f.get("action") for f in tree.iter("form") if f.find(".//input[@name='level']") is not None} == {
        "/ja/learn/sample/start"
    }
    assert named(page, "見本をみる") == ["/ja/learn/sample/watch/1"]
    words = read_text(tree.find(".//main"))
    assert not re.search(r"\d+ ?(分|点|秒)", words)
    assert sample.define.mic_code not in words


def test_steps_can_be_watched_one_after_the_other(client, sample):
    for step in sample.steps:
        page = client.get(f"/ja/learn/sample/watch/{step.number}").text
        assert headings(page, "h1") == [f"ステップ{step.number}：{step.title.voices['ja']}"]
        assert named(page, "次のステップ") == (
            [f"/ja/learn/sample/watch/{step.number + 1}"] if step.number < len(sample.steps) else []
        )
        assert bool(named(page, "前のステップ")) == (step.number > 1)
    assert client.get("/ja/learn/sample/watch/7").status_code == 404
    assert client.get("/ja/learn/sample/watch/0").status_code == 404
    assert client.get("/ja/learn/sample/print/80mm").status_code == 404
    assert client.get("/ja/learn/no-such-tutorial").status_code == 404


def test_picture_is_the_real_question_filled_in_and_not_to_be_used(client, sample):
    tree = read(client.get("/ja/learn/sample/watch/2").text)
    picture, *mistakes = [one for one in tree.iter("fieldset") if "picture" in (one.get("class") or "").split()]
    assert picture.get("disabled") is not None
    values = [one.get("value") for one in picture.iter("input")]
    assert "みほん はなこ" in values
    assert "あなたの名前を書いてください" in read_text(picture)
    assert len(mistakes) == 2
    assert all(one.get("disabled") is not None for one in mistakes)


def test_mistake_looks_as_the_real_checks_make_it(client, app, sample):
    page = client.get("/ja/learn/sample/watch/2").text
    fact = app.extensions["madoguchi"].dictionary.facts["applicant.name"]
    typed = {"name": ["見本 花子"], "kana": ["花子"]}
    assert handler_of(fact).check(fact, typed, today(), True).gaps[0].code == "kana-letters"
    tree = read(page)
    errors = [read_text(one) for one in tree.iter("p") if one.get("class") == "error"]
    assert errors == [
        "エラー：ふりがなは、ひらがな、カタカナ、ローマ字で書いてください。", "エラー：「名前」のふりがなを書いてください。",
    ]  # fmt: skip
    bad = [one for one in tree.iter("input") if one.get("aria-invalid") == "true"]
    assert [one.get("id") for one in bad] == ["mistake1-applicant-name-kana", "mistake2-applicant-name-kana"]


def test_step_beside_no_question_says_what_is_on_its_page(client, sample):
    assert "「さがす」のボタン" in client.get("/ja/learn/sample/watch/1").text
    assert "「練習で送ってみる」のボタン" in client.get("/ja/learn/sample/watch/6").text
    reading = client.get("/ja/learn/sample/watch/5").text
    assert "「この読み方にする」のボタン" in reading
    assert 'class="picture"' not in reading


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("paper", ["a4", "large"])
def test_handout_has_the_numbers_and_words_of_the_screen(client, sample, voice, paper):
    handout = client.get(f"/{voice}/learn/sample/print/{paper}").text
    text = read_text(read(handout).find(".//main"))
    place, steps = 0, [read_text(one) for one in read(handout).iter("h2") if one.get("id", "").startswith("step-")]
    for step in sample.steps:
        watched = client.get(f"/{voice}/learn/sample/watch/{step.number}").text
        assert headings(watched, "h1") == [steps[step.number - 1]]
        for words in (one for one in read(watched).iter("p") if (one.get("class") or "").startswith("told")):
            place = text.index(read_text(words), place)
    assert len(steps) == len(sample.steps)


def test_handout_says_practice_and_where_to_go_on(client, sample):
    page = client.get("/ja/learn/sample/print/a4").text
    assert "<title>練習: 道のあなを知らせる練習" in page
    assert "練習の説明です" in page
    assert "http://localhost/ja/learn/sample" in page
    assert 'aria-label="この練習のページを開くQRコード"' in page


def test_furigana_stands_on_the_handout_when_the_reader_wants_it(client, sample):
    assert "<rt" not in client.get("/ja/learn/sample/print/a4").text
    assert '<rt aria-hidden="true">' in client.get("/ja-easy/learn/sample/print/a4").text
    assert '<rt aria-hidden="true">' in client.get("/ja/learn/sample/print/a4?look=standard.standard.normal.on").text


@pytest.mark.parametrize("voice", VOICES)
def test_first_visit_is_light(client, sample, voice):
    css = sum(
        len(brotli.compress((ROOT / "static" / "css" / name).read_bytes())) for name in ("main.css", "learning.css")
    )
    paths = ["/", "/sample", "/sample/print/large", *(f"/sample/watch/{step.number}" for step in sample.steps)]
    for path in paths:
        body = squeeze(client.get(f"/{voice}/learn{path}").get_data(), "br")
        assert len(body) + css <= FIRST_VISIT, path


@pytest.mark.parametrize("slug", SLUGS)
def test_ward_tutorials_can_be_watched_from_first_to_last(ward_app, slug):
    client = ward_app.test_client()
    for step in ward_app.extensions["madoguchi"].tutorials[slug].steps:
        assert client.get(f"/ja/learn/{slug}/watch/{step.number}").status_code == 200
    assert client.get(f"/ja/learn/{slug}").status_code == 200
    assert client.get(f"/ja/learn/{slug}/print/a4").status_code == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_typed_mistakes_of_ward_tutorials_show_the_gap_they_promise(ward_app, slug):
    with ward_app.test_request_context("/ja/learn/"):
        ward = ward_app.extensions["madoguchi"]
        tutorial = ward.tutorials[slug]
        pictures = draw_pictures(tutorial, find_scope(tutorial), ward.samples, today())
    for step in tutorial.steps:
        for mistake in step.mistakes if step.key in pictures else ():
            if mistake.define.typed is not None:
                codes = {gap.code for gap in find_gaps(pictures[step.key], mistake, today())}
                assert mistake.define.gap in codes, f"{slug}: {step.key}: {mistake.define.key}"


def make_page(app, make, voice="ja"):
    """Return what a function that renders a paper gives, as a checked page."""
    with app.test_request_context(f"/{voice}/learn/"):
        app.preprocess_request()
        assert g.voice.code == voice
        response = make()
    check_page(response.get_data(as_text=True))
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_data(as_text=True)


@pytest.mark.parametrize("voice", VOICES)
def test_certificate_says_what_was_practised_and_has_no_number(app, sample, voice):
    page = make_page(app, lambda: render_certificate(sample, "区民センター", date(2026, 11, 27), "はなこ"), voice)
    text = read_text(read(page).find(".//main"))
    assert all(one in text for one in ("はなこ", "区民センター", "2026"))
    assert all(" ".join(one.voices[voice].split()) in text for one in sample.outcomes)
    assert "番号" not in text


def test_certificate_without_a_nickname_has_a_line_to_write_on(app, sample):
    page = make_page(app, lambda: render_certificate(sample, "", date(2026, 11, 27), ""))
    assert page.count('class="line"') == 2
    assert "場所" not in read_text(read(page).find(".//main"))


def test_what_was_typed_as_a_nickname_is_only_words(app, sample):
    page = make_page(app, lambda: render_certificate(sample, "<b>", date(2026, 11, 27), "<script>"))
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("voice", VOICES)
def test_review_slip_has_three_days_and_no_slip_unless_there_is_one(app, sample, voice):
    page = make_page(app, lambda: render_review(sample, date(2027, 1, 31)), voice)
    days = [read_text(one) for one in read(page).iter("p") if one.get("class") == "due"]
    assert len(days) == 3
    assert "2027" in days[2]
    assert 'class="slip"' not in page


def test_review_slip_shows_the_numbers_to_go_on_with(app, sample):
    slip = Slip("K7Q2M9XW4CT8RB", "123456789012", "0" * 32)
    page = make_page(app, lambda: render_review(sample, date(2026, 11, 27), slip, date(2026, 12, 4)))
    assert "1234-5678-9012" in page
    assert "2026年12月4日" in page


def test_review_comes_a_day_a_week_and_a_month_later():
    assert [one.day for one in list_reviews(date(2026, 11, 27))] == [
        date(2026, 11, 28), date(2026, 12, 4), date(2026, 12, 27),
    ]  # fmt: skip
    assert add_month(date(2027, 1, 31)) == date(2027, 2, 28)
    assert add_month(date(2026, 12, 31)) == date(2027, 1, 31)
