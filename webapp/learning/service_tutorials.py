"""Reading tutorials: content/tutorials/<slug>/ with tutorial.yaml and a file of texts for each voice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from webapp.kit.content import ContentError, list_folders, load_as
from webapp.learning.rules import Mistake, MistakeDefinition, Step, StepDefinition, Tutorial, TutorialDefinition
from webapp.reading.rules_texts import Text, load_texts


def load_tutorials(content: Path, voices: Sequence[str]) -> Mapping[str, Tutorial]:
    """Return the tutorials by slug in their order; none where a town has written none. Raises ContentError."""
    folder = content / "tutorials"
    found = [_load_tutorial(one, voices) for one in list_folders(folder)] if folder.is_dir() else []
    return {one.slug: one for one in sorted(found, key=lambda one: (one.define.order, one.slug))}


def _load_tutorial(folder: Path, voices: Sequence[str]) -> Tutorial:
    """Return one tutorial. Raises ContentError."""
    define, texts = load_as(folder / "tutorial.yaml", TutorialDefinition), load_texts(folder, voices)
    words: dict[str, Any] = texts.get("steps") or {}
    keys = [step.key for step in define.steps]
    if len({*keys}) != len(keys) or {*keys} != {*words}:
        raise ContentError(
            f"{folder}: the steps of tutorial.yaml and of the texts are not the same, or one comes twice"
        )
    steps = tuple(_make_step(folder, n, one, words[one.key]) for n, one in enumerate(define.steps, 1))
    return Tutorial(
        folder.name, define, _need(folder, texts, "title"), _need(folder, texts, "about"),
        tuple(_need(folder, texts, "outcomes")), steps,
    )  # fmt: skip


def _make_step(folder: Path, number: int, define: StepDefinition, words: Mapping[str, Any]) -> Step:
    """Return one step in words. Raises ContentError."""
    told: Mapping[str, Any] = words.get("mistakes") or {}
    if {*told} != {one.key for one in define.mistakes}:
        raise ContentError(f"{folder}: the mistakes of step {define.key} and their texts are not the same")
    mistakes = tuple(_make_mistake(folder, one, told[one.key]) for one in define.mistakes)
    title, action, why = (_need(folder, words, name) for name in ("title", "action", "why"))
    speech: Text | None = words.get("speech")
    return Step(number, define, title, action, why, speech, mistakes)


def _make_mistake(folder: Path, define: MistakeDefinition, words: Mapping[str, Any]) -> Mistake:
    """Return one mistake in words. Raises ContentError."""
    return Mistake(define, _need(folder, words, "looks"), _need(folder, words, "mend"))


def _need(folder: Path, words: Mapping[str, Any], name: str) -> Any:
    """Return a text that must be there. Raises ContentError."""
    if name not in words:
        raise ContentError(f"{folder}/ja.yaml: {name} is missing")
    return words[name]
