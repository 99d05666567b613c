"""Saying texts in one voice and furigana mode: what templates call for every text, and what views call for messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from webapp.kit.clock import day_of
from webapp.reading.furigana import read_aloud, strip_markers
from webapp.reading.rules import Voice
from webapp.reading.rules_dates import write_day
from webapp.reading.rules_markup import mark_blocks, mark_words
from webapp.reading.rules_texts import Text

_FIRST_SIGN = 0xE000
"""Kept values are one sign each from the private use area, which no reading or phrase break can tear apart."""


@dataclass(frozen=True)
class Speaker:
    """Says texts in one voice and furigana mode."""

    voice: Voice
    ruby: bool
    messages: Mapping[str, str]

    def say(self, message: Any, **values: Any) -> Markup:
        """Return an interface text as inline HTML."""
        return self._fill(message, values, phrased=False)

    def say_short(self, message: Any, **values: Any) -> Markup:
        """Return an interface text as a heading or label, which breaks between phrases only."""
        return self._fill(message, values, phrased=True)

    def say_plain(self, message: str, **values: Any) -> str:
        """Return an interface text as plain text, for attributes and titles."""
        plain = strip_markers(self.messages.get(message, message))
        return plain % {name: self.plain(value) for name, value in values.items()} if values else plain

    def _fill(self, message: str, values: Mapping[str, Any], phrased: bool) -> Markup:
        """Mark a text up after putting in plain values; what is already marked up (names people typed) is kept out of it."""
        words = self.messages.get(message, message)
        if not values:
            return self._mark(words, phrased)
        kept: list[Markup] = []
        return _restore(self._mark(words % {k: self._keep(v, kept) for k, v in values.items()}, phrased), kept)

    def _keep(self, value: Any, kept: list[Markup]) -> str:
        """Return the plain words of a value, or a sign in its place that no reading touches."""
        if isinstance(value, Text):
            passage = value.in_voice(self.voice.code)
            if self.voice.lang == "ja" or passage.voice == self.voice.code:
                return passage.words
            value = self.inline(value)
        if isinstance(value, Markup):
            kept.append(value)
            return chr(_FIRST_SIGN + len(kept) - 1)
        return str(value)

    def _mark(self, words: str, phrased: bool) -> Markup:
        """Mark up words of this voice."""
        return mark_words(words, self.voice.lang == "ja", self.ruby, phrased)

    def inline(self, text: Text | str) -> Markup:
        """Return a content text inline, marked with its language where it is not in this voice."""
        return self._mark_text(text, "inline")

    def heading(self, text: Text | str) -> Markup:
        """Return a content text as a heading or label."""
        return self._mark_text(text, "heading")

    def blocks(self, text: Text | str) -> Markup:
        """Return a content text as paragraphs and lists."""
        return self._mark_text(text, "blocks")

    def plain(self, text: Any) -> str:
        """Return a content text as plain text."""
        return strip_markers(text.in_voice(self.voice.code).words) if isinstance(text, Text) else str(text)

    def day(self, day: date) -> Markup:
        """Return a day, or the ward's day of a moment, in words that no line break tears."""
        whole = day_of(day) if isinstance(day, datetime) else day
        western, bracket, era = write_day(whole, self.voice.code).partition("（")
        parts = (self._mark(part, False) for part in (western, bracket + era) if part)
        return Markup("").join(Markup('<span class="ph">{}</span>').format(part) for part in parts)

    def japanese(self, words: str) -> Markup:
        """Return Japanese words inline whatever the voice, with readings in furigana mode."""
        return mark_words(words, True, self.ruby, False)

    def borrowed(self, words: str) -> Markup:
        """Return Japanese words inside a text of any voice, marked with their language where the voice has another."""
        html = self.japanese(words)
        return html if self.voice.lang == "ja" else Markup('<span lang="ja">{}</span>').format(html)

    def own(self, words: str) -> Markup:
        """Return plain words of this voice inline."""
        return self._mark(words, False)

    def aloud(self, text: Text) -> str:
        """Return a content text as a voice should speak it: kanji as their readings in Japanese."""
        passage = text.in_voice(self.voice.code)
        return passage.words if passage.voice == "en" else read_aloud(passage.words)

    def _mark_text(self, text: Text | str, form: str) -> Markup:
        """Mark a text up once for each look and keep it with the text."""
        if isinstance(text, str):
            return self._mark(text, form == "heading") if form != "blocks" else mark_blocks(text, True, self.ruby)
        place = (self.voice.code, self.ruby, form)
        if place not in text.rendered:
            text.rendered[place] = self._mark_passage(text, form)
        done: Markup = text.rendered[place]
        return done

    def _mark_passage(self, text: Text, form: str) -> Markup:
        """Mark up the words that this reader gets; borrowed ones say which language they are in."""
        passage = text.in_voice(self.voice.code)
        borrowed = self.voice.lang != "ja" and passage.voice != self.voice.code
        japanese = self.voice.lang == "ja" or borrowed
        if form == "blocks":
            html = mark_blocks(passage.words, japanese, self.ruby)
            return Markup('<div lang="ja">{}</div>').format(html) if borrowed else html
        html = mark_words(passage.words, japanese, self.ruby, form == "heading")
        return Markup('<span lang="ja">{}</span>').format(html) if borrowed else html


def _restore(html: Markup, kept: list[Markup]) -> Markup:
    """Put the values that were kept out of the marking back in their places."""
    for number, value in enumerate(kept):
        html = Markup(str(html).replace(chr(_FIRST_SIGN + number), str(value)))  # noqa: S704  # both are markup
    return html


def make_id(name: str) -> str:
    """Return the id of an input by its name: every character outside letters and digits becomes a hyphen."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
