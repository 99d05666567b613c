"""Plain-Japanese lint for voice ja: sentences of at most 60 characters, no office words that people do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from webapp.reading.gates.findings import Finding
from webapp.reading.gates.sentences import Unit, split_units

MOST_CHARACTERS = 60
# Names of laws and of their forms keep their words: 災害対策基本法, 〜に関する法律, 第9条, 様式第2号.
LAW_NAME = re.compile(
    r"「[^」]*(?:法|法律|条例|規則|令|要綱)」|[一-鿿ァ-ヺーの及び]+(?:に関する法律|に関する条例|基本法|規則|条例)"
)
AND_SO_ON = (r"(?<![対平均高同優上下初中])等(?=[のをがはにで、。])", "など")
OFFICE_WORDS: tuple[tuple[str, str], ...] = (
    (r"及び", "と、や"),
    (r"並びに", "と"),
    (r"若しくは", "または、か"),
    (r"又は", "または、か"),
    (r"但し", "ただし"),
    (r"当該", "その"),
    (r"所定の", "決められた"),
    (r"(?:の|た|る|い)旨(?:を|が|の|に)", "〜ということ"),
    (r"遅滞なく|速やかに|直ちに", "すぐに"),
    (r"供する|供し", "使う、見せる"),
    (r"に際し|にあたり", "とき"),
    (r"有する", "ある、持つ"),
    (r"要する", "必要です"),
    (r"の上[、で]", "〜してから"),
    (r"により難い", "〜できない"),
    (r"参酌|勘案", "考えて"),
    (r"思料", "思う"),
    (r"下記|上記|左記", "次の、上の"),
    (r"不備", "足りないこと、まちがい"),
    (r"毀損|棄損", "壊す"),
    (r"ものとする", "〜します"),
    AND_SO_ON,
)


def check_office_words(page: str, unit: Unit) -> Iterator[Finding]:
    """Find office words outside names of laws, each with the everyday word.

    等 is free in labels: the official names of procedures hold it.
    """
    spoken = LAW_NAME.sub("", unit.text)
    for rule in OFFICE_WORDS:
        match = re.search(rule[0], spoken)
        if match is not None and (unit.is_sentence or rule is not AND_SO_ON):
            yield Finding(page, "office-word", unit.text, f"{match[0]} → {rule[1]}")


def check_plain(page: str, texts: Sequence[str]) -> Iterator[Finding]:
    """Check the plain-Japanese texts of one page."""
    for unit in split_units(texts):
        if unit.is_sentence and len(unit.text) > MOST_CHARACTERS:
            yield Finding(page, "long-sentence", unit.text, f"{len(unit.text)} characters, at most {MOST_CHARACTERS}")
        yield from check_office_words(page, unit)
