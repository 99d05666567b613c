"""Readings that engines dispute stay unpublished until a person has read them."""

from pathlib import Path

import pytest

from webapp.reading.furigana import Piece
from webapp.reading.gates import check_texts, commands, pages
from webapp.reading.gates.checkers import CHECKERS, lay_words
from webapp.reading.gates.readings import Unreviewed, find_unreviewed
from webapp.reading.gates.reviewed import ReviewedRow, get_reviewed_keys, load_rows, save_rows
from webapp.reading.gates.segments import align, lay_pieces

DISPUTED = "2026年8月20日の生年月日です。"
NOTHING: frozenset[tuple[str, str, str]] = frozenset()


def confirm(words: tuple[Unreviewed, ...], path: Path, reviewer: str) -> frozenset[tuple[str, str, str]]:
    rows = [ReviewedRow(w.surface, w.context_hash, w.reading, reviewer, w.context) for w in words]
    save_rows(path, rows)
    return get_reviewed_keys(path)


def test_disputed_reading_is_told_until_confirmed(tmp_path: Path) -> None:
    words = find_unreviewed([DISPUTED], NOTHING)
    assert "生年月日" in {word.surface for word in words}
    confirmed = confirm(words, tmp_path / "reviewed.tsv", "ward-editor")
    assert find_unreviewed([DISPUTED], confirmed) == ()


def test_candidate_without_reviewer_confirms_nothing(tmp_path: Path) -> None:
    words = find_unreviewed([DISPUTED], NOTHING)
    assert find_unreviewed([DISPUTED], confirm(words, tmp_path / "reviewed.tsv", "")) == words


def test_confirmed_row_holds_for_its_reading_only(tmp_path: Path) -> None:
    words = find_unreviewed([DISPUTED], NOTHING)
    other = frozenset(
        (surface, context, reading + "い") for surface, context, reading in confirm(words, tmp_path / "r", "x")
    )
    assert find_unreviewed([DISPUTED], other) == words


def test_row_survives_an_edit_elsewhere_and_falls_with_its_context(tmp_path: Path) -> None:
    confirmed = confirm(find_unreviewed(["生年月日を書きます。"], NOTHING), tmp_path / "reviewed.tsv", "ward-editor")
    assert find_unreviewed(["名前を見ます。生年月日を書きます。"], confirmed) == ()
    assert find_unreviewed(["生年月日と名前です。"], confirmed) != ()


def test_row_for_anywhere_holds_in_every_context_for_its_reading_only() -> None:
    everywhere = frozenset({("生年月日", "*", "せいねんがっぴ")})
    assert find_unreviewed(["生年月日を書きます。", "生年月日と名前です。"], everywhere) == ()
    assert find_unreviewed(["生年月日を書きます。"], frozenset({("生年月日", "*", "せいねんがつひ")})) != ()


def test_word_after_digits_is_reviewed_with_its_number() -> None:
    assert [(word.surface, word.reading) for word in find_unreviewed(["12月です。"], NOTHING)] == [("12月", "12がつ")]


def test_agreed_readings_need_no_row() -> None:
    assert find_unreviewed(["住所と名前を書いてください。", "受け付けています。"], NOTHING) == ()


def test_reading_an_author_wrote_needs_no_row() -> None:
    assert find_unreviewed(["生年月日《せいねんがっぴ》を書きます。"], NOTHING) == ()


def test_text_without_kanji_needs_no_row() -> None:
    assert find_unreviewed(["ここに かいてください。", "ABC 123"], NOTHING) == ()


@pytest.mark.parametrize("text", ["申し込みます。 ABC、10月1日、髙橋さん", "受け付け", "漢字かな混じり文です"])
def test_checkers_cover_every_character_of_a_text(text: str) -> None:
    for _, read in CHECKERS:
        segments = list(lay_words(text, read))
        assert [segment.begin for segment in segments] == [0, *(segment.end for segment in segments[:-1])]
        assert segments[-1].end == len(text)


def test_different_cuts_of_the_same_reading_agree() -> None:
    ours = lay_pieces([Piece("受", "う"), Piece("け", None), Piece("付", "つ"), Piece("ける", None)])
    theirs = lay_pieces([Piece("受け付", "うけつ"), Piece("ける", None)])
    assert all(span.ours == span.theirs for span in align(ours, theirs))


def test_kanji_that_an_engine_cannot_read_differs() -> None:
    ours = lay_pieces([Piece("彁", None), Piece("を", None)])
    theirs = lay_pieces([Piece("彁", "か"), Piece("を", None)])
    assert [span.ours for span in align(ours, theirs)] == [None, "を"]


def test_command_writes_candidates_and_keeps_confirmed_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reviewed.tsv"
    kept = ReviewedRow("町", "0123456789", "まち", "ward-editor", "[町]の人")
    save_rows(path, [kept])
    assert commands.run_readings([DISPUTED], path, is_writing=True) == 1
    rows = load_rows(path)
    assert kept in rows
    assert any(row.surface == "生年月日" and not row.reviewer for row in rows)
    assert "生年月日" in capsys.readouterr().out


def test_site_check_joins_the_gates_and_names_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "find_unreviewed", lambda texts: find_unreviewed(texts, NOTHING))
    site = {"birth": {"ja-easy": ["届けを 出すこと。"], "ja": ["氏名及び生年月日です。"], "en": ["及び"]}}
    found = {(finding.page, finding.rule) for finding in check_texts(site)}
    assert found == {("birth", "ending"), ("birth", "office-word"), ("birth", "unreviewed-reading")}
