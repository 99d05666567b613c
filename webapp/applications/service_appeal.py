"""How one can object to a refusal: the standard words of content/appeal, where they come from, and whether that was confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from webapp.kit.content import load_as
from webapp.procedures.rules import Claim
from webapp.reading.rules_texts import Text, load_texts


@dataclass(frozen=True, slots=True)
class Appeal:
    """The title and the paragraphs, and the claim behind them."""

    title: Text
    paragraphs: tuple[Text, ...]
    claim: Claim


def load_appeal(content_dir: Path, voices: Sequence[str]) -> Appeal | None:
    """Return what is said about objecting, or None for a town without such words. Raises ContentError."""
    folder = content_dir / "appeal"
    if not folder.is_dir():
        return None
    texts = load_texts(folder, voices)
    return Appeal(texts["title"], tuple(texts["paragraphs"]), load_as(folder / "appeal.yaml", Claim))
