"""The keys on the screen: every letter that Japanese forms want is there, and kana become the kanji of names and places."""

import json
from pathlib import Path

import pytest

from tests.kiosk.helping import add_machine, make_staff, pair, sit_down
from webapp.kiosk.rules_kanji import Word, join_names, join_singles, list_singles, order_words, read_kana, split_kana
from webapp.kiosk.rules_keys import KANA, PAIRS, PANELS, WISHES
from webapp.kiosk.service_kanji import find_kanji, is_ready, path_of_index, prepare_index

FAMILY = """
佐藤さとう 鈴木すずき 高橋たかはし 田中たなか 伊藤いとう 渡辺わたなべ 山本やまもと 中村なかむら 小林こばやし 加藤かとう 吉田よしだ 山田やまだ
佐々木ささき 山口やまぐち 松本まつもと 井上いのうえ 木村きむら 林はやし 斎藤さいとう 清水しみず 山崎やまざき 阿部あべ 森もり 池田いけだ
橋本はしもと 山下やました 石川いしかわ 中島なかじま 前田まえだ 藤田ふじた 後藤ごとう 小川おがわ 岡田おかだ 村上むらかみ 長谷川はせがわ
近藤こんどう 石井いしい 斉藤さいとう 坂本さかもと 遠藤えんどう 藤井ふじい 青木あおき 福田ふくだ 三浦みうら 西村にしむら 藤原ふじわら 太田おおた
"""
GIVEN = """
花子はなこ 一郎いちろう 太郎たろう 蓮れん 湊みなと 葵あおい 凛りん 結菜ゆいな 大翔ひろと 悠真ゆうま 樹いつき 律りつ 紬つむぎ 美咲みさき 咲良さくら
翔太しょうた 拓也たくや 健太けんた 大輔だいすけ 誠まこと 直樹なおき 達也たつや 健一けんいち 浩ひろし 茂しげる 清きよし 実みのる 正ただし 和夫かずお
幸雄ゆきお 和子かずこ 幸子さちこ 節子せつこ 洋子ようこ 恵子けいこ 京子きょうこ 美智子みちこ 久子ひさこ 千代子ちよこ 陽子ようこ 由美子ゆみこ
"""


def read_names(text: str) -> list[tuple[str, str]]:
    """Return names with their readings."""
    ends = [(one, next(at for at, letter in enumerate(one) if "ぁ" <= letter <= "ん")) for one in text.split()]
    return [(one[:end], one[end:]) for one, end in ends]


