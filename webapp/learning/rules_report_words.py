"""The report of a class in words: its measures as lines, for the page, the paper and the file alike. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.facts.rules_messages import mark
from webapp.learning.rules import Tutorial
from webapp.learning.rules_report import UNSAID, Measure

COLUMN_WORDS = {
    "age": mark("年齢"),
    "visits": mark("はじめての人と、前にも来た人"),
    "finished": mark("練習を終えた人"),
    "steps": mark("どこまで進んだか"),
    "hands": mark("手をあげた人"),
    "rating": mark("ひとりでできるか（前とあと）"),
}
MEASURE_WORDS = {
    "age": mark("年齢"),
    "visits": mark("はじめての人と、前にも来た人"),
    "finished": mark("練習「%(tutorial)s」"),
    "steps": mark("どこまで進んだか"),
    "hands": mark("手をあげた人"),
    "before": mark("練習の前：ひとりでできそうですか"),
    "after": mark("練習のあと：ひとりでできそうですか"),
    "moved": mark("前とあとの違い"),
}
_UNSAID = mark("答えなかった人")
_FACES = {
    "sure": mark("ひとりで、できそうです"),
    "middle": mark("だれかがいれば、できそうです"),
    "unsure": mark("まだ、むずかしいです"),
    UNSAID: _UNSAID,
}
GROUP_WORDS: Mapping[str, Mapping[str, str]] = {
    "age": {
        "-39": mark("39歳まで"), "40-59": mark("40歳から59歳"), "60-69": mark("60歳から69歳"),
        "70-79": mark("70歳から79歳"), "80-": mark("80歳から上"), UNSAID: _UNSAID,
    },
    "visits": {"first": mark("はじめて来た人"), "again": mark("前にも来た人"), UNSAID: _UNSAID},
    "finished": {"finished": mark("終えた人"), "open": mark("途中の人、始めなかった人")},
    "steps": {
        "all": mark("どれかの練習を終えた人"), "half": mark("半分か、それより先まで進んだ人"),
        "some": mark("半分の前まで進んだ人"), "none": mark("まだ1つ目のステップの人"),
    },
    "hands": {"raised": mark("手をあげた人"), "quiet": mark("手をあげなかった人")},
    "before": _FACES,
    "after": _FACES,
    "moved": {
        "up": mark("前より、できそうになった人"), "same": mark("前と同じ人"), "down": mark("前より、むずかしいと思った人"),
        UNSAID: mark("前かあとを答えなかった人"),
    },
}  # fmt: skip
HIDDEN = mark("5人より少ないグループがあるため、出しません")
ALL_HIDDEN = mark("来た人が5人より少ないため、出しません")


@dataclass(frozen=True, slots=True)
class Line:
    """One group of a measure: its key and words, and how many people (None: hidden)."""

    key: str
    words: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """One measure in words; without lines nothing of it is told. `values` go into the words."""

    key: str
    words: str
    lines: tuple[Line, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    times: int | None = None


def write_parts(measures: Iterable[Measure], tutorials: Mapping[str, Tutorial]) -> tuple[Part, ...]:
    """Return measures in words, those about tutorials that there still are."""
    return tuple(_write_part(one, tutorials) for one in measures if not one.about or one.about in tutorials)


def _write_part(measure: Measure, tutorials: Mapping[str, Tutorial]) -> Part:
    """Return one measure in words."""
    words, groups = GROUP_WORDS[measure.key], measure.groups or {}
    lines = tuple(Line(key, words[key], number) for key, number in groups.items())
    values = {"tutorial": tutorials[measure.about].title} if measure.about else {}
    return Part(measure.key, MEASURE_WORDS[measure.key], lines, values, measure.times)
