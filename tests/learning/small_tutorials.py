"""Two small tutorials for tests that are about classes and not about what is practised."""

from dataclasses import replace

from flask import Flask

from webapp.learning.rules import (
    CheckDefinition,
    Mistake,
    MistakeDefinition,
    Step,
    StepDefinition,
    Tutorial,
    TutorialDefinition,
)  # fmt: skip
from webapp.reading.rules_texts import Text

WORDS = Text({"ja": "言葉です。", "ja-easy": "言葉です。", "en": "Words."})


def make_tutorial(slug: str, order: int = 1, steps: int = 4, minutes: int = 20) -> Tutorial:
    """Return a tutorial of some steps, each with two mistakes."""
    check, kinds = CheckDefinition(sent=True), ("empty", "wrong")
    defines = [MistakeDefinition(key=key, undeclared=True) for key in kinds]
    mistakes = tuple(Mistake(define, WORDS, WORDS) for define in defines)
    keys = [f"step{number}" for number in range(1, steps + 1)]
    made = tuple(
        Step(n, StepDefinition(key=key, at=key, check=check, mistakes=defines), say(f"{slug} {n}"), say(f"押します {n}。"),
             WORDS, None, mistakes)
        for n, key in enumerate(keys, 1)
    )  # fmt: skip
    define = TutorialDefinition(
        order=order, kind="first", practice="procedures/residence-certificate", mic_code="1-C", minutes=minutes,
        steps=[one.define for one in made],
    )  # fmt: skip
    return Tutorial(slug, define, say(f"練習 {slug}"), WORDS, (WORDS,), made)


def say(words: str) -> Text:
    """Return the same words in every voice."""
    return Text({"ja": words, "ja-easy": words, "en": words})


def give_tutorials(app: Flask, *tutorials: Tutorial) -> None:
    """Have the ward of a test offer these tutorials alone."""
    ward = app.extensions["madoguchi"]
    app.extensions["madoguchi"] = replace(ward, tutorials={one.slug: one for one in tutorials})
