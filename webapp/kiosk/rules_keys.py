"""Which on-screen keys there are, and which of them a field asks for. Pure data: the script shows what stands here."""

from typing import NamedTuple

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "1234567890"
KANA = (
    "あいうえお", "かきくけこ", "さしすせそ", "たちつてと", "なにぬねの", "はひふへほ", "まみむめも", "や、ゆ。よ",
    "らりるれろ", "わをんー・",
)  # fmt: skip
"""A group of five stands in a column where there is room, and in a line where there is not; spoken order is the order here."""

PAIRS = {
    "voiced": "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔ",
    "half": "はぱひぴふぷへぺほぽばぱびぴぶぷべぺぼぽ",
    "small": "あぁいぃうぅえぇおぉつっやゃゆゅよょわゎ",
}
"""What the keys ゛, ゜ and 小 make of the kana before them: plain and changed by turns."""


class Panel(NamedTuple):
    """One set of keys, in groups. `columns`: how many groups or keys stand side by side on a large screen."""

    name: str
    columns: int
    groups: tuple[str, ...]


class Wish(NamedTuple):
    """Fields that fit a selector: the panel that opens for them, the one where Japanese is not read, and what is written.

    `use`: what kanji are offered for (rules_kanji.KINDS), or nothing where only kana are asked for.
    """

    fits: str
    panel: str
    abroad: str
    use: str = ""


PANELS = (
    Panel("kana", 10, KANA),
    Panel("digits", 3, ("123", "456", "789", "-0/")),
    Panel("capital", 10, (DIGITS, CAPITALS[:10], CAPITALS[10:20], f"{CAPITALS[20:]}@.-_")),
    Panel("latin", 10, (DIGITS, CAPITALS[:10].lower(), CAPITALS[10:20].lower(), f"{CAPITALS[20:].lower()}@.-_")),
    Panel("signs", 10, ("@.-_+/:~#&", "()「」々〇'\"!?", "%=*^$|;,<>")),
)

WISHES = (
    Wish("[inputmode=email],[type=email],[type=url],[type=password]", "latin", "latin"),
    Wish("[inputmode=numeric],[inputmode=tel],[type=tel],[type=number],[autocomplete=postal-code],[autocomplete=one-time-code]",
         "digits", "digits"),
    Wish("[autocapitalize=characters]", "capital", "capital"),
    Wish("[name$=':kana'],[name$=':holder']", "kana", "kana"),
    Wish("[name$=':block']", "digits", "digits", "place"),
    Wish("[name$=':area'],[name$=':building'],[autocomplete^=address]", "kana", "capital", "place"),
    Wish("[name$=':name'],[name=name],[autocomplete=name]", "kana", "capital", "family"),
    Wish("input,textarea", "kana", "latin", "words"),
)  # fmt: skip
"""The first that fits counts; the last fits every field in which words are written."""


class Keys(NamedTuple):
    """Everything that the template of the keys needs."""

    panels: tuple[Panel, ...] = PANELS
    wishes: tuple[Wish, ...] = WISHES
    pairs: dict[str, str] = PAIRS


KEYS = Keys()
