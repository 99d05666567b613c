"""The data of the engine is sound."""

import re

from webapp.reading.furigana.numerals import read_counted, spell_number
from webapp.reading.furigana.splitter import place_reading
from webapp.reading.furigana.tables import load_counters, load_glossary, load_lexicon


def test_every_reading_fits_its_word() -> None:
    entries = {**load_lexicon(), **load_glossary()}
    unfit = [
        (word, entry.reading)
        for word, readings in entries.items()
        for entry in readings
        if not list(place_reading(word, 0, len(word), entry.reading))
    ]
    assert unfit == []


def test_no_word_has_two_readings_without_a_context() -> None:
    twice = [
        word
        for word, entries in load_lexicon().items()
        if len({entry.reading for entry in entries if entry.before is None and entry.after is None}) > 1
    ]
    assert twice == []


def test_every_counter_reads_every_number_in_hiragana() -> None:
    for counter in load_counters().values():
        for value in (*range(1, 101), 300, 1000, 3600, 10_000, 10**8):
            assert re.fullmatch("[ぁ-ん]+", read_counted(counter, value))


def test_large_numbers_are_spelled_by_units() -> None:
    assert (
        "".join(spell_number(1_2345_6789))
        == "いちおくにせんさんびゃくよんじゅうごまんろくせんななひゃくはちじゅうきゅう"
    )
    assert "".join(spell_number(1000_0000)) == "いっせんまん"
    assert "".join(spell_number(8 * 10**12)) == "はっちょう"
