"""Turns of phrase that easy Japanese does not use, found in one sentence or label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from webapp.reading.gates.sentences import POLITE_END, Unit, strip_end
from webapp.reading.gates.tokens import Token, find_token

DOUBLE_NEGATION = re.compile(
    r"ない(?:わけ|こと|もの)(?:では|には|は|も|じゃ)(?:な|あり)|ないわけに|なくは(?:な|あり)|なくも(?:な|あり)|ないと(?:は|も)(?:言|い|限|かぎ)"
    r"|ざるを(?:得|え)|ずには(?:い|お)|ませんことは"
)
# As Sudachi normalises them.
HONORIFIC_WORDS = re.compile(
    "致す|頂く|御座る|いらっしゃる|仰る|申し上げる|伺う|参る|為さる|拝見|召し上がる|存ずる|賜る|承る|御覧"
)
GREETINGS = re.compile(r"(?:ありがとう|おはよう|おめでとう)ございま(?:す|した)")
HONORIFIC_PHRASE = re.compile(r"くださいませ|くださいまし|でございま|になられ|お越し|くださり")
POLITE_REQUEST = re.compile(
    r"[おご御][一-鿿][^おご御、。はがをにでて]{0,5}(?:ください|下さい|になる|になり|になっ|になれ|いたし|します)"
    r"|(?:おまち|おかき|おいで|おだし|ごらん|ごきにゅう)(?:ください|になり)"
)
# Everyday words whose お is part of the word.
PLAIN_POLITE_NOUN = re.compile(
    r"お(?:金|子さん|知らせ|願い|母さん|父さん|父|母|医者|年寄り|客|寺|店|家|祝い|礼|湯|茶|菓子|酒|墓|葬式|別れ|正月)"
)
ERA = re.compile(r"(明治|大正|昭和|平成|令和)\s?(元|[0-9０-９]{1,2})年")
ERA_START = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
WESTERN_BEFORE = re.compile(r"([0-9０-９]{4})年(?:度|生まれ)?[（(](?:[^）)]*[、・／/～〜])?$")
CLOCK = re.compile(r"(?<![0-9０-９:：])([0-9０-９]{1,2})(?:時(?!間)|[:：][0-9０-９]{2}(?![0-9０-９]))")
HALF_OF_DAY = re.compile(r"(?:午前|午後)$")
OFFICE_JOIN = re.compile(r"及び|並びに|若しくは")
CAUSATIVES = ("せる", "させる", "しめる")
SURE_PASSIVE_VERBS = ("五段", "サ行変格", "文語サ行変格")


def find_double_negation(unit: Unit) -> Iterator[str]:
    """Find two negatives that make a yes (ないことはない, なくはない, ないわけではない, ざるをえない)."""
    yield from (match[0] for match in DOUBLE_NEGATION.finditer(unit.text))


def find_causative(unit: Unit) -> Iterator[str]:
    """Find verbs in せる, させる; 知らせる is a word of its own, as are 合わせる and others in the dictionary."""
    for place, token in enumerate(unit.tokens):
        before = find_token(unit.tokens, place - 1)
        if token.pos[0] == "助動詞" and token.lemma in CAUSATIVES and before is not None and before.lemma != "知る":
            yield before.surface + token.surface


def find_honorific(unit: Unit) -> Iterator[str]:
    """Find honorific and humble forms: お/ご〜になる, お/ご〜ください, いたす, いただく, ございます, くださいませ."""
    text = GREETINGS.sub("", unit.text)
    yield from (match[0] for match in HONORIFIC_PHRASE.finditer(text))
    yield from (match[0] for match in POLITE_REQUEST.finditer(PLAIN_POLITE_NOUN.sub("", text)))
    if text == unit.text:
        yield from (token.surface for token in unit.tokens if HONORIFIC_WORDS.fullmatch(token.normal))


def find_ending(unit: Unit) -> Iterator[str]:
    """Find a sentence that ends otherwise than in です, ます, ください and their questions, negatives and pasts."""
    bare = strip_end(unit.text)
    if unit.is_sentence and not POLITE_END.search(bare):
        yield bare[-8:]


def read_number(digits: str) -> int:
    """Read the digits of a year, 元 as 1."""
    return 1 if digits == "元" else int(digits)


def find_era(unit: Unit) -> Iterator[str]:
    """Find a Japanese era year that does not stand in brackets after its right western year."""
    for match in ERA.finditer(unit.text):
        western = WESTERN_BEFORE.search(unit.text[: match.start()])
        right = ERA_START[match[1]] + read_number(match[2])
        if western is None or int(western[1]) != right:
            yield f"{match[0]} → {right}年（{match[0]}）"


def find_clock(unit: Unit) -> Iterator[str]:
    """Find a time without 午前 or 午後 before it, or an hour over 12."""
    for match in CLOCK.finditer(unit.text):
        if int(match[1]) > 12 or not HALF_OF_DAY.search(unit.text[: match.start()]):
            yield match[0]


def find_office_join(unit: Unit) -> Iterator[str]:
    """Find 及び, 並びに, 若しくは and 等 after a noun."""
    yield from (match[0] for match in OFFICE_JOIN.finditer(unit.text))
    yield from (token.surface for token in unit.tokens if token.surface == "等" and token.pos[0] in ("接尾辞", "名詞"))


def is_passive(token: Token, before: Token | None, after: Token | None) -> bool:
    """Say whether れる, られる is a passive.

    After a five-row verb or する it always is; after other verbs it is read as "can" unless た or て follows.
    """
    if token.pos[0] != "助動詞" or token.lemma not in ("れる", "られる") or before is None:
        return False
    if token.lemma == "れる":
        return before.pos[4].startswith(SURE_PASSIVE_VERBS)
    return after is not None and after.surface in ("た", "て")


def find_passive(unit: Unit) -> Iterator[str]:
    """Find passive verbs."""
    for place, token in enumerate(unit.tokens):
        before = find_token(unit.tokens, place - 1)
        if is_passive(token, before, find_token(unit.tokens, place + 1)) and before is not None:
            yield before.surface + token.surface


Finder = Callable[[Unit], Iterator[str]]
# Rule id, what to say, how to find it. None of these may stand on a page, in sentences or labels.
FORBIDDEN: tuple[tuple[str, str, Finder], ...] = (
    ("double-negation", "二重の 否定です。「〜です／ます」で 書きます", find_double_negation),
    ("causative", "使役（せる・させる）です。人が する 形に します", find_causative),
    ("honorific", "敬語です。「〜て ください」「〜ます」に します", find_honorific),
    ("ending", "文の 終わりが です・ます・ください では ありません", find_ending),
    ("era", "西暦を 先に 書きます", find_era),
    ("clock", "午前・午後を つけて、12時間で 書きます", find_clock),
    ("office-join", "「と」「や」「か」「など」に します", find_office_join),
)
