"""The text edition of a tutorial: kana with spaces between phrases for Japanese, plain text for other languages.

It is made from the same steps and words as the screen and the paper, in the same order and with the same numbers.
"""

import re
from collections.abc import Iterator
from typing import Any

from webapp.learning.rules import Mistake, Step, Tutorial
from webapp.learning.rules_kana import spell
from webapp.reading.furigana import annotate, phrases
from webapp.reading.rules_texts import Text
from webapp.reading.service_speaker import Speaker


def mark(message: str) -> str:
    """Mark a text for extraction; it is said later, in the reader's voice."""
    return message


EDITION = mark("文字だけの版")
ABOUT_KANA = (
    mark("これは、読み上げる機械で聞いたり、点字にしたりするための、かなの文です。"),
    mark("点字の決まりには、まだ直していません。"),
    mark("「は」「へ」「を」と、のばす音は、ふつうのかなの書き方です。"),
    mark("点字にするときは、点字に直すソフトを使って、人が確かめてください。"),
)
ABOUT_PLAIN = (mark("これは、読み上げる機械で聞いたり、点字にしたりするための、文字だけの文です。"),)
PRACTICE = mark("練習の説明です。本当の手続きには使えません。")
OUTCOMES = mark("終わると、できること")
STEP = mark("ステップ%(number)s：%(title)s")
ACTION, WHY = mark("すること"), mark("どうして")
MISTAKE = mark("よくある間違い%(number)s")
LOOKS, MEND = mark("こうなります"), mark("直し方")
ADDRESS = mark("この練習のページ")
_PAUSE = re.compile(r"([、。！？])(?![、。！？」』）])")
"""Where speech pauses there is a space, but never before a closing bracket."""


def write_kana(words: str) -> str:
    """Return Japanese words in kana, with a space between phrases; inline readings by an author are honoured."""
    pieces = annotate(words)
    ends, at = set(), 0
    for phrase in phrases("".join(piece.text for piece in pieces)):
        at += len(phrase)
        ends.add(at)
    written, at = "", 0
    for piece in pieces:
        if piece.reading is not None:
            written += piece.reading + (" " if at + len(piece.text) in ends else "")
        else:
            written += _part(piece.text, at, ends)
        at += len(piece.text)
    return " ".join(_PAUSE.sub(r"\1 ", spell(written)).split())


def _part(words: str, at: int, ends: set[int]) -> str:
    """Return words without readings with a space wherever a phrase ends in them; `at` is their place in the text.

    What is typed without a space (an address, a number with hyphens) gets none.
    """
    pairs = zip(words, f"{words[1:]} ", strict=True)
    return "".join(
        one + (" " if at + n in ends and not (one + after).isascii() else "") for n, (one, after) in enumerate(pairs, 1)
    )


def write_edition(tutorial: Tutorial, speaker: Speaker, address: str) -> str:
    """Return the whole text edition of a tutorial in a voice; `address` is that of the tutorial's page."""
    kana = speaker.voice.lang == "ja"
    lines = (write_kana(line) if kana else line for line in _list_lines(tutorial, speaker))
    last = _say(speaker, ADDRESS)
    return "\n".join((*lines, f"{write_kana(last) if kana else last}: {address}", ""))


def _list_lines(tutorial: Tutorial, speaker: Speaker) -> Iterator[str]:
    """Yield the lines of the edition before they are turned into kana; empty ones part the steps."""
    yield _words(speaker, tutorial.title)
    yield _say(speaker, EDITION)
    yield _say(speaker, PRACTICE)
    for one in ABOUT_KANA if speaker.voice.lang == "ja" else ABOUT_PLAIN:
        yield _say(speaker, one)
    yield ""
    yield _words(speaker, tutorial.about)
    yield _say(speaker, OUTCOMES)
    for n, outcome in enumerate(tutorial.outcomes, 1):
        yield f"{n} {_words(speaker, outcome)}"
    for step in tutorial.steps:
        yield ""
        yield from _list_step(step, speaker)
    yield ""


def _list_step(step: Step, speaker: Speaker) -> Iterator[str]:
    """Yield the lines of one step; what an author wrote for speech stands in the place of the action."""
    yield _say(speaker, STEP, number=step.number, title=_words(speaker, step.title))
    yield _tell(speaker, ACTION, step.speech or step.action)
    yield _tell(speaker, WHY, step.why)
    for n, mistake in enumerate(step.mistakes, 1):
        yield from _list_mistake(n, mistake, speaker)


def _list_mistake(number: int, mistake: Mistake, speaker: Speaker) -> Iterator[str]:
    """Yield the lines of one typical mistake."""
    yield _say(speaker, MISTAKE, number=number)
    yield _tell(speaker, LOOKS, mistake.looks)
    yield _tell(speaker, MEND, mistake.mend)


def _tell(speaker: Speaker, label: str, text: Text) -> str:
    """Return a labelled line."""
    words = " ".join(_words(speaker, text).split())
    return f"{_say(speaker, label)}{'：' if speaker.voice.lang == 'ja' else ': '}{words}"


def _say(speaker: Speaker, message: str, **values: Any) -> str:
    """Return an interface text in this voice with an author's readings still in it."""
    words = speaker.messages.get(message, message)
    return words % values if values else words


def _words(speaker: Speaker, text: Text) -> str:
    """Return a content text in this voice with an author's readings still in it."""
    return text.in_voice(speaker.voice.code).words
