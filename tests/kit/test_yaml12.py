"""Content is YAML 1.2: words stay words, and what would hide something is an error."""

import datetime

import pytest

from webapp.kit import yaml12


@pytest.mark.parametrize(
    ("written", "read"),
    [("no", "no"), ("on", "on"), ("12:30", "12:30"), ("1_000", "1_000"), ("012", 12), ("-3", -3), ("1.5", 1.5), ("true", True),
     ("~", None), ("", None), ("'12'", "12"), ("2026-11-27", datetime.date(2026, 11, 27)), ("03-3312-2111", "03-3312-2111")],
)  # fmt: skip
def test_plain_words_are_what_version_1_2_says(written, read):
    assert yaml12.load(f"key: {written}") == {"key": read}


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2", "a: [1", "? [x]\n: y", "a: !!python/object:os.system x", "a: 2026-13-40"]
)
def test_what_cannot_be_meant_is_an_error(text):
    with pytest.raises((yaml12.YAMLError, ValueError)):
        yaml12.load(text)
