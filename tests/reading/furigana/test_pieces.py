"""Pieces never alter a text and never read what is not kanji or a counted number."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.reading.furigana import Piece, annotate, cut_long, phrases, read_aloud, strip_markers, warm

JAPANESE = st.text(
    alphabet="一二三十百千万数何年月日時分人回階本円方行開表中間後前上下生国区届証者所東西第々〆ヶケノのをにへ、。（）・～0１2３9,.ーカァんっ漢字髙﨑〇\n",
    max_size=40,
)
HAS_KANJI = re.compile(r"[㐀-鿿豈-﫿𠀀-𿿿々〆〇]")
KANA_OUTSIDE_NAMES = re.compile(r"[ぁ-んァ-ヴー]")


def check(text: str) -> None:
    plain = strip_markers(text)
    pieces = annotate(text)
    assert "".join(piece.text for piece in pieces) == plain
    for piece in pieces:
        assert piece.text
        if piece.reading is not None and "《" not in text:
            assert HAS_KANJI.search(piece.text)
            assert not KANA_OUTSIDE_NAMES.search(re.sub("[ヶケ]", "", piece.text))
            assert re.fullmatch("[ぁ-ゖー]+", piece.reading)


@settings(max_examples=300, deadline=None)
@given(st.text())
@example("\ud800漢字\udfff")
@example("\x00日本\r\n\u2028語")
@example("𠮷野家 👨‍👩‍👧 か゛")
def test_any_text_is_kept_and_only_kanji_are_read(text: str) -> None:
    check(text)


@settings(max_examples=500, deadline=None)
@given(JAPANESE)
@example("堀ノ内")
@example("1人暮らし")
@example("９月末日曜")
def test_any_row_of_japanese_signs_is_kept_and_only_kanji_are_read(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), JAPANESE))
def test_phrases_are_the_text_and_never_cut_a_word_with_a_reading(text: str) -> None:
    cut = phrases(text)
    assert "".join(cut) == text
    starts = {sum(map(len, cut[:index])) for index in range(len(cut))}
    at = 0
    for piece in annotate(text) if "《" not in text else ():
        if piece.reading:
            assert not starts & set(range(at + 1, at + len(piece.text)))
        at += len(piece.text)


def test_long_text_without_a_break_is_read_to_its_end() -> None:
    pieces = annotate("区役所の窓口" * 5000)
    assert "".join(piece.text for piece in pieces) == "区役所の窓口" * 5000
    assert pieces[-1] == Piece("窓口", "まどぐち")


def test_okurigana_stay_outside() -> None:
    assert annotate("申し込み") == (Piece("申", "もう"), Piece("し", None), Piece("込", "こ"), Piece("み", None))


def test_word_read_as_a_whole_stays_whole() -> None:
    assert annotate("大人") == (Piece("大人", "おとな"),)


def test_no_reading_stands_on_brackets_or_kana_of_a_word_that_the_dictionary_joins() -> None:
    assert annotate("氏名（ふりがな）") == (Piece("氏名", "しめい"), Piece("（ふりがな）", None))


def test_name_kanji_of_other_shapes_are_read_as_the_common_ones() -> None:
    assert annotate("髙橋、山﨑")[0] == Piece("髙橋", "たかはし")
    assert annotate("髙橋、山﨑")[2] == Piece("山﨑", "やまざき")


def test_text_is_read_aloud_in_kana() -> None:
    assert read_aloud("4月1日（月）に区役所へ") == "4がつついたち（げつ）にくやくしょへ"


def test_threads_read_at_the_same_time() -> None:
    warm()
    texts = [f"窓口{number}番で書類を{number}枚受け取ってください。" for number in range(200)]
    expected = [annotate.__wrapped__(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(annotate.__wrapped__, texts)) == expected


def test_phrases_keep_particles_with_their_words() -> None:
    assert phrases("住民票の写しの交付を希望する方は、") == ("住民票の", "写しの", "交付を", "希望する", "方は、")


@pytest.mark.parametrize(
    ("word", "reading", "parts"),
    [
        ("印鑑登録証明書", "いんかんとうろくしょうめいしょ", ["印鑑", "登録", "証明", "書"]),
        ("住民票", "じゅうみんひょう", ["住民", "票"]),
        ("転入届", "てんにゅうとどけ", ["転入", "届"]),
        ("区役所", "くやくしょ", ["区役所"]),
        ("非常持出袋", "ひじょうもちだしぶくろ", ["非常持出袋"]),
        ("27日", "にじゅうしちにち", ["27日"]),
    ],
)
def test_long_compounds_are_cut_where_their_words_read_as_the_whole_does(word, reading, parts):
    cut = cut_long(Piece(word, reading))
    assert [one.text for one in cut] == parts
    assert "".join(one.reading for one in cut) == reading
