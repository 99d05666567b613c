"""What messages say: in every voice, plain, and nothing about anybody where others can read it."""

import re

import pytest

from webapp.config import ROOT
from webapp.kit.content import ContentError
from webapp.notifications.service_texts import load_message_texts, say_call, say_letter, say_mail, say_push
from webapp.reading.service import load_voices

VOICES = tuple(load_voices(ROOT / "content"))
TEXTS = load_message_texts(ROOT / "content", VOICES)
PARAMS = {"day": "2026-12-01", "last": "2026-12-31"}
LINKS = {"site": "https://madoguchi.example.jp", "stop": "ab" * 16}
KANJI = re.compile(r"[一-龥々]+")


def test_every_kind_that_is_sent_has_texts():
    by_every_way = {
        "received",
        "draft-ending",
        "hand-over-ending",
        "erasing-soon",
        "correction-asked",
        "correction-ending",
        "correction-taken-back",
        "decided",
        "message-left",
    }
    assert set(TEXTS) == {*by_every_way, "way-added", "test"}
    for kind in by_every_way:
        assert TEXTS[kind].channels == ("push", "mail", "call", "letter")
    assert TEXTS["test"].channels == ("push", "mail")
    assert TEXTS["way-added"].channels == ("mail",)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_a_lock_screen_says_the_same_whatever_it_is_about(kind, voice):
    title, body = say_push(TEXTS[kind], voice)
    if kind != "test":
        assert (title, body) == say_push(TEXTS["received"], voice)
    assert len(title) <= 50
    assert len(body) <= 120
    assert "%" not in title + body
    assert "《" not in title + body


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_a_mail_says_how_to_look_and_how_to_stop_and_opens_nothing_by_itself(kind, voice):
    subject, body = say_mail(TEXTS[kind], voice, {**PARAMS, **LINKS})
    assert f"https://madoguchi.example.jp/{voice}/slip\n" in body
    assert f"https://madoguchi.example.jp/{voice}/notices/stop/{LINKS['stop']}" in body
    assert body.count("https://") == 2
    assert "03-3312-2111" in body
    for words in (subject, body):
        assert not re.search(r"%\(|《|｜|<", words)
    assert "\n" not in subject
    assert len(subject) < 120


def test_the_day_is_written_as_each_reader_writes_it():
    assert "2026年12月1日（令和8年）" in say_mail(TEXTS["received"], "ja", PARAMS)[1]
    assert "1 December 2026" in say_mail(TEXTS["received"], "en", PARAMS)[1]
    assert "2026年12月1日" in " ".join(say_letter(TEXTS["received"], "ja-easy", PARAMS).paragraphs)


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_easy_mails_carry_a_reading_the_first_time_a_word_stands_there(kind):
    _, body = say_mail(TEXTS[kind], "ja-easy", {**PARAMS, **LINKS})
    without_links = re.sub(r"https://\S+", "", body)
    assert re.match(r"[^一-龥]*[一-龥々]+（[ぁ-ん]+）", without_links)
    assert "番号（ばんごう）" in body
    assert body.count("区役所（くやくしょ）") == 1
    assert "（" not in "".join(say_mail(TEXTS["received"], "en", {**PARAMS, **LINKS}))


def test_without_links_the_mail_says_where_to_go():
    _, body = say_mail(TEXTS["received"], "ja", PARAMS)
    assert "http" not in body
    assert "知らせを受け取る" in body


@pytest.mark.parametrize("voice", VOICES)
def test_a_call_asks_for_the_person_and_tells_others_only_who_calls(voice):
    script = say_call(TEXTS["received"], voice, {**PARAMS, "name": "杉並 花子"})
    assert "杉並 花子" in script.ask
    for words in (script.ask, script.others):
        assert "2026" not in words
    assert "2026" in script.tell
    assert "《" not in "".join((script.ask, script.others, script.tell, script.close))


def test_a_text_that_a_channel_needs_is_missed_at_start(tmp_path):
    folder = tmp_path / "messages"
    for name, words in (("frame", "push: {title: あ, body: い}"), ("news", "mail: {subject: あ}")):
        (folder / name).mkdir(parents=True)
        (folder / name / "ja.yaml").write_text(words, encoding="utf-8")
    with pytest.raises(ContentError, match="is missing"):
        load_message_texts(tmp_path, ("ja",))
