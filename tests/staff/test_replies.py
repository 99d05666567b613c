"""Templates of what staff write: whole in every voice, with places that can be filled, and said in the reader's language."""

from datetime import date

import pytest

from webapp.config import ROOT
from webapp.kit.content import ContentError
from webapp.reading.rules_texts import Text
from webapp.staff.service_replies import Reply, find_reply_faults, load_replies, say_reply

VOICES = ("ja", "ja-easy", "en")
VALUES = {"procedure": Text({"ja": "犬の登録", "en": "Dog registration"}), "receipt": "AAAAA-BBBBB-CCCC", "office": "係",
          "phone": "03-0000-0000"}  # fmt: skip


@pytest.fixture(scope="module")
def replies():
    return load_replies(ROOT / "content", VOICES)


def test_there_are_six_and_each_is_whole_in_every_voice(replies):
    assert len(replies) >= 6
    assert list(find_reply_faults(replies)) == []
    assert all(set(one.body.voices) == set(one.title.voices) == set(VOICES) for one in replies.values())


@pytest.mark.parametrize("voice", VOICES)
def test_nothing_stays_open_once_it_is_said(replies, voice):
    for reply in replies.values():
        said = say_reply(reply, voice, VALUES, date(2026, 12, 24))
        assert "%(" not in said
        assert "……" not in said
        assert "《" not in said
        assert "AAAAA-BBBBB-CCCC" in said
        assert "03-0000-0000" in said


def test_a_new_day_is_said_as_the_reader_counts_days(replies):
    late = replies["delay-with-new-date"]
    assert late.needs_day
    assert not replies["call-us"].needs_day
    assert "24 December 2026" in say_reply(late, "en", VALUES, date(2026, 12, 24))
    assert "2026年12月24日（令和8年）" in say_reply(late, "ja-easy", VALUES, date(2026, 12, 24))


def test_a_voice_that_a_template_lacks_gets_japanese():
    reply = Reply("x", Text({"ja": "題"}), Text({"ja": "%(procedure)sです。"}))
    assert say_reply(reply, "en", VALUES, None) == "犬の登録です。"


def test_what_nobody_can_fill_stands_as_dots_and_percent_signs_are_safe():
    reply = Reply("x", Text({"ja": "題"}), Text({"ja": "100% %(office)s %(phone)s"}))
    assert say_reply(reply, "ja", {"office": "5%(係)s"}, None) == "100% 5%(係)s ……"


@pytest.mark.parametrize(
    "bodies",
    [{"ja": "%(nonsense)s"}, {"ja": "a", "en": "%(phone)s"}, {"ja": "%(date)s", "en": "soon"}, {"ja": "%(phone)d"}],
)
def test_places_that_do_not_fit_are_faults(bodies):
    reply = Reply("x", Text({"ja": "題"}), Text(bodies))
    assert len(list(find_reply_faults({"x": reply}))) == 1


def test_a_template_without_a_body_is_refused_with_its_name(tmp_path):
    folder = tmp_path / "replies" / "half"
    folder.mkdir(parents=True)
    (folder / "ja.yaml").write_text("title: 題\n", encoding="utf-8")
    with pytest.raises(ContentError, match="half"):
        load_replies(tmp_path, VOICES)


def test_they_are_chosen_in_the_order_in_which_an_application_goes_then_by_title(replies, tmp_path):
    keys = list(replies)
    assert (keys[0], keys[-1]) == ("received-and-checking", "ready-at-counter")
    for key, title in (("c", "あ"), ("b", "い"), ("a", "う")):
        folder = tmp_path / "replies" / key
        folder.mkdir(parents=True)
        (folder / "ja.yaml").write_text(f"title: {title}\nbody: 本文\n", encoding="utf-8")
    assert list(load_replies(tmp_path, ["ja"])) == ["c", "b", "a"], "by title"
    order = tmp_path / "replies" / "order.yaml"
    order.write_text("[a]", encoding="utf-8")
    assert list(load_replies(tmp_path, ["ja"])) == ["a", "c", "b"]
    for wrong in ("[d]", "[a, a]"):
        order.write_text(wrong, encoding="utf-8")
        with pytest.raises(ContentError):
            load_replies(tmp_path, ["ja"])
