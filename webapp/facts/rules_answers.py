"""What came out of reading an answer: the value to keep, or the gaps to mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Typed = Mapping[str, list[str]]
"""What was typed, by part of the question ("" for a question with one input), exactly as it came."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to mend: the part of the question it is about, what is wrong (`code`) and values for the message."""

    fact: str
    part: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A checked answer: `value` is JSON-able (None when nothing was answered); with gaps it must not be kept."""

    value: Any
    gaps: tuple[Gap, ...] = ()