@pytest.fixture(scope="session")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the index of kanji."""
    folder = tmp_path_factory.mktemp("kanji")
    prepare_index(folder)
    return folder


def test_all_kana_can_be_written():
    shown = set("".join(KANA)) | {letter for pairs in PAIRS.values() for letter in pairs}
    assert (
        set(
            "ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわをんー、。"
        )
        <= shown
    )


def test_every_panel_fits_its_columns_and_repeats_no_key():
    for panel in PANELS:
        keys = "".join(panel.groups)
        assert len(keys) == len(set(keys)), panel.name
        assert len(keys) <= panel.columns * 5, panel.name


def test_every_wish_opens_a_panel_that_is_there_and_the_last_fits_all():
    names = {panel.name for panel in PANELS}
    assert {wish.panel for wish in WISHES} | {wish.abroad for wish in WISHES} <= names
    assert WISHES[-1].fits == "input,textarea"


@pytest.mark.parametrize(
    ("typed", "kana"), [("すずき", "すずき"), ("スズキ", "すずき"), ("ｽｽﾞｷ", "すずき"), (" じょー ", "じょー")]
)
def test_kana_of_every_kind_are_understood(typed, kana):
    assert read_kana(typed) == kana


@pytest.mark.parametrize("typed", ["", "鈴木", "suzuki", "すずき1", "す" * 25, "す" * 1000, "\ud800", "す\nず"])
def test_what_is_no_kana_is_not_looked_up(typed):
    assert read_kana(typed) is None


def test_a_name_is_cut_only_where_a_part_can_begin():
    assert split_kana("さとうけん", 2) == [("さと", "うけん"), ("さとう", "けん")]
    assert ("き", "ょう") not in split_kana("きょう", 1)


def test_the_likeliest_whole_name_comes_first():
    assert join_names([([Word(1, "鈴木"), Word(9, "壽松木")], [Word(2, "花子")])]) == ["鈴木 花子", "壽松木 花子"]
    assert join_singles([([Word(-9, "陽"), Word(-3, "晴")], [Word(-5, "斗")])]) == ["陽斗", "晴斗"]


def test_what_is_written_decides_which_kind_comes_first():
    found = {"surname": [Word(1, "南")], "given": [Word(1, "美波")], "word": [Word(1, "南")]}
    assert order_words(found, "family") == ["南", "美波"]
    assert order_words(found, "given") == ["美波", "南"]


def test_names_teach_how_a_character_is_read():
    names = [("はると", "陽斗"), ("はるき", "陽樹"), ("はるか", "陽花"), ("ゆうと", "優斗")]
    found = list_singles({"斗": {"と"}, "樹": {"き"}, "花": {"か"}}, [(kana, text) for kana, text in names])
    assert ("はる", "陽") in {(kana, word.text) for kana, word in found}


def test_common_family_names_are_among_the_first_twelve(dictionary):
    missing = [
        text for text, kana in read_names(FAMILY) if text not in find_kanji(dictionary, kana, "family").words[:12]
    ]
    assert missing == []


def test_common_given_names_are_found(dictionary):
    names = read_names(GIVEN)
    late = [text for text, kana in names if text not in find_kanji(dictionary, kana, "given").words[:24]]
    assert len(late) <= len(names) // 20, late


def test_places_whole_names_and_the_end_of_what_was_written_are_found(dictionary):
    assert find_kanji(dictionary, "あさがやみなみ", "place").words[0] == "阿佐谷南"
    assert "鈴木 花子" in find_kanji(dictionary, "すずきはなこ", "family").words[:3]
    offer = find_kanji(dictionary, "ななすぎなみく", "place")
    assert (offer.kana, offer.words[0]) == ("すぎなみく", "杉並区")


def test_only_a_machine_is_offered_kanji_and_only_for_kana(app, client, settings, dictionary):
    path_of_index(settings.data_dir).symlink_to(path_of_index(dictionary))
    assert client.post("/ja/kiosk/kanji", data={"kana": "すずき"}).status_code == 404
    staff = make_staff(app)
    machine = pair(app, staff, add_machine(staff))
    sit_down(machine)
    answer = machine.post("/ja/kiosk/kanji", data={"kana": "スズキ", "use": "family"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.text)["words"][0] == "鈴木"
    for kana in ("", "鈴木", "x" * 3000):
        assert machine.post("/ja/kiosk/kanji", data={"kana": kana, "use": "none"}).status_code == 422


def test_a_machine_is_told_when_kanji_are_not_ready_yet(app, settings, monkeypatch):
    begun = []
    monkeypatch.setattr("webapp.kiosk.views_kanji.prepare_soon", begun.append)
    staff = make_staff(app)
    machine = pair(app, staff, add_machine(staff))
    sit_down(machine)
    assert machine.post("/ja/kiosk/kanji", data={"kana": "すずき"}).status_code == 503
    assert begun == [settings.data_dir]
    assert not is_ready(settings.data_dir)


def test_pages_of_a_machine_bring_the_keys_and_other_pages_do_not(app, client):
    assert 'id="kiosk-keys"' not in client.get("/ja/").text
    staff = make_staff(app)
    machine = pair(app, staff, add_machine(staff))
    sit_down(machine)
    page = machine.get("/ja/").text
    assert 'id="kiosk-keys"' in page
    assert 'data-key="ん"' in page
    assert "js/kiosk-keys." in page
