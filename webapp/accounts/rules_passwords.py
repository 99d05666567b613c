"""What is no good password: too short, what everybody takes, words of the ward and of the person. Pure decisions."""

import re
import unicodedata
from collections.abc import Iterable

from webapp.accounts.rules import LONGEST_PASSWORD, ROLES, SHORTEST_PASSWORD

FEWEST_GUESSES = 10**10
"""How many guesses a password must withstand: what zxcvbn calls its highest grade, "very unguessable"."""
SERVICE_WORDS = (
    "madoguchi", "まどぐち", "窓口", "kuyakusho", "kuyakusyo", "shiyakusho", "yakusho", "yakuba", "区役所", "市役所", "くやくしょ",
    "kumin", "shokuin", "職員", "kanri", "管理",
)  # fmt: skip
"""Words of this service and its trade that a guesser tries first; WARD_WORDS adds the ward's own, an account its names."""
JAPANESE_WORDS = (
    "aiueo", "kakikukeko", "sashisuseso", "あいうえお", "かきくけこ", "いろはにほへと", "irohanihoheto",
    "pasuwado", "pasuwaado", "ぱすわーど", "パスワード", "himitsu", "ひみつ", "秘密", "sakura", "さくら", "桜", "nihon", "nippon", "日本",
    "tokyo", "toukyou", "東京",
    "konnichiwa", "こんにちは", "arigatou", "ありがとう",
)  # fmt: skip
"""What many take in Japan and no list of leaked passwords from elsewhere has far in front."""
FEWEST_LEFT = 8
"""How many signs must be left once such words and years are taken out: what is left has to be a password by itself."""
_PARTS = re.compile(r"[\W_]+")
_YEARS = re.compile(r"(?:19|20)\d\d|(?:reiwa|heisei|showa|令和|平成|昭和)\d{0,2}")
_MOST_JUDGED = 72


def find_password_faults(new: str, again: str, name: str = "", words: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what is to mend about a new password: "short", "long", "name", "ward", "common", "differs".

    `name` is what is typed to sign in, `words` are others that are too easily guessed. No kind of sign is asked for.
    """
    fault = _find_fault(new, name, (*SERVICE_WORDS, *JAPANESE_WORDS, *ROLES, *words))
    if fault:
        return (fault,)
    return ("differs",) if new != again else ()


def _find_fault(new: str, name: str, words: tuple[str, ...]) -> str:
    """Return the first thing that is wrong about a password; nothing if it is good."""
    if len(new) < SHORTEST_PASSWORD:
        return "short"
    if len(new) > LONGEST_PASSWORD:
        return "long"
    plain = new.lower()
    if len(name) > 3 and name in plain:
        return "name"
    known = split_words((name, *words))
    if len(_take_out(plain, known)) < FEWEST_LEFT:
        return "ward"
    return "common" if count_guesses(new, known) < FEWEST_GUESSES else ""


def split_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of words that are long enough to matter, the longest first: `hanako.sato` counts as two."""
    parts = {part for word in words for part in _PARTS.split(unicodedata.normalize("NFKC", word).lower())}
    return tuple(sorted((one for one in parts if len(one) > 2 or not one.isascii()), key=len, reverse=True))


def _take_out(plain: str, known: Iterable[str]) -> str:
    """Return what is left of a password without known words, years, and what only parts them."""
    for word in known:
        plain = plain.replace(word, " ") if word else plain
    return _PARTS.sub("", _YEARS.sub("", plain))


def count_guesses(new: str, known: Iterable[str]) -> float:
    """Return after how many guesses zxcvbn would have found a password: in its lists, mirrored, repeated, along the keys."""
    from zxcvbn import zxcvbn  # noqa: PLC0415  # ten megabytes of lists, needed only where somebody sets a password

    return float(zxcvbn(new[:_MOST_JUDGED], user_inputs=list(known))["guesses"])
