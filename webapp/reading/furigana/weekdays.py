"""Weekdays written by one kanji: （月）, （火・祝）, 月〜金, 土・日曜."""

import re
from collections.abc import Iterator

from webapp.reading.furigana.script import KANJI
from webapp.reading.furigana.splitter import Span

_READINGS = {
    "月": "げつ",
    "火": "か",
    "水": "すい",
    "木": "もく",
    "金": "きん",
    "土": "ど",
    "日": "にち",
    "祝": "しゅく",
    "休": "きゅう",
    "振": "ふり",
}
_BETWEEN = "・、,，~〜～－―‐/／ と及び"
_ROW = re.compile(
    f"(?<=[（(【])[月火水木金土日祝休振]+(?:[{_BETWEEN}-]+[月火水木金土日祝休振]+)*(?=[）)】])"
    f"|(?:(?<![{KANJI}0-9])(?<![0-9]・)|(?<=最終|毎週|毎月))[月火水木金土日](?:[・~〜～-][月火水木金土日])+(?:[・][祝])?(?![{KANJI}](?<![曜祝]))"
    f"|(?<![{KANJI}0-9])(?:土日祝|土日|日祝|月水金|火木土|火木|月水|水金)(?!本|程|時|[一-龥](?<![曜祝の]))"
)
_HOLIDAY = re.compile("祝日|休日|休館|振休|振替|[月火水木金土日]曜日?")


def find_weekdays(text: str) -> Iterator[Span]:
    """Find the weekdays written by one kanji, each with its reading."""
    for row in _ROW.finditer(text):
        start, end = row.span()
        for at in range(start, end):
            if text[at] in _READINGS and not _HOLIDAY.match(text, at):
                yield at, at + 1, _READINGS[text[at]]
