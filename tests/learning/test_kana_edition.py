"""The text edition: kana for speech and braille, with the numbers and the order of the screen."""

import re
from dataclasses import replace

import pytest

from tests.learning.sample_tutorial import VOICES, sample, ward_app
from tests.learning.test_tutorial_pages import headings
from webapp.config import ROOT
from webapp.learning.rules_kana import spell
from webapp.learning.service_kana import write_edition, write_kana
from webapp.reading.furigana.script import KANJI
from webapp.reading.rules_texts import Text

__all__ = ["sample", "ward_app"]
SLUGS = sorted(path.parent.name for path in ROOT.glob("content/tutorials/*/tutorial.yaml"))
JAPANESE = ("ja", "ja-easy")


def make_edition(app, tutorial, voice):
    """Return the text edition of a tutorial in a voice."""
    speaker = app.extensions["reading"].environments[voice, False].globals["speaker"]
    return write_edition(tutorial, speaker, "http://localhost/here")


def test_kanji_become_kana_with_spaces_between_phrases():
    assert write_kana("名前と、ふりがなを書いて、「次へ進む」を押します。") == (
        "なまえと、 ふりがなを かいて、 「つぎへ すすむ」を おします。"
    )


def test_readings_of_the_author_and_spaces_of_easy_japanese_are_kept():
    assert write_kana("区《く》の 窓口《まどぐち》に 行《い》きます。") == "くの まどぐちに いきます。"


def test_digits_stay_and_days_are_read():
    assert write_kana("20日までに、3回書きます。03-0000-0000") == "はつかまでに、 3かい かきます。 03-0000-0000"


@pytest.mark.parametrize(
    ("words", "spoken"),
    [
        ("QRコード", "キューアールコード"), ("A4", "エーよん"), ("Ａ４", "エーよん"), ("A45", "エー45"), ("PDF", "ピーディーエフ"),
        ("Wi-Fi", "ワイファイ"), ("5MB", "5メガバイト"), ("hanako", "エイチ・エー・エヌ・エー・ケー・オー"),
        ("a@b", "エーアットマークビー"), ("http://localhost/ja/learn/x", "http://localhost/ja/learn/x"),
    ],
)  # fmt: skip
def test_latin_letters_are_spoken_in_katakana(words, spoken):
    assert spell(words) == spoken


@pytest.mark.parametrize("voice", JAPANESE)
def test_sample_has_no_kanji_and_no_latin_letters(app, sample, voice):
    assert_kana(make_edition(app, sample, voice))


@pytest.mark.parametrize("voice", JAPANESE)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_tutorial_of_the_ward_is_kana_alone(ward_app, slug, voice):
    assert_kana(make_edition(ward_app, ward_app.extensions["madoguchi"].tutorials[slug], voice))


def assert_kana(text):
    """Fail where a line holds kanji, or Latin letters outside the address of the page."""
    for line in text.splitlines():
        assert not re.search(f"[{KANJI}]", line), line
        assert not re.search("[A-Za-zＡ-Ｚａ-ｚ]", line.partition("http://")[0]), line


@pytest.mark.parametrize("voice", VOICES)
def test_steps_have_the_numbers_and_the_order_of_the_screen(client, app, sample, voice):
    response = client.get(f"/{voice}/learn/sample/text.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="sample-{voice}.txt"'
    shown = [headings(client.get(f"/{voice}/learn/sample/watch/{s.number}").text, "h1")[0] for s in sample.steps]
    lines = response.text.splitlines()
    places = [lines.index(write_kana(one) if voice in JAPANESE else one) for one in shown]
    assert places == sorted(places)
    assert len({*places}) == len(sample.steps)


def test_edition_says_honestly_what_it_is(app, sample):
    top = make_edition(app, sample, "ja").splitlines()[:8]
    assert any("てんじの きまりには、 まだ なおしていません" in line for line in top), top


def test_english_edition_is_plain_english(app, sample):
    text = make_edition(app, sample, "en")
    assert "Step 1: Title 1" in text
    assert text.isascii()


def test_words_for_speech_stand_in_the_place_of_the_action(app, sample):
    first = replace(sample.steps[0], speech=Text({"ja": "耳で聞く言葉です。"}))
    text = make_edition(app, replace(sample, steps=(first, *sample.steps[1:])), "ja")
    assert "みみで きく ことばです。" in text
